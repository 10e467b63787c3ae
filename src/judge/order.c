/* SPDX-License-Identifier: Apache-2.0 */
/* order.c - [5] which came first */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/special.h"

static double share_first(const void *ctx, unsigned without)
{
	const struct tally_order *o = ctx;
	uint64_t first = 0, second = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		if (g == without)
			continue;
		first += o->n[g][TALLY_FIRST];
		second += o->n[g][TALLY_SECOND];
	}
	return ratio_of((double)first, (double)(first + second));
}

static uint64_t untied_groups(const struct tally_order *o)
{
	uint64_t groups = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		if (o->n[g][TALLY_FIRST] + o->n[g][TALLY_SECOND] > 0)
			groups |= (uint64_t)1 << g;
	return groups;
}

static void find_lags(struct judge_order *r, const struct tally_order *o,
		      uint32_t n_days)
{
	size_t n = 2 * (size_t)n_days + 1;

	for (size_t i = 0; i < n; i++)
		r->n_lags += o->lag[i] > 0;
	r->lag_days = mem_alloc(r->n_lags, sizeof(*r->lag_days));
	r->n_lags = 0;
	for (size_t i = 0; i < n; i++)
		if (o->lag[i] > 0)
			r->lag_days[r->n_lags++] = (struct judge_lag){
				(int32_t)((int64_t)i - n_days), o->lag[i]
			};
}

static void find_one(struct judge_order *r, const struct tally_order *o,
		     uint32_t n_days)
{
	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		r->first += o->n[g][TALLY_FIRST];
		r->second += o->n[g][TALLY_SECOND];
		r->tie += o->n[g][TALLY_TIE];
	}
	r->share = judge_jackknife(share_first, o, untied_groups(o),
				   SCALE_SHARE, NULL);
	r->p = sign_test_p(r->first, r->second);
	find_lags(r, o, n_days);
}

void judge_find_order(struct judgement *j, const struct tally *t)
{
	uint32_t n_days = t->options.window.n_days;

	find_one(&j->order.virus_spam, &t->virus_spam, n_days);
	find_one(&j->order.virus_open, &t->virus_open, n_days);
}
