/* SPDX-License-Identifier: Apache-2.0 */
/* Families, back-test and comparison: what they say, sort, mark and leave out
 */
#include "report/report.h"

#include <jansson.h>

#include "report/utf8.h"
#include "report_sample.h"

static void assert_width(const struct buf *page)
{
	struct bytes rest = buf_bytes(page);

	while (rest.len > 0) {
		struct bytes line = bytes_cut(&rest, '\n');

		if (utf8_width(line) > REPORT_COLUMNS)
			print_message("# %.*s\n", BYTES_ARG(line));
		assert_true(utf8_width(line) <= REPORT_COLUMNS);
		assert_false(bytes_ends(line, " "));
	}
}

static bool has_text(const struct buf *page, const char *text)
{
	return bytes_find_text(buf_bytes(page), text) < page->len;
}

static json_t *parse(struct buf *page)
{
	json_error_t error;
	json_t *root = json_loadb(page->ptr, page->len, 0, &error);

	if (root == NULL)
		fail_msg("no JSON: %s", error.text);
	return root;
}

/* ---------------------------------------------------------------- families */

static void test_family_names(void **state)
{
	static const struct {
		const char *name;
		size_t want_n;
	} rows[] = {
		{ "", 3 },	   { "Sobig.F", 1 },  { "sobig.f", 1 },
		{ "Sobig", 1 },	   { "KLEZ", 1 },     { "Sobi", 0 },
		{ "Sobig.", 0 },   { "Sobig.F.", 0 }, { "F", 0 },
		{ "Sobig.FG", 0 },
	};
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		row_is(rows[i].name);
		assert_int_equal(report_count_families(
					 &s.j, bytes_of_text(rows[i].name)),
				 rows[i].want_n);
	}
}

static void test_family_pages(void **state)
{
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	report_families_text(&s.j, bytes_of_text(""), &page);
	buf_add_text(&page, "\n====\n");
	report_families_text(&s.j, bytes_of_text("sobig"), &page);
	buf_add_text(&page, "\n====\n");
	report_families_text(&s.j, s.families[2].name, &page);
	assert_width(&page);
	assert_golden(&page, "report_families.txt");
	buf_deinit(&page);
}

/* Past 20 families, those with too few hosts have no line of their own. */
static void test_many_families(void **state)
{
	static struct judge_family many[21];
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < N_ROWS(many); i++)
		many[i] = s.families[i < 2 ? i : 2];
	s.j.families = many;
	s.j.n_families = 20;
	report_families_text(&s.j, bytes_of_text(""), &page);
	assert_false(has_text(&page, "Left out"));
	s.j.n_families = 21;
	page.len = 0;
	report_families_text(&s.j, bytes_of_text(""), &page);
	assert_true(has_text(&page, "fewer than 20 hosts (19)."));
	assert_width(&page);
	buf_deinit(&page);
}

/* 1, 7 or 28 days in a row of the chart; and no wider for large numbers */
static void test_family_steps(void **state)
{
	static const struct {
		const char *want_head;
		uint32_t days;
	} rows[] = {
		{ "day ", 62 },
		{ "week from", 63 },
		{ "week from", 434 },
		{ "four weeks from", 435 },
		{ "four weeks from", 1000 },
	};
	static struct tally_family_day days[1000];
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	for (size_t d = 0; d < 1000; d++)
		days[d] = (struct tally_family_day){ 5400000000, 4300000000,
						     4300000000 };
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		row_is(rows[i].want_head);
		s.j.window.days = rows[i].days;
		s.families[0].days = days;
		s.families[0].mails = s.families[0].hosts = 5400000000;
		s.families[0].start = s.families[0].peak = 0;
		s.families[0].end = s.families[0].cliff = 0;
		page.len = 0;
		report_families_text(&s.j, bytes_of_text("Sobig.F"), &page);
		assert_true(has_text(&page, rows[i].want_head));
		assert_width(&page);
	}
	buf_deinit(&page);
}

static void test_family_json(void **state)
{
	struct sample s;
	struct buf page = { 0 };
	json_t *root, *families;

	(void)state;
	sample_init(&s);
	report_families_json(&s.j, bytes_of_text("klez"), NULL, &page);
	root = parse(&page);
	families = json_object_get(root, "families");
	assert_string_equal(json_string_value(json_object_get(root, "schema")),
			    "rapsheet/families/1");
	assert_int_equal(json_array_size(families), 1);
	assert_string_equal(json_string_value(json_object_get(
				    json_array_get(families, 0), "name")),
			    "Klez.H");
	assert_non_null(json_object_get(root, "families_differ"));
	json_decref(root);
	buf_deinit(&page);
}

