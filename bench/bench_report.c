/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_report.c - what a report costs for each event, beside its limits
 *
 *	bench_report [--events N] [--hosts N] [--days N] [--clients N]
 *		     [--seed N] [--runs N] [--record DIRECTORY]
 *
 * A simulated world is imported once; then the same rows are read in four
 * ways, each some times over, of which the median is told: a bare sum over
 * the record's bytes (what memory allows), the cursor alone with the columns
 * that a report asks for, the tally, and the tally with the back-test. With
 * --record the record is kept there, and used again if there is one.
 *
 * Times are seconds of the wall, and nanoseconds of CPU for each row, which
 * other work on the machine disturbs less; divided among n threads that is
 * "ns each row and core" of DESIGN's scale.
 */
#include "record/record.h"
#include "tally/tally.h"
#include "world/world.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define CHUNK	    65536
#define MEMORY	    ((size_t)1 << 30)
#define MAX_RUNS    99
#define MAX_THREADS 2

struct bench {
	struct world_params params;
	unsigned n_runs;
	const char *directory; /* NULL: a temporary one */
	struct sys_disk *disk;
	struct record *record;
	struct tally_options options;
};

/* ------------------------------------------------------------------ making */

static void add_events(struct record_import *im, const struct world *world)
{
	struct event *chunk = mem_alloc(CHUNK, sizeof(*chunk));
	struct world_walk *walk = mem_alloc(1, sizeof(*walk));
	size_t n;

	world_walk_init(walk, world, 0, world_n_hosts(world));
	while ((n = world_walk_next(walk, chunk, CHUNK)) > 0)
		if (record_import_add(im, chunk, n) < 0)
			fatal("cannot add");
	free(walk);
	free(chunk);
}

static void make_record(const struct bench *b)
{
	struct record_import *im;
	struct world *world;

	if (record_import_open(&im, b->disk, MEMORY) < 0)
		fatal("cannot import");
	if (world_open(&world, &b->params, record_import_labels(im),
		       record_import_clients(im)) < 0)
		fatal("there is no such world");
	add_events(im, world);
	world_close(world);
	if (record_import_commit(im) < 0)
		fatal("cannot commit");
	record_import_close(im);
}

static void open_record(struct bench *b)
{
	double t = sys_monotonic();

	if (record_open(&b->record, b->disk) == E_NOT_FOUND) {
		make_record(b);
		if (record_open(&b->record, b->disk) < 0)
			fatal("cannot open the record");
		printf("made     in %.1f s\n", sys_monotonic() - t);
	}
	if (b->record == NULL)
		fatal("cannot open the record");
	b->options.window = tally_window_default(record_stat(b->record));
	b->options.labels = record_labels(b->record);
}

/* ----------------------------------------------------------------- reading */

struct files {
	struct sys_disk *disk;
	uint64_t sum, n_bytes;
};

static void sum_file(void *ctx, const char *name)
{
	struct files *f = ctx;
	struct bytes whole;
	uint64_t word, sum = 0;

	if (f->disk->ops->map(f->disk, name, &whole) < 0)
		return;
	for (size_t i = 0; i + sizeof(word) <= whole.len; i += sizeof(word)) {
		memcpy(&word, whole.ptr + i, sizeof(word));
		sum += word;
	}
	f->sum += sum;
	f->n_bytes += whole.len;
	f->disk->ops->unmap(f->disk, whole);
}

/* One thread: the limit that memory sets */
static uint64_t sum_bytes(const struct bench *b, unsigned n_threads)
{
	struct files f = { .disk = b->disk };

	(void)n_threads;
	b->disk->ops->list(b->disk, &f, sum_file);
	return f.sum;
}

struct cursors {
	const struct bench *b;
	uint64_t first[MAX_THREADS + 1];
	size_t n_parts;
	uint64_t n_rows[MAX_THREADS];
};

static void scan_part(void *ctx, unsigned i)
{
	struct cursors *s = ctx;
	struct record_query q = RECORD_EVERYTHING;
	struct record_cursor *c;
	struct record_piece p;

	if (i >= s->n_parts)
		return;
	q.host_first = s->first[i];
	q.host_last = i + 1 < s->n_parts ? s->first[i + 1] - 1 : UINT64_MAX;
	if (record_cursor_open(&c, s->b->record, &q) < 0)
		fatal("cannot scan");
	while (record_cursor_next(c, &p) > 0)
		s->n_rows[i] += p.n;
	record_cursor_close(c);
}

static uint64_t scan_rows(const struct bench *b, unsigned n_threads)
{
	struct cursors s = { .b = b };

	s.n_parts = record_split(b->record, n_threads, s.first);
	sys_run(n_threads, scan_part, &s);
	return s.n_rows[0] + s.n_rows[1];
}

static uint64_t count(const struct bench *b, unsigned n_threads, bool backtest)
{
	struct tally_options options = b->options;
	struct tally *t;
	uint64_t n = 0;

	options.backtest = backtest;
	if (tally_scan(&t, b->record, &options, n_threads) < 0)
		fatal("cannot tally");
	for (unsigned k = 0; k < N_KINDS; k++)
		n += t->shares.events[k];
	tally_free(t);
	return n;
}

