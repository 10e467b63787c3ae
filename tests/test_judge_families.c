/* SPDX-License-Identifier: Apache-2.0 */
/* Outbreak curves by hand; rates of families against R (tests/oracle/judge.R)
 */
#include "judge/judge.h"
#include "lives.h"
#include "test.h"

#define MAX_DAYS 40

static void check(const char *name, double got, double want)
{
	if (fabs(got - want) <= 1e-11 * fabs(want))
		return;
	print_error("%s: %.17g, want %.17g\n", name, got, want);
	fail();
}

/* A world in which so many hosts send family 1 on each day */
static struct judgement *judge_curve(const struct catalog *labels,
				     const unsigned *hosts, uint32_t n_days)
{
	struct tally_options o = lives_options(n_days);
	struct lives world = { 0 };
	struct judgement *j;
	struct tally *t;

	for (uint32_t d = 0; d < n_days; d++)
		for (unsigned i = 0; i < hosts[d]; i++)
			lives_add(&world, (struct event){
						  .host = 0x0a000000u + i,
						  .time = lives_time(d, 0),
						  .kind = KIND_VIRUS,
						  .label = 1,
					  });
	t = lives_tally(&world, &o, 1, 100);
	j = judge_new(t, labels, NULL);
	tally_free(t);
	lives_deinit(&world);
	return j;
}

static void test_curves(void **state)
{
	static const struct {
		const char *name;
		unsigned hosts[MAX_DAYS];
		uint32_t n_days;
		int start, peak, end, cliff;
		double doubling; /* 0: none */
	} rows[] = {
		{ "one day", { 3 }, 1, 0, 0, 0, -1, 0 },
		{ "rise", { 2, 3, 8, 11, 40, 90, 20 }, 7, 2, 5, 6, -1, 0.8105 },
		{ "5% counts", { 4, 5, 100, 50, 5, 4 }, 6, 1, 2, 4, 4, 0 },
		{ "first of two peaks", { 0, 7, 2, 7, 0 }, 5, 1, 1, 3, -1, 0 },
		{ "cliff", { 9, 20, 20, 18, 1, 0, 1, 0 }, 8, 0, 1, 6, 4, 0 },
		{ "the last day is none",
		  { 9, 20, 20, 18, 1 },
		  5,
		  0,
		  1,
		  4,
		  -1,
		  0 },
		{ "it came back", { 20, 19, 1, 0, 3, 0 }, 6, 0, 0, 4, -1, 0 },
		{ "small peak", { 9, 9, 9, 0, 0 }, 5, 0, 0, 2, -1, 0 },
		{ "peak of 10", { 10, 10, 10, 1, 0 }, 5, 0, 0, 3, 3, 0 },
		{ "slow end", { 100, 40, 12, 5, 2, 1, 0 }, 7, 0, 0, 3, -1, 0 },
		{ "median of two", { 100, 90, 5, 0, 0 }, 5, 0, 0, 2, 2, 0 },
		{ "wavering",
		  { 50, 40, 30, 90, 80, 91, 1 },
		  7,
		  0,
		  5,
		  5,
		  -1,
		  3.931 },
	};
	struct catalog labels = { 0 };

	(void)state;
	catalog_add(&labels, bytes_of_text("Sobig.F"));
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct judgement *j =
			judge_curve(&labels, rows[i].hosts, rows[i].n_days);
		const struct judge_family *f = j->families;

		row_is(rows[i].name);
		assert_int_equal(j->n_families, 1);
		assert_true(bytes_is(f->name, "Sobig.F"));
		assert_int_equal(f->start, rows[i].start);
		assert_int_equal(f->peak, rows[i].peak);
		assert_int_equal(f->end, rows[i].end);
		assert_int_equal(f->duration, f->end - f->start + 1);
		assert_int_equal(f->cliff, rows[i].cliff);
		if (rows[i].doubling == 0)
			assert_true(!has_value(f->doubling));
		else
			assert_true(fabs(f->doubling - rows[i].doubling) <
				    0.005);
		judge_free(j);
	}
	catalog_deinit(&labels);
}

/* start = 0: all six days take part, as in R */
static void test_doubling(void **state)
{
	static const unsigned hosts[] = { 5, 6, 11, 14, 43, 93 };
	struct catalog labels = { 0 };
	struct judgement *j;

	(void)state;
	catalog_add(&labels, bytes_of_text("Sobig.F"));
	j = judge_curve(&labels, hosts, 6);
	check("doubling", j->families[0].doubling, 1.168302927628049);
	judge_free(j);
	catalog_deinit(&labels);
}

