/* SPDX-License-Identifier: Apache-2.0 */
/* The report as text: its pages, its width, its numbers, bars and tables */
#include "report/report.h"

#include "report/text.h"
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

static void test_golden(void **state)
{
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	report_text(&s.j, &page);
	assert_width(&page);
	assert_golden(&page, "report_whole.txt");
	page.len = 0;
	sample_init_partly(&s);
	report_text(&s.j, &page);
	assert_width(&page);
	assert_golden(&page, "report_partly.txt");
	buf_deinit(&page);
}

/* As many hosts as IPv4 has, thrice the events of the largest log we know */
static void fill_giants(struct sample *s)
{
	const uint64_t hosts = 4300000000, mails = 5400000000;
	struct judge_overlap *o = &s->j.overlap.virus_spam;
	struct judge_hazard *h = &s->j.hazard.virus_to_spam;

	s->j.hosts = (struct judge_hosts){ hosts, hosts, hosts,
					   hosts, hosts, hosts };
	o->a = o->b = o->both = hosts;
	o->expected = 4.1e9;
	o->odds = 1e11;
	h->exposed_days = h->events_exposed = h->events_unexposed = 99999999;
	for (size_t i = 0; i < N_CRITERIA; i++)
		s->j.verdict.criteria[i].figure =
			sample_figure(123456, 65432, 7654321);
	for (size_t i = 0; i < 3; i++) {
		s->families[i].hosts = s->families[i].first_hosts = hosts;
		s->families[i].mails = mails;
		s->families[i].doubling = 1240;
		s->families[i].ratio = sample_figure(1234, 567, 8901);
		s->families[i].order[0] = 99999999;
	}
	for (size_t k = 0; k < N_MAIL_KINDS; k++)
		s->rules[3].blocked[k] = 99999999;
	s->j.shares.total = sample_traffic(mails / 100);
	s->clients[0].traffic = sample_traffic(mails / 100);
}

static void test_width_of_giants(void **state)
{
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	fill_giants(&s);
	report_text(&s.j, &page);
	assert_width(&page);
	buf_deinit(&page);
}

/* Over a year: dates carry the year, and curves have more days than marks. */
static void test_long_window(void **state)
{
	enum { DAYS = 1000 };
	static struct judge_traffic by_day[DAYS];
	static struct tally_family_day days[DAYS];
	static double curve[DAYS];
	struct sample s;
	struct buf page = { 0 };

	(void)state;
	sample_init(&s);
	fill_giants(&s);
	for (size_t d = 0; d < DAYS; d++) {
		by_day[d] = sample_traffic(d);
		days[d] = (struct tally_family_day){ d, d, d };
	}
	s.j.window.days = DAYS;
	s.j.window.to = s.j.window.from + DAYS * 86400;
	s.j.shares.by_day = by_day;
	s.j.lookback.share_spammers = s.j.lookback.share_controls =
		s.j.lookback.lift = curve;
	for (size_t i = 0; i < 3; i++) {
		s.families[i].days = days;
		s.families[i].peak = s.families[i].cliff = 800;
	}
	report_text(&s.j, &page);
	assert_width(&page);
	assert_true(bytes_find_text(buf_bytes(&page), "26 Oct 05") < page.len);
	buf_deinit(&page);
}