static uint64_t tally_rows(const struct bench *b, unsigned n_threads)
{
	return count(b, n_threads, false);
}

static uint64_t backtest_rows(const struct bench *b, unsigned n_threads)
{
	return count(b, n_threads, true);
}

/* ------------------------------------------------------------------- times */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *x, unsigned n)
{
	qsort(x, n, sizeof(*x), by_size);
	return x[n / 2];
}

static void time_it(const struct bench *b, const char *name, unsigned n_threads,
		    uint64_t (*read)(const struct bench *, unsigned))
{
	double n_rows = (double)record_stat(b->record)->n_events;
	double wall[MAX_RUNS], cpu[MAX_RUNS];
	uint64_t result = 0;

	for (unsigned i = 0; i < b->n_runs; i++) {
		double start = sys_monotonic();
		clock_t ticks = clock();

		result = read(b, n_threads);
		cpu[i] = (double)(clock() - ticks) / CLOCKS_PER_SEC;
		wall[i] = sys_monotonic() - start;
	}
	printf("%-10s %u thread%s  %8.4f s  %6.2f ns CPU each row (%llu)\n",
	       name, n_threads, n_threads > 1 ? "s" : " ",
	       median(wall, b->n_runs), median(cpu, b->n_runs) / n_rows * 1e9,
	       (unsigned long long)result);
}

/* -------------------------------------------------------------------- main */

static void print_machine(void)
{
	struct buf b = { 0 };
	struct bytes text, line;

	if (sys_read_file("/proc/cpuinfo", 1 << 20, &b) == 0) {
		text = buf_bytes(&b);
		while (text.len > 0) {
			line = bytes_cut(&text, '\n');
			if (!bytes_starts(line, "model name"))
				continue;
			printf("machine  %.*s, %u CPUs\n", BYTES_ARG(line),
			       sys_n_cpus());
			break;
		}
	}
	buf_deinit(&b);
}

static void print_sizes(const struct bench *b)
{
	const struct record_stat *s = record_stat(b->record);

	printf("record   %llu events, %llu hosts and runs, %u runs, "
	       "%u days, seed %llu\n",
	       (unsigned long long)s->n_events,
	       (unsigned long long)s->n_hosts_at_most, s->n_runs,
	       b->options.window.n_days, (unsigned long long)b->params.seed);
	printf("bytes    %.3f each event\n",
	       (double)s->n_bytes / (double)s->n_events);
}

static uint64_t number(const char *text)
{
	uint64_t x;

	if (bytes_to_u64(bytes_of_text(text), UINT64_MAX, &x) < 0)
		fatal("%s: not a number", text);
	return x;
}

static void parse(struct bench *b, int argc, char **argv)
{
	static const struct option options[] = {
		{ "events", required_argument, NULL, 'e' },
		{ "hosts", required_argument, NULL, 'h' },
		{ "days", required_argument, NULL, 'd' },
		{ "clients", required_argument, NULL, 'c' },
		{ "seed", required_argument, NULL, 's' },
		{ "runs", required_argument, NULL, 'r' },
		{ "record", required_argument, NULL, 'R' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		switch (c) {
		case 'e':
			b->params.n_events = number(optarg);
			break;
		case 'h':
			b->params.n_hosts = number(optarg);
			break;
		case 'd':
			b->params.days = (uint32_t)number(optarg);
			break;
		case 'c':
			b->params.n_clients = (uint32_t)number(optarg);
			break;
		case 's':
			b->params.seed = number(optarg);
			break;
		case 'r':
			b->n_runs = (unsigned)number(optarg);
			break;
		case 'R':
			b->directory = optarg;
			break;
		default:
			exit(2);
		}
	if (b->n_runs < 1 || b->n_runs > MAX_RUNS)
		fatal("--runs: 1 to %d", MAX_RUNS);
}

int main(int argc, char **argv)
{
	struct bench b = { .params = world_defaults(WORLD_CAUSAL),
			   .n_runs = 5 };
	struct buf temp = { 0 };

	b.params.n_events = 20000000;
	b.params.days = 40;
	b.params.seed = 1;
	parse(&b, argc, argv);
	if (b.directory == NULL && sys_temp_dir(&temp) < 0)
		fatal("no directory");
	if (sys_disk_open(&b.disk, b.directory ? b.directory : temp.ptr, true) <
	    0)
		fatal("no disk");
	print_machine();
	open_record(&b);
	print_sizes(&b);
	time_it(&b, "bare sum", 1, sum_bytes);
	for (unsigned n = 1; n <= MAX_THREADS; n++) {
		time_it(&b, "cursor", n, scan_rows);
		time_it(&b, "tally", n, tally_rows);
		time_it(&b, "back-test", n, backtest_rows);
	}
	record_close(b.record);
	b.disk->ops->free(b.disk);
	if (b.directory == NULL)
		sys_remove_tree(temp.ptr);
	buf_deinit(&temp);
	return 0;
}
