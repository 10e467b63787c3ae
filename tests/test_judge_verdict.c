/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verdict from figures alone: a base case in which every criterion
 * supports, and for each row one thing that is different.
 */
#include "judge/parts.h"
#include "lives.h"
#include "test.h"

enum change {
	NOTHING,
	STRENGTH_WEAK, /* interval across the bar */
	STRENGTH_NONE, /* interval left out */
	STRENGTH_AGAINST,
	STRENGTH_AT_BAR, /* lower bound 1.5: not above it */
	ORDER_AGAINST,
	ARROW_AGAINST,
	ARROW_WEAK,
	SELF_AGAINST,
	SELF_NO_CONTROL,     /* IRR(spam) alone, lower bound 2.5 */
	SELF_NO_CONTROL_LOW, /* the same, lower bound 1.9 */
	APART_WEAK,
	DOSE_FALLS,
	DOSE_GAP, /* an empty class between, no fall */
	DOSE_AGAINST,
	FAMILIES_ALIKE,
	FAMILIES_AGAINST,
	DOSE_AND_FAMILIES_OUT,
	FEW_HOSTS,
	VOTES_SPLIT,
	VOTES_AGAINST,
	FEW_VOTES,
	LOOKBACK_SHORT,
	LOOKBACK_NEGATIVE,
	UNSEEN_STRENGTH, /* against, but nobody looked */
	SILENT_STRENGTH, /* against, but clean mail stopped too */
	NOT_MEASURED,
};

static struct figure figure(double value, double low, double high)
{
	return (struct figure){ value, low, high, 60 };
}

static const struct figure strong = { 4, 3, 5, 60 };
static const struct figure weak = { 1.4, 1.1, 2, 60 };
static const struct figure low = { 1, 0.8, 1.1, 60 };

static void set_families(struct judgement *j, struct figure a, double p)
{
	for (unsigned i = 0; i < 2; i++)
		j->families[i] = (struct judge_family){ .first_hosts = 200,
							.ratio = i ? low : a,
							.p = 0.01 };
	j->families_differ = (struct judge_differ){ 9, 1, p };
}

static void set_votes(struct tally *t, unsigned above, unsigned below)
{
	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		t->overlap.cells[g][TALLY_IN_V] = g < above + below ? 10 : 9;
		t->self.spam[g].y[14][0] = 14;
		t->self.spam[g].y[14][2] = g < above ? 9 : 1;
	}
}

static void set_base(struct judgement *j, struct tally *t)
{
	static const uint64_t hosts[5] = { 900, 100, 100, 100, 100 };
	static const uint64_t spam[5] = { 100, 30, 40, 50, 60 };

	j->measured = 0x7ffc;
	j->window.days = 40;
	j->hosts.virus = j->hosts.spam = 100;
	j->adjusted.virus_spam.odds = strong;
	j->hazard.virus_to_spam.ratio = strong;
	j->hazard.arrow = strong;
	j->self_control.relative = strong;
	j->self_control.spam.ratio = figure(6, 2.5, 9);
	j->self_control.clean.ratio = figure(1, 0.9, 1.1);
	j->self_control.has_control = true;
	j->self_control.apart = j->self_control.arrow = strong;
	memcpy(j->dose.hosts, hosts, sizeof(hosts));
	memcpy(j->dose.spam, spam, sizeof(spam));
	j->dose.z = 5;
	j->n_families = 2;
	set_families(j, strong, 0.001);
	j->lookback.excess = 0.2;
	set_votes(t, 8, 2);
	t->self.days_after = 100;
	t->self.days_seen = 90;
}

