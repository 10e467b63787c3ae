/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Estimators against golden numbers that tests/oracle/judge.R prints, and
 * against worlds small enough to be worked out by hand.
 */
#include "judge/jackknife.h"
#include "judge/rates.h"
#include "judge/special.h"
#include "lives.h"
#include "test.h"

static void check(const char *name, double got, double want)
{
	if (fabs(got - want) <= 1e-11 * fabs(want))
		return;
	print_error("%s: %.17g, want %.17g\n", name, got, want);
	fail();
}

static struct judgement *judge_lines(const char *const *lines, uint32_t n_days)
{
	struct catalog labels = { 0 };
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(n_days);
	struct tally *t = lives_tally(&world, &o, 1, 100);
	struct judgement *j = judge_new(t, &labels, NULL);

	tally_free(t);
	lives_deinit(&world);
	return j;
}

/* ------------------------------------------------------------------ rates */

static struct tally_periods some_periods(void)
{
	/* days 14 1 3 4 7, 5 1 3 4 7 and 14 1 3 2 0 of 60 */
	struct tally_periods y = {
		.y[14] = { 20, 9, 14, 15, 11 },
		.y[5] = { 3, 2, 6, 4, 5 },
		.y[23] = { 7, 3, 4, 3, 0 },
	};

	return y;
}

static void test_rates(void **state)
{
	static const double want[4] = { 5.6476821172917626, 3.227246924166717,
					2.4654907025281352,
					1.1528329364873873 };
	struct tally_periods y = some_periods();
	struct judge_fit fit = judge_fit_rates(&y, 60, MODEL_PERIODS);

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		check("period", fit.ratio[i + 1], want[i]);
	check("headline", judge_fit_headline(&y, 60), 2.8167022386045386);
}

static void test_rates_without_value(void **state)
{
	struct tally_periods none = { 0 };
	struct tally_periods no_baseline = { .y[20] = { 0, 1, 2, 2, 2 } };
	struct tally_periods no_period = { .y[20] = { 4, 1, 0, 0, 0 } };
	/* dv = 0: the baseline has no days, and the other class no outcome */
	struct tally_periods apart = { .y[0] = { 0, 1, 5, 0, 0 },
				       .y[28] = { 7, 0, 0, 0, 0 } };

	(void)state;
	assert_true(isnan(judge_fit_headline(&none, 60)));
	assert_true(isnan(judge_fit_headline(&no_baseline, 60)));
	assert_true(judge_fit_headline(&no_period, 60) == 0);
	check("day 0 of the same",
	      judge_fit_rates(&no_period, 60, MODEL_PERIODS).ratio[1], 3.5);
	assert_true(isnan(judge_fit_headline(&apart, 60)));
}

/* One class: the ratio is that of the rates themselves. */
static void test_rates_by_hand(void **state)
{
	struct tally_periods y = { .y[14] = { 28, 0, 6, 8, 0 } };

	(void)state;
	check("14 in 7 days over 28 in 14", judge_fit_headline(&y, 60), 1);
	check("6 in 3 days", judge_fit_rates(&y, 60, MODEL_PERIODS).ratio[2],
	      1);
	y.y[14][0] = 7;
	check("14 in 7 days over 7 in 14", judge_fit_headline(&y, 60), 4);
}

/* -------------------------------------------------------------- jackknife */

struct pairs {
	const unsigned *first, *second;
	unsigned n;
};

static double share(const void *ctx, unsigned without)
{
	const struct pairs *p = ctx;
	double a = 0, b = 0;

	for (unsigned g = 0; g < p->n; g++) {
		a += g == without ? 0 : p->first[g];
		b += g == without ? 0 : p->second[g];
	}
	return ratio_of(a, a + b);
}

