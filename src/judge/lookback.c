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

/* E(L) of a look-back of so many days, at least 1 */
static double excess(const struct judge_lookback *r, int32_t days)
{
	return r->share_spammers[days - 1] - r->share_controls[days - 1];
}

/* The shortest that reaches 90% of what all of the history shows */
static int32_t enough_days(const struct judge_lookback *r)
{
	int32_t days = 1;

	if (!(r->excess > 0))
		return -1;
	while (excess(r, days) < 0.9 * r->excess)
		days++;
	return days;
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
	r->excess = excess(r, m);
	r->enough_days = enough_days(r);
	r->too_short =
		days < DAYS_MIN ||
		(r->excess > 0 &&
		 r->excess - excess(r, (3 * m + 3) / 4) > 0.05 * r->excess);
}
