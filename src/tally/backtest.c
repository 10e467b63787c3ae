/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backtest.c - [13] what a block rule would have done
 *
 * Whether a rule of any number of days blocks a mail depends on one thing: how
 * long ago its trigger last fired in the scope, strictly before. So a scope
 * keeps, for each trigger, the last second in which it fired, and a mail
 * counts for the shortest span that reaches back to it.
 *
 * A host's rows are replayed as they come. Those of a block of addresses come
 * host by host, each by time: they are collected, and sorted when the block
 * ends. Where nothing ever fires, nothing is replayed and nothing is sorted.
 * When a block outgrows its memory, rows of one second and kind become one
 * entry with a count, so that it needs at most two entries for each second
 * and kind of the window.
 */
#include "tally/measure.h"

#include <stdlib.h>

#define NEVER	   INT64_MIN
#define SPAM_KEPT  10 /* the largest n of `spam>=n` */
#define SPAM_SPAN  (7 * DAY_SECONDS)
#define COUNT_BITS 28
#define DIGIT_BITS 11
#define DIGITS	   (1u << DIGIT_BITS)
#define RADIX_MIN  256 /* rows; fewer are merged */
#define COUNT_MAX  ((1u << COUNT_BITS) - 1)

const uint32_t tally_span_days[TALLY_SPANS] = {
	1, 3, 7, 14, 21, 30, 60, 90, 0
};

/* ------------------------------------------------------------- one scope */

#define SPAN_EVER (TALLY_SPANS - 1) /* the last */

struct scope {
	int64_t now; /* the second of the last rows; of its triggers … */
	uint32_t now_spam;  /* … so many are spam, at most SPAM_KEPT, … */
	uint32_t now_kinds; /* … and these kinds wait to be fired */
	bool has_virus, has_open;
	unsigned fired;		      /* a bit for each trigger */
	int64_t last[TALLY_TRIGGERS]; /* time it fired, where it did, … */
	unsigned span[TALLY_TRIGGERS]; /* … and the span that mail falls in … */
	int64_t until;		 /* … up to this second, for all of them */
	uint64_t mail[N_KINDS];	 /* by kind, of these spans, not yet counted */
	int64_t spam[SPAM_KEPT]; /* ring of the last spam times */
	unsigned n_spam;	 /* next place in it */
	struct tally_backtest *sums;
	unsigned which; /* of the scopes there */
};

#define KIND_BITS_TRIGGER (KIND_BITS_BAD | KIND_BIT(KIND_SPAM))

static void scope_start(struct scope *s, struct tally_backtest *sums,
			unsigned which)
{
	*s = (struct scope){
		.sums = sums, .which = which, .now = NEVER, .until = INT64_MAX
	};
	for (unsigned i = 0; i < SPAM_KEPT; i++)
		s->spam[i] = NEVER;
}

/* The mail since spans were last the same, for every trigger that fired */
static void count_mail(struct scope *s)
{
	for (unsigned i = 0; i < TALLY_TRIGGERS; i++)
		if (s->fired >> i & 1)
			add_counts(s->sums->blocked[i][s->which][s->span[i]],
				   s->mail, N_MAIL_KINDS);
	for (unsigned k = 0; k < N_MAIL_KINDS; k++)
		s->mail[k] = 0;
}

static void fire(struct scope *s, enum tally_trigger trigger, int64_t time)
{
	if (!(s->fired >> trigger & 1) || s->span[trigger] > 0) {
		int64_t end = time + tally_span_days[0] * DAY_SECONDS;

		count_mail(s);
		s->fired |= 1u << trigger;
		s->span[trigger] = 0;
		s->until = end < s->until ? end : s->until;
	}
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
	for (uint32_t i = 0; i < count; i++) {
		s->spam[s->n_spam] = time;
		s->n_spam = s->n_spam + 1 < SPAM_KEPT ? s->n_spam + 1 : 0;
	}
	fire(s, TRIGGER_SPAM_1, time);
	if (has_spam(s, 3, time))
		fire(s, TRIGGER_SPAM_3, time);
	if (has_spam(s, 10, time))
		fire(s, TRIGGER_SPAM_10, time);
}