static void test_jackknife(void **state)
{
	static const unsigned first[] = { 5, 0, 7, 3, 9, 2, 4, 6, 1, 8, 3, 5 };
	static const unsigned second[] = { 2, 1, 3, 3, 4, 0, 2, 5, 1, 1, 2, 6 };
	struct pairs p = { first, second, 12 };
	struct figure f = judge_jackknife(share, &p, 0xfff, SCALE_SHARE, NULL);

	(void)state;
	check("value", f.value, 0.63855421686746983);
	check("low", f.low, 0.54627401945527099);
	check("high", f.high, 0.73083441427966866);
	assert_int_equal(f.groups, 12);
	p.n = 9;
	f = judge_jackknife(share, &p, 0x1ff, SCALE_SHARE, NULL);
	assert_true(has_value(f.value) && !has_interval(f));
}

/* A share of 1 in all groups; a ratio that loses its value without a group */
static void test_jackknife_edges(void **state)
{
	unsigned all[10], none[10] = { 0 };
	struct pairs p = { all, none, 10 };
	struct figure f;

	(void)state;
	for (unsigned i = 0; i < 10; i++)
		all[i] = i + 1;
	f = judge_jackknife(share, &p, 0x3ff, SCALE_SHARE, NULL);
	assert_true(f.value == 1 && f.low == 1 && f.high == 1);
	memset(all, 0, sizeof(all));
	all[3] = 4;
	f = judge_jackknife(share, &p, 0x3ff, SCALE_RATIO, NULL);
	assert_true(f.value == 1 && !has_interval(f));
	f = judge_jackknife(share, &(struct pairs){ none, none, 10 }, 0x3ff,
			    SCALE_RATIO, NULL);
	assert_true(!has_value(f.value) && !has_interval(f));
}

/* --------------------------------------------------------------- adjusted */

static void add_hosts(struct lives *l, uint64_t *next, unsigned n,
		      const char *deeds)
{
	for (unsigned i = 0; i < n; i++) {
		char line[128], host[HOST_TEXT_MAX];

		host_format((*next)++, host);
		snprintf(line, sizeof(line), "%s %s", host, deeds);
		lives_add_line(l, line);
	}
}

/* Each network a stratum, all hosts with one mail that is not virus */
static void test_adjusted(void **state)
{
	static const unsigned cells[3][4] = { { 4, 2, 3, 11 },
					      { 1, 5, 2, 9 },
					      { 3, 1, 1, 4 } };
	struct catalog labels = { 0 };
	struct lives world = { 0 };
	struct tally_options o = lives_options(5);
	struct tally *t;
	struct judgement *j;

	(void)state;
	for (unsigned s = 0; s < 3; s++) {
		uint64_t next = (uint64_t)(0x0a00 + s) << 16;

		add_hosts(&world, &next, cells[s][0], "v1 s2");
		add_hosts(&world, &next, cells[s][1], "v1 c2 x3");
		add_hosts(&world, &next, cells[s][2], "s1");
		add_hosts(&world, &next, cells[s][3], "p0");
		add_hosts(&world, &next, 6, "v1");	 /* left out */
		add_hosts(&world, &next, 5, "c1 c2 c3"); /* another class */
		add_hosts(&world, &next, 2, "r1");	 /* not in U */
	}
	t = lives_tally(&world, &o, 2, 100);
	j = judge_new(t, &labels, NULL);
	check("odds", j->adjusted.virus_spam.odds.value, 4.0654022236756049);
	check("cmh", j->adjusted.virus_spam.cmh, 4.222354053513965);
	check("p", j->adjusted.virus_spam.p, 0.039894775667292);
	assert_int_equal(j->adjusted.virus_spam.strata, 3);
	assert_true(!has_interval(j->adjusted.virus_spam.odds));
	assert_int_equal(j->hosts.all, 46 + 3 * 11);
	judge_free(j);
	tally_free(t);
	lives_deinit(&world);
}

/* ----------------------------------------------------------------- hazard */

