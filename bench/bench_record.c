/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_record.c - bytes per event, and rows per second in and out
 *
 *	bench_record [DIRECTORY [EVENTS [CLIENTS [SEED]]]]
 *
 * Events of 40 days with a heavy tail: a host sends 3/u of them, u uniform in
 * (0, 1], at most 300,000, so that few hosts send most of the mail and half of
 * the hosts send six or fewer. Each is active in a part of the window. Hosts
 * cluster in /16 networks. Clients are drawn per event, by Zipf.
 */
#include "record/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define T0	   1057017600u /* 2003-07-01 */
#define N_DAYS	   40
#define PER_HOST   3.0
#define MOST	   300000.0
#define CHUNK	   65536
#define MEMORY	   ((size_t)1 << 30)
#define N_SCANS	   3
#define N_THREADS  2
#define N_LOOK_UPS 2000

struct dice {
	uint64_t state;
};

static uint64_t roll(struct dice *d)
{
	d->state += 0x9e3779b97f4a7c15u;
	return hash_mix(d->state);
}

static double uniform(struct dice *d)
{
	return (double)((roll(d) >> 11) + 1) * 0x1p-53;
}

/* ------------------------------------------------------------------- world */

struct world {
	struct dice dice;
	uint64_t n_events;
	uint32_t n_clients;
	uint32_t n_labels;
	/* the host at work */
	uint64_t host;
	uint64_t n_left;
	uint32_t from, span;
	double spam, virus;
};

static void next_host(struct world *w)
{
	struct dice *d = &w->dice;
	double n = PER_HOST / uniform(d);
	uint64_t network = 256 + (uint64_t)(pow(uniform(d), 3) * 40000);

	w->host = network << 16 | (roll(d) & 0xffff);
	w->n_left = (uint64_t)(n < MOST ? n : MOST);
	w->from = (uint32_t)(uniform(d) * 0.5 * N_DAYS * DAY_SECONDS);
	w->span = (uint32_t)(uniform(d) *
			     (N_DAYS * DAY_SECONDS - (double)w->from)) +
		  1;
	w->spam = uniform(d) < 0.4 ? 0.9 : 0.05;
	w->virus = uniform(d) < 0.05 ? 0.2 : 0.0;
}

static struct event next_event(struct world *w)
{
	struct dice *d = &w->dice;
	struct event e;
	double u;

	while (w->n_left == 0)
		next_host(w);
	w->n_left--;
	e = (struct event){ .host = w->host,
			    .time = T0 + w->from +
				    (uint32_t)(roll(d) % w->span) };
	u = uniform(d);
	e.kind = u < w->virus		? KIND_VIRUS
		 : u < 0.15		? KIND_POLICY
		 : uniform(d) < w->spam ? KIND_SPAM
					: KIND_CLEAN;
	if (e.kind == KIND_VIRUS)
		e.label = 1 + (uint32_t)(pow(uniform(d), 3) * w->n_labels);
	if (w->n_clients > 0) /* Zipf, exponent 1, nearly */
		e.client = (uint32_t)exp(uniform(d) * log(w->n_clients));
	return e;
}

static void add_names(struct catalog *c, const char *word, uint32_t n)
{
	for (uint32_t i = 1; i <= n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%s%u", word, i);
		catalog_add(c, bytes_of_text(name));
	}
}

static void import(struct sys_disk *disk, struct world *w)
{
	struct event *chunk = mem_alloc(CHUNK, sizeof(*chunk));
	struct record_import *im;
	double making = 0, start = sys_monotonic(), t;

	if (record_import_open(&im, disk, MEMORY) < 0)
		fatal("cannot import");
	add_names(record_import_labels(im), "Family.", w->n_labels);
	add_names(record_import_clients(im), "client", w->n_clients);
	for (uint64_t i = 0; i < w->n_events; i += CHUNK) {
		size_t n = 0;

		t = sys_monotonic();
		while (n < CHUNK && i + n < w->n_events)
			chunk[n++] = next_event(w);
		making += sys_monotonic() - t;
		if (record_import_add(im, chunk, n) < 0)
			fatal("cannot add");
	}
	if (record_import_commit(im) < 0)
		fatal("cannot commit");
	record_import_close(im);
	free(chunk);
	t = sys_monotonic() - start - making;
	printf("import  %6.2f s  %6.2f M events/s, sorting and fsync\n", t,
	       (double)w->n_events / t / 1e6);
}

/* -------------------------------------------------------------------- scan */

struct scan {
	struct record *r;
	unsigned columns;
	uint64_t first[N_THREADS + 1];
	size_t n_parts;
	uint64_t n_rows[N_THREADS], sum[N_THREADS];
};

static void scan_part(void *ctx, unsigned i)
{
	struct scan *s = ctx;
	struct record_query q = RECORD_EVERYTHING;
	struct record_cursor *c;
	struct record_piece p;
	uint64_t n = 0, sum = 0;

	if (i >= s->n_parts)
		return;
	q.columns = s->columns;
	q.host_first = s->first[i];
	q.host_last = i + 1 < s->n_parts ? s->first[i + 1] - 1 : UINT64_MAX;
	if (record_cursor_open(&c, s->r, &q) < 0)
		fatal("cannot scan");
	while (record_cursor_next(c, &p) > 0) {
		n += p.n;
		for (size_t k = 0; k < p.n; k++)
			sum += p.time[k] + p.kind[k];
		for (size_t k = 0; p.label != NULL && k < p.n; k++)
			sum += p.label[k];
		for (size_t k = 0; p.client != NULL && k < p.n; k++)
			sum += p.client[k];
	}
	record_cursor_close(c);
	s->n_rows[i] = n;
	s->sum[i] = sum;
}

