/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backtest.c - [13] what a block rule would have done
 *
 * Whether a rule of any number of days blocks a mail depends on one thing: how
 * long ago its trigger last fired in the scope, strictly before. So a scope
 * keeps, for each trigger, the last two seconds in which it fired (the last
 * one may be this very second), and a mail counts for the shortest span that
 * reaches back to it.
 *
 * A host's rows are replayed as they come. Those of a block of addresses come
 * host by host, each by time: they are collected, and merged when the block
 * ends. Rows of one second and kind are one entry with a count, so a block
 * holds at most one entry for each second and kind of the window.
 */
#include "tally/measure.h"

#include <stdlib.h>

#define NEVER	   INT64_MIN
#define SPAM_KEPT  10 /* the largest n of `spam>=n` */
#define SPAM_SPAN  (7 * DAY_SECONDS)
#define COUNT_BITS 28
#define COUNT_MAX  ((1u << COUNT_BITS) - 1)

const uint32_t tally_span_days[TALLY_SPANS] = {
	1, 3, 7, 14, 21, 30, 60, 90, 0
};

/* ------------------------------------------------------------- one scope */

struct scope {
	int64_t last[TALLY_TRIGGERS];	/* time it fired, or NEVER */
	int64_t before[TALLY_TRIGGERS]; /* the firing second before that */
	int64_t spam[SPAM_KEPT];	/* ring of the last spam times */
	unsigned n_spam;		/* next place in it */
	bool has_virus, has_open;
	bool has_fired;
};

struct replay {
	uint64_t serial;    /* of the host whose rows come */
	uint64_t last_host; /* its address */
	bool has_host;
	struct scope host;
	uint64_t *rows; /* of the block: see pack() */
	uint64_t *space;
	size_t n;
	size_t cap;
};

static void scope_start(struct scope *s)
{
	s->has_virus = s->has_open = s->has_fired = false;
	s->n_spam = 0;
	for (unsigned i = 0; i < TALLY_TRIGGERS; i++)
		s->last[i] = s->before[i] = NEVER;
	for (unsigned i = 0; i < SPAM_KEPT; i++)
		s->spam[i] = NEVER;
}

static void fire(struct scope *s, enum tally_trigger trigger, int64_t time)
{
	s->has_fired = true;
	if (s->last[trigger] == time)
		return;
	s->before[trigger] = s->last[trigger];
	s->last[trigger] = time;
}

/* The n-th last spam, this one included, lies within seven days. */
static bool has_spam(const struct scope *s, unsigned n, int64_t time)
{
	int64_t then = s->spam[(s->n_spam + SPAM_KEPT - n) % SPAM_KEPT];

	return then != NEVER && then >= time - SPAM_SPAN;
}

static void fire_spam(struct scope *s, int64_t time, uint32_t count)
{
	for (uint32_t i = 0; i < count && i < SPAM_KEPT; i++) {
		s->spam[s->n_spam] = time;
		s->n_spam = (s->n_spam + 1) % SPAM_KEPT;
	}
	fire(s, TRIGGER_SPAM_1, time);
	if (has_spam(s, 3, time))
		fire(s, TRIGGER_SPAM_3, time);
	if (has_spam(s, 10, time))
		fire(s, TRIGGER_SPAM_10, time);
}

static void fire_all(struct scope *s, enum kind kind, int64_t time,
		     uint32_t count)
{
	if (kind == KIND_SPAM)
		fire_spam(s, time, count);
	if (kind == KIND_VIRUS) {
		s->has_virus = true;
		fire(s, TRIGGER_VIRUS, time);
	}
	if (kind_is_open(kind)) {
		s->has_open = true;
		fire(s, TRIGGER_OPEN, time);
	}
	if ((kind == KIND_VIRUS || kind_is_open(kind)) && s->has_virus &&
	    s->has_open)
		fire(s, TRIGGER_VIRUS_OPEN, time);
}

static unsigned span_of(int64_t age)
{
	unsigned i = 0;

	while (i < TALLY_SPANS - 1 &&
	       age > (int64_t)tally_span_days[i] * DAY_SECONDS)
		i++;
	return i;
}

/* First what would be blocked, then what fires: never in its own second. */
static void scope_add(struct tally_backtest *b, unsigned which, struct scope *s,
		      enum kind kind, int64_t time, uint32_t count)
{
	for (unsigned i = 0;
	     s->has_fired && kind_is_mail(kind) && i < TALLY_TRIGGERS; i++) {
		int64_t then = s->last[i] < time ? s->last[i] : s->before[i];

		if (then != NEVER)
			b->blocked[i][which][span_of(time - then)][kind] +=
				count;
	}
	fire_all(s, kind, time, count);
}

