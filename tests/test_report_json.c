/* SPDX-License-Identifier: Apache-2.0 */
/* The report as JSON: it parses, holds the keys of the design, and no others */
#include "report/report.h"

#include <jansson.h>

#include "report_sample.h"

#define FIGURE "value low high"
#define OVERLAP \
	"a b both share_a share_b expected lift odds phi chi2 p fisher_p"
#define TRAFFIC                                                         \
	"clean spam virus policy unscanned spam_of_mail virus_of_mail " \
	"spam_from_open spam_from_virus spam_after_virus"
#define ORDER  "first second tie share p lag_days"
#define HAZARD "ratio logrank exposed_days events_exposed events_unexposed"

/* A path of keys, "#" for the first member of an array, and what it holds */
static const struct {
	const char *path;
	const char *want_keys;
} shapes[] = {
	{ "",
	  "schema window events events_moved hosts shares overlap adjusted "
	  "order hazard "
	  "self_control dose families families_differ lookback neighbourhood "
	  "population backtest verdict" },
	{ "window", "from to days" },
	{ "events", "clean spam virus policy unscanned relay proxy backdoor "
		    "listed" },
	{ "hosts", "all virus spam clean open listed" },
	{ "shares", "spam_of_mail virus_of_mail spam_from_open "
		    "spam_from_virus spam_after_virus by_client by_day" },
	{ "shares.by_client.#", "name " TRAFFIC },
	{ "shares.by_day.#", "day " TRAFFIC },
	{ "overlap", "virus_open virus_spam open_spam virus_openspam" },
	{ "overlap.virus_open", OVERLAP },
	{ "overlap.virus_openspam", OVERLAP },
	{ "adjusted", "virus_spam virus_open" },
	{ "adjusted.virus_spam", "odds cmh p strata" },
	{ "adjusted.virus_spam.odds", FIGURE },
	{ "order", "virus_spam virus_open" },
	{ "order.virus_spam", ORDER },
	{ "order.virus_spam.share", FIGURE },
	{ "order.virus_spam.lag_days", "-9 0 2 9" },
	{ "order.virus_open", ORDER },
	{ "hazard", "virus_to_spam spam_to_virus arrow" },
	{ "hazard.virus_to_spam", HAZARD },
	{ "hazard.spam_to_virus", HAZARD },
	{ "hazard.arrow", FIGURE },
	{ "self_control", "spam clean relative apart mirror arrow" },
	{ "self_control.spam", "ratio periods days" },
	{ "self_control.mirror", FIGURE },
	{ "dose", "hosts spam z p" },
	{ "families.#",
	  "name mails hosts first_hosts start peak end duration doubling "
	  "cliff ratio p q known days" },
	{ "families.#.ratio", FIGURE },
	{ "families_differ", "q df p" },
	{ "lookback", "spammers controls share_spammers share_controls lift "
		      "enough_days too_short" },
	{ "neighbourhood", "v4 v6 prediction" },
	{ "neighbourhood.v4.#", "bits blocks expected" },
	{ "neighbourhood.prediction.#",
	  "version bits blocks spammers clean share_spammers share_clean "
	  "ratio" },
	{ "population", "seen chao" },
	{ "backtest.#", "trigger scope days clean spam virus policy "
			"unscanned" },
	{ "verdict", "result criteria missing" },
	{ "verdict.criteria.#", "name call figure why" },
	{ "verdict.criteria.#.figure", FIGURE },
};

static json_t *parse(const struct buf *page)
{
	json_error_t error;
	json_t *root = json_loadb(page->ptr, page->len, JSON_REJECT_DUPLICATES,
				  &error);

	if (!root)
		print_message("# line %d: %s\n", error.line, error.text);
	assert_non_null(root);
	return root;
}

static json_t *member_at(json_t *root, const char *path)
{
	struct bytes rest = bytes_of_text(path);

	while (rest.len > 0) {
		struct bytes name = bytes_cut(&rest, '.');
		char *key = mem_text(name);

		root = bytes_is(name, "#") ? json_array_get(root, 0)
					   : json_object_get(root, key);
		free(key);
		assert_non_null(root);
	}
	return root;
}

/* The keys, in their order (jansson keeps it), with a blank between */
static void add_keys(struct buf *out, json_t *object)
{
	const char *key;
	json_t *value;

	assert_true(json_is_object(object));
	json_object_foreach(object, key, value)
	{
		if (out->len > 0)
			buf_add_char(out, ' ');
		buf_add_text(out, key);
	}
	buf_add_char(out, '\0');
}

static void test_keys(void **state)
{
	struct sample s;
	struct buf page = { 0 };
	json_t *root;

	(void)state;
	sample_init(&s);
	report_json(&s.j, &page);
	root = parse(&page);
	for (size_t i = 0; i < N_ROWS(shapes); i++) {
		struct buf keys = { 0 };

		row_is(shapes[i].path);
		add_keys(&keys, member_at(root, shapes[i].path));
		assert_string_equal(keys.ptr, shapes[i].want_keys);
		buf_deinit(&keys);
	}
	json_decref(root);
	buf_deinit(&page);
}

