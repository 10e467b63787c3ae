/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict.c - [14] seven criteria, one answer, and what is missing for a
 * better one
 *
 * A criterion whose section was not computed is CALL_NOT_MEASURED; its figure
 * is null, and it weighs as inconclusive.
 */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/rates.h"

#include <assert.h>

#define HOSTS_MIN	 100 /* in V and in S, for any verdict */
#define FAMILY_HOSTS_MIN 100 /* for a family to speak against */
#define GROUP_HOSTS_MIN	 10  /* of V, for a group to vote */
#define VOTES_MIN	 5
#define DAYS_MIN	 14 /* of look-back */

#define HIGH_BAR	 1.5
#define LOW_BAR		 1.2
#define ALONE_BAR	 2.0 /* IRR(spam) without a negative control */
#define SILENT_BAR	 0.5 /* IRR(clean) below which hosts fell silent */

static const char *const result_texts[] = {
	[RESULT_TOO_LITTLE_DATA] = "too little data",
	[RESULT_SMOKING_GUN] = "smoking gun",
	[RESULT_ASSOCIATION_ONLY] = "association only",
	[RESULT_NO_LINK] = "no link",
	[RESULT_NOT_SETTLED] = "not settled",
};

static const char *const call_texts[] = {
	[CALL_SUPPORTS] = "supports",
	[CALL_AGAINST] = "against",
	[CALL_INCONCLUSIVE] = "inconclusive",
	[CALL_NOT_MEASURED] = "inconclusive: not measured",
};

const char *judge_result_text(enum judge_result r)
{
	return result_texts[r];
}

const char *judge_call_text(enum judge_call c)
{
	return call_texts[c];
}

/* Supports wins where both hold, which a sound interval cannot do. */
static enum judge_call call_of(bool supports, bool against)
{
	return supports	 ? CALL_SUPPORTS
	       : against ? CALL_AGAINST
			 : CALL_INCONCLUSIVE;
}

/* A bound left out is NAN and passes no bar, above or below. */
static bool is_above(struct figure f, double bar)
{
	return f.low > bar;
}

static bool is_below(struct figure f, double bar)
{
	return f.high < bar;
}

static struct figure plain(double value)
{
	struct figure f = figure_none();

	f.value = value;
	return f;
}

/* ------------------------------------------------------------- criteria */

static void strength(struct judge_criterion *c, const struct judgement *j,
		     const struct tally *t)
{
	(void)t;
	c->figure = j->adjusted.virus_spam.odds;
	c->call = call_of(is_above(c->figure, HIGH_BAR),
			  is_below(c->figure, LOW_BAR));
}

static void order(struct judge_criterion *c, const struct judgement *j,
		  const struct tally *t)
{
	struct figure arrow = j->hazard.arrow;

	(void)t;
	c->figure = j->hazard.virus_to_spam.ratio;
	c->call = call_of(is_above(c->figure, HIGH_BAR) && is_above(arrow, 1),
			  is_below(c->figure, LOW_BAR) || is_below(arrow, 0.5));
}

static void self_control(struct judge_criterion *c, const struct judgement *j,
			 const struct tally *t)
{
	const struct judge_self *s = &j->self_control;

	(void)t;
	c->figure = s->has_control ? s->relative : s->spam.ratio;
	if (!s->has_control)
		c->about = "rate ratio of spam, without a negative control";
	c->call = call_of(
		is_above(c->figure, s->has_control ? HIGH_BAR : ALONE_BAR) &&
			is_above(s->apart, 1) && is_above(s->arrow, 1),
		is_below(c->figure, LOW_BAR));
}

/* Does the share fall by more than chance from a class to the next one? */
static bool falls(const struct judge_dose *d)
{
	int before = -1;

	for (int i = 0; i < 5; i++) {
		double p, q, n, m;

		if (d->hosts[i] == 0)
			continue;
		if (before >= 0) {
			n = (double)d->hosts[before];
			m = (double)d->hosts[i];
			p = (double)d->spam[before] / n;
			q = (double)d->spam[i] / m;
			if (p - q >
			    JUDGE_Z * sqrt(p * (1 - p) / n + q * (1 - q) / m))
				return true;
		}
		before = i;
	}
	return false;
}

