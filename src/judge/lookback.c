/* SPDX-License-Identifier: Apache-2.0 */
/* lookback.c - [10] would a shorter log have seen it? */
#include "judge/jackknife.h"
#include "judge/parts.h"

#define RECENT_DAYS 7
#define DAYS_MIN    14

/* Share of hosts with a virus in the i + 1 days before, for each i */
static double *cumulate(const uint64_t *days, uint64_t hosts, uint32_t n_days)
{
	double *share = mem_alloc(n_days, sizeof(*share));
	uint64_t sum = 0;

	for (uint32_t i = 0; i < n_days; i++) {
		sum += days[i];
		share[i] = ratio_of((double)sum, (double)hosts);
	}
	return share;
}

/*
 * What day i adds to E(L), times the spammers and the controls: whole numbers,
 * so that what just reaches 90% or 5% of another is not a day off by rounding
 */
static __int128 step(const struct tally_lookback *x, int32_t i)
{
	return (__int128)x->days[0][i] * x->hosts[1] -
	       (__int128)x->days[1][i] * x->hosts[0];
}

static __int128 excess(const struct tally_lookback *x, int32_t days)
{
	__int128 sum = 0;

	for (int32_t i = 0; i < days; i++)
		sum += step(x, i);
	return sum;
}

/* The shortest that reaches 90% of what all of the history shows */
static int32_t enough_days(const struct tally_lookback *x, int32_t history)
{
	__int128 whole = excess(x, history), sum = step(x, 0);
	int32_t days = 1;

	if (whole <= 0)
		return -1;
	while (10 * sum < 9 * whole)
		sum += step(x, days++);
	return days;
}

/* Is the curve still rising over the last quarter of the history? */
static bool is_rising(const struct tally_lookback *x, int32_t history)
{
	__int128 whole = excess(x, history);
	__int128 before = excess(x, (3 * history + 3) / 4);

	return whole > 0 && 20 * (whole - before) > whole;
}

void judge_find_lookback(struct judgement *j, const struct tally *t)
{
	const struct tally_lookback *x = &t->lookback;
	struct judge_lookback *r = &j->lookback;
	uint32_t n_days = t->options.window.n_days;
	int32_t days = (int32_t)n_days, m;

	m = days > RECENT_DAYS ? days - RECENT_DAYS : 1;
	r->spammers = x->hosts[0];
	r->controls = x->hosts[1];
	r->share_spammers = cumulate(x->days[0], r->spammers, n_days);
	r->share_controls = cumulate(x->days[1], r->controls, n_days);
	r->lift = mem_alloc(n_days, sizeof(*r->lift));
	for (uint32_t i = 0; i < n_days; i++)
		r->lift[i] =
			ratio_of(r->share_spammers[i], r->share_controls[i]);
	r->history = m;
	r->excess = r->share_spammers[m - 1] - r->share_controls[m - 1];
	r->enough_days = enough_days(x, m);
	r->too_short = days < DAYS_MIN || is_rising(x, m);
}
