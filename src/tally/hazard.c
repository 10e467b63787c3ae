/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hazard.c - [6] who is at risk on which day, exposed or not
 *
 * A host is at risk from the day after its first mail to its first event, or
 * to the window's end; exposed from the day after its exposure. Only the days
 * on which it enters and leaves are counted; sums over days give the rest.
 *
 *	first mail     exposure        event
 *	    |-- not exposed --|-- exposed --|
 */
#include "tally/measure.h"

#include <stdlib.h>

static size_t n_cells(const struct tally *t)
{
	return TALLY_GROUPS * ((size_t)t->options.window.n_days + 1);
}

static void hazard_open(struct tally *t)
{
	t->virus_to_spam.cells =
		mem_alloc(n_cells(t), sizeof(struct tally_risk));
	t->spam_to_virus.cells =
		mem_alloc(n_cells(t), sizeof(struct tally_risk));
}

/* At risk on first … last, both included; nothing where first > last */
static void add_span(struct tally_risk *cells, unsigned exposed, uint32_t first,
		     uint32_t last)
{
	if (first > last)
		return;
	cells[first].enter[exposed]++;
	cells[last + 1].enter[exposed]--;
}

/* Days may be DAY_NONE. Exposure and event are mail: none is before `seen`. */
static void add_risk(struct tally_risk *cells, uint32_t n_days, uint32_t seen,
		     uint32_t exposure, uint32_t event)
{
	uint32_t last = event < n_days ? event : n_days - 1;

	add_span(cells, 0, seen + 1, last < exposure ? last : exposure);
	if (exposure < n_days)
		add_span(cells, 1, exposure + 1, last);
	if (event < n_days && event > seen)
		cells[event].events[exposure < event]++;
}

static void hazard_add(struct tally *t, const struct life *l)
{
	uint32_t n_days = t->options.window.n_days;
	size_t group_at = l->group * ((size_t)n_days + 1);
	uint32_t seen, dv, ds;

	if (!life_has(l, KIND_BITS_MAIL))
		return;
	seen = life_first_day_of(l, KIND_BITS_MAIL);
	dv = life_first_day(t, l, KIND_VIRUS);
	ds = life_first_day(t, l, KIND_SPAM);
	add_risk(t->virus_to_spam.cells + group_at, n_days, seen, dv, ds);
	add_risk(t->spam_to_virus.cells + group_at, n_days, seen, ds, dv);
}

static void merge_cells(struct tally_risk *into, const struct tally_risk *from,
			size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (unsigned k = 0; k < 2; k++) {
			into[i].enter[k] += from[i].enter[k];
			into[i].events[k] += from[i].events[k];
		}
}

static void hazard_merge(struct tally *into, const struct tally *from)
{
	size_t n = n_cells(into);

	merge_cells(into->virus_to_spam.cells, from->virus_to_spam.cells, n);
	merge_cells(into->spam_to_virus.cells, from->spam_to_virus.cells, n);
}

static void hazard_free(struct tally *t)
{
	free(t->virus_to_spam.cells);
	free(t->spam_to_virus.cells);
}

const struct measure measure_hazard = {
	.open = hazard_open,
	.add = hazard_add,
	.merge = hazard_merge,
	.free = hazard_free,
};