/* ----------------------------------------------------------- one block */

/* So that numbers sort by time and then kind */
static uint64_t pack(uint32_t time, enum kind kind, uint32_t count)
{
	return (uint64_t)time << 32 | (uint64_t)kind << COUNT_BITS | count;
}

static uint32_t count_of(uint64_t row)
{
	return (uint32_t)row & COUNT_MAX;
}

/* Add to out[0..n), sorted; rows of one second and kind become one. */
static size_t put(uint64_t *out, size_t n, uint64_t row)
{
	if (n > 0 && out[n - 1] >> COUNT_BITS == row >> COUNT_BITS &&
	    count_of(out[n - 1]) + count_of(row) <= COUNT_MAX)
		out[n - 1] += count_of(row);
	else
		out[n++] = row;
	return n;
}

/* One past the sorted run that begins at i */
static size_t run_end(const uint64_t *rows, size_t i, size_t n)
{
	for (i++; i < n && rows[i - 1] <= rows[i]; i++)
		;
	return i;
}

/* Merge neighbouring runs of `from` two by two into `to`; *runs: how many */
static size_t merge_runs(const uint64_t *from, size_t n, uint64_t *to,
			 size_t *runs)
{
	size_t at = 0, out = 0, start;

	for (*runs = 0; at < n; ++*runs) {
		size_t mid = run_end(from, at, n);
		size_t end = mid < n ? run_end(from, mid, n) : n;
		size_t i = at, k = mid;

		for (start = out; i < mid || k < end;) {
			bool left = k == end || (i < mid && from[i] <= from[k]);
			uint64_t row = left ? from[i++] : from[k++];

			out = start + put(to + start, out - start, row);
		}
		at = end;
	}
	return out;
}

static void sort_block(struct replay *r)
{
	size_t runs = 2;

	while (runs > 1) {
		uint64_t *sorted = r->space;

		r->n = merge_runs(r->rows, r->n, sorted, &runs);
		r->space = r->rows;
		r->rows = sorted;
	}
}

static void grow_block(struct replay *r)
{
	if (r->n > 0)
		sort_block(r);
	if (r->n * 2 < r->cap)
		return;
	r->cap = r->cap ? r->cap * 2 : 4096;
	r->rows = mem_resize(r->rows, r->cap, sizeof(*r->rows));
	r->space = mem_resize(r->space, r->cap, sizeof(*r->space));
}

static void close_block(struct tally *t)
{
	struct replay *r = t->replay;
	struct scope s;

	if (r->n == 0)
		return;
	sort_block(r);
	scope_start(&s);
	for (size_t i = 0; i < r->n; i++) {
		uint64_t row = r->rows[i];

		scope_add(&t->backtest, 1, &s, row >> COUNT_BITS & 0xf,
			  (int64_t)(row >> 32), count_of(row));
	}
	r->n = 0;
}

/* An IPv4 /24 or an IPv6 /48 */
static bool same_block(uint64_t a, uint64_t b)
{
	unsigned shift = host_is_ipv4(a) ? 8 : 16;

	return host_is_ipv4(a) == host_is_ipv4(b) && a >> shift == b >> shift;
}

/* ------------------------------------------------------------- the measure */

static void start_host(struct tally *t)
{
	struct replay *r = t->replay;

	if (r->has_host && !same_block(r->last_host, t->life->host))
		close_block(t);
	r->has_host = true;
	r->last_host = t->life->host;
	r->serial = t->life->serial;
	scope_start(&r->host);
}

static void add_row(struct tally *t, enum kind kind, uint32_t time)
{
	struct replay *r = t->replay;

	if (r->serial != t->life->serial)
		start_host(t);
	scope_add(&t->backtest, 0, &r->host, kind, time, 1);
	if (r->n == r->cap)
		grow_block(r);
	r->rows[r->n++] = pack(time, kind, 1);
}

void backtest_add_rows(struct tally *t, const struct record_piece *p, size_t lo,
		       size_t hi)
{
	for (size_t i = lo; i < hi; i++)
		add_row(t, p->kind[i], p->time[i]);
}

static void backtest_open(struct tally *t)
{
	t->replay = mem_alloc(1, sizeof(*t->replay));
}

static void backtest_close(struct tally *t)
{
	close_block(t);
}

static void backtest_merge(struct tally *into, const struct tally *from)
{
	ADD_COUNTS(into->backtest.blocked, from->backtest.blocked);
}

static void backtest_free(struct tally *t)
{
	free(t->replay->rows);
	free(t->replay->space);
	free(t->replay);
}

const struct measure measure_backtest = {
	.open = backtest_open,
	.close = backtest_close,
	.merge = backtest_merge,
	.free = backtest_free,
};
