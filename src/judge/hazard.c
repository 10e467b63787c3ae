/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hazard.c - [6] does exposure raise the hazard, and in which direction more?
 *
 * A table for each day and group; their terms are summed over the days of a
 * group first, in order, then over groups.
 */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/special.h"

struct terms {
	double up[TALLY_GROUPS];   /* e1 n0 / n */
	double down[TALLY_GROUPS]; /* e0 n1 / n */
	double excess, variance;   /* of the log-rank test */
	uint64_t groups;	   /* with either sum */
};

struct pair {
	struct terms virus_to_spam, spam_to_virus;
};

static void add_table(struct terms *s, unsigned g, double n1, double e1,
		      double n0, double e0)
{
	double n = n1 + n0, e = e1 + e0;

	s->up[g] += e1 * n0 / n;
	s->down[g] += e0 * n1 / n;
	s->excess += e1 - e * n1 / n;
	if (n > 1)
		s->variance += e * (n1 / n) * (n0 / n) * ((n - e) / (n - 1));
}

static void add_group(struct terms *s, struct judge_hazard *r, unsigned g,
		      const struct tally_risk *days, uint32_t n_days)
{
	int64_t n0 = 0, n1 = 0;

	for (uint32_t d = 0; d < n_days; d++) {
		uint64_t e0 = days[d].events[0], e1 = days[d].events[1];

		n0 += days[d].enter[0];
		n1 += days[d].enter[1];
		r->exposed_days += (uint64_t)n1;
		r->events_exposed += e1;
		r->events_unexposed += e0;
		if (e0 + e1 > 0)
			add_table(s, g, (double)n1, (double)e1, (double)n0,
				  (double)e0);
	}
	if (s->up[g] > 0 || s->down[g] > 0)
		s->groups |= (uint64_t)1 << g;
}

static double ratio_without(const struct terms *s, unsigned without)
{
	double up = 0, down = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		if (g == without)
			continue;
		up += s->up[g];
		down += s->down[g];
	}
	return ratio_of(up, down);
}

static double estimate_ratio(const void *ctx, unsigned without)
{
	return ratio_without(ctx, without);
}

static double estimate_arrow(const void *ctx, unsigned without)
{
	const struct pair *p = ctx;

	return ratio_of(ratio_without(&p->virus_to_spam, without),
			ratio_without(&p->spam_to_virus, without));
}

static void find_one(struct judge_hazard *r, struct terms *s,
		     const struct tally_hazard *h, uint32_t n_days)
{
	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		add_group(s, r, g, h->cells + g * ((size_t)n_days + 1), n_days);
	r->ratio = judge_jackknife(estimate_ratio, s, s->groups, SCALE_RATIO,
				   NULL);
	r->logrank = ratio_of(s->excess * s->excess, s->variance);
}

void judge_find_hazard(struct judgement *j, const struct tally *t)
{
	uint32_t n_days = t->options.window.n_days;
	struct judge_hazards *h = &j->hazard;
	struct pair p = { 0 };

	find_one(&h->virus_to_spam, &p.virus_to_spam, &t->virus_to_spam,
		 n_days);
	find_one(&h->spam_to_virus, &p.spam_to_virus, &t->spam_to_virus,
		 n_days);
	h->arrow =
		judge_jackknife(estimate_arrow, &p,
				p.virus_to_spam.groups | p.spam_to_virus.groups,
				SCALE_RATIO, NULL);
}