static void apply(enum change c, struct judgement *j, struct tally *t)
{
	struct judge_self *s = &j->self_control;

	switch (c) {
	case NOTHING:
		break;
	case STRENGTH_WEAK:
		j->adjusted.virus_spam.odds = weak;
		break;
	case STRENGTH_NONE:
		j->adjusted.virus_spam.odds = (struct figure){ 4, NAN, NAN, 9 };
		break;
	case UNSEEN_STRENGTH:
		t->self.days_seen = 50;
		j->adjusted.virus_spam.odds = low;
		break;
	case SILENT_STRENGTH:
		s->clean.ratio = figure(0.4, 0.3, 0.5);
		j->adjusted.virus_spam.odds = low;
		break;
	case STRENGTH_AGAINST:
		j->adjusted.virus_spam.odds = low;
		break;
	case STRENGTH_AT_BAR:
		j->adjusted.virus_spam.odds = figure(4, 1.5, 5);
		break;
	case ORDER_AGAINST:
		j->hazard.virus_to_spam.ratio = low;
		break;
	case ARROW_AGAINST:
		j->hazard.arrow = figure(0.4, 0.3, 0.49);
		break;
	case ARROW_WEAK:
		j->hazard.arrow = figure(1.2, 0.9, 1.5);
		break;
	case SELF_AGAINST:
		s->relative = low;
		break;
	case SELF_NO_CONTROL_LOW:
		s->spam.ratio = figure(6, 1.9, 9);
		/* fall through */
	case SELF_NO_CONTROL:
		s->clean.ratio = (struct figure){ NAN, NAN, NAN, 0 };
		s->has_control = false;
		s->relative = s->clean.ratio;
		break;
	case APART_WEAK:
		s->apart = weak;
		s->apart.low = 0.9;
		break;
	case DOSE_FALLS:
		j->dose.spam[4] = 20;
		break;
	case DOSE_GAP:
		j->dose.hosts[2] = j->dose.spam[2] = 0;
		break;
	case DOSE_AGAINST:
		j->dose.z = -3;
		break;
	case FAMILIES_ALIKE:
		set_families(j, strong, 0.06);
		break;
	case FAMILIES_AGAINST:
		set_families(j, low, 0.9);
		break;
	case DOSE_AND_FAMILIES_OUT:
		j->dose.z = 1;
		set_families(j, weak, 0.9);
		break;
	case FEW_HOSTS:
		j->hosts.spam = 99;
		break;
	case VOTES_SPLIT:
		set_votes(t, 7, 3);
		break;
	case VOTES_AGAINST:
		set_votes(t, 5, 5);
		break;
	case FEW_VOTES:
		set_votes(t, 4, 0);
		break;
	case LOOKBACK_SHORT:
		j->lookback.too_short = true;
		break;
	case LOOKBACK_NEGATIVE:
		j->lookback.excess = -0.1;
		break;
	case NOT_MEASURED:
		j->measured &= ~(1u << 6);
		break;
	}
}

#define S    CALL_SUPPORTS
#define A    CALL_AGAINST
#define I    CALL_INCONCLUSIVE
#define N    CALL_NOT_MEASURED
#define GUN  RESULT_SMOKING_GUN
#define OPEN RESULT_NOT_SETTLED