static void test_briefs(void **state)
{
	static const struct {
		uint64_t n;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 99999, "99,999" },
		{ 100000, "100 k" },
		{ 999600, "1.0 M" },
		{ 12345678, "12.3 M" },
		{ 99960000, "100 M" },
		{ UINT64_MAX, "18.4 E" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		assert_string_equal(text_brief(rows[i].n).s, rows[i].want);
}

static void test_verdicts(void **state)
{
	static const struct {
		enum judge_result result;
		const char *want;
	} rows[] = {
		{ RESULT_TOO_LITTLE_DATA, "TOO LITTLE DATA: 1,200 hosts" },
		{ RESULT_SMOKING_GUN, "SMOKING GUN: " },
		{ RESULT_ASSOCIATION_ONLY, "ASSOCIATION ONLY: " },
		{ RESULT_NO_LINK, "NO LINK within 10 days: " },
		{ RESULT_NOT_SETTLED, "NOT SETTLED: " },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct sample s;
		struct buf page = { 0 };

		row_is(rows[i].want);
		sample_init(&s);
		s.j.verdict.result = rows[i].result;
		report_text(&s.j, &page);
		assert_width(&page);
		assert_true(bytes_starts(buf_bytes(&page), rows[i].want));
		buf_deinit(&page);
	}
}

/* The words of a criterion must not say more than its call. */
static void test_words(void **state)
{
	static const struct {
		const char *name;
		double z, excess;
		enum judge_call dose;
		const char *want;
	} rows[] = {
		{ "rises", 8, 0.1, CALL_SUPPORTS, "the more hosts" },
		{ "rises and falls", 8, 0.1, CALL_INCONCLUSIVE,
		  "not at every step" },
		{ "nothing", -1.4, 0.1, CALL_INCONCLUSIVE, "no trend" },
		{ "falls", -3, 0.1, CALL_AGAINST, "the fewer" },
		{ "falls unseen", -3, 0.1, CALL_INCONCLUSIVE, "the fewer" },
		{ "no excess", 8, -0.03, CALL_SUPPORTS, "no more of the last" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct sample s;
		struct buf page = { 0 };

		row_is(rows[i].name);
		sample_init(&s);
		s.j.dose.z = rows[i].z;
		s.j.verdict.criteria[CRITERION_DOSE].call = rows[i].dose;
		s.j.lookback.excess = rows[i].excess;
		report_text(&s.j, &page);
		assert_true(bytes_find_text(buf_bytes(&page), rows[i].want) <
			    page.len);
		buf_deinit(&page);
	}
}

/* Where there is no figure, it says why, and no wrong reason. */
static void test_reasons(void **state)
{
	static const struct {
		const char *name;
		uint64_t spam_before, clean_before;
		double spam, clean;
		bool has_control;
		const char *want, *want_not;
	} rows[] = {
		{ "no spam before", 0, 50, NAN, 1.1, true,
		  "no spam in the two weeks before", "fitted" },
		{ "no end", 9, 50, NAN, 1.1, true, "too far apart",
		  "no spam in" },
		{ "no clean before", 9, 0, 2, NAN, true,
		  "no clean mail in the two", "no spam in" },
		{ "no clean end", 9, 5, 2, NAN, true, "too far apart",
		  "no clean mail in" },
		{ "no clean after", 9, 5, 2, 0, true, "of the two rates is 0",
		  "fitted" },
		{ "no control", 9, 5, 2, NAN, false, "it takes 100 days",
		  "No rate" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct sample s;
		struct judge_self *self = &s.j.self_control;
		struct buf page = { 0 };

		row_is(rows[i].name);
		sample_init(&s);
		self->has_control = rows[i].has_control;
		self->spam.days[0] = rows[i].spam_before;
		self->clean.days[0] = rows[i].clean_before;
		self->spam.ratio.value = rows[i].spam;
		self->clean.ratio.value = rows[i].clean;
		self->relative = sample_none();
		report_text(&s.j, &page);
		assert_width(&page);
		assert_true(bytes_find_text(buf_bytes(&page), rows[i].want) <
			    page.len);
		assert_true(bytes_find_text(buf_bytes(&page),
					    rows[i].want_not) >= page.len);
		buf_deinit(&page);
	}
}

static void test_counts(void **state)
{
	static const struct {
		uint64_t n;
		const char *want;
	} rows[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 1234567, "1,234,567" },
		{ UINT64_MAX, "18,446,744,073,709,551,615" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		assert_string_equal(text_count(rows[i].n).s, rows[i].want);
	assert_string_equal(text_of(1, "host").s, "1 host");
	assert_string_equal(text_of(2000, "host").s, "2,000 hosts");
}

static void test_shares(void **state)
{
	static const struct {
		double x;
		const char *want;
	} rows[] = {
		{ 0, "0 %" },
		{ 1, "100 %" },
		{ 0.142, "14.2 %" },
		{ 0.0003, "0.03 %" },
		{ 1e-9, "< 0.001 %" },
		{ 0.9999, "99.99 %" },
		{ 0.99999, "> 99.99 %" },
		{ NAN, "–" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		assert_string_equal(text_share(rows[i].x).s, rows[i].want);
}

static void test_ratios(void **state)
{
	static const struct {
		double x;
		const char *want;
	} rows[] = {
		{ 0, "0" },	   { 0.001, "< 0.01" }, { 0.35, "0.35" },
		{ 8.126, "8.13" }, { 9.999, "10.0" },	{ 12.55, "12.6" },
		{ 99.96, "100" },  { 1240.4, "1,240" }, { 1e20, "1e+20" },
		{ NAN, "–" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		assert_string_equal(text_ratio(rows[i].x).s, rows[i].want);
}

static void test_intervals(void **state)
{
	static const struct {
		struct figure f;
		const char *want;
	} rows[] = {
		{ { 2, 1.5, 2.5, 40 }, "1.50 to 2.50" },
		{ { 2, NAN, NAN, 9 }, "too few networks" },
		{ { 2, NAN, NAN, 40 }, "no interval" },
		{ { NAN, NAN, NAN, 0 }, "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		assert_string_equal(text_interval(rows[i].f).s, rows[i].want);
}

static void test_bars(void **state)
{
	static const struct {
		double share;
		const char *want;
	} rows[] = {
		{ 0, "" },     { 1e-9, "▏" },	   { 0.5, "██" }, { 1, "████" },
		{ 7, "████" }, { 0.53125, "██▏" }, { NAN, "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf out = { 0 };

		text_bar(&out, rows[i].share, 4);
		buf_add_char(&out, '\0');
		assert_string_equal(out.ptr, rows[i].want);
		buf_deinit(&out);
	}
}

static void test_curves(void **state)
{
	static const uint64_t x[8] = { 0, 1, 2, 3, 4, 5, 6, 7 };
	static const struct {
		size_t n, columns;
		const char *want;
	} rows[] = {
		{ 8, 20, "·▂▃▄▅▆▇█" },
		{ 8, 4, "▂▄▆█" },
		{ 1, 4, "·" },
		{ 0, 4, "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf out = { 0 };

		text_curve(&out, x, rows[i].n, rows[i].columns);
		buf_add_char(&out, '\0');
		assert_string_equal(out.ptr, rows[i].want);
		buf_deinit(&out);
	}
}

static void test_utf8_widths(void **state)
{
	static const struct {
		const char *name, *text;
		size_t want;
	} rows[] = {
		{ "ascii", "abc", 3 },
		{ "umlaut", "Bücher", 6 },
		{ "combining", "u\xcc\x88", 1 },
		{ "wide", "病毒", 4 },
		{ "emoji", "\xf0\x9f\x98\x80", 2 },
		{ "blocks", "█▏·", 3 },
		{ "stray bytes", "\xff\xfe", 2 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		row_is(rows[i].name);
		assert_int_equal(utf8_width(bytes_of_text(rows[i].text)),
				 rows[i].want);
	}
}

static void test_clips(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
		const char *want;
	} rows[] = {
		{ "abc", 3, "abc" },	{ "abcd", 3, "ab…" },
		{ "病毒病", 4, "病…" }, { "", 3, "" },
		{ "abc", 0, "" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf out = { 0 };

		utf8_add_clipped(&out, bytes_of_text(rows[i].text),
				 rows[i].columns);
		buf_add_char(&out, '\0');
		assert_string_equal(out.ptr, rows[i].want);
		buf_deinit(&out);
	}
}

static void test_table(void **state)
{
	struct text_table t = text_table_of("lrw");
	struct buf out = { 0 };

	(void)state;
	text_head(&t, "name|n|about");
	text_cell(&t, "病毒");
	text_cell(&t, "7");
	text_cell(&t, "%s", "short");
	text_cell(&t, "a");
	text_cell(&t, "1,000");
	for (int i = 0; i < 30; i++)
		buf_add_text(text_cell_begin(&t), i ? " word" : "word");
	text_cell_end(&t);
	text_table_print(&t, &out);
	assert_width(&out);
	buf_add_char(&out, '\0');
	assert_string_equal(
		out.ptr,
		"  name      n  about\n"
		"  病毒      7  short\n"
		"  a     1,000  word word word word word word word word word "
		"word word word word word word word word\n"
		"               word word word word word word word word word "
		"word word word word\n");
	buf_deinit(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_width_of_giants),
		cmocka_unit_test(test_long_window),
		cmocka_unit_test(test_briefs),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_ratios),
		cmocka_unit_test(test_intervals),
		cmocka_unit_test(test_bars),
		cmocka_unit_test(test_curves),
		cmocka_unit_test(test_utf8_widths),
		cmocka_unit_test(test_clips),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