/*
 * One network. Seen before day d and not a spammer before it:
 *
 *	day 1   a b c d e   none exposed; c spams      e0 = 1 of n0 = 5
 *	day 2   a b d e     a exposed (v1); a spams    e1 = 1, n1 = 1, n0 = 3
 *	day 3   b d e       b exposed (v2); d spams    e0 = 1, n1 = 1, n0 = 2
 *	day 4   b e         b spams                    e1 = 1, n1 = 1, n0 = 1
 */
static void test_hazard(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 c0 v1 s2", "10.0.0.2 c0 v2 s4",
		"10.0.0.3 c0 s1",    "10.0.0.4 c0 s3",
		"10.0.0.5 c0",	     "10.0.0.6 s0 c1",
		"10.0.0.7 v4",	     NULL,
	};
	struct judgement *j = judge_lines(lines, 5);
	const struct judge_hazard *h = &j->hazard.virus_to_spam;
	double excess = 3.0 / 4 - 1.0 / 3 + 1.0 / 2;
	double variance = 3.0 / 16 + 2.0 / 9 + 1.0 / 4;

	(void)state;
	check("ratio", h->ratio.value, (3.0 / 4 + 1.0 / 2) / (1.0 / 3));
	check("log-rank", h->logrank, excess * excess / variance);
	assert_int_equal(h->exposed_days, 3);
	assert_int_equal(h->events_exposed, 2);
	assert_int_equal(h->events_unexposed, 2);
	assert_int_equal(h->ratio.groups, 1);
	assert_int_equal(j->hazard.spam_to_virus.events_unexposed, 2);
	judge_free(j);
}

/* ------------------------------------------------- dose, population, … */

static void test_dose(void **state)
{
	static const uint64_t hosts[5] = { 900, 60, 40, 20, 8 };
	static const uint64_t spam[5] = { 300, 25, 22, 15, 7 };
	struct tally_options o = lives_options(5);
	struct tally *t = tally_new(&o);
	struct catalog labels = { 0 };
	struct judgement *j;

	(void)state;
	memcpy(t->dose.hosts, hosts, sizeof(hosts));
	memcpy(t->dose.spam, spam, sizeof(spam));
	t->population.n[0] = 6;
	t->population.n[1] = 3;
	j = judge_new(t, &labels, NULL);
	check("z", j->dose.z, 5.613203515465);
	check("p", j->dose.p, 1.9861477039178574e-08);
	check("Chao", j->population.chao, 4.0 / 5 * 36 / 6);
	judge_free(j);
	t->population.n[1] = 0;
	j = judge_new(t, &labels, NULL);
	check("Chao, none twice", j->population.chao, 4.0 / 5 * 6 * 5 / 2);
	judge_free(j);
	tally_free(t);
}

static void test_dose_classes(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 c0",
		"10.0.0.2 v1 v1.9 s1",
		"10.0.0.3 v1 v2 c0",
		"10.0.0.4 v1 v3 v5 s0",
		"10.0.0.5 v1 v2 v3 v4 p1",
		"10.0.0.6 v0 v1 v2 v3 v4 v5 v6 s7",
		"10.0.0.7 v0 v1 v2 v3 v4 v5 v6 v7 s7",
		"10.0.0.8 v1 v2",
		NULL,
	};
	static const uint64_t want_hosts[5] = { 1, 1, 2, 2, 1 };
	static const uint64_t want_spam[5] = { 0, 1, 1, 1, 1 };
	struct judgement *j = judge_lines(lines, 9);

	(void)state;
	assert_memory_equal(j->dose.hosts, want_hosts, sizeof(want_hosts));
	assert_memory_equal(j->dose.spam, want_spam, sizeof(want_spam));
	assert_int_equal(j->population.seen, 7);
	judge_free(j);
}

