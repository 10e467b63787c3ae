/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort.c - radix sort, from the last digit, of what fits into a cache
 *
 * Digits are bytes of time and then of host; a digit in which all events agree
 * costs nothing. What is left, equal host and second, is rare and short, and
 * sorted by comparing. A last stable pass brings months together.
 *
 * Many events are first dealt out by month and range of hosts, in one pass,
 * to places of some thousands each; then each place is sorted by itself. The
 * ranges are made of networks (an IPv4 /16, an IPv6 /16) counted before, so
 * that a place is large only where one network is. Both passes run on all CPUs.
 * The order is total, so how many they are never shows.
 */
#include "record/sort.h"

#include <stdatomic.h>
#include <stdlib.h>

#define N_DIGITS 12 /* 4 of time, 8 of host */

static unsigned digit(const struct event *e, unsigned d)
{
	return d < 4 ? e->time >> (8 * d) & 0xff
		     : (unsigned)(e->host >> (8 * (d - 4)) & 0xff);
}

static void count_digits(const struct event *e, size_t n,
			 size_t counts[N_DIGITS][256])
{
	for (size_t i = 0; i < n; i++)
		for (unsigned d = 0; d < N_DIGITS; d++)
			counts[d][digit(&e[i], d)]++;
}

static void scatter(const struct event *from, struct event *to, size_t n,
		    unsigned d, const size_t count[256])
{
	size_t at[256], sum = 0;

	for (unsigned i = 0; i < 256; i++) {
		at[i] = sum;
		sum += count[i];
	}
	for (size_t i = 0; i < n; i++)
		to[at[digit(&from[i], d)]++] = from[i];
}

static int compare(const void *a, const void *b)
{
	return event_compare(a, b);
}

/* Equal host and second: by the rest */
static void sort_ties(struct event *e, size_t n)
{
	for (size_t i = 0, k; i < n; i = k) {
		for (k = i + 1;
		     k < n && e[k].host == e[i].host && e[k].time == e[i].time;
		     k++)
			;
		if (k - i > 1)
			qsort(e + i, k - i, sizeof(*e), compare);
	}
}

/* Stable, into to[]; all months lie in [least, least + n_months). */
static void gather_months(const struct event *from, struct event *to, size_t n,
			  uint32_t least, uint32_t n_months)
{
	size_t *at = mem_alloc((size_t)n_months + 1, sizeof(*at));
	int64_t *start = mem_alloc((size_t)n_months + 1, sizeof(*start));
	uint32_t *month = mem_alloc(n, sizeof(*month));

	for (uint32_t m = 0; m <= n_months; m++)
		start[m] = month_start(least + m);
	for (size_t i = 0; i < n; i++) {
		uint32_t m = (uint32_t)((from[i].time - start[0]) /
					(31 * DAY_SECONDS));

		while (from[i].time >= start[m + 1])
			m++;
		month[i] = m;
		at[m + 1]++;
	}
	for (uint32_t m = 0; m < n_months; m++)
		at[m + 1] += at[m];
	for (size_t i = 0; i < n; i++)
		to[at[month[i]]++] = from[i];
	free(at);
	free(start);
	free(month);
}

/* Sort; the result is in the array returned, one of the two. */
static struct event *sort_digits(struct event *e, size_t n,
				 struct event *scratch)
{
	size_t(*counts)[256] = mem_alloc(N_DIGITS, sizeof(*counts));
	struct event *from = e, *to = scratch, *swap;

	count_digits(e, n, counts);
	for (unsigned d = 0; d < N_DIGITS; d++) {
		if (counts[d][digit(&e[0], d)] == n)
			continue;
		scatter(from, to, n, d, counts[d]);
		swap = from;
		from = to;
		to = swap;
	}
	free(counts);
	sort_ties(from, n);
	return from;
}

void events_sort(struct event *e, size_t n, struct event *scratch)
{
	struct event *sorted = n > 0 ? sort_digits(e, n, scratch) : e;

	if (sorted != e)
		memcpy(e, sorted, n * sizeof(*e));
}

