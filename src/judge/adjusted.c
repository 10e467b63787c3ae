/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adjusted.c - [4] Mantel and Haenszel's odds ratio over strata
 *
 * Source: Mantel and Haenszel (1959).
 */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/special.h"

static double plain(tally_fixed x)
{
	return ldexp((double)x, -TALLY_FIXED_BITS);
}

static double odds(const void *ctx, unsigned without)
{
	const struct tally_strata *by_group = ctx;
	tally_fixed ad = 0, bc = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		if (g == without)
			continue;
		ad += by_group[g].ad;
		bc += by_group[g].bc;
	}
	return ratio_of(plain(ad), plain(bc));
}

static struct judge_adjust adjust(const struct tally_strata *by_group)
{
	struct judge_adjust r = { .cmh = NAN };
	tally_fixed excess = 0, variance = 0;
	uint64_t groups = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		const struct tally_strata *s = &by_group[g];

		excess += s->excess;
		variance += s->variance;
		r.strata += s->n;
		if (s->ad != 0 || s->bc != 0)
			groups |= (uint64_t)1 << g;
	}
	r.odds = judge_jackknife(odds, by_group, groups, SCALE_RATIO, NULL);
	r.cmh = ratio_of(plain(excess) * plain(excess), plain(variance));
	r.p = chi_square_p(r.cmh, 1);
	return r;
}

void judge_find_adjusted(struct judgement *j, const struct tally *t)
{
	j->adjusted.virus_spam = adjust(t->adjusted.virus_spam);
	j->adjusted.virus_open = adjust(t->adjusted.virus_open);
}