/* D = 20: history M = 13, recent days 13 … 19 */
static void test_lookback(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v3 s13",	    /* spammer, 10 days */
		"10.0.0.2 v12.100 s13.99",  /* spammer, 0 whole days */
		"10.0.0.3 s14 v14 v15",	    /* spammer, the virus not before */
		"10.0.0.4 s1 v2 s19 s18.5", /* spammer, 16 days */
		"10.0.0.5 v11 c19",	    /* control, 8 days */
		"10.0.0.6 c13 s12",	    /* control, none */
		"10.0.0.7 c12 s12 v12",	    /* neither */
		"10.0.0.8 c13 s19",	    /* spammer, none */
		NULL,
	};
	struct judgement *j = judge_lines(lines, 20);
	const struct judge_lookback *l = &j->lookback;

	(void)state;
	assert_int_equal(l->spammers, 5);
	assert_int_equal(l->controls, 2);
	check("1 day", l->share_spammers[0], 0.2);
	check("10 days", l->share_spammers[9], 0.2);
	check("11 days", l->share_spammers[10], 0.4);
	check("16 days", l->share_spammers[15], 0.4);
	check("17 days", l->share_spammers[16], 0.6);
	check("8 days, control", l->share_controls[7], 0);
	check("9 days, control", l->share_controls[8], 0.5);
	assert_int_equal(l->history, 13);
	check("E(M)", l->excess, 0.4 - 0.5);
	assert_int_equal(l->enough_days, -1);
	assert_false(l->too_short);
	judge_free(j);
}

/*
 * D = 21, M = 14. Limits that are met are met: in doubles 9 of 100 falls short
 * of 0.9 times 10 of 100, and 0.2 - 0.19 goes beyond 0.05 times 0.2.
 */
static void test_lookback_limits(void **state)
{
	static const struct {
		const char *name;
		unsigned late, early, none; /* spammers by their virus */
		int want_enough;
		bool want_short;
	} rows[] = {
		{ "90% are enough", 9, 1, 90, 1, true },
		{ "89% are not", 89, 11, 900, 14, true },
		{ "5% are none too many", 19, 1, 80, 1, false },
		{ "6% are", 94, 6, 400, 1, true },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct lives world = { 0 };
		struct tally_options o = lives_options(21);
		struct catalog labels = { 0 };
		struct judgement *j;
		struct tally *t;
		char line[64];

		for (unsigned n = 0;
		     n < rows[i].late + rows[i].early + rows[i].none; n++) {
			snprintf(line, sizeof(line), "10.0.%u.%u s14%s",
				 n / 250, n % 250,
				 n < rows[i].late		    ? " v13.5"
				 : n < rows[i].late + rows[i].early ? " v0.5"
								    : "");
			lives_add_line(&world, line);
		}
		lives_add_line(&world, "10.1.0.1 c14");
		t = lives_tally(&world, &o, 1, 100);
		j = judge_new(t, &labels, NULL);
		row_is(rows[i].name);
		assert_int_equal(j->lookback.enough_days, rows[i].want_enough);
		assert_int_equal(j->lookback.too_short, rows[i].want_short);
		judge_free(j);
		tally_free(t);
		lives_deinit(&world);
	}
}

