/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of CSV become events, and bad rows one clear line each. */
#include "read_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define HEADER "time,host,kind,label,client\n"

static const struct {
	const char *name;
	struct read_options options;
	const char *text;
	const char *want_events;
	const char *want_complaints;
} cases[] = {
	{ "all columns",
	  { .kind = -1 },
	  HEADER "1061292345,192.0.2.7,virus,Sobig.F,example.com\n",
	  "192.0.2.7 2003-08-19T11:25:45Z virus Sobig.F example.com\n",
	  "" },
	{ "any order, more columns",
	  { .kind = -1 },
	  "x,kind,host,y,time\n1,spam,192.0.2.7,2,10\n",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "" },
	{ "header's case and mark, CRLF, no last newline",
	  { .kind = -1 },
	  "\xef\xbb\xbfTime,HOST,Kind\r\n10,192.0.2.7,spam",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "" },
	{ "semicolon",
	  { .kind = -1 },
	  "time;host;kind\n10;192.0.2.7;clean\n",
	  "192.0.2.7 1970-01-01T00:00:10Z clean - -\n",
	  "" },
	{ "tab",
	  { .kind = -1 },
	  "time\thost\tkind\n10\t192.0.2.7\tclean\n",
	  "192.0.2.7 1970-01-01T00:00:10Z clean - -\n",
	  "" },
	{ "quotes",
	  { .kind = -1 },
	  HEADER "\"10\",\"192.0.2.7\",virus,\"a,\"\"b\"\"\",\"c\"\n",
	  "192.0.2.7 1970-01-01T00:00:10Z virus a,\"b\" c\n",
	  "" },
	{ "a day seen before, and what is no clock on it",
	  { .kind = KIND_SPAM },
	  "time,host\n"
	  "2003-08-19T23:59:60Z,192.0.2.1\n"
	  "2003-08-19T12:00:00Z,192.0.2.1\n"
	  "2003-08-19T23:59:59Z,192.0.2.1\n"
	  "2003-08-19T00:00:00Z,192.0.2.1\n"
	  "2003-08-20T00:00:00Z,192.0.2.1\n"
	  "2004-08-19T01:02:03Z,192.0.2.1\n"
	  "2003-08-19T01:02:03Z,192.0.2.1\n"
	  "2003-08-19T23:59:60Z,192.0.2.1\n"
	  "2106-02-07T06:28:15Z,192.0.2.1\n"
	  "2003-08-19T12:00:0aZ,192.0.2.1\n"
	  "2003-08-19T12:00:/0Z,192.0.2.1\n"
	  "2003-08-19T12:00:00z,192.0.2.1\n"
	  "2106-02-07T06:28:16Z,192.0.2.1\n"
	  "2003-08-19T24:00:00Z,192.0.2.1\n",
	  "192.0.2.1 2003-08-20T00:00:00Z spam - -\n"
	  "192.0.2.1 2003-08-19T12:00:00Z spam - -\n"
	  "192.0.2.1 2003-08-19T23:59:59Z spam - -\n"
	  "192.0.2.1 2003-08-19T00:00:00Z spam - -\n"
	  "192.0.2.1 2003-08-20T00:00:00Z spam - -\n"
	  "192.0.2.1 2004-08-19T01:02:03Z spam - -\n"
	  "192.0.2.1 2003-08-19T01:02:03Z spam - -\n"
	  "192.0.2.1 2003-08-20T00:00:00Z spam - -\n"
	  "192.0.2.1 2106-02-07T06:28:15Z spam - -\n"
	  "192.0.2.1 2003-08-19T12:00:00Z spam - -\n",
	  "in.csv:11: a time as unix seconds or ISO 8601, and not "
	  "\"2003-08-19T12:00:0aZ\"\n"
	  "in.csv:12: a time as unix seconds or ISO 8601, and not "
	  "\"2003-08-19T12:00:/0Z\"\n"
	  "in.csv:14: a time that exists, from 1970 to 2106, and not "
	  "\"2106-02-07T06:28:16Z\"\n"
	  "in.csv:15: a time that exists, from 1970 to 2106, and not "
	  "\"2003-08-19T24:00:00Z\"\n" },
	{ "fraction, ISO, offset",
	  { .kind = -1 },
	  HEADER "10.9,192.0.2.7,clean\n1970-01-01 00:00:11,192.0.2.7,clean\n"
		 "1970-01-01T01:00:12+01:00,192.0.2.7,clean\n",
	  "192.0.2.7 1970-01-01T00:00:10Z clean - -\n"
	  "192.0.2.7 1970-01-01T00:00:11Z clean - -\n"
	  "192.0.2.7 1970-01-01T00:00:12Z clean - -\n",
	  "" },
	{ "time zone",
	  { .kind = -1, .timezone = "+02:00" },
	  HEADER "1970-01-01T03:00:00,192.0.2.7,clean\n3600,192.0.2.7,clean\n",
	  "192.0.2.7 1970-01-01T01:00:00Z clean - -\n"
	  "192.0.2.7 1970-01-01T01:00:00Z clean - -\n",
	  "" },
	{ "map",
	  { .kind = -1, .map = "host=src_ip,time=ts" },
	  "ts,host,src_ip,kind\n10,nobody,192.0.2.7,spam\n",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "" },
	{ "kind, label and client given",
	  { .kind = KIND_LISTED, .label = "l", .client = "c" },
	  "time,host\n10,192.0.2.7\n",
	  "192.0.2.7 1970-01-01T00:00:10Z listed l c\n",
	  "" },
	{ "given kind wins",
	  { .kind = KIND_SPAM },
	  "time,host,kind\n10,192.0.2.7,clean\n",
	  "192.0.2.7 1970-01-01T00:00:10Z spam - -\n",
	  "" },
	{ "IPv6",
	  { .kind = -1 },
	  HEADER "10,2001:db8::1,clean\n",
	  "2001:db8::/64 1970-01-01T00:00:10Z clean - -\n",
	  "" },
	{ "one host as a prefix",
	  { .kind = -1 },
	  HEADER "10,2001:db8:0:1::/64,clean\n10,192.0.2.7/32,clean\n"
		 "10,192.0.2.6/31,clean\n",
	  "2001:db8:0:1::/64 1970-01-01T00:00:10Z clean - -\n"
	  "192.0.2.7 1970-01-01T00:00:10Z clean - -\n",
	  "in.csv:4: an IPv4 or IPv6 address, and not \"192.0.2.6/31\"\n" },
	{ "loopback", { .kind = -1 }, HEADER "10,127.0.0.1,clean\n", "", "" },
	{ "bad address",
	  { .kind = -1 },
	  HEADER "10,192.0.2.700,clean\n11,192.0.2.7,clean\n",
	  "192.0.2.7 1970-01-01T00:00:11Z clean - -\n",
	  "in.csv:2: an IPv4 or IPv6 address, and not \"192.0.2.700\"\n" },
	{ "date of 9999",
	  { .kind = -1 },
	  HEADER "9999-01-01,192.0.2.7,clean\n",
	  "",
	  "in.csv:2: a time that exists, from 1970 to 2106, and not "
	  "\"9999-01-01\"\n" },
	{ "milliseconds",
	  { .kind = -1 },
	  HEADER "1061292345000,192.0.2.7,clean\n",
	  "",
	  "in.csv:2: a time that exists, from 1970 to 2106, and not "
	  "\"1061292345000\"\n" },
	{ "bad kind",
	  { .kind = -1 },
	  HEADER "10,192.0.2.7,ham\x01\n",
	  "",
	  "in.csv:2: a kind (clean, spam, virus, policy, unscanned, relay, "
	  "proxy, backdoor, listed), and not \"ham?\"\n" },
	{ "short row",
	  { .kind = -1 },
	  HEADER "10\n",
	  "",
	  "in.csv:2: an IPv4 or IPv6 address, and not \"\"\n" },
	{ "quoted newline",
	  { .kind = -1 },
	  HEADER "10,192.0.2.7,virus,\"a\nb\"\n11,192.0.2.7,clean\n",
	  "192.0.2.7 1970-01-01T00:00:11Z clean - -\n",
	  "in.csv:2: field 4 to end with a quote on this line\n"
	  "in.csv:3: a time as unix seconds or ISO 8601, and not \"b\"\"\n" },
	{ "no kind anywhere",
	  { .kind = -1, .format = "csv" },
	  "time,host\n10,192.0.2.7\n11,192.0.2.7\n",
	  "",
	  "in.csv:1: a header line with the columns time, host, kind\n" },
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
	assert_int_equal(0, run_feed(&run, "in.csv",
				     bytes_of_text(cases[i].text), chunk));
	assert_int_equal(0, run_finish(&run));
	events = run_print(&run);
	if (strcmp(events, cases[i].want_events) ||
	    strcmp(run_complaints(&run), cases[i].want_complaints))
		print_error("%s, in chunks of %zu\n", cases[i].name, chunk);
	assert_string_equal(events, cases[i].want_events);
	assert_string_equal(run_complaints(&run), cases[i].want_complaints);
	assert_true(run_adds_up(&run));
	free(events);
	run_deinit(&run);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t chunk = 0; chunk < 9; chunk++)
			check_case(i, chunk);
}

