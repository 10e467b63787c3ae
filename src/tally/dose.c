/* SPDX-License-Identifier: Apache-2.0 */
/* dose.c - [8] spam by the number of virus days, and [12] those days alone */
#include "tally/measure.h"

static uint32_t virus_days(const struct life *l)
{
	uint32_t n = 0;

	if (!life_has(l, KIND_BIT(KIND_VIRUS)))
		return 0;
	for (uint32_t i = 0; i < l->n_days; i++)
		n += l->days[i].kinds >> KIND_VIRUS & 1;
	return n;
}

static unsigned dose_class(uint32_t n)
{
	return n < 2 ? n : n < 4 ? 2 : n < 8 ? 3 : 4;
}

static void dose_add(struct tally *t, const struct life *l)
{
	uint32_t n = virus_days(l);

	if (n > 0)
		t->population.n[n < 3 ? n - 1 : 2]++;
	if (!life_has(l, KIND_BITS_CONTENT))
		return;
	t->dose.hosts[dose_class(n)]++;
	t->dose.spam[dose_class(n)] += life_has(l, KIND_BIT(KIND_SPAM));
}

static void dose_merge(struct tally *into, const struct tally *from)
{
	ADD_COUNTS(into->dose.hosts, from->dose.hosts);
	ADD_COUNTS(into->dose.spam, from->dose.spam);
	ADD_COUNTS(into->population.n, from->population.n);
}

const struct measure measure_dose = {
	.add = dose_add,
	.merge = dose_merge,
};