static void dose(struct judge_criterion *c, const struct judgement *j,
		 const struct tally *t)
{
	double z = j->dose.z;

	(void)t;
	c->figure = plain(z);
	c->call = call_of(z > JUDGE_Z && !falls(&j->dose), z < -JUDGE_Z);
}

static void specificity(struct judge_criterion *c, const struct judgement *j,
			const struct tally *t)
{
	bool one_is_high = false, all_are_low = true;
	size_t n_large = 0;

	(void)t;
	for (size_t i = 0; i < j->n_families; i++) {
		const struct judge_family *f = &j->families[i];

		if (has_value(f->p) && is_above(f->ratio, HIGH_BAR))
			one_is_high = true;
		if (f->first_hosts < FAMILY_HOSTS_MIN)
			continue;
		n_large++;
		all_are_low = all_are_low && is_below(f->ratio, LOW_BAR);
	}
	c->figure = plain(j->families_differ.p);
	c->call = call_of(j->families_differ.p < 0.05 && one_is_high,
			  n_large > 0 && all_are_low);
}

/*
 * +1: the group's own rate ratio is above 1; 0: it is not; -1: it has none. A
 * group with spam in 1…7 and none before has no ratio, but votes above 1.
 */
static int vote(const struct tally_periods *y, uint32_t n_days)
{
	uint64_t after = judge_outcome_days(y, 2) + judge_outcome_days(y, 3);
	double ratio;

	if (judge_outcome_days(y, 0) == 0)
		return after > 0 ? 1 : -1;
	ratio = judge_fit_headline(y, n_days);
	return isnan(ratio) ? -1 : ratio > 1;
}

static uint64_t virus_hosts(const struct tally *t, unsigned group)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < 8; i++)
		if (i & TALLY_IN_V)
			n += t->overlap.cells[group][i];
	return n;
}

static void consistency(struct judge_criterion *c, const struct judgement *j,
			const struct tally *t)
{
	unsigned n = 0, above = 0;

	(void)j;
	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		int v = -1;

		if (virus_hosts(t, g) >= GROUP_HOSTS_MIN)
			v = vote(&t->self.spam[g], t->options.window.n_days);
		n += v >= 0;
		above += v > 0;
	}
	c->figure = plain(ratio_of(above, n));
	c->figure.groups = n;
	if (n >= VOTES_MIN)
		c->call = call_of(above * 10 >= n * 8, above * 2 <= n);
}

static void look_back(struct judge_criterion *c, const struct judgement *j,
		      const struct tally *t)
{
	(void)t;
	c->figure = plain(j->lookback.excess);
	c->call = call_of(j->lookback.excess > 0 && !j->lookback.too_short,
			  false);
}

static const struct rule {
	const char *name;
	const char *about;
	unsigned section; /* of MEASURES that it rests on */
	void (*call)(struct judge_criterion *c, const struct judgement *j,
		     const struct tally *t);
} rules[N_CRITERIA] = {
	[CRITERION_STRENGTH] = { "strength",
				 "adjusted odds ratio of virus and spam", 4,
				 strength },
	[CRITERION_ORDER] = { "order", "hazard ratio, virus to spam", 6,
			      order },
	[CRITERION_SELF_CONTROL] = { "self-control",
				     "rate ratio of spam over that of clean "
				     "mail",
				     7, self_control },
	[CRITERION_DOSE] = { "dose", "z of the trend over virus days", 8,
			     dose },
	[CRITERION_SPECIFICITY] = { "specificity",
				    "p that all families are alike", 9,
				    specificity },
	[CRITERION_CONSISTENCY] = { "consistency",
				    "share of groups with a rate ratio above 1",
				    7, consistency },
	[CRITERION_LOOK_BACK] = { "look-back",
				  "excess of spammers with a virus before", 10,
				  look_back },
};

/* ------------------------------------------------------------- the answer */

/* Blocked or silent hosts cannot speak against [14]. */
static bool is_unseen(const struct judgement *j, const struct tally *t)
{
	return t->self.days_seen * 2 <= t->self.days_after ||
	       j->self_control.clean.ratio.value < SILENT_BAR;
}

