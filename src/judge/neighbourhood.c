/* SPDX-License-Identifier: Apache-2.0 */
/*
 * neighbourhood.c - [11] do infected hosts share blocks of addresses?
 *
 * A block of m of the N hosts holds none of k drawn ones with probability
 * C(N-m, k) / C(N, k), the product over i < m of 1 - k / (N - i). The sizes
 * come ascending, so one running sum of logarithms serves them all, and what
 * is printed, 1 minus it, loses no digits where k is small.
 */
#include "judge/jackknife.h"
#include "judge/parts.h"

static double expected_blocks(const struct tally_blocks *b, uint64_t n_hosts,
			      uint64_t n_virus)
{
	double k = (double)n_virus, none = 0, sum = 0;
	uint64_t i = 0;

	for (uint32_t at = 0; at < b->n; at++) {
		for (; i < b->counts[at].m && !isinf(none); i++)
			none += log1p(-k / (double)(n_hosts - i));
		sum += (double)b->counts[at].n * -expm1(none);
	}
	return sum;
}

/* One version and level of the tally */
struct level {
	const struct tally_neighbourhood *tally;
	unsigned version, level;
};

struct counts {
	uint64_t spam_in, clean_in, spam, clean;
};

static struct counts count(const struct level *l, unsigned without)
{
	struct counts c = { 0 };

	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		const struct tally_inside *in =
			&l->tally->inside[g][l->version][l->level];
		const struct tally_inside *all = &l->tally->all[g][l->version];

		if (g == without)
			continue;
		c.spam_in += in->spam;
		c.clean_in += in->clean;
		c.spam += all->spam;
		c.clean += all->clean;
	}
	return c;
}

static double estimate_ratio(const void *ctx, unsigned without)
{
	struct counts c = count(ctx, without);

	return ratio_of(ratio_of((double)c.spam_in, (double)c.spam),
			ratio_of((double)c.clean_in, (double)c.clean));
}

static uint64_t groups_of(const struct tally_neighbourhood *n, unsigned version)
{
	uint64_t groups = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		if (n->all[g][version].spam + n->all[g][version].clean > 0)
			groups |= (uint64_t)1 << g;
	return groups;
}

static void find_level(struct judge_blocks *b, struct judge_prediction *p,
		       const struct level *l)
{
	const struct tally_neighbourhood *n = l->tally;
	const struct tally_blocks *blocks = &n->blocks[l->version][l->level];
	struct counts c = count(l, WITHOUT_NONE);

	b->bits = l->version == 0 ? 32 - 4 * l->level : 64 - 8 * l->level;
	b->blocks = blocks->n_virus;
	b->expected = expected_blocks(blocks, n->n_hosts[l->version],
				      n->n_virus[l->version]);
	p->version = l->version == 0 ? 4 : 6;
	p->bits = b->bits;
	p->blocks = blocks->n_early;
	p->spammers = c.spam;
	p->clean = c.clean;
	p->share_spammers = ratio_of((double)c.spam_in, (double)c.spam);
	p->share_clean = ratio_of((double)c.clean_in, (double)c.clean);
	p->ratio = judge_jackknife(estimate_ratio, l, groups_of(n, l->version),
				   SCALE_RATIO, NULL);
}

void judge_find_neighbourhood(struct judgement *j, const struct tally *t)
{
	struct judge_neighbourhood *r = &j->neighbourhood;

	for (unsigned i = 0; i < TALLY_LEVELS; i++) {
		struct level v4 = { &t->neighbourhood, 0, i };
		struct level v6 = { &t->neighbourhood, 1, i };

		find_level(&r->v4[i], &r->prediction[i], &v4);
		find_level(&r->v6[i], &r->prediction[TALLY_LEVELS + i], &v6);
	}
}
