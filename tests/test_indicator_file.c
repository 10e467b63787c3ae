/* SPDX-License-Identifier: Apache-2.0 */
/* The shipped file, and what is said of files that are wrong */
#include "indicator/indicator.h"

#include <stdlib.h>

#include "test.h"

#define SHIPPED 17 /* families */

static void note(void *ctx, unsigned line, const char *what)
{
	buf_printf(ctx, "%u: %s\n", line, what);
}

static struct indicators *load(const char *text, struct buf *said)
{
	return indicators_new(bytes_of_text(text), note, said);
}

static const struct indicator *find(const struct indicators *set,
				    const char *name)
{
	return indicators_find(set, bytes_of_text(name));
}

static int64_t date(const char *text)
{
	int64_t t;
	bool has_zone;

	assert_int_equal(time_parse(bytes_of_text(text), &t, &has_zone), 0);
	return t;
}

/* ----------------------------------------------------------------- shipped */

static void test_shipped(void **state)
{
	struct buf said = { 0 };
	struct indicators *set = load("", &said);

	(void)state;
	assert_int_equal(said.len, 0);
	assert_int_equal(set->n, SHIPPED);
	for (size_t k = 0; k < set->n; k++) {
		const struct indicator *i = &set->rows[k];

		row_is(i->name);
		assert_true(i->sources.n > 0);
		for (size_t s = 0; s < i->sources.n; s++)
			assert_true(strlen(i->sources.items[s]) > 0);
		assert_true(strlen(i->confidence) > 0);
		assert_ptr_equal(find(set, i->name), i);
		assert_true(i->first_seen >= date("2002-01-01"));
		assert_true(i->first_seen <= date("2004-12-31"));
		assert_true(i->stop_date < 0 || i->stop_date > i->first_seen);
		for (size_t p = 0; p < i->n_ports; p++)
			assert_true(strlen(i->ports[p].meaning) > 0);
	}
	indicators_free(set);
}

/* What a scanner's name becomes must be what the file calls it. */
static void test_names_are_reports_names(void **state)
{
	struct indicators *set = load("", NULL);
	struct malware_table *table =
		malware_table_new((struct bytes){ 0 }, NULL, NULL);
	struct malware m;

	(void)state;
	for (size_t k = 0; k < set->n; k++) {
		const struct indicator *i = &set->rows[k];

		row_is(i->name);
		malware_name_normalise(table, bytes_of_text(i->name), &m);
		assert_string_equal(m.label, i->name);
		for (size_t a = 0; a < i->aliases.n; a++) {
			row_is(i->aliases.items[a]);
			malware_name_normalise(
				table, bytes_of_text(i->aliases.items[a]), &m);
			assert_ptr_equal(find(set, m.label), i);
			assert_ptr_equal(find(set, i->aliases.items[a]), i);
		}
	}
	malware_table_free(table);
	indicators_free(set);
}

static void test_sobig(void **state)
{
	static const struct {
		const char *name;
		const char *first, *silent;
		int want_life, want_gap; /* days; from the stop before */
	} rows[] = {
		{ "Sobig.B", "2003-05-18", "2003-05-31", 13, -1 },
		{ "Sobig.C", "2003-05-31", "2003-06-08", 8, 0 },
		{ "Sobig.D", "2003-06-18", "2003-07-02", 14, 10 },
		{ "Sobig.E", "2003-06-25", "2003-07-14", 19, -7 },
		{ "Sobig.F", "2003-08-19", "2003-09-10", 22, 36 },
	};
	struct indicators *set = load("", NULL);
	int64_t before = -1;

	(void)state;
	assert_int_equal(indicator_silent_from(find(set, "Sobig.A")), -1);
	assert_int_equal(find(set, "Sobig.A")->stop_date, -1);
	for (size_t k = 0; k < N_ROWS(rows); k++) {
		const struct indicator *i = find(set, rows[k].name);
		int64_t silent = indicator_silent_from(i);

		row_is(rows[k].name);
		assert_int_equal(i->first_seen, date(rows[k].first));
		assert_int_equal(silent, date(rows[k].silent));
		assert_int_equal((silent - i->first_seen) / DAY_SECONDS,
				 rows[k].want_life);
		if (before >= 0)
			assert_int_equal((i->first_seen - before) / DAY_SECONDS,
					 rows[k].want_gap);
		assert_int_equal(i->stop_scope, INDICATOR_SPREAD);
		before = silent;
	}
	indicators_free(set);
}

