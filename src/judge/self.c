/* SPDX-License-Identifier: Apache-2.0 */
/* self.c - [7] hosts as their own controls */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/rates.h"

#define CLEAN_DAYS_MIN 100 /* for a negative control */

/* One outcome by groups, or two whose ratio is wanted */
struct outcomes {
	const struct tally_periods *a;
	const struct tally_periods *b;
	uint32_t n_days;
};

static void add_periods(struct tally_periods *sum,
			const struct tally_periods *by_group, unsigned without)
{
	*sum = (struct tally_periods){ 0 };
	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		for (unsigned c = 0; g != without && c < TALLY_DV_CLASSES; c++)
			for (unsigned p = 0; p < TALLY_PERIODS; p++)
				sum->y[c][p] += by_group[g].y[c][p];
}

static double headline(const struct tally_periods *by_group, uint32_t n_days,
		       unsigned without)
{
	struct tally_periods sum;

	add_periods(&sum, by_group, without);
	return judge_fit_headline(&sum, n_days);
}

static double estimate_one(const void *ctx, unsigned without)
{
	const struct outcomes *o = ctx;

	return headline(o->a, o->n_days, without);
}

static double estimate_ratio(const void *ctx, unsigned without)
{
	const struct outcomes *o = ctx;

	return ratio_of(headline(o->a, o->n_days, without),
			headline(o->b, o->n_days, without));
}

static uint64_t groups_with(const struct tally_periods *by_group)
{
	uint64_t groups = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		for (unsigned p = 0; p < TALLY_PERIODS; p++)
			if (judge_outcome_days(&by_group[g], p) > 0)
				groups |= (uint64_t)1 << g;
	return groups;
}

static void find_rate(struct judge_rate *r, const struct tally_periods *groups,
		      uint32_t n_days)
{
	struct outcomes o = { groups, NULL, n_days };
	struct tally_periods sum;
	struct judge_fit fit;

	add_periods(&sum, groups, WITHOUT_NONE);
	fit = judge_fit_rates(&sum, n_days, MODEL_PERIODS);
	memcpy(r->periods, fit.ratio + 1, sizeof(r->periods));
	r->ratio = judge_jackknife(estimate_one, &o, groups_with(groups),
				   SCALE_RATIO, NULL);
}

/* Whether or not there are rates to be had, how many days they would rest on */
static uint64_t count_days(struct judge_rate *r,
			   const struct tally_periods *groups)
{
	struct tally_periods sum;
	uint64_t n = 0;

	add_periods(&sum, groups, WITHOUT_NONE);
	for (unsigned p = 0; p < TALLY_PERIODS; p++)
		n += r->days[p] = judge_outcome_days(&sum, p);
	return n;
}

static void leave_out(struct judge_rate *r)
{
	r->ratio = figure_none();
	for (unsigned i = 0; i < 4; i++)
		r->periods[i] = NAN;
}

/* n0 + n1 = 1 … 21 in the denominator */
static double apart_of(const struct tally_apart *by_group, unsigned without)
{
	struct tally_apart sum = { 0 };
	double after = 0, before = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		for (unsigned i = 1; g != without && i < 22; i++) {
			sum.after[i] += by_group[g].after[i];
			sum.before[i] += by_group[g].before[i];
		}
	for (unsigned i = 1; i < 22; i++) {
		after += (double)sum.after[i] / i;
		before += (double)sum.before[i] / i;
	}
	return ratio_of(after, before);
}

static double estimate_apart(const void *ctx, unsigned without)
{
	return apart_of(ctx, without);
}

static double estimate_arrow(const void *ctx, unsigned without)
{
	const struct tally_self *s = ctx;

	return ratio_of(apart_of(s->apart, without),
			apart_of(s->mirror, without));
}

static uint64_t apart_groups(const struct tally_apart *by_group)
{
	uint64_t groups = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		for (unsigned i = 1; i < 22; i++)
			if (by_group[g].after[i] + by_group[g].before[i] > 0)
				groups |= (uint64_t)1 << g;
	return groups;
}

static void find_apart(struct judge_self *r, const struct tally_self *s)
{
	uint64_t apart = apart_groups(s->apart);
	uint64_t mirror = apart_groups(s->mirror);

	r->apart = judge_jackknife(estimate_apart, s->apart, apart, SCALE_RATIO,
				   NULL);
	r->mirror = judge_jackknife(estimate_apart, s->mirror, mirror,
				    SCALE_RATIO, NULL);
	r->arrow = judge_jackknife(estimate_arrow, s, apart | mirror,
				   SCALE_RATIO, NULL);
}

void judge_find_self(struct judgement *j, const struct tally *t)
{
	const struct tally_self *s = &t->self;
	struct outcomes both = { s->spam, s->clean, t->options.window.n_days };
	struct judge_self *r = &j->self_control;

	count_days(&r->spam, s->spam);
	find_rate(&r->spam, s->spam, both.n_days);
	r->has_control = count_days(&r->clean, s->clean) >= CLEAN_DAYS_MIN;
	r->relative = figure_none();
	if (r->has_control) {
		find_rate(&r->clean, s->clean, both.n_days);
		r->relative = judge_jackknife(estimate_ratio, &both,
					      groups_with(s->spam) |
						      groups_with(s->clean),
					      SCALE_RATIO, NULL);
	} else {
		leave_out(&r->clean);
	}
	find_apart(r, s);
}