/* What the last second held, now that it is over */
static void fire_now(struct scope *s)
{
	if (s->now_spam > 0)
		fire_spam(s, s->now, s->now_spam);
	if (s->now_kinds & KIND_BIT(KIND_VIRUS)) {
		s->has_virus = true;
		fire(s, TRIGGER_VIRUS, s->now);
	}
	if (s->now_kinds & KIND_BITS_OPEN) {
		s->has_open = true;
		fire(s, TRIGGER_OPEN, s->now);
	}
	if (s->now_kinds & KIND_BITS_BAD && s->has_virus && s->has_open)
		fire(s, TRIGGER_VIRUS_OPEN, s->now);
	s->now_spam = s->now_kinds = 0;
}

static unsigned span_of(int64_t age)
{
	unsigned i = 0;

	while (i < SPAN_EVER && age > (int64_t)tally_span_days[i] * DAY_SECONDS)
		i++;
	return i;
}

/* Spans as they are for mail of this second, and how long they hold */
static void find_spans(struct scope *s, int64_t time)
{
	count_mail(s);
	s->until = INT64_MAX;
	for (unsigned i = 0; i < TALLY_TRIGGERS; i++) {
		int64_t end;

		if (!(s->fired >> i & 1))
			continue;
		s->span[i] = span_of(time - s->last[i]);
		if (s->span[i] == SPAN_EVER)
			continue;
		end = s->last[i] +
		      (int64_t)tally_span_days[s->span[i]] * DAY_SECONDS;
		s->until = end < s->until ? end : s->until;
	}
}

/*
 * First what would be blocked, then what fires: never in its own second. So
 * what fires waits until a later second comes. Spans change about once a day:
 * between two changes a mail is one count by kind, whatever the number of
 * triggers. That a trigger fired again only makes `until` too early, and
 * find_spans() is called once for nothing.
 */
static inline void scope_add(struct scope *s, enum kind kind, int64_t time,
			     uint32_t count)
{
	if (time > s->now) {
		if (s->now_kinds != 0)
			fire_now(s);
		s->now = time;
		if (time > s->until)
			find_spans(s, time);
	}
	s->mail[kind] += count;
	if (KIND_BITS_TRIGGER >> kind & 1) {
		s->now_kinds |= KIND_BIT(kind);
		if (kind == KIND_SPAM)
			s->now_spam = count < SPAM_KEPT - s->now_spam
					      ? s->now_spam + count
					      : SPAM_KEPT;
	}
}

/* ----------------------------------------------------------- one block */

struct replay {
	uint64_t serial;     /* of the host whose rows come; … */
	uint64_t fired_host; /* … of the one that `host` is of */
	uint64_t last_host;  /* its address */
	bool has_host;
	struct scope host;
	bool has_trigger; /* of the block; else its rows do not matter */
	uint64_t *rows;	  /* of the block: see pack() */
	uint64_t *space;
	size_t n;
	size_t cap;
};

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

static void reserve_rows(struct replay *r, size_t more)
{
	size_t cap = r->cap ? r->cap : 4096;

	if (r->cap - r->n >= more)
		return;
	if (r->n > 0)
		sort_block(r);
	while (cap < 2 * r->n || cap - r->n < more)
		cap *= 2;
	if (cap == r->cap)
		return;
	r->cap = cap;
	r->rows = mem_resize(r->rows, r->cap, sizeof(*r->rows));
	r->space = mem_resize(r->space, r->cap, sizeof(*r->space));
}

static bool is_trigger(uint64_t row)
{
	return KIND_BITS_TRIGGER >> (row >> COUNT_BITS & 0xf) & 1;
}

/* Keep what can be blocked, or fire: nothing before the first trigger. */
static void drop_early(struct replay *r)
{
	uint64_t first = UINT64_MAX;
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (is_trigger(r->rows[i]) && r->rows[i] < first)
			first = r->rows[i];
	for (size_t i = 0; i < r->n; i++) {
		uint64_t row = r->rows[i];

		r->rows[n] = row;
		n += row >> 32 >= first >> 32;
	}
	r->n = n;
}

