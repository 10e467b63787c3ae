/* SPDX-License-Identifier: Apache-2.0 */
/* Families by day, first families, and the periods of self-control, by hand */
#include "lives.h"
#include "test.h"

/* Numbers out of the order of names: Klez 1, Sobig 2, Bagle 3 */
static struct catalog labels_new(void)
{
	struct catalog c = { 0 };

	catalog_add(&c, bytes_of_text("Klez.H"));
	catalog_add(&c, bytes_of_text("Sobig.E"));
	catalog_add(&c, bytes_of_text("Bagle.A"));
	return c;
}

static const struct tally_family *family(const struct tally *t, uint32_t label)
{
	for (uint32_t i = 0; i < t->families.n; i++)
		if (t->families.rows[i].label == label)
			return &t->families.rows[i];
	return NULL;
}

static void test_days(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v1/1 v1.5/2 v1.9/1 v1.10/1 v3/1",
		"10.0.0.2 v3/1 v200/1 v3.1/0",
		NULL,
	};
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(300);
	struct tally *t = lives_tally(&world, &o, 1, 2);
	const struct tally_family *f = family(t, 1);

	(void)state;
	assert_int_equal(t->families.n, 2);
	assert_int_equal(f->mails, 6);
	assert_int_equal(f->hosts, 2);
	assert_int_equal(f->first_hosts, 2);
	assert_int_equal(tally_family_day(f, 1).mails, 3);
	assert_int_equal(tally_family_day(f, 1).hosts, 1);
	assert_int_equal(tally_family_day(f, 1).fresh, 1);
	assert_int_equal(tally_family_day(f, 3).hosts, 2);
	assert_int_equal(tally_family_day(f, 3).fresh, 1);
	assert_int_equal(tally_family_day(f, 200).mails, 1);
	assert_int_equal(tally_family_day(f, 299).mails, 0);
	assert_int_equal(family(t, 2)->first_hosts, 0);
	tally_free(t);
	lives_deinit(&world);
}

/* In one second the first by name in bytes; no name comes before all names */
static void test_first(void **state)
{
	static const struct {
		const char *line;
		uint32_t want;
	} rows[] = {
		{ "10.0.0.1 v1/2 v2/1", 2 },
		{ "10.0.0.1 v1/2 v1/1", 1 },
		{ "10.0.0.1 v1/1 v1/2 v1/3", 3 },
		{ "10.0.0.1 v1/3 v1/2 v1/1", 3 },
		{ "10.0.0.1 v1/2 v1.1/3", 2 },
		{ "10.0.0.1 v1 v2/1", 0 },
		{ "10.0.0.1 v1/3 v1", 0 },
		{ "10.0.0.1 v1", 0 },
		{ "10.0.0.1 s1/3 v1/2", 2 },
	};
	struct catalog labels = labels_new();

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		const char *lines[] = { rows[i].line, NULL };
		struct lives world = lives_of(lines);
		struct tally_options o = lives_options(5);
		struct tally *t;

		o.labels = &labels;
		t = lives_tally(&world, &o, 1, 1);
		row_is(rows[i].line);
		for (uint32_t label = 1; label <= 3; label++) {
			const struct tally_family *f = family(t, label);

			assert_int_equal(f != NULL ? f->first_hosts : 0,
					 label == rows[i].want);
		}
		tally_free(t);
		lives_deinit(&world);
	}
	catalog_deinit(&labels);
}

/* Classes and days agree with a count day by day, for every window and dv. */
static void test_dv_days(void **state)
{
	(void)state;
	for (uint32_t n_days = 1; n_days < 80; n_days++)
		for (uint32_t dv = 0; dv < n_days; dv++) {
			unsigned want[TALLY_PERIODS] = { 0 };
			unsigned got[TALLY_PERIODS];
			unsigned class = tally_dv_class(n_days, dv);

			for (int d = 0; d < (int)n_days; d++) {
				int k = d - (int)dv;

				if (k >= -14 && k <= 14)
					want[k < 0    ? 0
					     : k == 0 ? 1
					     : k <= 3 ? 2
					     : k <= 7 ? 3
						      : 4]++;
			}
			assert_true(class < TALLY_DV_CLASSES);
			tally_dv_days(n_days, class, got);
			assert_memory_equal(got, want, sizeof(got));
		}
}

static void test_periods(void **state)
{
	static const char *const lines[] = {
		/* dv = 20: spam on day -15 (out), -14, -1, 0, 3, 4, 8, 14 */
		"10.0.0.1 s5 s6 s19 s20 v20 s23 s23 s24 v24 s28 s34 s35 c21",
		"10.0.0.2 s6 c7",
		NULL,
	};
	static const uint64_t want[TALLY_PERIODS] = { 2, 1, 1, 1, 2 };
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(60);
	struct tally *t = lives_tally(&world, &o, 1, 3);
	unsigned g = host_group(world.events[0].host);

	(void)state;
	assert_memory_equal(t->self.spam[g].y[14], want, sizeof(want));
	assert_int_equal(t->self.clean[g].y[14][2], 1);
	assert_int_equal(t->self.clean[g].y[14][0], 0);
	/* n0 = 14, n1 = 6 (day 24 has a virus), y0 = 2, y1 = 1 (day 23) */
	assert_int_equal(t->self.apart[g].after[20], 1 * 14);
	assert_int_equal(t->self.apart[g].before[20], 2 * 6);
	/* day 0 = 5: n0 = 5, n1 = 6 (day 6 has spam); no virus in reach */
	assert_int_equal(t->self.mirror[g].after[11], 0);
	/* mail on 21, 23, 24, 28, 34; all of it looked at */
	assert_int_equal(t->self.days_after, 5);
	assert_int_equal(t->self.days_seen, 5);
	tally_free(t);
	lives_deinit(&world);
}

static void test_unseen(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v20 v20.9 p21 p22 u23 c23 u24 v35 l25",
		NULL,
	};
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(60);
	struct tally *t = lives_tally(&world, &o, 1, 3);

	(void)state;
	assert_int_equal(t->self.days_after, 4);
	assert_int_equal(t->self.days_seen, 1);
	tally_free(t);
	lives_deinit(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_days),	cmocka_unit_test(test_first),
		cmocka_unit_test(test_dv_days), cmocka_unit_test(test_periods),
		cmocka_unit_test(test_unseen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