/* What is bad is counted as such, all of it, and told a few times only. */
static void test_accounts(void **state)
{
	const struct read_account *a;
	struct buf text = { 0 };
	struct run run;

	(void)state;
	run_init(&run);
	buf_add_text(&text, HEADER "\n10,192.0.2.7,clean\n10,::1,clean\n");
	for (int i = 0; i < 100; i++)
		buf_add_text(&text, "10,here,clean\n");
	assert_int_equal(0, run_feed(&run, "in.csv", buf_bytes(&text), 0));
	assert_int_equal(0, run_finish(&run));
	a = run_account(&run, "csv");
	assert_non_null(a);
	assert_int_equal(104, a->n_units);
	assert_int_equal(1, a->n_used);
	assert_int_equal(3, a->n_ignored);
	assert_int_equal(100, a->n_bad);
	assert_int_equal(0, a->n_unknown);
	assert_int_equal(1, a->n_events);
	assert_int_equal(3, a->n_templates);
	assert_int_equal(5, run.n_complaints);
	assert_true(run_adds_up(&run));
	buf_deinit(&text);
	run_deinit(&run);
}

static void test_servers(void **state)
{
	struct host_set servers = { 0 };
	struct host_prefix p;
	struct run run;

	(void)state;
	assert_int_equal(0,
			 host_prefix_parse(bytes_of_text("192.0.2.0/24"), &p));
	host_set_add(&servers, p);
	run_init(&run);
	run.options.servers = &servers;
	assert_int_equal(
		0, run_feed(&run, "in.csv",
			    bytes_of_text(HEADER "10,192.0.2.7,clean\n"
						 "10,198.51.100.1,clean\n"),
			    0));
	assert_int_equal(0, run_finish(&run));
	assert_int_equal(1, run.n);
	assert_int_equal(0xc6336401, run.events[0].host);
	run_deinit(&run);
	host_set_deinit(&servers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
