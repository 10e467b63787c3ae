/* SPDX-License-Identifier: Apache-2.0 */
/* Golden numbers from R: tests/oracle/judge.R prints each of them. */
#include "judge/special.h"

#include <math.h>

#include "test.h"

#define CLOSE 2e-12 /* relative */

static void check(const char *name, double got, double want)
{
	if (fabs(got - want) <= CLOSE * fabs(want))
		return;
	print_error("%s: %.17g, want %.17g\n", name, got, want);
	fail();
}

static void test_normal(void **state)
{
	(void)state;
	check("0", normal_p(0), 1);
	check("0.5", normal_p(0.5), 0.61707507745197387);
	check("-1.96", normal_p(-1.96), 0.049995790296440856);
	check("8", normal_p(8), 1.244192114854357e-15);
	check("30", normal_p(30), 9.8134278542963744e-198);
	assert_true(isnan(normal_p(NAN)));
}

static void test_chi_square(void **state)
{
	static const struct {
		const char *name;
		double x;
		uint32_t df;
		double want;
	} rows[] = {
		{ "nothing", 0, 3, 1 },
		{ "1 df", 3.84, 1, 0.050043521248705224 },
		{ "1 df, far", 700, 1, 2.9902269751246203e-154 },
		{ "2 df", 5, 2, 0.0820849986238988 },
		{ "3 df", 12.5, 3, 0.0058526625933267339 },
		{ "10 df, near 1", 1, 10, 0.99982788437004411 },
		{ "101 df", 200, 101, 1.686448206535598e-08 },
		{ "1000 df", 900, 1000, 0.98928276190871023 },
		{ "1000 df, far", 1500, 1000, 1.0454640385979652e-22 },
		{ "40 df, at 1", 0.001, 40, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		check(rows[i].name, chi_square_p(rows[i].x, rows[i].df),
		      rows[i].want);
	assert_true(isnan(chi_square_p(NAN, 1)));
}

static void test_terms(void **state)
{
	(void)state;
	check("binomial", binomial_term(3, 10, .3, .7), 0.26682793199999993);
	check("binomial, none", binomial_term(0, 1000, .001, .999),
	      0.36769542477096406);
	check("binomial, many", binomial_term(499500, 1000000, .5, .5),
	      0.00048394152969514505);
	check("binomial, all", binomial_term(40, 40, .5, .5), ldexp(1, -40));
	check("hypergeometric", hypergeometric_term(3, 10, 5, 40),
	      0.07933034248823724);
	check("hypergeometric, many",
	      hypergeometric_term(7, 5000, 6000, 10000000),
	      0.021568358949638499);
	check("impossible", hypergeometric_term(6, 5, 7, 40), 0);
}

static void test_sign(void **state)
{
	(void)state;
	check("7:2", sign_test_p(7, 2), 0.17968750000000006);
	check("2:7", sign_test_p(2, 7), 0.17968750000000006);
	check("5:5", sign_test_p(5, 5), 1);
	check("600:500", sign_test_p(600, 500), 0.0028195449914364345);
	check("0:40", sign_test_p(0, 40), 1.8189894035458589e-12);
	check("many", sign_test_p(20100, 19500), 0.0026112788167889363);
	check("1:0", sign_test_p(1, 0), 1);
	assert_true(isnan(sign_test_p(0, 0)));
}

static void test_fisher(void **state)
{
	static const struct {
		const char *name;
		uint64_t both, a, b, n;
		double want;
	} rows[] = {
		{ "tea", 3, 4, 4, 8, 0.48571428571428582 },
		{ "below", 1, 9, 11, 24, 0.01305693902274868 },
		{ "none in both", 0, 3, 3, 10, 0.47500000000000009 },
		{ "full", 8, 10, 9, 20, 0.0054774946415813291 },
		{ "as expected", 2, 30, 25, 400, 1 },
		{ "far out", 12, 40, 60, 5000, 1.2101393033633555e-14 },
		{ "one cell must", 4, 5, 8, 9, 1 },
		{ "an empty margin", 0, 0, 5, 9, 1 },
		{ "one host", 1, 1, 1, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		check(rows[i].name,
		      fisher_p(rows[i].both, rows[i].a, rows[i].b, rows[i].n),
		      rows[i].want);
	assert_true(isnan(fisher_p(0, 0, 0, 0)));
}

/* All tables of some margins: the sum as its definition says it. */
static void test_fisher_by_definition(void **state)
{
	uint64_t a = 13, b = 21, n = 57;

	(void)state;
	for (uint64_t both = 0; both <= a; both++) {
		double limit = hypergeometric_term(both, a, b, n) * (1 + 1e-7);
		double want = 0;

		for (uint64_t k = 0; k <= a; k++) {
			double term = hypergeometric_term(k, a, b, n);

			want += term <= limit ? term : 0;
		}
		check("by definition", fisher_p(both, a, b, n), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normal),
		cmocka_unit_test(test_chi_square),
		cmocka_unit_test(test_terms),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_fisher),
		cmocka_unit_test(test_fisher_by_definition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
