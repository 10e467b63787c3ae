/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"

#include "test.h"

static void test_kinds_round_trip(void **state)
{
	enum kind k;

	(void)state;
	for (unsigned i = 0; i < N_KINDS; i++) {
		const char *name = kind_name((enum kind)i);

		assert_int_equal(kind_parse(bytes_of_text(name), &k), 0);
		assert_int_equal(k, i);
	}
	assert_int_equal(kind_parse(bytes_of_text("Spam"), &k), E_SYNTAX);
	assert_int_equal(kind_parse(bytes_of_text(""), &k), E_SYNTAX);
	assert_true(kind_is_mail(KIND_UNSCANNED));
	assert_false(kind_is_mail(KIND_RELAY));
	assert_true(kind_is_open(KIND_BACKDOOR));
	assert_false(kind_is_open(KIND_LISTED));
}

static void test_event_order(void **state)
{
	/* each row comes before the next */
	static const struct event rows[] = {
		{ 1, 9, 9, 9, 9 }, { 2, 1, 9, 9, 9 }, { 2, 2, 9, 9, 0 },
		{ 2, 2, 1, 9, 1 }, { 2, 2, 2, 1, 1 }, { 2, 2, 2, 2, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		for (size_t k = 0; k < N_ROWS(rows); k++) {
			int got = event_compare(&rows[i], &rows[k]);

			assert_int_equal((got > 0) - (got < 0),
					 (i > k) - (i < k));
		}
}

static void test_catalog_numbers(void **state)
{
	struct catalog c = { 0 };
	char name[32];

	(void)state;
	assert_int_equal(catalog_add(&c, bytes_of_text("")), 0);
	assert_int_equal(catalog_find(&c, bytes_of_text("x")), 0);
	for (uint32_t i = 1; i <= 5000; i++) {
		snprintf(name, sizeof(name), "name-%u", i);
		assert_int_equal(catalog_add(&c, bytes_of_text(name)), i);
	}
	for (uint32_t i = 1; i <= 5000; i++) {
		snprintf(name, sizeof(name), "name-%u", i);
		assert_int_equal(catalog_add(&c, bytes_of_text(name)), i);
		assert_int_equal(catalog_find(&c, bytes_of_text(name)), i);
		assert_true(bytes_is(catalog_name(&c, i), name));
	}
	assert_int_equal(c.n, 5000);
	assert_int_equal(catalog_name(&c, 5001).len, 0);
	catalog_deinit(&c);
}

static void test_catalog_cleans_names(void **state)
{
	static const struct {
		const char *raw, *want;
	} rows[] = {
		{ "Sobig.E", "Sobig.E" },
		{ "a\nb", "a?b" },
		{ "tab\there", "tab?here" },
		{ "\x7f", "?" },
		{ "k\xc3\xb6ln.example", "k\xc3\xb6ln.example" },
		{ "bad\xc3", "bad?" },
		{ "bad\xc3(", "bad?(" },
		{ "overlong \xc0\xaf", "overlong ??" },
		{ "surrogate \xed\xa0\x80", "surrogate ???" },
		{ "\xf0\x9f\x93\x9c", "\xf0\x9f\x93\x9c" },
		{ "\xf4\x90\x80\x80", "????" },
		{ "c1 \xc2\x85", "c1 ??" },
	};
	struct catalog c = { 0 };

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		uint32_t n = catalog_add(&c, bytes_of_text(rows[i].raw));

		row_is(rows[i].want);
		assert_true(bytes_is(catalog_name(&c, n), rows[i].want));
		assert_int_equal(catalog_find(&c, bytes_of_text(rows[i].raw)),
				 n);
	}
	catalog_deinit(&c);
}

static void test_catalog_clips_at_a_character(void **state)
{
	struct catalog c = { 0 };
	char long_name[400];
	uint32_t n;

	(void)state;
	memset(long_name, 'x', sizeof(long_name));
	memcpy(long_name + 254, "\xc3\xb6", 2);
	n = catalog_add(&c, bytes_of(long_name, sizeof(long_name)));
	assert_int_equal(catalog_name(&c, n).len, 254);
	catalog_deinit(&c);
}

static void test_time_parse(void **state)
{
	static const struct {
		const char *text;
		int want;
		int64_t want_time;
		bool want_zone;
	} rows[] = {
		{ "1970-01-01", 0, 0, false },
		{ "2003-08-19", 0, 1061251200, false },
		{ "2003-08-19T12:34:56Z", 0, 1061296496, true },
		{ "2003-08-19 12:34:56", 0, 1061296496, false },
		{ "2003-08-19T12:34:56.789+02:00", 0, 1061289296, true },
		{ "2003-08-19T12:34:56-0130", 0, 1061301896, true },
		{ "2003-08-19T12:34:56 +0000", 0, 1061296496, true },
		{ "20030819T123456Z", 0, 1061296496, true },
		{ "2003-08-19T12:34", 0, 1061296440, false },
		{ "2000-02-29", 0, 951782400, false },
		{ "2106-02-07T06:28:15Z", 0, UINT32_MAX, true },
		{ "2106-02-07T06:28:16Z", E_RANGE, 0, false },
		{ "1900-02-29", E_RANGE, 0, false },
		{ "2003-02-29", E_RANGE, 0, false },
		{ "2003-13-01", E_RANGE, 0, false },
		{ "2003-00-10", E_RANGE, 0, false },
		{ "1969-12-31T23:59:59Z", E_RANGE, 0, false },
		{ "9999-12-31", E_RANGE, 0, false },
		{ "2003-08-19T24:00:00", E_RANGE, 0, false },
		{ "2003-08-19T12:34:56Zx", E_SYNTAX, 0, false },
		{ "2003-08-19x", E_SYNTAX, 0, false },
		{ "2003-8-19", E_SYNTAX, 0, false },
		{ "19.08.2003", E_SYNTAX, 0, false },
		{ "", E_SYNTAX, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		int64_t t = 0;
		bool zone = false;
		int err = time_parse(bytes_of_text(rows[i].text), &t, &zone);

		row_is(rows[i].text);
		assert_int_equal(err, rows[i].want);
		if (err < 0)
			continue;
		assert_int_equal(t, rows[i].want_time);
		assert_int_equal(zone, rows[i].want_zone);
	}
}

/* Every day of 140 years: there and back, and one after the other */
static void test_civil_round_trip(void **state)
{
	(void)state;
	for (int64_t day = 0; day < 51000; day++) {
		struct civil c = time_to_civil(day * DAY_SECONDS + 3661);

		assert_int_equal(time_from_civil(c.year, c.month, c.day, c.hour,
						 c.minute, c.second),
				 day * DAY_SECONDS + 3661);
	}
}

static void test_time_format(void **state)
{
	char text[TIME_TEXT_MAX];

	(void)state;
	time_format(1061296496, text);
	assert_string_equal(text, "2003-08-19T12:34:56Z");
	date_format(1061296496, text);
	assert_string_equal(text, "2003-08-19");
	time_format(TIME_MAX, text);
	assert_string_equal(text, "2106-02-07T06:28:15Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds_round_trip),
		cmocka_unit_test(test_event_order),
		cmocka_unit_test(test_catalog_numbers),
		cmocka_unit_test(test_catalog_cleans_names),
		cmocka_unit_test(test_catalog_clips_at_a_character),
		cmocka_unit_test(test_time_parse),
		cmocka_unit_test(test_civil_round_trip),
		cmocka_unit_test(test_time_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
