/* SPDX-License-Identifier: Apache-2.0 */
/* A curve made by hand beside what is known of it, and a host's open ports */
#include "report/known.h"
#include "report/report.h"

#include <stdlib.h>

#include "test.h"

#define N_DAYS 40
#define FIRST  INT64_C(1061251200) /* 2003-08-19 */

/* Sobig.F in its 22 days, a day more, and once more a week later */
struct sample {
	struct judgement j;
	struct judge_family families[2];
	struct tally_family_day days[2][N_DAYS];
};

static void make_sample(struct sample *s)
{
	*s = (struct sample){ 0 };
	s->j.window = (struct judge_window){
		.from = FIRST,
		.to = FIRST + N_DAYS * (int64_t)DAY_SECONDS,
		.days = N_DAYS,
	};
	s->j.measured = 1u << 9;
	for (int i = 0; i < N_CRITERIA; i++)
		s->j.verdict.criteria[i].name = "a criterion";
	s->j.families = s->families;
	s->j.n_families = 2;
	s->families[0] = (struct judge_family){
		.name = bytes_of_text("Sobig.F"),
		.start = 0,
		.peak = 2,
		.end = 22,
		.cliff = 23,
		.days = s->days[0],
	};
	s->families[1] = (struct judge_family){
		.name = bytes_of_text("Nobody.Z"),
		.start = -1,
		.peak = -1,
		.end = -1,
		.cliff = -1,
		.days = s->days[1],
	};
	for (int d = 0; d < 22; d++)
		s->days[0][d].mails = 100;
	s->days[0][22].mails = 88; /* of 2200: 4 % */
	s->days[0][30].mails = 22; /* the ninth day after: 1 % */
}

static char *finish(struct buf *out)
{
	buf_add_char(out, '\0');
	return out->ptr;
}