static void test_conflicts_are_kept(void **state)
{
	struct indicators *set = load("", NULL);
	const struct indicator *f = find(set, "Sobig.F");

	(void)state;
	assert_int_equal(f->conflicts.n, 3);
	assert_non_null(strstr(f->conflicts.items[1], "F-Secure"));
	/* "after 28 January": that day still spread */
	assert_true(find(set, "Bagle.A")->stop_is_last_day);
	assert_int_equal(indicator_silent_from(find(set, "Bagle.A")),
			 date("2004-01-29"));
	indicators_free(set);
}

/* ----------------------------------------------------------------- a user's */

#define GOOD                                                                 \
	"first-seen = \"2010-01-01\"\nconfidence = low\nsources = { \"me\" " \
	"}\n"

static void test_adds_and_replaces(void **state)
{
	static const char text[] =
		"family \"sobig.f\" { " GOOD "stop-date = \"2010-02-01\"\n"
		"stop-meaning = \"last spreading day\"\n"
		"stop-scope = all\n"
		"}\nfamily \"New.A\" { aliases = { Old, Older } " GOOD
		"tail = 7 }\n";
	struct buf said = { 0 };
	struct indicators *set = load(text, &said);
	const struct indicator *i = find(set, "Sobig.F");

	(void)state;
	assert_int_equal(said.len, 0);
	assert_int_equal(set->n, SHIPPED + 1);
	assert_int_equal(indicator_silent_from(i), date("2010-02-02"));
	assert_int_equal(i->tail_days, 0);
	assert_int_equal(i->n_ports, 0);
	i = find(set, "OLDER");
	assert_string_equal(i->name, "New.A");
	assert_int_equal(i->tail_days, 7);
	assert_int_equal(i->stop_date, -1);
	assert_null(find(set, "Sobig"));
	assert_null(find(set, ""));
	assert_null(indicators_find(NULL, bytes_of_text("Sobig.F")));
	indicators_free(set);
}

