/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inside.c - rapsheet's measures asked within a process, as its peers are
 *
 *	inside RECORD THREADS
 *
 * Prints as JSON the median of some runs, in seconds: `measures`, all but the
 * back-test, and `all` of them, each by the clock and of the processors; and
 *the peak of memory. A run opens the record, tallies it, and judges.
 */
#include "judge/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define N_RUNS 7

struct cost {
	double wall, cpu;
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct cost judge_once(struct sys_disk *disk, unsigned n_threads,
			      bool backtest)
{
	double start = sys_monotonic();
	clock_t cpu = clock();
	struct tally_options options = { .backtest = backtest };
	struct record *r;
	struct tally *t;

	if (record_open(&r, disk) < 0)
		fatal("there is no record");
	options.window = tally_window_default(record_stat(r));
	options.labels = record_labels(r);
	if (tally_scan(&t, r, &options, n_threads) < 0)
		fatal("cannot read the record");
	judge_free(judge_new(t, record_labels(r), record_clients(r)));
	tally_free(t);
	record_close(r);
	return (struct cost){ sys_monotonic() - start,
			      (double)(clock() - cpu) / CLOCKS_PER_SEC };
}

/* One run more than counts, to warm up */
static struct cost median_of(struct sys_disk *disk, unsigned n_threads,
			     bool backtest)
{
	double wall[N_RUNS], cpu[N_RUNS];

	judge_once(disk, n_threads, backtest);
	for (unsigned i = 0; i < N_RUNS; i++) {
		struct cost c = judge_once(disk, n_threads, backtest);

		wall[i] = c.wall;
		cpu[i] = c.cpu;
	}
	qsort(wall, N_RUNS, sizeof(wall[0]), compare);
	qsort(cpu, N_RUNS, sizeof(cpu[0]), compare);
	return (struct cost){ wall[N_RUNS / 2], cpu[N_RUNS / 2] };
}

int main(int argc, char **argv)
{
	struct sys_disk *disk;
	struct rusage usage;
	unsigned n_threads;
	struct cost measures, all;

	if (argc != 3 || atoi(argv[2]) < 1)
		fatal("usage: inside RECORD THREADS");
	n_threads = (unsigned)atoi(argv[2]);
	if (sys_disk_open(&disk, argv[1], false) < 0)
		fatal("%s: there is no record", argv[1]);
	measures = median_of(disk, n_threads, false);
	all = median_of(disk, n_threads, true);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"measures\": %.6f, \"measures_cpu\": %.6f, \"all\": %.6f, "
	       "\"all_cpu\": %.6f, \"inside_kib\": %ld}\n",
	       measures.wall, measures.cpu, all.wall, all.cpu, usage.ru_maxrss);
	disk->ops->free(disk);
	return 0;
}
