/* SPDX-License-Identifier: Apache-2.0 */
/* lookback.c - [10] how long before today's mail a host sent its last virus */
#include "tally/measure.h"

#include <stdlib.h>

static void lookback_open(struct tally *t)
{
	uint32_t n_days = t->options.window.n_days;

	for (unsigned i = 0; i < 2; i++)
		t->lookback.days[i] = mem_alloc(n_days, sizeof(uint64_t));
}

/* Spammers of these days; whoever else had clean mail in them is a control. */
static void lookback_add(struct tally *t, const struct life *l)
{
	const struct life_recent *r = l->spam.is_there ? &l->spam : &l->clean;
	unsigned who = l->spam.is_there ? 0 : 1;

	if (!r->is_there)
		return;
	t->lookback.hosts[who]++;
	if (r->has_virus)
		t->lookback
			.days[who][(r->time - r->virus_time) / DAY_SECONDS]++;
}

static void lookback_merge(struct tally *into, const struct tally *from)
{
	ADD_COUNTS(into->lookback.hosts, from->lookback.hosts);
	for (unsigned i = 0; i < 2; i++)
		add_counts(into->lookback.days[i], from->lookback.days[i],
			   into->options.window.n_days);
}

static void lookback_free(struct tally *t)
{
	free(t->lookback.days[0]);
	free(t->lookback.days[1]);
}

const struct measure measure_lookback = {
	.open = lookback_open,
	.add = lookback_add,
	.merge = lookback_merge,
	.free = lookback_free,
};