static void test_complaints(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *want_said;
		size_t want_new; /* families that are still taken */
	} rows[] = {
		{ "nothing", "\n# none\n", "", 0 },
		{ "no first-seen",
		  "family X {\nconfidence = low\nsources = { me }\n}\n",
		  "4: family \"X\": expected a first-seen\n", 0 },
		{ "no source",
		  "family X {\nfirst-seen = \"2010-01-01\"\n"
		  "confidence = high\n}\n",
		  "4: family \"X\": expected a source\n", 0 },
		{ "no confidence",
		  "family X {\nfirst-seen = \"2010-01-01\"\n"
		  "sources = { me }\n}\n",
		  "4: family \"X\": expected a confidence\n", 0 },
		{ "several, and a good one behind",
		  "family X {\n" GOOD "stop-date = \"10 May\"\n"
		  "stop-scope = some\ntail = -3\n}\n"
		  "family Y {\n" GOOD "}\n",
		  "5: stop-date: expected a date such as 2003-08-19, not "
		  "\"10 May\"\n"
		  "6: stop-scope: expected \"spread\" or \"download\" or "
		  "\"all\", not \"some\"\n"
		  "7: tail: expected 0 to 36500 days, not -3\n"
		  "8: family \"X\": expected a stop-meaning and a stop-scope "
		  "beside its stop-date\n",
		  1 },
		{ "a time is no date",
		  "family X {\n" GOOD "first-seen = \"2010-01-01T00:00\"\n}\n",
		  "5: first-seen: expected a date such as 2003-08-19, not "
		  "\"2010-01-01T00:00\"\n",
		  0 },
		{ "no such day",
		  "family X {\n" GOOD "first-seen = \"2010-02-30\"\n}\n",
		  "5: first-seen: expected a date such as 2003-08-19, not "
		  "\"2010-02-30\"\n",
		  0 },
		{ "stop before start",
		  "family X {\n" GOOD "stop-date = \"2009-12-31\"\n"
		  "stop-meaning = \"first silent day\"\nstop-scope = all\n}\n",
		  "8: family \"X\": expected a stop-date no earlier than "
		  "first-seen\n",
		  0 },
		{ "ports",
		  "family X {\n" GOOD "port \"udp/9-5\" { direction = in }\n"
		  "port \"7\" { direction = in }\n"
		  "port \"tcp/0\" { direction = in }\n"
		  "port \"tcp/65536\" { direction = in }\n"
		  "port \"tcp/6\" {\ndirection = up\n}\n"
		  "port \"tcp/7\" {\n}\n}\n",
		  "5: port: expected such as udp/995-999 or tcp/6777, not "
		  "\"udp/9-5\"\n"
		  "6: port: expected such as udp/995-999 or tcp/6777, not "
		  "\"7\"\n"
		  "7: port: expected such as udp/995-999 or tcp/6777, not "
		  "\"tcp/0\"\n"
		  "8: port: expected such as udp/995-999 or tcp/6777, not "
		  "\"tcp/65536\"\n"
		  "10: direction: expected \"in\" or \"out\", not \"up\"\n"
		  "13: port \"tcp/7\": expected a direction\n",
		  0 },
		{ "a setting that is none, and nothing behind it",
		  "family X {\n" GOOD "}\nfamily Y {\ncolour = red\n}\n"
		  "family Z {\n" GOOD "}\n",
		  "7: no such option 'colour'\n", 1 },
		{ "twice in one file",
		  "family X {\n" GOOD "}\nfamily X {\n" GOOD "}\n",
		  "6: found duplicate title 'X'\n", 1 },
		{ "a number that is none",
		  "family X {\n" GOOD "tail = many\n}\n",
		  "5: invalid integer value for option 'tail'\n", 0 },
		{ "never closed", "family X {\n" GOOD,
		  "4: the file ends within a family, a string or a comment\n",
		  0 },
		{ "half a port", "family X {\n" GOOD "port \"tcp/7\" {",
		  "5: the file ends within a family, a string or a comment\n",
		  0 },
		{ "a comment without end", "family X {\n" GOOD "}\n/* and",
		  "6: the file ends within a family, a string or a comment\n",
		  1 },
		{ "one brace too many", "family X {\n" GOOD "}\n}\n",
		  "6: unexpected closing brace\n", 1 },
	};
	(void)state;
	for (size_t k = 0; k < N_ROWS(rows); k++) {
		struct buf said = { 0 };
		struct indicators *set = load(rows[k].text, &said);

		row_is(rows[k].name);
		buf_add_char(&said, '\0');
		assert_string_equal(said.ptr, rows[k].want_said);
		assert_int_equal(set->n, SHIPPED + rows[k].want_new);
		indicators_free(set);
		buf_deinit(&said);
	}
}

static void test_a_string_without_end(void **state)
{
	struct buf said = { 0 };
	struct indicators *set;

	(void)state;
	set = load("family \"X {\n" GOOD, &said);
	assert_true(said.len > 0);
	indicators_free(set);
	buf_deinit(&said);
	/* and nothing of it stays in libConfuse's scanner */
	set = load("family X {\n" GOOD "}\n", &said);
	assert_int_equal(said.len, 0);
	assert_int_equal(set->n, SHIPPED + 1);
	indicators_free(set);
}

static void test_nul(void **state)
{
	static const char text[] = "family X {\n" GOOD "}\n\0family Y {";
	struct buf said = { 0 };
	struct indicators *set =
		indicators_new(bytes_of(text, sizeof(text) - 1), note, &said);

	(void)state;
	assert_true(bytes_starts(buf_bytes(&said), "5: a byte that is no"));
	assert_int_equal(set->n, SHIPPED + 1);
	indicators_free(set);
	buf_deinit(&said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_names_are_reports_names),
		cmocka_unit_test(test_sobig),
		cmocka_unit_test(test_conflicts_are_kept),
		cmocka_unit_test(test_adds_and_replaces),
		cmocka_unit_test(test_complaints),
		cmocka_unit_test(test_a_string_without_end),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
