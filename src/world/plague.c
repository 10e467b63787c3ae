/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plague.c - the families, and who catches which of them when
 *
 * First seen and stop dates are the historical ones, as far as known (a stop
 * date is the first silent day). Peaks, shapes and sizes are made up.
 */
#include "world/model.h"

#include <stdlib.h>

/* 2002-01-01, 2003-01-01, 2004-01-01 as days since 1970; then month offsets */
#define Y2002	      11688
#define Y2003	      12053
#define Y2004	      12418
#define MIDNIGHT(day) ((int64_t)(day)*DAY_SECONDS)
#define IN_2003(doy)  MIDNIGHT(Y2003 + (doy)-1)
#define IN_2004(doy)  MIDNIGHT(Y2004 + (doy)-1)

/* Day of the year, no leap year */
enum { APR = 90, MAY = 120, JUN = 151, JUL = 181, AUG = 212, SEP = 243 };

/* clang-format off */
static const struct world_family families[] = {
	/* name, first, peak, stop, weight, rise, fall, cleaned, opens */
	{ "Klez.H", MIDNIGHT(Y2002 + APR + 16), MIDNIGHT(Y2002 + APR + 16), 0,
	  14, 0, 0, 6, KIND_CLEAN },
	{ "Sobig.A", IN_2003(9), IN_2003(9), 0,
	  10, 0, 0, 30, KIND_PROXY },
	{ "Fizzer.A", IN_2003(MAY + 8), IN_2003(MAY + 12), 0,
	  8, 2, 12, 6, KIND_CLEAN },
	{ "Sobig.B", IN_2003(MAY + 18), IN_2003(MAY + 20), IN_2003(MAY + 31),
	  12, 1, 6, 20, KIND_PROXY },
	{ "Sobig.C", IN_2003(MAY + 31), IN_2003(JUN + 2), IN_2003(JUN + 8),
	  10, 1, 5, 20, KIND_PROXY },
	{ "Bugbear.B", IN_2003(JUN + 5), IN_2003(JUN + 7), 0,
	  14, 1, 16, 6, KIND_CLEAN },
	{ "Sobig.D", IN_2003(JUN + 18), IN_2003(JUN + 22), IN_2003(JUL + 2),
	  8, 2, 10, 20, KIND_PROXY },
	{ "Sobig.E", IN_2003(JUN + 25), IN_2003(JUN + 27), IN_2003(JUL + 14),
	  22, 1, 10, 20, KIND_PROXY },
	{ "Mimail.A", IN_2003(AUG + 1), IN_2003(AUG + 4), 0,
	  12, 1, 10, 6, KIND_CLEAN },
	{ "Sobig.F", IN_2003(AUG + 19), IN_2003(AUG + 21), IN_2003(SEP + 10),
	  34, 0.7, 12, 20, KIND_PROXY },
	{ "Swen.A", IN_2003(SEP + 18), IN_2003(SEP + 21), 0,
	  24, 1.5, 20, 6, KIND_CLEAN },
	{ "Bagle.A", IN_2004(18), IN_2004(20), IN_2004(28),
	  12, 1, 6, 20, KIND_BACKDOOR },
	{ "Mydoom.A", IN_2004(26), IN_2004(28), IN_2004(31 + 12),
	  40, 0.7, 8, 40, KIND_BACKDOOR },
	{ "Bagle.B", IN_2004(31 + 17), IN_2004(31 + 19), IN_2004(31 + 25),
	  14, 1, 5, 20, KIND_BACKDOOR },
};
/* clang-format on */

const struct world_family *world_families(size_t *n)
{
	*n = sizeof(families) / sizeof(families[0]);
	return families;
}

/* Infections on the day that begins at `day`, in units of the family's own */
static double infections(const struct world_family *f, int64_t day)
{
	double from_peak = (double)(day - f->peak) / DAY;

	if (day < f->first || (f->stop != 0 && day >= f->stop))
		return 0;
	if (f->rise_days <= 0 || f->fall_days <= 0)
		return 1;
	return from_peak < 0 ? draw_exp(from_peak / f->rise_days)
			     : draw_exp(-from_peak / f->fall_days);
}

/* Of the whole outbreak, so that weight is size; an even one has a season's */
static double size_of(const struct world_family *f)
{
	double sum = 0;
	int64_t end = f->stop ? f->stop : f->peak + (int64_t)(90 * DAY);

	if (f->rise_days <= 0 || f->fall_days <= 0)
		return 90;
	for (int64_t d = f->first; d < end; d += DAY_SECONDS)
		sum += infections(f, d);
	return sum > 0 ? sum : 1;
}

int plague_init(struct plague *p, const struct world_params *params,
		uint32_t before)
{
	double all = 0, before_sum = 0, per_weight[WORLD_MAX_FAMILIES];
	size_t at = 0;

	p->before = before;
	p->n = (uint32_t)params->n_families;
	p->n_days = before + params->days;
	p->sum = mem_alloc((size_t)p->n_days * p->n, sizeof(*p->sum));
	for (uint32_t f = 0; f < p->n; f++)
		per_weight[f] = params->families[f].weight /
				size_of(&params->families[f]);
	for (uint32_t d = 0; d < p->n_days; d++) {
		int64_t day =
			params->start + ((int64_t)d - before) * DAY_SECONDS;

		if (d == before)
			before_sum = all;
		for (uint32_t f = 0; f < p->n; f++) {
			all += per_weight[f] *
			       infections(&params->families[f], day);
			p->sum[at++] = all;
		}
	}
	if (!(all > before_sum))
		return E_RANGE;
	p->all = all / (all - before_sum);
	return 0;
}

void plague_deinit(struct plague *p)
{
	free(p->sum);
}

/* The first of sum[low..high) above x, or the last one */
static size_t first_above(const double *sum, size_t low, size_t high, double x)
{
	while (high - low > 1) {
		size_t middle = (low + high - 1) / 2;

		if (sum[middle] > x)
			high = middle + 1;
		else
			low = middle + 1;
	}
	return low;
}

uint32_t plague_draw(const struct plague *p, uint64_t *rng, double *when)
{
	size_t n = (size_t)p->n_days * p->n;
	double x = draw_unit(rng) * p->sum[n - 1];
	size_t i = first_above(p->sum, 0, n, x);
	double day = (double)(i / p->n) - p->before;

	*when = (day + draw_unit(rng)) * DAY;
	return (uint32_t)(i % p->n);
}

uint32_t plague_draw_at(const struct plague *p, uint64_t *rng, double when)
{
	double day = when / DAY + p->before;
	double low, high;
	size_t row;

	if (day < 0 || day >= p->n_days)
		return p->n;
	row = (size_t)day * p->n;
	low = row ? p->sum[row - 1] : 0;
	high = p->sum[row + p->n - 1];
	if (!(high > low))
		return p->n;
	low += draw_unit(rng) * (high - low);
	return (uint32_t)(first_above(p->sum, row, row + p->n, low) - row);
}
