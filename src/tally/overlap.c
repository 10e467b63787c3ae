/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.c - [3] which hosts are in which sets */
#include "tally/measure.h"

static void overlap_add(struct tally *t, const struct life *l)
{
	struct tally_overlap *o = &t->overlap;
	unsigned cell = 0;

	o->n_open += life_has(l, KIND_BITS_OPEN);
	o->n_listed += life_has(l, KIND_BIT(KIND_LISTED));
	if (!life_has(l, KIND_BITS_MAIL))
		return;
	o->n_clean += life_has(l, KIND_BIT(KIND_CLEAN));
	if (life_has(l, KIND_BIT(KIND_VIRUS)))
		cell |= TALLY_IN_V;
	if (life_has(l, KIND_BITS_OPEN))
		cell |= TALLY_IN_R;
	if (life_has(l, KIND_BIT(KIND_SPAM)))
		cell |= TALLY_IN_S;
	o->cells[l->group][cell]++;
}

static void overlap_merge(struct tally *into, const struct tally *from)
{
	add_counts((uint64_t *)&into->overlap, (const uint64_t *)&from->overlap,
		   sizeof(into->overlap) / sizeof(uint64_t));
}

const struct measure measure_overlap = {
	.add = overlap_add,
	.merge = overlap_merge,
};
