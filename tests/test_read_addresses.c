/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of addresses become news of the list's date, and nothing else is taken
 * for one. Real lists are read where they are at hand.
 */
#include "test.h"

#include "read_run.h"
#include "shared.h"

#define FIREHOL                                                 \
	"#\n# dronelist\n#\n# ipv4 hash:ip ipset\n#\n"          \
	"# Maintainer      : Example\n"                         \
	"# Source File Date: Wed Jan  5 14:31:38 UTC 2022\n#\n" \
	"# This File Date  : Wed Jan  5 14:40:00 UTC 2022\n#\n"

#define MTIME 1000000000 /* 2001-09-09T01:46:40Z */

static const struct {
	const char *name;
	struct read_options options;
	const char *input;
	const char *text;
	const char *want_events;
	uint64_t want_ignored;
	const char *want_complaints;
} cases[] = {
	{ "FireHOL",
	  { .kind = -1 },
	  "dir/x.ipset",
	  FIREHOL "192.0.2.7\n",
	  "192.0.2.7 2022-01-05T14:31:38Z listed dronelist -\n",
	  10,
	  "" },
	{ "label and kind given",
	  { .kind = KIND_PROXY, .label = "socks" },
	  "x.ipset",
	  FIREHOL "192.0.2.7\n",
	  "192.0.2.7 2022-01-05T14:31:38Z proxy socks -\n",
	  10,
	  "" },
	{ "plain",
	  { .kind = -1 },
	  "dir/a.tar.gz:lists/bad.hosts.txt",
	  "; mine\n192.0.2.7 # noisy\n192.0.2.8;SBL1\n\n2001:db8::1\n",
	  "192.0.2.7 2001-09-09T01:46:40Z listed bad.hosts -\n"
	  "192.0.2.8 2001-09-09T01:46:40Z listed bad.hosts -\n"
	  "2001:db8::/64 2001-09-09T01:46:40Z listed bad.hosts -\n",
	  2,
	  "" },
	{ "packed",
	  { .kind = -1 },
	  "bad.netset.gz",
	  "192.0.2.7\r\n",
	  "192.0.2.7 2001-09-09T01:46:40Z listed bad -\n",
	  0,
	  "" },
	{ "prefixes",
	  { .kind = -1 },
	  "l",
	  "192.0.2.4/30\n198.51.0.0/23\n2001:db8::/64\n2001:db8::/63\n"
	  "192.0.2.9/32\n",
	  "192.0.2.4 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.5 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.6 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.7 2001-09-09T01:46:40Z listed l -\n"
	  "2001:db8::/64 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.9 2001-09-09T01:46:40Z listed l -\n",
	  2,
	  "" },
	{ "ranges, ports",
	  { .kind = -1 },
	  "l",
	  "192.0.2.7-192.0.2.8\n192.0.2.1 - 192.0.2.2 ; x\n"
	  "192.0.2.0-192.0.3.0\n198.51.100.1:3128\n",
	  "192.0.2.7 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.8 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.1 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.2 2001-09-09T01:46:40Z listed l -\n"
	  "198.51.100.1 2001-09-09T01:46:40Z listed l -\n",
	  1,
	  "" },
	{ "columns, where we are told",
	  { .kind = -1, .format = "addresses" },
	  "l",
	  "192.0.2.7 2003-08-19 bad\n192.0.2.8,5\n127.0.0.2\n",
	  "192.0.2.7 2001-09-09T01:46:40Z listed l -\n"
	  "192.0.2.8 2001-09-09T01:46:40Z listed l -\n",
	  1,
	  "" },
	{ "bad ones",
	  { .kind = -1, .format = "addresses" },
	  "l",
	  "192.0.2.7.8\nmail.example.com\n192.0.2.9-192.0.2.7\n1.2.3.4/33\n",
	  "",
	  0,
	  "l:1: an address or a prefix as the first word of the line\n"
	  "l:2: an address or a prefix as the first word of the line\n"
	  "l:3: an address or a prefix as the first word of the line\n"
	  "l:4: an address or a prefix as the first word of the line\n" },
	{ "a date of nonsense",
	  { .kind = -1 },
	  "l",
	  "# Source File Date: Wed Jan 55 14:31:38 UTC 2022\n192.0.2.7\n",
	  "192.0.2.7 2001-09-09T01:46:40Z listed l -\n",
	  1,
	  "" },
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(cases); i++) {
		const struct malware_table *table;
		struct run run;
		char *events;

		row_is(cases[i].name);
		run_init(&run);
		table = run.options.malware;
		run.options = cases[i].options;
		run.options.malware = table;
		assert_int_equal(0,
				 run_feed_at(&run, cases[i].input, MTIME,
					     bytes_of_text(cases[i].text), 7));
		assert_int_equal(0, run_finish(&run));
		events = run_print(&run);
		assert_string_equal(events, cases[i].want_events);
		assert_string_equal(run_complaints(&run),
				    cases[i].want_complaints);
		assert_int_equal(run.n, run.n_news);
		assert_int_equal(cases[i].want_ignored,
				 run_account(&run, "addresses")->n_ignored);
		assert_true(run_adds_up(&run));
		free(events);
		run_deinit(&run);
	}
}

