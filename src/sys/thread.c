/* SPDX-License-Identifier: Apache-2.0 */
#include "sys/sys.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

struct task {
	void (*fn)(void *ctx, unsigned i);
	void *ctx;
	unsigned i;
	pthread_t thread;
	bool is_threaded;
};

unsigned sys_n_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned)CPU_COUNT(&set);
}

static void *run_task(void *arg)
{
	struct task *task = arg;

	task->fn(task->ctx, task->i);
	return NULL;
}

/* The caller's thread takes the last share; one that cannot start, its own. */
void sys_run(unsigned n_threads, void (*fn)(void *ctx, unsigned i), void *ctx)
{
	struct task *tasks = mem_alloc(n_threads, sizeof(*tasks));

	for (unsigned i = 0; i < n_threads; i++) {
		tasks[i] = (struct task){ .fn = fn, .ctx = ctx, .i = i };
		if (i + 1 < n_threads)
			tasks[i].is_threaded =
				pthread_create(&tasks[i].thread, NULL, run_task,
					       &tasks[i]) == 0;
		if (!tasks[i].is_threaded)
			run_task(&tasks[i]);
	}
	for (unsigned i = 0; i < n_threads; i++)
		if (tasks[i].is_threaded)
			pthread_join(tasks[i].thread, NULL);
	free(tasks);
}