/* --------------------------------------------------------------- back-test */

#define N_TRIALS 6

/* spam stopped, clean lost; shares are of 1,000 each */
static void fill_rules(struct sample *s, struct judge_rule *rules)
{
	static const struct {
		const char *trigger, *scope;
		uint32_t days;
		uint64_t spam, clean;
	} rows[N_TRIALS] = {
		{ "virus", "host", 1, 100, 1 },	  /* unbeaten */
		{ "virus", "host", 21, 100, 2 },  /* by the first: less lost */
		{ "virus", "host", 0, 300, 20 },  /* unbeaten */
		{ "open", "host", 21, 299, 20 },  /* by the third: more spam */
		{ "open", "network", 21, 0, 0 },  /* of no use */
		{ "spam>=3", "host", 3, 300, 20 } /* equal to the third */
	};

	for (size_t i = 0; i < N_TRIALS; i++) {
		rules[i] = (struct judge_rule){ rows[i].trigger,
						rows[i].scope,
						rows[i].days,
						{ 0 },
						{ 0 } };
		rules[i].blocked[KIND_SPAM] = rows[i].spam;
		rules[i].blocked[KIND_CLEAN] = rows[i].clean;
		rules[i].share[KIND_SPAM] = (double)rows[i].spam / 1000;
		rules[i].share[KIND_CLEAN] = (double)rows[i].clean / 1000;
	}
	s->j.backtest = rules;
	s->j.n_backtest = N_TRIALS;
}

static void test_unbeaten(void **state)
{
	static const bool want[N_TRIALS] = { true,  false, true,
					     false, false, true };
	struct judge_rule rules[N_TRIALS];
	struct sample s;

	(void)state;
	sample_init(&s);
	fill_rules(&s, rules);
	for (size_t i = 0; i < N_TRIALS; i++) {
		print_message("# rule %zu\n", i);
		assert_int_equal(judge_rule_is_unbeaten(&s.j, &rules[i]),
				 want[i]);
	}
}

static void test_picked_rules(void **state)
{
	static const struct {
		const char *name;
		struct report_rules pick;
		const char *want; /* spam stopped, in the order printed */
	} rows[] = {
		{ "all", { 0 }, "100 100 300 299 0 300 " },
		{ "a trigger", { .trigger = "open" }, "299 0 " },
		{ "a scope", { .scope = "network" }, "0 " },
		{ "days", { .has_days = true, .days = 21 }, "100 299 0 " },
		{ "ever", { .has_days = true, .days = 0 }, "300 " },
		{ "by clean",
		  { .sort = SORT_CLEAN },
		  "0 100 100 300 300 299 " },
		{ "by spam", { .sort = SORT_SPAM }, "300 300 299 100 100 0 " },
		{ "none", { .trigger = "spam>=10" }, "" },
	};
	struct judge_rule rules[N_TRIALS];
	struct sample s;

	(void)state;
	sample_init(&s);
	fill_rules(&s, rules);
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf page = { 0 }, got = { 0 };
		json_t *root, *m;
		size_t k;

		row_is(rows[i].name);
		report_backtest_json(&s.j, &rows[i].pick, &page);
		root = parse(&page);
		json_array_foreach(json_object_get(root, "backtest"), k, m)
			buf_printf(&got, "%d ",
				   (int)json_integer_value(
					   json_object_get(m, "spam")));
		assert_true(bytes_is(buf_bytes(&got), rows[i].want));
		json_decref(root);
		buf_deinit(&page);
		buf_deinit(&got);
	}
}

static void test_backtest_pages(void **state)
{
	struct report_rules one = { .trigger = "virus",
				    .scope = "host",
				    .has_days = true,
				    .days = 21 };
	struct judge_rule rules[N_TRIALS];
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	fill_rules(&s, rules);
	report_backtest_text(&s.j, &(struct report_rules){ 0 }, &page);
	buf_add_text(&page, "\n====\n");
	report_backtest_text(&s.j, &one, &page);
	assert_width(&page);
	assert_golden(&page, "report_backtest.txt");
	for (size_t i = 0; i < N_TRIALS; i++)
		rules[i].blocked[KIND_SPAM] = rules[i].blocked[KIND_CLEAN] =
			9999999;
	page.len = 0;
	report_backtest_text(&s.j, &(struct report_rules){ 0 }, &page);
	assert_width(&page);
	buf_deinit(&page);
}