/* All of a /24 and no more */
static void test_widest(void **state)
{
	struct run run;

	(void)state;
	run_init(&run);
	assert_int_equal(
		0, run_feed(&run, "l", bytes_of_text("192.0.2.0/24\n"), 0));
	assert_int_equal(256, run.n);
	assert_int_equal(0xc0000200, run.events[0].host);
	assert_int_equal(0xc00002ff, run.events[255].host);
	run_deinit(&run);
}

/* Neither mtime nor header: the clock that was given */
static void test_now(void **state)
{
	struct run run;

	(void)state;
	run_init(&run);
	run.options.now = 1234567890;
	assert_int_equal(0,
			 run_feed(&run, "l", bytes_of_text("192.0.2.7\n"), 0));
	assert_int_equal(1234567890, run.events[0].time);
	run_deinit(&run);
}

/* One bad line does not make a list that says what it is another thing. */
static void test_bad_lines(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		int want_err;
		size_t want_n, want_bad;
	} rows[] = {
		{ "x", FIREHOL "192.0.2.7\n192.0.2.300\n", 0, 1, 1 },
		{ "a/x.netset", "192.0.2.7\n192.0.2.0/33\n", 0, 1, 1 },
		{ "x.ipset.gz", "192.0.2.7\n192.0.2.300\n", 0, 1, 1 },
		{ "x.ipset", "create x hash:ip\nadd x 192.0.2.7\n", E_SYNTAX, 0,
		  0 },
		{ "x", "192.0.2.7\n192.0.2.300\n", E_SYNTAX, 0, 0 },
		{ "x", "192.0.2.0/29\n192.0.2.8\n192.0.2.9\n", 0, 10, 0 },
		{ "x",
		  "192.0.2.1\n192.0.2.2\n192.0.2.3\n192.0.2.4\n192.0.2.5\n"
		  "192.0.2.6\n192.0.2.7\n192.0.2.8\n192.0.2.9\n192.0.2.10\n"
		  "host.example\n",
		  0, 10, 1 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct run run;

		row_is(rows[i].text);
		run_init(&run);
		assert_int_equal(rows[i].want_err,
				 run_feed(&run, rows[i].name,
					  bytes_of_text(rows[i].text), 0));
		assert_int_equal(rows[i].want_n, run.n);
		if (rows[i].want_err == 0)
			assert_int_equal(rows[i].want_bad,
					 run_account(&run, "addresses")->n_bad);
		run_deinit(&run);
	}
}

static void test_detection(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		int want_err;
	} rows[] = {
		{ "plain", "192.0.2.7\n", 0 },
		{ "no newline", "192.0.2.7", 0 },
		{ "a header alone", FIREHOL, 0 },
		{ "comments alone", "# nothing\n", E_SYNTAX },
		{ "a web log",
		  "192.0.2.7 - - [01/Jan/2022:00:00:00 +0000] "
		  "\"GET / HTTP/1.1\" 200 1\n",
		  E_SYNTAX },
		{ "columns", "192.0.2.7 1061292345\n", E_SYNTAX },
		{ "a log further down", "192.0.2.7\nJan  1 00:00:00 mx x: y\n",
		  E_SYNTAX },
		{ "a number", "1061292345\n", E_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct run run;

		row_is(rows[i].name);
		run_init(&run);
		assert_int_equal(
			rows[i].want_err,
			run_feed(&run, "x", bytes_of_text(rows[i].text), 0));
		run_deinit(&run);
	}
}

/* ----------------------------------------------------------- real samples */

/* Lines that are neither comment nor blank, as INDEX.tsv counts them */
static uint64_t count_entries(struct bytes index, uint64_t *n_lists)
{
	uint64_t sum = 0;

	bytes_cut(&index, '\n'); /* its header */
	while (index.len > 0) {
		struct bytes line = bytes_cut(&index, '\n'), last = line;
		uint64_t n;

		while (bytes_find_char(last, '\t') < last.len)
			bytes_cut(&last, '\t');
		assert_int_equal(
			0, bytes_to_u64(bytes_trim(last), UINT32_MAX, &n));
		sum += n;
		++*n_lists;
	}
	return sum;
}

static uint64_t ignored_as(const struct read_account *a, const char *name)
{
	for (size_t i = 0; i < a->n_templates; i++)
		if (!strcmp(a->ignored[i].name, name))
			return a->ignored[i].n;
	return 0;
}

