/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self.c - [7] every host of V as its own control
 *
 * The likelihood needs, for hosts of one dv, only the days that each period
 * has inside the window and the sum of outcome days in it. The days differ
 * only near the ends of the window, so 29 classes of dv say everything,
 * whatever the window's length.
 *
 *	dv:     0 1 2 … 13 | 14 … D-15 | D-14 … D-1      (D >= 29)
 *	class:  0 1 2 … 13 |    14     |  15  …  28
 */
#include "tally/measure.h"

#define REACH 14 /* days before and after that count */

unsigned tally_dv_class(uint32_t n_days, uint32_t dv)
{
	uint32_t after = n_days - 1 - dv; /* days of the window after dv */

	if (n_days <= TALLY_DV_CLASSES || dv < REACH)
		return dv;
	return after >= REACH ? REACH : TALLY_DV_CLASSES - 1 - after;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

void tally_dv_days(uint32_t n_days, unsigned class, unsigned n[TALLY_PERIODS])
{
	bool is_short = n_days <= TALLY_DV_CLASSES;
	unsigned last = is_short ? n_days - 1 : TALLY_DV_CLASSES - 1;
	unsigned before = least(class, REACH);
	unsigned after = class > last ? 0 : least(last - class, REACH);

	n[0] = before;
	n[1] = 1;
	n[2] = least(after, 3);
	n[3] = least(after, 7) - n[2];
	n[4] = after - n[2] - n[3];
}

/* Period of a day that lies `after` days after day 0; -1: none */
static int period_of(int64_t after)
{
	if (after < -REACH || after > REACH)
		return -1;
	if (after <= 0)
		return after == 0;
	return after <= 3 ? 2 : after <= 7 ? 3 : 4;
}

void self_add_periods(const struct tally *t, const struct life *l,
		      enum kind outcome, struct tally_periods *p)
{
	uint32_t dv = life_first_day(t, l, KIND_VIRUS);
	unsigned class = tally_dv_class(t->options.window.n_days, dv);

	for (uint32_t i = 0; i < l->n_days; i++) {
		int period = period_of((int64_t)l->days[i].day - dv);

		if (period >= 0 && l->days[i].kinds & KIND_BIT(outcome))
			p->y[class][period]++;
	}
}

/* `apart`, or with exposure and outcome exchanged its mirror */
static void add_apart(const struct tally *t, const struct life *l,
		      enum kind exposure, enum kind outcome,
		      struct tally_apart *a)
{
	uint32_t day0 = life_first_day(t, l, exposure);
	uint32_t n0 = least(day0, REACH), y0 = 0, y1 = 0;
	uint32_t n1 = least(t->options.window.n_days - 1 - day0, 7);

	for (uint32_t i = 0; i < l->n_days; i++) {
		const struct life_day *d = &l->days[i];
		int64_t after = (int64_t)d->day - day0;
		bool is_after = after >= 1 && after <= 7;

		if (d->kinds & KIND_BIT(exposure)) {
			n1 -= is_after;
		} else if (d->kinds & KIND_BIT(outcome)) {
			y0 += after >= -REACH && after < 0;
			y1 += is_after;
		}
	}
	a->after[n0 + n1] += (uint64_t)y1 * n0;
	a->before[n0 + n1] += (uint64_t)y0 * n1;
}

/* Did anybody look at what these hosts sent after their first virus? */
static void add_seen(struct tally *t, const struct life *l)
{
	uint32_t dv = life_first_day(t, l, KIND_VIRUS);

	for (uint32_t i = 0; i < l->n_days; i++) {
		const struct life_day *d = &l->days[i];

		if (d->day <= dv || d->day > (uint64_t)dv + REACH)
			continue;
		t->self.days_after += (d->kinds & KIND_BITS_MAIL) != 0;
		t->self.days_seen += (d->kinds & KIND_BITS_SEEN) != 0;
	}
}

static void self_add(struct tally *t, const struct life *l)
{
	struct tally_self *s = &t->self;
	bool in_v = life_has(l, KIND_BIT(KIND_VIRUS));

	if (in_v) {
		self_add_periods(t, l, KIND_SPAM, &s->spam[l->group]);
		self_add_periods(t, l, KIND_CLEAN, &s->clean[l->group]);
		add_seen(t, l);
	}
	if (!in_v || !life_has(l, KIND_BIT(KIND_SPAM)))
		return;
	add_apart(t, l, KIND_VIRUS, KIND_SPAM, &s->apart[l->group]);
	add_apart(t, l, KIND_SPAM, KIND_VIRUS, &s->mirror[l->group]);
}

static void self_merge(struct tally *into, const struct tally *from)
{
	add_counts((uint64_t *)&into->self, (const uint64_t *)&from->self,
		   sizeof(into->self) / sizeof(uint64_t));
}

const struct measure measure_self = {
	.add = self_add,
	.merge = self_merge,
};