/* One pass of a radix sort, by some bits of the time since `base` */
static void sort_digit(const struct replay *r, uint32_t base, unsigned shift)
{
	uint32_t at[DIGITS] = { 0 }, sum = 0;

	for (size_t i = 0; i < r->n; i++)
		at[((uint32_t)(r->rows[i] >> 32) - base) >> shift &
		   (DIGITS - 1)]++;
	for (size_t i = 0; i < DIGITS; i++) {
		uint32_t n = at[i];

		at[i] = sum;
		sum += n;
	}
	for (size_t i = 0; i < r->n; i++)
		r->space[at[((uint32_t)(r->rows[i] >> 32) - base) >> shift &
			    (DIGITS - 1)]++] = r->rows[i];
}

/*
 * By second only, for the order within one does not matter to a scope. Many
 * rows: by digits, without a comparison that could be guessed wrong.
 */
static void sort_times(struct replay *r)
{
	uint32_t least = UINT32_MAX, most = 0;

	if (r->n < RADIX_MIN || r->n > UINT32_MAX) {
		sort_block(r);
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		uint32_t time = (uint32_t)(r->rows[i] >> 32);

		least = time < least ? time : least;
		most = time > most ? time : most;
	}
	for (unsigned shift = 0; shift < 32 && (most - least) >> shift > 0;
	     shift += DIGIT_BITS) {
		uint64_t *rows = r->rows;

		sort_digit(r, least, shift);
		r->rows = r->space;
		r->space = rows;
	}
}

static void close_block(struct tally *t)
{
	struct replay *r = t->replay;
	struct scope s;

	if (r->has_trigger) {
		drop_early(r);
		sort_times(r);
		scope_start(&s, &t->backtest, 1);
		for (size_t i = 0; i < r->n; i++) {
			uint64_t row = r->rows[i];

			scope_add(&s, row >> COUNT_BITS & 0xf,
				  (int64_t)(row >> 32), count_of(row));
		}
		count_mail(&s);
	}
	r->has_trigger = false;
	r->n = 0;
}

/* An IPv4 /24 or an IPv6 /48 */
static bool same_block(uint64_t a, uint64_t b)
{
	unsigned shift = host_is_ipv4(a) ? 8 : 16;

	return host_is_ipv4(a) == host_is_ipv4(b) && a >> shift == b >> shift;
}

/* ------------------------------------------------------------- the measure */

static void end_scope(struct replay *r)
{
	if (r->fired_host != 0)
		count_mail(&r->host);
	r->fired_host = 0;
}

static void start_host(struct tally *t)
{
	struct replay *r = t->replay;

	end_scope(r);
	if (r->has_host && !same_block(r->last_host, t->life->host))
		close_block(t);
	r->has_host = true;
	r->last_host = t->life->host;
	r->serial = t->life->serial;
}

/* The rows from the first trigger on; what came before cannot be blocked. */
static void replay_host(struct tally *t, const struct record_piece *p,
			size_t lo, size_t hi)
{
	struct replay *r = t->replay;

	if (r->fired_host == 0) {
		while (lo < hi && !(KIND_BITS_TRIGGER >> p->kind[lo] & 1))
			lo++;
		scope_start(&r->host, &t->backtest, 0);
		r->fired_host = r->serial;
	}
	for (size_t i = lo; i < hi; i++)
		scope_add(&r->host, p->kind[i], p->time[i], 1);
}

/* What is neither mail nor trigger is written too, and then written over. */
static size_t add_rows(uint64_t *rows, size_t n, const struct record_piece *p,
		       size_t lo, size_t hi)
{
	for (size_t i = lo; i < hi; i++) {
		rows[n] = pack(p->time[i], p->kind[i], 1);
		n += p->kind[i] != KIND_LISTED;
	}
	return n;
}

void backtest_add_rows(struct tally *t, const struct record_piece *p, size_t lo,
		       size_t hi)
{
	struct replay *r = t->replay;

	if (r->serial != t->life->serial)
		start_host(t);
	if (life_has(t->life, KIND_BITS_TRIGGER)) {
		r->has_trigger = true;
		replay_host(t, p, lo, hi);
	}
	reserve_rows(r, hi - lo);
	r->n = add_rows(r->rows, r->n, p, lo, hi);
}

static void backtest_open(struct tally *t)
{
	t->replay = mem_alloc(1, sizeof(*t->replay));
}

static void backtest_close(struct tally *t)
{
	end_scope(t->replay);
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
