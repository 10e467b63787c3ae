/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort.c - radix sort, from the last digit
 *
 * Digits are bytes of time and then of host; a digit in which all events agree
 * costs nothing. What is left, equal host and second, is rare and short, and
 * sorted by comparing. A last stable pass brings months together.
 */
#include "record/sort.h"

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

static int write_month(const struct event *e, size_t n,
		       const struct coding *labels,
		       const struct coding *clients, struct run_place *place,
		       struct run_list *out)
{
	struct run_writer *w =
		run_writer_new(place, month_of_time(e->time), &labels->names,
			       &clients->names, RUN_SEGMENT_BYTES);
	int err = 0;

	for (size_t i = 0; i < n && err == 0; i++) {
		struct event x = e[i];

		x.label = labels->code_of[x.label];
		x.client = clients->code_of[x.client];
		err = run_writer_add(w, &x);
	}
	if (err == 0)
		err = run_writer_finish(w, out);
	run_writer_free(w);
	return err;
}

static int code_and_write(const struct event *e, size_t n,
			  const struct catalog *labels,
			  const struct catalog *clients,
			  struct run_place *place, struct run_list *out)
{
	struct coding l = { 0 }, c = { 0 };
	int err;

	coding_init(&l, labels);
	coding_init(&c, clients);
	for (size_t i = 0; i < n; i++) {
		l.count[e[i].label]++;
		c.count[e[i].client]++;
	}
	run_names_rank(&l.names, labels, l.count, l.code_of);
	run_names_rank(&c.names, clients, c.count, c.code_of);
	err = write_month(e, n, &l, &c, place, out);
	coding_deinit(&l);
	coding_deinit(&c);
	return err;
}

int events_write(const struct event *e, size_t n, const struct catalog *labels,
		 const struct catalog *clients, struct run_place *place,
		 struct run_list *out)
{
	int err = 0;

	for (size_t i = 0, end; i < n && err == 0; i = end) {
		end = end_of_month(e, n, i);
		err = code_and_write(e + i, end - i, labels, clients, place,
				     out);
	}
	return err;
}