static void read_snapshot(const char *folder)
{
	char *path = shared_path(folder);
	struct read_totals totals = { 0 };
	struct buf lists = { 0 }, index = { 0 }, name = { 0 };
	const struct read_account *a;
	const char *archive;
	uint64_t n_lists = 0;
	struct run run;

	if (path == NULL)
		return;
	buf_printf(&name, "%s/INDEX.tsv", path);
	buf_printf(&lists, "%s/lists.tar.zst", path);
	archive = lists.ptr;
	assert_int_equal(0, sys_read_file(name.ptr, 1 << 20, &index));
	run_init(&run);
	assert_int_equal(0,
			 read_paths(run_job(&run), &archive, 1, NULL, &totals));
	assert_int_equal(0, run_finish(&run));
	a = run_account(&run, "addresses");
	assert_non_null(a);
	assert_true(run_adds_up(&run));
	assert_int_equal(0, totals.n_failed);
	assert_int_equal(0, a->n_bad + a->n_unknown);
	assert_int_equal(count_entries(buf_bytes(&index), &n_lists),
			 a->n_units - ignored_as(a, "comment") -
				 ignored_as(a, "blank line"));
	assert_int_equal(n_lists, totals.n_read);
	assert_int_equal(n_lists, run.labels.n);
	assert_in_range(run.events[0].time, 1000000000, 1700000000);
	buf_deinit(&lists);
	buf_deinit(&index);
	buf_deinit(&name);
	free(path);
	run_deinit(&run);
}

static void test_snapshot_2018(void **state)
{
	(void)state;
	read_snapshot("data/ipsets-snapshot-2018-04");
}

static void test_snapshot_2022(void **state)
{
	(void)state;
	read_snapshot("data/ipsets-snapshot-2022-01");
}

/*
 * "time TAB op TAB address" -> CSV; what appeared is an event. Some of the
 * addresses are prefixes, which are no host of a CSV row.
 */
static void to_csv(struct bytes table, struct buf *csv, uint64_t *n,
		   uint64_t *n_prefixes)
{
	while (table.len > 0) {
		struct bytes line = bytes_cut(&table, '\n');
		struct bytes time = bytes_cut(&line, '\t');
		struct bytes op = bytes_cut(&line, '\t');

		if (bytes_is(op, "-"))
			continue;
		buf_add_bytes(csv, time);
		buf_add_char(csv, ',');
		buf_add_bytes(csv, line);
		buf_add_char(csv, '\n');
		++*n;
		*n_prefixes += bytes_find_char(line, '/') < line.len;
	}
}

static void read_table(struct sys_input *in, struct buf *out)
{
	long n;

	out->len = 0;
	do {
		buf_reserve(out, 65536);
		n = sys_input_read(in, out->ptr + out->len, 65536);
		assert_true(n >= 0);
		out->len += (size_t)n;
	} while (n > 0);
}

static void read_events(const char *file)
{
	char *path = shared_path(file);
	struct buf table = { 0 }, csv = { 0 };
	const struct read_account *a;
	struct sys_input *in;
	uint64_t n_rows = 0, n_prefixes = 0;
	const char *name;
	struct run run;
	int64_t mtime;

	if (path == NULL)
		return;
	run_init(&run);
	run.options.kind = KIND_LISTED;
	assert_int_equal(0, sys_input_open(&in, path));
	while (sys_input_next(in, &name, &mtime) == 1) {
		read_table(in, &table);
		csv.len = 0;
		buf_add_text(&csv, "time,host\n");
		to_csv(buf_bytes(&table), &csv, &n_rows, &n_prefixes);
		assert_int_equal(0, run_feed(&run, name, buf_bytes(&csv), 0));
	}
	sys_input_close(in);
	assert_int_equal(0, run_finish(&run));
	a = run_account(&run, "csv");
	assert_true(run_adds_up(&run));
	assert_int_equal(0, a->n_unknown);
	assert_int_equal(n_prefixes, a->n_bad);
	assert_int_equal(n_rows + a->n_inputs, a->n_units);
	assert_true(a->n_used > 100000);
	buf_deinit(&table);
	buf_deinit(&csv);
	free(path);
	run_deinit(&run);
}

static void test_events_2016_06(void **state)
{
	(void)state;
	read_events("data/ipsets-events-2016-06/events.tar.zst");
}

static void test_events_2016_08(void **state)
{
	(void)state;
	read_events("data/ipsets-events-2016-08/events.tar.zst");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_widest),
		cmocka_unit_test(test_now),
		cmocka_unit_test(test_bad_lines),
		cmocka_unit_test(test_detection),
		cmocka_unit_test(test_snapshot_2018),
		cmocka_unit_test(test_snapshot_2022),
		cmocka_unit_test(test_events_2016_06),
		cmocka_unit_test(test_events_2016_08),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