static void find_criteria(struct judgement *j, const struct tally *t)
{
	bool unseen = is_unseen(j, t);

	for (unsigned i = 0; i < N_CRITERIA; i++) {
		struct judge_criterion *c = &j->verdict.criteria[i];

		*c = (struct judge_criterion){ rules[i].name, rules[i].about,
					       CALL_NOT_MEASURED, false,
					       figure_none() };
		if (!judge_measured(j, rules[i].section))
			continue;
		c->call = CALL_INCONCLUSIVE;
		rules[i].call(c, j, t);
		if (c->call == CALL_AGAINST && unseen) {
			c->call = CALL_INCONCLUSIVE;
			c->unseen = true;
		}
	}
}

/* The first that fits */
static enum judge_result result_of(const struct judgement *j)
{
	const struct judge_criterion *c = j->verdict.criteria;
	enum judge_call s = c[CRITERION_STRENGTH].call;
	enum judge_call o = c[CRITERION_ORDER].call;
	enum judge_call self = c[CRITERION_SELF_CONTROL].call;

	if (j->hosts.virus < HOSTS_MIN || j->hosts.spam < HOSTS_MIN)
		return RESULT_TOO_LITTLE_DATA;
	if (s == CALL_SUPPORTS && o == CALL_SUPPORTS && self == CALL_SUPPORTS &&
	    (c[CRITERION_DOSE].call == CALL_SUPPORTS ||
	     c[CRITERION_SPECIFICITY].call == CALL_SUPPORTS))
		return RESULT_SMOKING_GUN;
	if (s == CALL_SUPPORTS && (o == CALL_AGAINST || self == CALL_AGAINST))
		return RESULT_ASSOCIATION_ONLY;
	if (s == CALL_AGAINST)
		return RESULT_NO_LINK;
	return RESULT_NOT_SETTLED;
}

static void miss(struct judge_verdict *v, bool is_missing, const char *what)
{
	if (!is_missing)
		return;
	assert(v->n_missing < JUDGE_MISSING_MAX);
	v->missing[v->n_missing++] = what;
}

/* An estimate with a value and no interval: its hosts lie in few groups */
static bool lacks_groups(struct figure f)
{
	return has_value(f.value) && f.groups < JUDGE_GROUPS_MIN;
}

static bool lacks_families(const struct judgement *j)
{
	return judge_measured(j, 9) && !has_value(j->families_differ.q);
}

static bool lacks_measures(const struct judge_verdict *v)
{
	for (unsigned i = 0; i < N_CRITERIA; i++)
		if (v->criteria[i].call == CALL_NOT_MEASURED)
			return true;
	return false;
}

static void find_missing(struct judgement *j, const struct tally *t)
{
	struct judge_verdict *v = &j->verdict;
	const struct judge_criterion *c = v->criteria;

	miss(v, j->hosts.virus < HOSTS_MIN, "hosts with viruses");
	miss(v, j->hosts.spam < HOSTS_MIN, "hosts with spam");
	miss(v,
	     lacks_groups(c[CRITERION_STRENGTH].figure) ||
		     lacks_groups(c[CRITERION_ORDER].figure) ||
		     lacks_groups(c[CRITERION_SELF_CONTROL].figure),
	     "networks");
	miss(v,
	     j->window.days < DAYS_MIN ||
		     (judge_measured(j, 10) && j->lookback.too_short),
	     "days");
	miss(v, lacks_families(j), "families");
	miss(v,
	     judge_measured(j, 7) &&
		     !has_value(j->self_control.clean.ratio.value),
	     "clean mail");
	miss(v, is_unseen(j, t),
	     "mail of infected hosts that somebody looked at");
	miss(v, lacks_measures(v), "measures");
}

void judge_find_verdict(struct judgement *j, const struct tally *t)
{
	find_criteria(j, t);
	j->verdict.result = result_of(j);
	if (j->verdict.result == RESULT_TOO_LITTLE_DATA ||
	    j->verdict.result == RESULT_NOT_SETTLED)
		find_missing(j, t);
}