/* ---------------------------------------------------- many, on all CPUs */

#define DEAL_MIN       65536 /* fewer events are sorted as they are */
#define DEAL_MONTHS    32    /* and so are those of more months */
#define N_NETWORKS     131072
#define N_RANGES       512
#define DEAL_N_THREADS 64

struct deal {
	struct event *e, *scratch;
	size_t n;
	unsigned n_threads;
	uint32_t n_months;
	uint32_t start[DEAL_MONTHS + 1]; /* of a month; the last is its end */
	uint32_t *counts;		 /* of a thread's events, by network */
	uint16_t *range_of;		 /* by network */
	uint32_t n_ranges;
	size_t *at;   /* where a thread puts its next event, by place */
	size_t *ends; /* of places */
	atomic_uint next;
};

static uint32_t network_of(uint64_t host)
{
	return host >> 32 == 0 ? (uint32_t)(host >> 16)
			       : 65536 + (uint32_t)(host >> 48);
}

static uint32_t place_of(const struct deal *d, const struct event *e)
{
	uint32_t m = (e->time - d->start[0]) / (31 * DAY_SECONDS);

	while (m + 1 < d->n_months && e->time >= d->start[m + 1])
		m++;
	return m * d->n_ranges + d->range_of[network_of(e->host)];
}

/* A thread's share of the events */
static struct event *share_of(const struct deal *d, unsigned i, size_t *n)
{
	size_t from = d->n / d->n_threads * i;

	*n = (i + 1 < d->n_threads ? d->n / d->n_threads * (i + 1) : d->n) -
	     from;
	return d->e + from;
}

static void count_networks(void *ctx, unsigned t)
{
	struct deal *d = ctx;
	uint32_t *counts = d->counts + (size_t)t * N_NETWORKS;
	size_t n;
	const struct event *e = share_of(d, t, &n);

	for (size_t i = 0; i < n; i++)
		counts[network_of(e[i].host)]++;
}

/* Neighbouring networks, until there are enough events in a range */
static void make_ranges(struct deal *d)
{
	size_t want = d->n / N_RANGES, sum = 0;

	for (size_t i = 0; i < N_NETWORKS; i++) {
		size_t here = 0;

		for (unsigned t = 0; t < d->n_threads; t++)
			here += d->counts[(size_t)t * N_NETWORKS + i];
		if (sum > 0 && sum + here > want) {
			d->n_ranges++;
			sum = 0;
		}
		d->range_of[i] = (uint16_t)d->n_ranges;
		sum += here;
	}
	d->n_ranges++;
}

static void count_places(void *ctx, unsigned t)
{
	struct deal *d = ctx;
	size_t *at = d->at + (size_t)t * d->n_months * d->n_ranges;
	size_t n;
	const struct event *e = share_of(d, t, &n);

	for (size_t i = 0; i < n; i++)
		at[place_of(d, &e[i])]++;
}

/* From numbers of events to the offsets of their first */
static void make_places(struct deal *d)
{
	size_t n_places = (size_t)d->n_months * d->n_ranges, sum = 0;

	for (size_t i = 0; i < n_places; i++) {
		for (unsigned t = 0; t < d->n_threads; t++) {
			size_t n = d->at[t * n_places + i];

			d->at[t * n_places + i] = sum;
			sum += n;
		}
		d->ends[i] = sum;
	}
}

static void deal_out(void *ctx, unsigned t)
{
	struct deal *d = ctx;
	size_t *at = d->at + (size_t)t * d->n_months * d->n_ranges;
	size_t n;
	const struct event *e = share_of(d, t, &n);

	for (size_t i = 0; i < n; i++)
		d->scratch[at[place_of(d, &e[i])]++] = e[i];
}

#define FEW 32

static void sort_place(struct deal *d, uint32_t i)
{
	size_t from = i > 0 ? d->ends[i - 1] : 0, n = d->ends[i] - from;
	struct event *sorted = d->scratch + from;

	if (n > FEW)
		sorted = sort_digits(sorted, n, d->e + from);
	else if (n > 1)
		qsort(sorted, n, sizeof(*sorted), compare);
	if (sorted != d->e + from && n > 0)
		memcpy(d->e + from, sorted, n * sizeof(*sorted));
}

