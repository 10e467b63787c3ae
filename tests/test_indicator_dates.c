/* SPDX-License-Identifier: Apache-2.0 */
/* Stop dates, the leak on curves made by hand, and whose ports these are */
#include "indicator/indicator.h"

#include <math.h>
#include <stdlib.h>

#include "test.h"

static int64_t date(const char *text)
{
	int64_t t;
	bool has_zone;

	assert_int_equal(time_parse(bytes_of_text(text), &t, &has_zone), 0);
	return t;
}

/* NAN is written as -1 */
static void assert_share(double x, double want)
{
	if (want < 0)
		assert_true(isnan(x));
	else
		assert_true(fabs(x - want) < 1e-15);
}

static void test_leak(void **state)
{
	static const struct {
		const char *name;
		const char *stop; /* or NULL */
		bool is_last_day;
		enum indicator_scope scope;
		uint64_t mails[42]; /* from 2003-09-01 on */
		size_t n_days;
		uint64_t want_before, want_after;
		double want_share, want_delay[INDICATOR_DELAYS];
	} rows[] = {
		{ "first silent day: that day is after",
		  "2003-09-04",
		  false,
		  INDICATOR_SPREAD,
		  { 10, 20, 10, 4, 2 },
		  5,
		  40,
		  6,
		  0.15,
		  { 0.15, -1, -1 } },
		{ "last spreading day: that day is before",
		  "2003-09-04",
		  true,
		  INDICATOR_ALL,
		  { 10, 20, 10, 4, 2 },
		  5,
		  44,
		  2,
		  2 / 44.0,
		  { 2 / 44.0, -1, -1 } },
		{ "days 7 and 8 after, 30 and 31",
		  "2003-09-02",
		  false,
		  INDICATOR_SPREAD,
		  { [0] = 100, [7] = 1, [8] = 2, [30] = 4, [31] = 8 },
		  42,
		  100,
		  15,
		  0.15,
		  { 0.01, 0.06, 0.08 } },
		{ "silence",
		  "2003-09-03",
		  false,
		  INDICATOR_SPREAD,
		  { 5, 5 },
		  9,
		  10,
		  0,
		  0,
		  { 0, -1, -1 } },
		{ "nothing before",
		  "2003-09-01",
		  false,
		  INDICATOR_SPREAD,
		  { 5, 5 },
		  3,
		  0,
		  10,
		  -1,
		  { -1, -1, -1 } },
		{ "stopped before this log",
		  "2003-08-01",
		  false,
		  INDICATOR_SPREAD,
		  { 5 },
		  1,
		  0,
		  5,
		  -1,
		  { -1, -1, -1 } },
		{ "no day after in this log",
		  "2003-09-03",
		  false,
		  INDICATOR_SPREAD,
		  { 5, 5 },
		  2,
		  10,
		  0,
		  -1,
		  { -1, -1, -1 } },
		{ "never stops",
		  NULL,
		  false,
		  INDICATOR_SPREAD,
		  { 5, 5 },
		  2,
		  0,
		  0,
		  -1,
		  { -1, -1, -1 } },
		{ "only its downloads stop",
		  "2003-09-02",
		  false,
		  INDICATOR_DOWNLOAD,
		  { 5, 5 },
		  2,
		  0,
		  0,
		  -1,
		  { -1, -1, -1 } },
	};

	(void)state;
	for (size_t k = 0; k < N_ROWS(rows); k++) {
		struct indicator i = { .stop_date = -1,
				       .stop_is_last_day = rows[k].is_last_day,
				       .stop_scope = rows[k].scope };
		struct indicator_leak leak;

		row_is(rows[k].name);
		if (rows[k].stop != NULL)
			i.stop_date = date(rows[k].stop);
		leak = indicator_leak(&i, date("2003-09-01"), rows[k].mails,
				      rows[k].n_days);
		assert_int_equal(leak.before, rows[k].want_before);
		assert_int_equal(leak.after, rows[k].want_after);
		assert_share(leak.share, rows[k].want_share);
		for (size_t d = 0; d < INDICATOR_DELAYS; d++)
			assert_share(leak.delay[d], rows[k].want_delay[d]);
	}
}

static void test_stop_error(void **state)
{
	static const struct {
		const char *name;
		const char *stop, *found; /* or NULL */
		bool is_last_day, want;
		int64_t want_days;
	} rows[] = {
		{ "the very day", "2003-09-10", "2003-09-10", false, true, 0 },
		{ "a day late", "2003-09-10", "2003-09-11", false, true, 1 },
		{ "a week early", "2003-09-10", "2003-09-03", false, true, -7 },
		{ "last day named", "2003-09-09", "2003-09-10", true, true, 0 },
		{ "nothing found", "2003-09-10", NULL, false, false, 0 },
		{ "nothing known", NULL, "2003-09-10", false, false, 0 },
	};

	(void)state;
	for (size_t k = 0; k < N_ROWS(rows); k++) {
		struct indicator i = { .stop_date = -1,
				       .stop_is_last_day =
					       rows[k].is_last_day };
		int64_t days = 0;

		row_is(rows[k].name);
		if (rows[k].stop != NULL)
			i.stop_date = date(rows[k].stop);
		assert_int_equal(
			indicator_stop_error(
				&i, rows[k].found ? date(rows[k].found) : -1,
				&days),
			rows[k].want);
		assert_int_equal(days, rows[k].want_days);
	}
}

