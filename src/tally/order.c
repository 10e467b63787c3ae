/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - [5] which of two things a host did first */
#include "tally/measure.h"

#include <stdlib.h>

static void order_open(struct tally *t)
{
	size_t n = 2 * (size_t)t->options.window.n_days + 1;

	t->virus_spam.lag = mem_alloc(n, sizeof(uint64_t));
	t->virus_open.lag = mem_alloc(n, sizeof(uint64_t));
}

static void add_pair(const struct tally *t, struct tally_order *o,
		     unsigned group, uint32_t first, uint32_t second)
{
	const struct tally_window *w = &t->options.window;
	enum tally_before before = first < second   ? TALLY_FIRST
				   : second < first ? TALLY_SECOND
						    : TALLY_TIE;

	o->n[group][before]++;
	o->lag[w->n_days + window_day(w, second) - window_day(w, first)]++;
}

/* The first relay, proxy or backdoor; the host has one. */
static uint32_t first_open(const struct life *l)
{
	uint32_t first = UINT32_MAX;

	for (unsigned k = KIND_RELAY; k <= KIND_BACKDOOR; k++)
		if (l->n[k] > 0 && l->first[k] < first)
			first = l->first[k];
	return first;
}

static void order_add(struct tally *t, const struct life *l)
{
	if (!life_has(l, KIND_BIT(KIND_VIRUS)))
		return;
	if (life_has(l, KIND_BIT(KIND_SPAM)))
		add_pair(t, &t->virus_spam, l->group, l->first[KIND_VIRUS],
			 l->first[KIND_SPAM]);
	if (life_has(l, KIND_BITS_OPEN))
		add_pair(t, &t->virus_open, l->group, l->first[KIND_VIRUS],
			 first_open(l));
}

static void merge_one(struct tally_order *into, const struct tally_order *from,
		      uint32_t n_days)
{
	ADD_COUNTS(into->n, from->n);
	add_counts(into->lag, from->lag, 2 * (size_t)n_days + 1);
}

static void order_merge(struct tally *into, const struct tally *from)
{
	uint32_t n_days = into->options.window.n_days;

	merge_one(&into->virus_spam, &from->virus_spam, n_days);
	merge_one(&into->virus_open, &from->virus_open, n_days);
}

static void order_free(struct tally *t)
{
	free(t->virus_spam.lag);
	free(t->virus_open.lag);
}

const struct measure measure_order = {
	.open = order_open,
	.add = order_add,
	.merge = order_merge,
	.free = order_free,
};
