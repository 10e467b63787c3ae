/* SPDX-License-Identifier: Apache-2.0 */
/* JSON lines become the events that CSV rows with the same names would. */
#include "test.h"

#include "read_run.h"

static const struct {
	const char *name;
	struct read_options options;
	const char *text;
	const char *want_events;
	const char *want_complaints;
} cases[] = {
	{ "all keys",
	  { .kind = -1 },
	  "{\"time\":1061292345,\"host\":\"192.0.2.7\",\"kind\":\"virus\","
	  "\"label\":\"Sobig.F\",\"client\":\"example.com\"}\n",
	  "192.0.2.7 2003-08-19T11:25:45Z virus Sobig.F example.com\n",
	  "" },
	{ "other keys, spaces, CRLF, no last newline",
	  { .kind = -1 },
	  " { \"x\" : [1,{\"host\":2}] , \"host\" : \"192.0.2.7\", "
	  "\"time\" : \"10\", \"kind\":\"spam\"} \r\n\r\n"
	  "{\"time\":\"1970-01-01T00:00:11Z\",\"host\":\"2001:db8::1\","
	  "\"kind\":\"clean\"}",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n"
	  "2001:db8::/64 1970-01-01T00:00:11Z clean - -\n",
	  "" },
	{ "fraction, null, escapes, client's number",
	  { .kind = -1 },
	  "{\"time\":10.999,\"host\":\"192.0.2.7\",\"kind\":\"virus\","
	  "\"label\":\"\\u0041\\\"b\",\"client\":17}\n"
	  "{\"time\":10,\"host\":\"192.0.2.7\",\"kind\":\"spam\","
	  "\"label\":null}\n",
	  "192.0.2.7 1970-01-01T00:00:10Z virus A\"b 17\n"
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "" },
	{ "map",
	  { .kind = KIND_SPAM, .map = "host=ip, time=ts" },
	  "{\"ts\":10,\"ip\":\"192.0.2.7\",\"host\":\"x\"}\n",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "" },
	{ "bad lines",
	  { .kind = -1, .format = "jsonl" },
	  "{\"time\":10,\"host\":\"192.0.2.7\",\"kind\":\"spam\"\n"
	  "[1,2]\n"
	  "{\"time\":10,\"host\":{},\"kind\":\"spam\"}\n"
	  "{\"time\":-1,\"host\":\"192.0.2.7\",\"kind\":\"spam\"}\n"
	  "{\"time\":1e300,\"host\":\"192.0.2.7\",\"kind\":\"spam\"}\n"
	  "{\"time\":10,\"host\":\"192.0.2.7\",\"kind\":\"spam\"}\n",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "in:1: a JSON object, and in it a comma or a brace\n"
	  "in:2: a JSON object, and in it an object\n"
	  "in:3: a string or a number for \"host\"\n"
	  "in:4: a time as unix seconds or ISO 8601, and not \"-1\"\n"
	  "in:5: a time as unix seconds or ISO 8601, and not \"1e300\"\n" },
	{ "year 9999, address",
	  { .kind = -1 },
	  "{\"time\":\"9999-12-31\",\"host\":\"192.0.2.7\",\"kind\":\"spam\"}\n"
	  "{\"time\":10,\"host\":\"example.com\",\"kind\":\"spam\"}\n",
	  "",
	  "in:1: a time that exists, from 1970 to 2106, and not "
	  "\"9999-12-31\"\n"
	  "in:2: an IPv4 or IPv6 address, and not \"example.com\"\n" },
};

static void check_case(size_t i, size_t chunk)
{
	const struct malware_table *table;
	struct run run;
	char *events;

	run_init(&run);
	table = run.options.malware;
	run.options = cases[i].options;
	run.options.malware = table;
	assert_int_equal(
		0, run_feed(&run, "in", bytes_of_text(cases[i].text), chunk));
	assert_int_equal(0, run_finish(&run));
	events = run_print(&run);
	assert_string_equal(run_complaints(&run), cases[i].want_complaints);
	assert_string_equal(events, cases[i].want_events);
	assert_non_null(run_account(&run, "jsonl"));
	assert_true(run_adds_up(&run));
	free(events);
	run_deinit(&run);
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(cases); i++) {
		row_is(cases[i].name);
		for (size_t chunk = 0; chunk < 9; chunk++)
			check_case(i, chunk);
	}
}

/* JSON that is not ours must not be taken for it. */
static void test_detection(void **state)
{
	static const struct {
		const char *name;
		const char *input;
		const char *text;
		int want_err;
	} rows[] = {
		{ "ours", "x", "{\"time\":1,\"host\":2}\n", 0 },
		{ "other keys", "x", "{\"a\":1}\n", E_SYNTAX },
		{ "other keys, named so", "x.jsonl", "{\"a\":1}\n", 0 },
		{ "no JSON", "x", "{time host}\n", E_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct run run;

		row_is(rows[i].name);
		run_init(&run);
		assert_int_equal(rows[i].want_err,
				 run_feed(&run, rows[i].input,
					  bytes_of_text(rows[i].text), 0));
		run_deinit(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_detection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
