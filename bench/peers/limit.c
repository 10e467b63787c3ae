/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limit.c - how long it takes merely to add up a record's bytes
 *
 *	limit THREADS FILE...
 *
 * The files are mapped and touched first; then the median of some runs over
 * all of their 64-bit words, each thread a part of every file. No report can
 * be faster than this and still have looked at everything.
 */
#include "sys/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_RUNS	  9
#define N_THREADS 64

struct words {
	const uint64_t *ptr;
	size_t n;
};

struct job {
	struct words *files;
	size_t n_files;
	unsigned n_threads;
	uint64_t sum[N_THREADS];
};

static struct words map_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct words w = { 0 };
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) < 0)
		fatal("%s: cannot open", path);
	w.n = (size_t)st.st_size / sizeof(uint64_t);
	if (w.n > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ,
			 MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (p == MAP_FAILED)
			fatal("%s: cannot map", path);
		w.ptr = p;
	}
	close(fd);
	return w;
}

static void add_part(void *ctx, unsigned i)
{
	struct job *j = ctx;
	uint64_t sum = 0;

	for (size_t f = 0; f < j->n_files; f++) {
		const struct words *w = &j->files[f];
		size_t at = w->n * i / j->n_threads;
		size_t end = w->n * (i + 1) / j->n_threads;

		for (; at < end; at++)
			sum += w->ptr[at];
	}
	j->sum[i] = sum;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	struct job j = { 0 };
	double runs[N_RUNS];
	uint64_t sum = 0;

	if (argc < 3 || atoi(argv[1]) < 1 || atoi(argv[1]) > N_THREADS)
		fatal("usage: limit THREADS FILE...");
	j.n_threads = (unsigned)atoi(argv[1]);
	j.n_files = (size_t)argc - 2;
	j.files = mem_alloc(j.n_files, sizeof(*j.files));
	for (size_t i = 0; i < j.n_files; i++)
		j.files[i] = map_file(argv[i + 2]);
	for (unsigned i = 0; i < N_RUNS; i++) {
		double t = sys_monotonic();

		sys_run(j.n_threads, add_part, &j);
		runs[i] = sys_monotonic() - t;
	}
	qsort(runs, N_RUNS, sizeof(runs[0]), compare);
	for (unsigned i = 0; i < j.n_threads; i++)
		sum += j.sum[i];
	printf("%.6f %llx\n", runs[N_RUNS / 2], (unsigned long long)sum);
	free(j.files);
	return 0;
}