/* Of all threads: other work on the machine counts less */
static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void scan(struct record *r, unsigned columns, unsigned n_threads)
{
	double best = 1e9, best_cpu = 1e9;
	struct scan s = { .r = r, .columns = columns };

	s.n_parts = record_split(r, n_threads, s.first);
	for (unsigned i = 0; i < N_SCANS; i++) {
		double t = sys_monotonic(), cpu = cpu_seconds();

		sys_run(n_threads, scan_part, &s);
		t = sys_monotonic() - t;
		cpu = cpu_seconds() - cpu;
		best = t < best ? t : best;
		best_cpu = cpu < best_cpu ? cpu : best_cpu;
	}
	for (unsigned i = 1; i < n_threads; i++) {
		s.n_rows[0] += s.n_rows[i];
		s.sum[0] += s.sum[i];
	}
	printf("scan    %6.3f s  %6.0f M rows/s, CPU %.2f ns each row, "
	       "%u thread%s, columns %u (%llu rows, sum %llx)\n",
	       best, (double)s.n_rows[0] / best / 1e6,
	       best_cpu / (double)s.n_rows[0] * 1e9, n_threads,
	       n_threads > 1 ? "s" : "", columns,
	       (unsigned long long)s.n_rows[0], (unsigned long long)s.sum[0]);
}

/* Every n-th host that is there */
static size_t choose_hosts(struct record *r, uint64_t *hosts, size_t max)
{
	uint64_t every = record_stat(r)->n_hosts_at_most / max + 1, i = 0;
	struct record_query q = RECORD_EVERYTHING;
	struct record_cursor *c;
	struct record_piece p;
	size_t n = 0;

	q.columns = 0;
	if (record_cursor_open(&c, r, &q) < 0)
		fatal("cannot scan");
	while (record_cursor_next(c, &p) > 0 && n < max)
		if (p.first && i++ % every == 0)
			hosts[n++] = p.host;
	record_cursor_close(c);
	return n;
}

static void look_up(struct record *r)
{
	uint64_t hosts[N_LOOK_UPS];
	size_t n = choose_hosts(r, hosts, N_LOOK_UPS);
	uint64_t rows = 0;
	double t = cpu_seconds();

	for (size_t i = 0; i < n; i++) {
		struct record_query q = RECORD_EVERYTHING;
		struct record_cursor *c;
		struct record_piece p;

		q.host_first = q.host_last = hosts[i];
		if (record_cursor_open(&c, r, &q) < 0)
			fatal("cannot scan");
		while (record_cursor_next(c, &p) > 0)
			rows += p.n;
		record_cursor_close(c);
	}
	t = cpu_seconds() - t;
	printf("look-up %6.1f us of CPU each, of %zu hosts and %llu rows\n",
	       t / (double)n * 1e6, n, (unsigned long long)rows);
}

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
			printf("machine %.*s, %u CPUs\n", BYTES_ARG(line),
			       sys_n_cpus());
			break;
		}
	}
	buf_deinit(&b);
}

static uint64_t number(int argc, char **argv, int i, uint64_t otherwise)
{
	uint64_t x;

	if (argc <= i)
		return otherwise;
	if (bytes_to_u64(bytes_of_text(argv[i]), UINT64_MAX, &x) < 0)
		fatal("%s: not a number", argv[i]);
	return x;
}

int main(int argc, char **argv)
{
	uint64_t seed = number(argc, argv, 4, 1);
	struct world w = { .dice = { seed },
			   .n_events = number(argc, argv, 2, 10000000),
			   .n_clients = (uint32_t)number(argc, argv, 3, 0),
			   .n_labels = 50 };
	const struct record_stat *stat;
	struct buf temp = { 0 };
	struct sys_disk *disk;
	struct record *r;
	double t;

	if (argc < 2 && sys_temp_dir(&temp) < 0)
		fatal("no directory");
	if (sys_disk_open(&disk, argc < 2 ? temp.ptr : argv[1], true) < 0)
		fatal("no disk");
	print_machine();
	printf("events  %llu, %u clients, seed %llu\n",
	       (unsigned long long)w.n_events, w.n_clients,
	       (unsigned long long)seed);
	import(disk, &w);
	t = sys_monotonic();
	if (record_open(&r, disk) < 0)
		fatal("cannot open");
	printf("open    %6.2f ms\n", (sys_monotonic() - t) * 1e3);
	stat = record_stat(r);
	printf("bytes   %6.3f each event; %u runs, %llu blocks, "
	       "%.1f events each host and run\n",
	       (double)stat->n_bytes / (double)stat->n_events, stat->n_runs,
	       (unsigned long long)stat->n_blocks,
	       (double)stat->n_events / (double)stat->n_hosts_at_most);
	for (unsigned n = 1; n <= N_THREADS; n++) {
		scan(r, 0, n);
		scan(r, RECORD_LABELS, n);
		scan(r, RECORD_LABELS | RECORD_CLIENTS, n);
	}
	look_up(r);
	record_close(r);
	disk->ops->free(disk);
	if (argc < 2)
		sys_remove_tree(temp.ptr);
	buf_deinit(&temp);
	return 0;
}