static void test_values(void **state)
{
	struct sample s;
	struct buf page = { 0 };
	json_t *root, *m;

	(void)state;
	sample_init(&s);
	report_json(&s.j, &page);
	root = parse(&page);
	assert_string_equal(json_string_value(member_at(root, "schema")),
			    "rapsheet/report/1");
	assert_string_equal(json_string_value(member_at(root, "window.from")),
			    "2003-08-18T00:00:00Z");
	assert_true(
		json_number_value(member_at(root, "overlap.virus_spam.lift")) ==
		2.655160969133754);
	assert_true(
		json_is_null(member_at(root, "overlap.virus_spam.fisher_p")));
	assert_true(
		json_is_null(member_at(root, "adjusted.virus_open.odds.low")));
	assert_int_equal(json_array_size(member_at(root, "shares.by_day")),
			 SAMPLE_DAYS);
	assert_int_equal(json_array_size(member_at(root, "families.#.days")),
			 SAMPLE_DAYS);
	assert_int_equal(json_array_size(member_at(root, "verdict.criteria")),
			 N_CRITERIA);
	m = json_array_get(member_at(root, "backtest"), 1); /* ever */
	assert_true(json_is_null(json_object_get(m, "days")));
	m = json_array_get(member_at(root, "shares.by_client"), 1);
	assert_true(json_is_null(json_object_get(m, "name")));
	m = json_array_get(member_at(root, "families"), 1); /* no cliff */
	assert_true(json_is_null(json_object_get(m, "cliff")));
	json_decref(root);
	buf_deinit(&page);
}

/* What was not computed is null as a whole, and its criterion says why. */
static void test_not_measured(void **state)
{
	static const char *const absent[] = {
		"adjusted", "hazard",	     "self_control", "dose",
		"lookback", "neighbourhood", "population",   "backtest",
	};
	struct sample s;
	struct buf page = { 0 };
	json_t *root, *m;

	(void)state;
	sample_init_partly(&s);
	report_json(&s.j, &page);
	root = parse(&page);
	for (size_t i = 0; i < N_ROWS(absent); i++) {
		row_is(absent[i]);
		assert_true(json_is_null(member_at(root, absent[i])));
	}
	m = member_at(root, "verdict.criteria.#");
	assert_string_equal(json_string_value(json_object_get(m, "call")),
			    "inconclusive");
	assert_string_equal(json_string_value(json_object_get(m, "why")),
			    "not measured");
	json_decref(root);
	buf_deinit(&page);
}

static void test_golden(void **state)
{
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	report_json(&s.j, &page);
	assert_golden(&page, "report_whole.json");
	page.len = 0;
	sample_init_partly(&s);
	report_json(&s.j, &page);
	assert_golden(&page, "report_partly.json");
	buf_deinit(&page);
}

static void test_numbers(void **state)
{
	static const struct {
		double x;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ -0.0, "0" },
		{ 1, "1" },
		{ 0.1, "0.1" },
		{ 1.0 / 3, "0.3333333333333333" },
		{ 0.1 + 0.2, "0.30000000000000004" },
		{ 1e300, "1e+300" },
		{ 5e-324, "4.94065645841247e-324" },
		{ 123456789012345680.0, "1.2345678901234568e+17" },
		{ NAN, "null" },
		{ INFINITY, "null" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf out = { 0 };
		struct json w = json_to(&out);

		row_is(rows[i].want);
		json_put_number(&w, NULL, rows[i].x);
		buf_add_char(&out, '\0');
		assert_string_equal(out.ptr, rows[i].want);
		if (isfinite(rows[i].x))
			assert_true(strtod(out.ptr, NULL) == rows[i].x);
		buf_deinit(&out);
	}
}

static void test_strings(void **state)
{
	static const struct {
		const char *name, *x, *want;
	} rows[] = {
		{ "plain", "Sobig.F", "\"Sobig.F\"" },
		{ "quote and backslash", "a\"b\\c", "\"a\\\"b\\\\c\"" },
		{ "control", "a\nb\x01", "\"a\\u000ab\\u0001\"" },
		{ "utf-8", "B\xc3\xbc", "\"B\xc3\xbc\"" },
		{ "astral", "\xf0\x9f\x92\xa9", "\"\xf0\x9f\x92\xa9\"" },
		{ "stray byte", "a\xff", "\"a\xef\xbf\xbd\"" },
		{ "overlong", "\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "surrogate", "\xed\xa0\x80",
		  "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
		{ "cut short", "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf out = { 0 };
		struct json w = json_to(&out);

		row_is(rows[i].name);
		json_put_text(&w, NULL, bytes_of_text(rows[i].x));
		buf_add_char(&out, '\0');
		assert_string_equal(out.ptr, rows[i].want);
		buf_deinit(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_not_measured),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