/* ------------------------------------------------------------------- ports */

static void test_ports(void **state)
{
	static const char text[] =
		"family \"Twin.A\" {\nfirst-seen = \"2004-02-01\"\n"
		"port \"tcp/3127-3198\" { direction = in }\n"
		"confidence = low\nsources = { test }\n}\n";
	static const struct {
		const char *name;
		enum kind kind;
		const char *label, *first, *last;
		const char *want; /* NULL: of nobody */
	} rows[] = {
		{ "inside", KIND_BACKDOOR, "udp/995-999", "2003-08-20",
		  "2003-08-30", "Sobig.F's ports, seen inside its dates" },
		{ "its first day", KIND_BACKDOOR, "udp/995-999", "2003-08-19",
		  "2003-08-19", "Sobig.F's ports, seen inside its dates" },
		{ "the day before", KIND_BACKDOOR, "udp/995-999",
		  "2003-08-18T23:59:59Z", "2003-08-18T23:59:59Z", NULL },
		{ "90 days open behind the stop", KIND_BACKDOOR, "udp/995-999",
		  "2003-12-08T23:59:59Z", "2003-12-08T23:59:59Z",
		  "Sobig.F's ports, seen inside its dates" },
		{ "and then no more", KIND_BACKDOOR, "udp/995-999",
		  "2003-12-09", "2003-12-09", NULL },
		{ "twenty years on", KIND_BACKDOOR, "udp/995-999", "2023-09-01",
		  "2023-09-01", NULL },
		{ "from inside to outside", KIND_BACKDOOR, "udp/995-999",
		  "2003-09-01", "2005-01-01",
		  "Sobig.F's ports, first seen inside its dates" },
		{ "from outside to inside", KIND_BACKDOOR, "udp/995-999",
		  "2003-01-01", "2003-09-01",
		  "Sobig.F's ports, last seen inside its dates" },
		{ "on both sides of it", KIND_BACKDOOR, "udp/995-999",
		  "2003-01-01", "2005-01-01", NULL },
		{ "only a backdoor's", KIND_PROXY, "udp/995-999", "2003-08-20",
		  "2003-08-20", NULL },
		{ "another protocol", KIND_BACKDOOR, "tcp/995-999",
		  "2003-08-20", "2003-08-20", NULL },
		{ "POP3 over TLS", KIND_BACKDOOR, "tcp/995", "2003-08-20",
		  "2003-08-20", NULL },
		{ "a part of a series", KIND_BACKDOOR, "udp/995", "2003-08-20",
		  "2003-08-20", NULL },
		{ "more than a series", KIND_BACKDOOR, "udp/990-999",
		  "2003-08-20", "2003-08-20", NULL },
		{ "SOCKS is ambiguous", KIND_BACKDOOR, "tcp/1080", "2003-06-10",
		  "2003-06-10", NULL },
		{ "NTP too", KIND_BACKDOOR, "udp/123", "2003-08-20",
		  "2003-08-20", NULL },
		{ "a port called, not opened", KIND_BACKDOOR, "udp/8998",
		  "2003-08-20", "2003-08-20", NULL },
		{ "no stop, no end", KIND_BACKDOOR, "tcp/36794", "2004-06-01",
		  "2004-06-01", "Bugbear.A's ports, seen inside its dates" },
		{ "one of a series is enough", KIND_BACKDOOR, "tcp/3127",
		  "2004-02-20", "2004-02-20",
		  "Mydoom.A's ports, seen inside its dates" },
		{ "beside that series", KIND_BACKDOOR, "tcp/3199", "2004-02-20",
		  "2004-02-20", NULL },
		{ "two families", KIND_BACKDOOR, "tcp/3127-3198", "2004-02-20",
		  "2004-02-20",
		  "ports of Mydoom.A or Twin.A, seen inside their dates" },
		{ "two, one begun", KIND_BACKDOOR, "tcp/3127-3198",
		  "2004-01-28", "2004-01-28",
		  "Mydoom.A's ports, seen inside its dates" },
		{ "open after the stop", KIND_BACKDOOR, "tcp/6777",
		  "2004-03-01", "2004-03-01",
		  "Bagle.A's ports, seen inside its dates" },
		{ "no series", KIND_BACKDOOR, "backdoor", "2003-08-20",
		  "2003-08-20", NULL },
		{ "none at all", KIND_BACKDOOR, "", "2003-08-20", "2003-08-20",
		  NULL },
	};
	struct indicators *set =
		indicators_new(bytes_of_text(text), NULL, NULL);

	(void)state;
	assert_int_equal(set->n, 18);
	for (size_t k = 0; k < N_ROWS(rows); k++) {
		struct buf out = { 0 };
		bool is;

		row_is(rows[k].name);
		is = indicators_tell_port(
			set, rows[k].kind, bytes_of_text(rows[k].label),
			date(rows[k].first), date(rows[k].last), &out);
		buf_add_char(&out, '\0');
		assert_int_equal(is, rows[k].want != NULL);
		assert_string_equal(out.ptr, rows[k].want ? rows[k].want : "");
		buf_deinit(&out);
	}
	assert_false(indicators_tell_port(
		NULL, KIND_BACKDOOR, bytes_of_text("tcp/6777"), 0, 0, NULL));
	indicators_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leak),
		cmocka_unit_test(test_stop_error),
		cmocka_unit_test(test_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