static void test_calls(void **state)
{
	static const struct {
		const char *name;
		enum change change;
		enum judge_criterion_id id;
		enum judge_call want;
		enum judge_result want_result;
	} rows[] = {
		{ "base", NOTHING, CRITERION_STRENGTH, S, GUN },
		{ "base, votes", NOTHING, CRITERION_CONSISTENCY, S, GUN },
		{ "base, look-back", NOTHING, CRITERION_LOOK_BACK, S, GUN },
		{ "weak", STRENGTH_WEAK, CRITERION_STRENGTH, I, OPEN },
		{ "no interval", STRENGTH_NONE, CRITERION_STRENGTH, I, OPEN },
		{ "at the bar", STRENGTH_AT_BAR, CRITERION_STRENGTH, I, OPEN },
		{ "no link", STRENGTH_AGAINST, CRITERION_STRENGTH, A,
		  RESULT_NO_LINK },
		{ "unseen", UNSEEN_STRENGTH, CRITERION_STRENGTH, I, OPEN },
		{ "silent", SILENT_STRENGTH, CRITERION_STRENGTH, I, OPEN },
		{ "no order", ORDER_AGAINST, CRITERION_ORDER, A,
		  RESULT_ASSOCIATION_ONLY },
		{ "backwards", ARROW_AGAINST, CRITERION_ORDER, A,
		  RESULT_ASSOCIATION_ONLY },
		{ "no direction", ARROW_WEAK, CRITERION_ORDER, I, OPEN },
		{ "self", SELF_AGAINST, CRITERION_SELF_CONTROL, A,
		  RESULT_ASSOCIATION_ONLY },
		{ "no control", SELF_NO_CONTROL, CRITERION_SELF_CONTROL, S,
		  GUN },
		{ "no control, low", SELF_NO_CONTROL_LOW,
		  CRITERION_SELF_CONTROL, I, OPEN },
		{ "apart", APART_WEAK, CRITERION_SELF_CONTROL, I, OPEN },
		{ "dose falls", DOSE_FALLS, CRITERION_DOSE, I, GUN },
		{ "dose with a gap", DOSE_GAP, CRITERION_DOSE, S, GUN },
		{ "dose against", DOSE_AGAINST, CRITERION_DOSE, A, GUN },
		{ "families alike", FAMILIES_ALIKE, CRITERION_SPECIFICITY, I,
		  GUN },
		{ "families", FAMILIES_AGAINST, CRITERION_SPECIFICITY, A, GUN },
		{ "neither", DOSE_AND_FAMILIES_OUT, CRITERION_DOSE, I, OPEN },
		{ "few hosts", FEW_HOSTS, CRITERION_STRENGTH, S,
		  RESULT_TOO_LITTLE_DATA },
		{ "7 of 10", VOTES_SPLIT, CRITERION_CONSISTENCY, I, GUN },
		{ "5 of 10", VOTES_AGAINST, CRITERION_CONSISTENCY, A, GUN },
		{ "4 groups", FEW_VOTES, CRITERION_CONSISTENCY, I, GUN },
		{ "too short", LOOKBACK_SHORT, CRITERION_LOOK_BACK, I, GUN },
		{ "no excess", LOOKBACK_NEGATIVE, CRITERION_LOOK_BACK, I, GUN },
		{ "not measured", NOT_MEASURED, CRITERION_ORDER, N, OPEN },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct tally_options o = lives_options(40);
		struct tally *t = tally_new(&o);
		struct judge_family families[2];
		struct judgement j = { .families = families };

		row_is(rows[i].name);
		set_base(&j, t);
		apply(rows[i].change, &j, t);
		judge_find_verdict(&j, t);
		assert_int_equal(j.verdict.criteria[rows[i].id].call,
				 rows[i].want);
		assert_int_equal(j.verdict.result, rows[i].want_result);
		tally_free(t);
	}
}

/* A group with spam in 1…7 and none before votes above 1; silence is out. */
static void test_votes_without_baseline(void **state)
{
	struct tally_options o = lives_options(40);
	struct tally *t = tally_new(&o);
	struct judge_family families[2];
	struct judgement j = { .families = families };

	(void)state;
	set_base(&j, t);
	for (unsigned g = 0; g < 10; g++) {
		t->self.spam[g] = (struct tally_periods){ 0 };
		t->self.spam[g].y[14][3] = g < 6;
		t->self.spam[g].y[14][0] = g == 6 ? 3 : 0; /* ratio 0 */
	}
	judge_find_verdict(&j, t);
	assert_int_equal(j.verdict.criteria[CRITERION_CONSISTENCY].call, S);
	assert_int_equal(
		j.verdict.criteria[CRITERION_CONSISTENCY].figure.groups, 7);
	tally_free(t);
}

static bool is_missing(const struct judge_verdict *v, const char *what)
{
	for (size_t i = 0; i < v->n_missing; i++)
		if (!strcmp(v->missing[i], what))
			return true;
	return false;
}

static void test_missing(void **state)
{
	struct tally_options o = lives_options(5);
	struct catalog labels = { 0 };
	struct tally *t = tally_new(&o);
	struct judgement *j = judge_new(t, &labels, NULL);

	(void)state;
	assert_int_equal(j->verdict.result, RESULT_TOO_LITTLE_DATA);
	assert_true(is_missing(&j->verdict, "hosts with viruses"));
	assert_true(is_missing(&j->verdict, "hosts with spam"));
	assert_true(is_missing(&j->verdict, "days"));
	assert_true(is_missing(&j->verdict, "families"));
	assert_true(is_missing(&j->verdict, "clean mail"));
	assert_false(is_missing(&j->verdict, "measures"));
	for (unsigned i = 0; i < N_CRITERIA; i++) {
		assert_int_equal(j->verdict.criteria[i].call,
				 CALL_INCONCLUSIVE);
		assert_false(has_value(j->verdict.criteria[i].figure.value));
	}
	assert_string_equal(j->verdict.criteria[6].name, "look-back");
	judge_free(j);
	tally_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_votes_without_baseline),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