/* D = 21, M = 14: E is 0.25 for 9 days and more, but short by one at ¾ of M */
static void test_lookback_lengths(void **state)
{
	static const struct {
		const char *name;
		const char *spammer;
		uint32_t n_days;
		int want_enough;
		bool want_short;
	} rows[] = {
		{ "long enough", "10.0.0.1 v5 s14", 21, 10, false },
		{ "seen at once", "10.0.0.1 v13.9 s14.8", 21, 1, false },
		{ "only with all of it", "10.0.0.1 v1 s14", 21, 14, true },
		{ "13 days", "10.0.0.1 v5 s6", 13, 2, true },
		{ "7 days", "10.0.0.1 v5 s5.9", 7, 1, true },
		{ "no virus", "10.0.0.1 s14", 21, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		const char *lines[] = { rows[i].spammer, "10.0.0.2 c6 c14",
					NULL };
		struct judgement *j = judge_lines(lines, rows[i].n_days);

		row_is(rows[i].name);
		assert_int_equal(j->lookback.enough_days, rows[i].want_enough);
		assert_int_equal(j->lookback.too_short, rows[i].want_short);
		judge_free(j);
	}
}

/* --------------------------------------------------------- neighbourhood */

/* Blocks of 1, 2 and 5 hosts among 40, of which 6 are infected */
static void test_expected_blocks(void **state)
{
	struct lives world = { 0 };
	struct tally_options o = lives_options(4);
	struct catalog labels = { 0 };
	struct tally *t;
	struct judgement *j;
	unsigned infected = 6;

	(void)state;
	for (unsigned block = 0; block < 25; block++) {
		uint64_t next = 0x0a000000u + block * 256;
		unsigned n = block < 16 ? 1 : block < 23 ? 2 : 5;
		unsigned bad = infected < n ? infected : n;

		if (block % 4 != 0)
			bad = 0;
		infected -= bad; /* 4 times 1, then 2 */
		add_hosts(&world, &next, bad, "v0");
		add_hosts(&world, &next, n - bad, "c1");
	}
	t = lives_tally(&world, &o, 1, 100);
	j = judge_new(t, &labels, NULL);
	assert_int_equal(j->hosts.virus, 6);
	assert_int_equal(j->neighbourhood.v4[2].bits, 24);
	check("/24", j->neighbourhood.v4[2].expected, 5.5196319801582998);
	assert_int_equal(j->neighbourhood.v4[2].blocks, 5);
	check("/32", j->neighbourhood.v4[0].expected, 6);
	check("/16", j->neighbourhood.v4[4].expected, 1);
	assert_true(j->neighbourhood.v6[0].expected == 0);
	judge_free(j);
	tally_free(t);
	lives_deinit(&world);
}

/* D = 4: a first virus on days 0 and 1 predicts days 2 and 3. */
static void test_prediction(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v1",	   "10.0.0.2 s2",   /* same /28 */
		"10.0.0.17 s3",	   "10.0.0.200 c3", /* same /24 */
		"10.0.16.1 c2",	   "10.0.16.2 s1",  /* same /16; not new */
		"10.9.0.1 s3 v2",  "2001:db8:: v0", /* too late */
		"2001:db8:1:: s2", "2001:db9:1:: s2", NULL,
	};
	struct judgement *j = judge_lines(lines, 4);
	const struct judge_prediction *p = j->neighbourhood.prediction;

	(void)state;
	assert_int_equal(p[0].blocks, 1);
	assert_int_equal(p[0].spammers, 3);
	assert_int_equal(p[0].clean, 2);
	check("/28", p[1].share_spammers, 1.0 / 3);
	check("/24", p[2].share_spammers, 2.0 / 3);
	check("/24 clean", p[2].share_clean, 1.0 / 2);
	check("/24 ratio", p[2].ratio.value, 4.0 / 3);
	check("/16 clean", p[4].share_clean, 1);
	assert_int_equal(p[5].version, 6);
	assert_int_equal(p[5].bits, 64);
	check("v6 /64", p[5].share_spammers, 0);
	check("v6 /32", p[9].share_spammers, 0.5);
	assert_true(!has_value(p[9].share_clean));
	judge_free(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_rates_without_value),
		cmocka_unit_test(test_rates_by_hand),
		cmocka_unit_test(test_jackknife),
		cmocka_unit_test(test_jackknife_edges),
		cmocka_unit_test(test_adjusted),
		cmocka_unit_test(test_hazard),
		cmocka_unit_test(test_dose),
		cmocka_unit_test(test_dose_classes),
		cmocka_unit_test(test_lookback),
		cmocka_unit_test(test_lookback_lengths),
		cmocka_unit_test(test_lookback_limits),
		cmocka_unit_test(test_expected_blocks),
		cmocka_unit_test(test_prediction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