/* What was never seen makes no rows of zeros, but stays in the JSON. */
static void test_idle_rules(void **state)
{
	static const struct {
		const char *want; /* in the page */
		uint64_t virus, open, spam;
		bool want_table;
	} rows[] = {
		{ "Block rules", 1, 1, 1, true },
		{ "2 rules on what was never seen here (no open host).", 1, 0,
		  1, true },
		{ "5 rules on what was never seen here (no virus, no open "
		  "host).",
		  0, 0, 1, true },
		{ "(no virus, no open host, no spam).", 0, 0, 0, false },
	};
	struct judge_rule rules[N_TRIALS];
	struct sample s;

	(void)state;
	sample_init(&s);
	fill_rules(&s, rules);
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf page = { 0 };

		row_is(rows[i].want);
		s.j.hosts.virus = rows[i].virus;
		s.j.hosts.open = rows[i].open;
		s.j.hosts.spam = rows[i].spam;
		report_backtest_text(&s.j, &(struct report_rules){ 0 }, &page);
		assert_width(&page);
		for (char *c = page.ptr; c < page.ptr + page.len; c++)
			*c = *c == '\n' ? ' ' : *c;
		assert_true(has_text(&page, rows[i].want));
		assert_int_equal(has_text(&page, "The rules"),
				 rows[i].want_table);
		buf_deinit(&page);
	}
}

/* ----------------------------------------------------------------- compare */

/* What stands beside the odds of virus and spam, the first judged figure */
static void test_differences(void **state)
{
	static const struct {
		const char *name;
		struct figure a, b;
		const char *want;
	} rows[] = {
		{ "apart, above",
		  { 2, 1, 3, 40 },
		  { 5, 3.5, 7, 40 },
		  "B clearly higher" },
		{ "apart, below",
		  { 5, 3.5, 7, 40 },
		  { 2, 1, 3, 40 },
		  "B clearly lower" },
		{ "they meet",
		  { 2, 1, 3, 40 },
		  { 5, 3, 7, 40 },
		  "no clear difference" },
		{ "one inside",
		  { 2, 1, 3, 40 },
		  { 2, 1.5, 2.5, 40 },
		  "no clear difference" },
		{ "no interval",
		  { 2, 1, 3, 40 },
		  { 50, NAN, NAN, 4 },
		  "no interval to judge" },
		{ "no value",
		  { 2, 1, 3, 40 },
		  { NAN, NAN, NAN, 0 },
		  "no interval to judge" },
	};
	struct sample a, b;
	struct report_side sides[2] = { { "left", &a.j }, { "right", &b.j } };

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf page = { 0 };
		struct bytes rest;

		row_is(rows[i].name);
		sample_init(&a);
		sample_init(&b);
		a.j.adjusted.virus_spam.odds = rows[i].a;
		b.j.adjusted.virus_spam.odds = rows[i].b;
		report_compare_text(&sides[0], &sides[1], &page);
		assert_width(&page);
		rest = buf_bytes(&page);
		rest = bytes_from(rest,
				  bytes_find_text(rest, "odds: virus, spam"));
		assert_true(bytes_ends(bytes_cut(&rest, '\n'), rows[i].want));
		buf_deinit(&page);
	}
}

static void test_compare_pages(void **state)
{
	struct sample a, b;
	struct report_side sides[2] = {
		{ "2003-08-18..2003-08-28", &a.j },
		{ "client:a-client-with-a-long-name.example", &b.j },
	};
	struct buf page = { 0 };
	json_t *root, *names;

	(void)state;
	sample_init(&a);
	sample_init_partly(&b);
	b.j.n_families = 1;
	b.families[0].ratio = sample_figure(1234, 567, 8901);
	b.j.hosts.all = 4300000000;
	report_compare_text(&sides[0], &sides[1], &page);
	assert_width(&page);
	assert_golden(&page, "report_compare.txt");
	page.len = 0;
	report_compare_json(&sides[0], &sides[1], NULL, &page);
	root = parse(&page);
	names = json_object_get(root, "names");
	assert_string_equal(json_string_value(json_object_get(root, "schema")),
			    "rapsheet/compare/1");
	assert_string_equal(json_string_value(json_array_get(names, 0)),
			    "2003-08-18..2003-08-28");
	assert_false(json_is_null(
		json_object_get(json_object_get(root, "a"), "hazard")));
	assert_true(json_is_null(
		json_object_get(json_object_get(root, "b"), "hazard")));
	json_decref(root);
	buf_deinit(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_family_names),
		cmocka_unit_test(test_family_pages),
		cmocka_unit_test(test_many_families),
		cmocka_unit_test(test_family_steps),
		cmocka_unit_test(test_family_json),
		cmocka_unit_test(test_unbeaten),
		cmocka_unit_test(test_picked_rules),
		cmocka_unit_test(test_backtest_pages),
		cmocka_unit_test(test_idle_rules),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_compare_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
