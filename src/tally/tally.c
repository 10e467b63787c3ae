/* SPDX-License-Identifier: Apache-2.0 */
/* tally.c - the table of measures, and the hosts passing through it */
#include "tally/tally.h"
#include "tally/life.h"
#include "tally/measure.h"

#include <assert.h>
#include <stdlib.h>

static const struct measure *const measures[] = {
	&measure_shares,	/* [2] */
	&measure_overlap,	/* [3] */
	&measure_adjusted,	/* [4] */
	&measure_order,		/* [5] */
	&measure_hazard,	/* [6] */
	&measure_self,		/* [7] */
	&measure_dose,		/* [8] and [12] */
	&measure_families,	/* [9] */
	&measure_lookback,	/* [10] */
	&measure_neighbourhood, /* [11] */
	&measure_backtest,	/* [13] */
};

#define N_MEASURES (sizeof(measures) / sizeof(measures[0]))

void add_counts(uint64_t *into, const uint64_t *from, size_t n)
{
	for (size_t i = 0; i < n; i++)
		into[i] += from[i];
}

struct tally *tally_new(const struct tally_options *options)
{
	struct tally *t = mem_alloc(1, sizeof(*t));

	assert(options->window.from < options->window.to);
	t->options = *options;
	t->life = life_new(options->window.n_days);
	for (size_t i = 0; i < N_MEASURES; i++)
		if (measures[i]->open != NULL)
			measures[i]->open(t);
	return t;
}

void tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < N_MEASURES; i++)
		if (measures[i]->free != NULL)
			measures[i]->free(t);
	life_free(t->life);
	free(t);
}

static void end_host(struct tally *t)
{
	if (!t->life->is_open)
		return;
	t->life->is_open = false;
	if (t->life->n_days == 0)
		return;
	for (size_t i = 0; i < N_MEASURES; i++)
		if (measures[i]->add != NULL)
			measures[i]->add(t, t->life);
}

/* The first row at or after a time; rows are sorted by time. */
static size_t find_time(const struct record_piece *p, int64_t time)
{
	size_t lo = 0, hi = p->n;

	if (hi == 0 || p->time[0] >= time)
		return 0;
	if (p->time[hi - 1] < time)
		return hi;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->time[mid] < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

void tally_add_piece(struct tally *t, const struct record_piece *p)
{
	const struct tally_window *w = &t->options.window;

	if (p->first) {
		end_host(t);
		life_begin(t->life, p->host);
	}
	assert(t->life->is_open && t->life->host == p->host);
	life_add_rows(t, p, find_time(p, w->from), find_time(p, w->to));
	if (p->last)
		end_host(t);
}

void tally_finish(struct tally *t)
{
	end_host(t);
	for (size_t i = 0; i < N_MEASURES; i++)
		if (measures[i]->close != NULL)
			measures[i]->close(t);
}

void tally_merge(struct tally *into, struct tally *from)
{
	assert(into->options.window.from == from->options.window.from &&
	       into->options.window.to == from->options.window.to &&
	       into->options.client == from->options.client);
	tally_finish(into);
	tally_finish(from);
	for (size_t i = 0; i < N_MEASURES; i++)
		measures[i]->merge(into, from);
}