/*
 * Fill the counters of one family: in each of n_groups groups `before`
 * outcome days in the baseline and after[] in 1…3, by a pattern over groups.
 */
static void plant(struct tally *t, uint32_t label, unsigned n_groups,
		  unsigned before, unsigned after, uint64_t hosts)
{
	struct tally_families *f = &t->families;

	MEM_GROW(f->rows, f->n, f->cap);
	f->rows[f->n] = (struct tally_family){ .label = label,
					       .hosts = hosts,
					       .first_hosts = hosts };
	for (unsigned g = 0; g < n_groups; g++) {
		struct tally_periods *p = mem_alloc(1, sizeof(*p));

		p->y[14][0] = before + g % 3;
		p->y[14][2] = after + g % 4;
		f->rows[f->n].spam[g] = p;
	}
	f->n++;
}

static struct catalog three_labels(void)
{
	struct catalog labels = { 0 };

	catalog_add(&labels, bytes_of_text("Sobig.F"));
	catalog_add(&labels, bytes_of_text("Klez.H"));
	catalog_add(&labels, bytes_of_text("Bagle.A"));
	return labels;
}

/* p, q and Q from the ratios and intervals that are there to be seen */
static void test_differ(void **state)
{
	struct tally_options o = lives_options(60);
	struct catalog labels = three_labels();
	struct tally *t = tally_new(&o);
	const struct judge_family *f;
	struct judgement *j;
	double w[2], x[2], mean, q;

	(void)state;
	plant(t, 1, 20, 3, 6, 500);
	plant(t, 2, 20, 5, 1, 400);
	plant(t, 3, 20, 5, 1, 19); /* too few hosts */
	plant(t, 4, 9, 5, 1, 300); /* too few groups; no name */
	j = judge_new(t, &labels, NULL);
	f = j->families;
	assert_int_equal(j->n_families, 4);
	assert_true(bytes_is(f[0].name, "Sobig.F"));
	for (unsigned i = 0; i < 2; i++) {
		double se = log(f[i].ratio.high / f[i].ratio.low) / 3.92;

		x[i] = log(f[i].ratio.value);
		w[i] = 1 / (se * se);
		check("p", f[i].p, erfc(fabs(x[i]) / se / sqrt(2)));
	}
	mean = (w[0] * x[0] + w[1] * x[1]) / (w[0] + w[1]);
	q = w[0] * (x[0] - mean) * (x[0] - mean) +
	    w[1] * (x[1] - mean) * (x[1] - mean);
	check("Q", j->families_differ.q, q);
	assert_int_equal(j->families_differ.df, 1);
	check("p", j->families_differ.p, erfc(sqrt(q / 2)));
	check("larger q", fmax(f[0].q, f[1].q), fmax(f[0].p, f[1].p));
	check("smaller q", fmin(f[0].q, f[1].q),
	      fmin(2 * fmin(f[0].p, f[1].p), fmax(f[0].p, f[1].p)));
	assert_true(!has_value(f[2].p) && !has_value(f[3].p));
	assert_true(!has_interval(f[2].ratio) && has_interval(f[3].ratio));
	judge_free(j);
	tally_free(t);
	catalog_deinit(&labels);
}

/* The order of a catalog does not show: families by hosts, then by name. */
static void test_rank(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v1/1 v2/2",
		"10.0.0.2 v1/3",
		"10.0.0.3 v1/3 v4/3",
		NULL,
	};
	struct catalog labels = three_labels();
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(60);
	struct tally *t = lives_tally(&world, &o, 1, 100);
	struct judgement *j = judge_new(t, &labels, NULL);

	(void)state;
	assert_true(bytes_is(j->families[0].name, "Bagle.A"));
	assert_true(bytes_is(j->families[1].name, "Klez.H"));
	assert_true(bytes_is(j->families[2].name, "Sobig.F"));
	assert_int_equal(j->families[1].first_hosts, 0);
	judge_free(j);
	tally_free(t);
	lives_deinit(&world);
	catalog_deinit(&labels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_curves),
		cmocka_unit_test(test_doubling),
		cmocka_unit_test(test_differ),
		cmocka_unit_test(test_rank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