static void sort_places(void *ctx, unsigned t)
{
	struct deal *d = ctx;
	uint32_t n_places = d->n_months * d->n_ranges, i;

	(void)t;
	while ((i = atomic_fetch_add(&d->next, 1)) < n_places)
		sort_place(d, i);
}

static void sort_dealt(struct event *e, size_t n, struct event *scratch,
		       uint32_t least, uint32_t n_months)
{
	struct deal d = { .e = e, .scratch = scratch, .n = n };
	size_t n_places;

	d.n_threads = sys_n_cpus();
	if (d.n_threads > DEAL_N_THREADS)
		d.n_threads = DEAL_N_THREADS;
	d.n_months = n_months;
	for (uint32_t m = 0; m < n_months; m++)
		d.start[m] = (uint32_t)month_start(least + m);
	d.counts =
		mem_alloc((size_t)d.n_threads * N_NETWORKS, sizeof(*d.counts));
	d.range_of = mem_alloc(N_NETWORKS, sizeof(*d.range_of));
	sys_run(d.n_threads, count_networks, &d);
	make_ranges(&d);
	n_places = (size_t)n_months * d.n_ranges;
	d.at = mem_alloc(d.n_threads * n_places, sizeof(*d.at));
	d.ends = mem_alloc(n_places, sizeof(*d.ends));
	sys_run(d.n_threads, count_places, &d);
	make_places(&d);
	sys_run(d.n_threads, deal_out, &d);
	sys_run(d.n_threads, sort_places, &d);
	free(d.counts);
	free(d.range_of);
	free(d.at);
	free(d.ends);
}

void events_sort_months(struct event *e, size_t n, struct event *scratch)
{
	uint32_t first = UINT32_MAX, last = 0, least, n_months;
	struct event *sorted, *other;

	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		first = e[i].time < first ? e[i].time : first;
		last = e[i].time > last ? e[i].time : last;
	}
	least = month_of_time(first);
	n_months = month_of_time(last) - least + 1;
	if (n >= DEAL_MIN && n_months <= DEAL_MONTHS) {
		sort_dealt(e, n, scratch, least, n_months);
		return;
	}
	sorted = sort_digits(e, n, scratch);
	if (n_months > 1) {
		other = sorted == e ? scratch : e;
		gather_months(sorted, other, n, least, n_months);
		sorted = other;
	}
	if (sorted != e)
		memcpy(e, sorted, n * sizeof(*e));
}

/* ----------------------------------------------------------------- writing */

static size_t end_of_month(const struct event *e, size_t n, size_t from)
{
	int64_t end = month_start(month_of_time(e[from].time) + 1);
	int64_t start = month_start(month_of_time(e[from].time));
	size_t i = from + 1;

	while (i < n && e[i].time < end && e[i].time >= start)
		i++;
	return i;
}

struct coding {
	struct run_names names;
	uint32_t *code_of;
	uint64_t *count;
};

static void coding_init(struct coding *c, const struct catalog *catalog)
{
	c->code_of = mem_alloc((size_t)catalog->n + 1, sizeof(*c->code_of));
	c->count = mem_alloc((size_t)catalog->n + 1, sizeof(*c->count));
}

static void coding_deinit(struct coding *c)
{
	run_names_deinit(&c->names);
	free(c->code_of);
	free(c->count);
}

/* ------------------------------------------------- a file for each segment */

#define SEGMENT_EVENTS ((size_t)2 << 20)
#define THREADS_EVENTS ((size_t)1 << 18) /* fewer are written by one */

/* One month of the events, which is one run */
struct month {
	const struct event *e;
	size_t n;
	struct coding labels, clients;
	unsigned group;
};

struct segment {
	size_t month;
	const struct event *e;
	size_t n;
	struct run_place place; /* that makes one file, of this number */
	struct run_list out;
	int err;
};

struct writing {
	const struct catalog *labels, *clients;
	struct month *months;
	size_t n_months, months_cap;
	struct segment *segments;
	size_t n, cap;
	atomic_size_t next;
};