static void assert_has(const char *text, const char *part)
{
	if (text == NULL || strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in what was printed", part);
}

static void test_text(void **state)
{
	struct indicators *set =
		indicators_new((struct bytes){ 0 }, NULL, NULL);
	struct buf out = { 0 };
	struct sample s;
	char *words;

	(void)state;
	make_sample(&s);
	text_known(&s.j, NULL, &out);
	assert_int_equal(out.len, 0);
	text_known(&s.j, set, &out);
	words = finish(&out);
	/* one line, so that what is looked for is not broken */
	for (char *p = words; *p; p++)
		if (*p == '\n')
			*p = ' ';
	for (char *p = strstr(words, "  "); p; p = strstr(words, "  "))
		memmove(p, p + 1, strlen(p));
	assert_has(words, "built to stop (spreading) with 2003-09-10 as its "
			  "first silent day. Found: silent from 2003-09-11, "
			  "1 day later than that.");
	assert_has(words, "Leak: 110 mails sent after it, 5.0 % of the 2,200 "
			  "before: 4.0 % in days 1-7, 1.0 % in days 8-30.");
	assert_has(words, "Opens udp/995-999 (listens for orders).");
	assert_null(strstr(words, "Nobody"));
	buf_deinit(&out);
	indicators_free(set);
}

static void test_text_variants(void **state)
{
	static const struct {
		const char *name;
		int32_t cliff, end;
		uint32_t days;
		const char *want;
	} rows[] = {
		{ "the very day", 22, 21, N_DAYS, "2003-09-10, the very day." },
		{ "by its end", -1, 19, N_DAYS, "2 days earlier than" },
		{ "goes on", -1, N_DAYS - 1, N_DAYS, "no end by the log's" },
		{ "log too short", -1, 9, 10, "This log ends before that." },
	};
	struct indicators *set =
		indicators_new((struct bytes){ 0 }, NULL, NULL);

	(void)state;
	for (size_t k = 0; k < N_ROWS(rows); k++) {
		struct buf out = { 0 };
		struct sample s;

		row_is(rows[k].name);
		make_sample(&s);
		s.families[0].cliff = rows[k].cliff;
		s.families[0].end = rows[k].end;
		s.j.window.days = rows[k].days;
		text_known(&s.j, set, &out);
		assert_has(finish(&out), rows[k].want);
		buf_deinit(&out);
	}
	indicators_free(set);
}

static void test_json(void **state)
{
	struct indicators *set =
		indicators_new((struct bytes){ 0 }, NULL, NULL);
	struct buf out = { 0 }, without = { 0 };
	struct sample s;
	char *page;

	(void)state;
	make_sample(&s);
	report_json(&s.j, &without);
	report_json_known(&s.j, NULL, &out);
	assert_true(bytes_equal(buf_bytes(&out), buf_bytes(&without)));
	out.len = 0;
	report_json_known(&s.j, set, &out);
	page = finish(&out);
	assert_has(page, "\"first_seen\": \"2003-08-19\"");
	assert_has(page, "\"stop\": \"2003-09-10\"");
	assert_has(page, "\"stop_meaning\": \"first silent day\"");
	assert_has(page, "\"stop_scope\": \"spread\"");
	assert_has(page, "\"found_stop\": \"2003-09-11\"");
	assert_has(page, "\"found_stop_minus_known_stop\": 1,");
	assert_has(page, "\"leak\": {\"before\": 2200, \"after\": 110, "
			 "\"share\": 0.05, \"days_1_7\": 0.04, "
			 "\"days_8_30\": 0.01, \"days_31\": null}");
	assert_has(page, "{\"series\": \"udp/995-999\", \"direction\": \"in\"");
	assert_has(page, "\"known\": null"); /* Nobody.Z */
	buf_deinit(&out);
	buf_deinit(&without);
	indicators_free(set);
}

/* Four findings, three inside Sobig.F's dates (seen from the day before on) */
static void test_ports(void **state)
{
	struct indicators *set =
		indicators_new((struct bytes){ 0 }, NULL, NULL);
	struct tally_family_day days[2][N_DAYS] = {
		{ [0] = { .mails = 1 },
		  [1] = { .mails = 2 },
		  [3] = { 1, 1, 0 } },
		{ [5] = { .mails = 1 } },
	};
	struct judge_port ports[2] = {
		{ bytes_of_text("udp/995-999"), 4, 3, days[0] },
		{ bytes_of_text("tcp/1080"), 1, 1, days[1] },
	};
	struct buf text = { 0 }, json = { 0 };
	struct sample s;

	(void)state;
	make_sample(&s);
	s.j.window.from -= DAY_SECONDS;
	s.j.ports = ports;
	s.j.n_ports = 2;
	text_known_ports(&s.j, NULL, &text);
	assert_int_equal(text.len, 0);
	text_known_ports(&s.j, set, &text);
	report_json_known(&s.j, set, &json);
	finish(&text);
	finish(&json);
	assert_has(text.ptr, "Sobig.F's ports, 3 of 4 seen inside its dates");
	assert_has(text.ptr, "of no family");
	assert_has(json.ptr, "{\"label\": \"udp/995-999\", \"events\": 4, "
			     "\"hosts\": 3, \"of\": [{\"name\": "
			     "\"Sobig.F\", \"events\": 3}]}");
	assert_has(json.ptr, "{\"label\": \"tcp/1080\", \"events\": 1, "
			     "\"hosts\": 1, \"of\": []}");
	buf_deinit(&text);
	buf_deinit(&json);
	indicators_free(set);
}

/* -------------------------------------------------------------------- host */

static void add_event(struct report_host *h, uint32_t time, uint8_t kind,
		      uint32_t label)
{
	struct record_piece p = { .host = h->host,
				  .n = 1,
				  .time = &time,
				  .kind = &kind,
				  .label = &label };

	report_host_add(h, &p);
}

static void test_host(void **state)
{
	struct indicators *set =
		indicators_new((struct bytes){ 0 }, NULL, NULL);
	struct catalog labels = { 0 };
	struct buf text = { 0 }, json = { 0 };
	struct report_host h;
	uint32_t f = catalog_add(&labels, bytes_of_text("udp/995-999"));
	uint32_t b = catalog_add(&labels, bytes_of_text("tcp/6777"));

	(void)state;
	report_host_init(&h, 0x0a000001);
	add_event(&h, FIRST + 86400, KIND_BACKDOOR, f);
	add_event(&h, FIRST + 86400, KIND_BACKDOOR, b); /* before Bagle.A */
	report_host_text(&h, &labels, NULL, &text);
	report_host_json(&h, &labels, NULL, &json);
	assert_null(strstr(finish(&text), "Sobig"));
	assert_null(strstr(finish(&json), "ports_of"));
	h.known = set;
	text.len = json.len = 0;
	report_host_text(&h, &labels, NULL, &text);
	report_host_json(&h, &labels, NULL, &json);
	finish(&text);
	finish(&json);
	assert_has(text.ptr, "backdoor udp/995-999 (Sobig.F's ports, seen "
			     "inside its dates)");
	assert_null(strstr(text.ptr, "Bagle"));
	assert_has(json.ptr, "\"ports_of\": [\"Sobig.F\"]");
	assert_has(json.ptr, "\"ports_of\": []");
	buf_deinit(&text);
	buf_deinit(&json);
	report_host_deinit(&h);
	catalog_deinit(&labels);
	indicators_free(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_variants),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_ports),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