static void code_month(void *ctx, unsigned number)
{
	struct writing *w = ctx;
	const struct catalog *labels = w->labels, *clients = w->clients;
	struct month *m = &w->months[number];
	const struct event *e = m->e;

	coding_init(&m->labels, labels);
	coding_init(&m->clients, clients);
	for (size_t i = 0; i < m->n; i++) {
		m->labels.count[e[i].label]++;
		m->clients.count[e[i].client]++;
	}
	run_names_rank(&m->labels.names, labels, m->labels.count,
		       m->labels.code_of);
	run_names_rank(&m->clients.names, clients, m->clients.count,
		       m->clients.code_of);
}

/* Between two hosts, and right behind one who has more than all others. */
static size_t end_of_segment(const struct event *e, size_t n)
{
	size_t i = SEGMENT_EVENTS;

	while (i < n && e[i].host == e[i - 1].host)
		i++;
	return i < n ? i : n;
}

static void cut_month(struct writing *w, const struct event *e, size_t n,
		      struct run_place *place)
{
	unsigned group = place->n_files;

	for (size_t at = 0, len; at < n; at += len) {
		len = end_of_segment(e + at, n - at);
		MEM_GROW(w->segments, w->n, w->cap);
		w->segments[w->n++] = (struct segment){
			.month = w->n_months,
			.e = e + at,
			.n = len,
			.place = { place->disk, place->id, place->n_files++ },
		};
	}
	MEM_GROW(w->months, w->n_months, w->months_cap);
	w->months[w->n_months++] =
		(struct month){ .e = e, .n = n, .group = group };
}

static int write_segment(struct segment *s, const struct month *m)
{
	struct run_writer *w =
		run_writer_new(&s->place, month_of_time(s->e->time),
			       &m->labels.names, &m->clients.names, UINT64_MAX);
	int err = 0;

	run_writer_set_group(w, m->group);
	for (size_t i = 0; i < s->n && err == 0; i++) {
		struct event x = s->e[i];

		x.label = m->labels.code_of[x.label];
		x.client = m->clients.code_of[x.client];
		err = run_writer_add(w, &x);
	}
	if (err == 0)
		err = run_writer_finish(w, &s->out);
	run_writer_free(w);
	return err;
}

static void write_segments(void *ctx, unsigned t)
{
	struct writing *w = ctx;
	size_t i;

	(void)t;
	while ((i = atomic_fetch_add(&w->next, 1)) < w->n) {
		struct segment *s = &w->segments[i];

		s->err = write_segment(s, &w->months[s->month]);
		if (s->err < 0)
			break;
	}
}

/* In the order of the segments, whoever wrote them */
static int gather(struct writing *w, struct run_list *out)
{
	int err = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct segment *s = &w->segments[i];

		err = err == 0 ? s->err : err;
		for (size_t k = 0; k < s->out.n; k++) {
			MEM_GROW(out->items, out->n, out->cap);
			out->items[out->n++] = s->out.items[k];
		}
		run_list_deinit(&s->out);
	}
	return err;
}

static void writing_deinit(struct writing *w)
{
	for (size_t i = 0; i < w->n_months; i++) {
		coding_deinit(&w->months[i].labels);
		coding_deinit(&w->months[i].clients);
	}
	free(w->months);
	free(w->segments);
}

int events_write(const struct event *e, size_t n, const struct catalog *labels,
		 const struct catalog *clients, struct run_place *place,
		 struct run_list *out)
{
	struct writing w = { .labels = labels, .clients = clients };
	unsigned n_threads = n < THREADS_EVENTS ? 1 : sys_n_cpus();
	int err;

	for (size_t i = 0, end; i < n; i = end) {
		end = end_of_month(e, n, i);
		cut_month(&w, e + i, end - i, place);
	}
	for (unsigned i = 0; i < w.n_months; i++)
		code_month(&w, i);
	sys_run(n_threads, write_segments, &w);
	err = gather(&w, out);
	writing_deinit(&w);
	return err;
}
