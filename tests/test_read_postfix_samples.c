/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real logs of Postfix and amavis: accounts that add up, next to nothing that
 * is not understood, and events checked by hand against their lines.
 */
#include "read_run.h"

#include "shared.h"
#include "test.h"

/* ----------------------------------------------------------------- reading */

static struct buf read_all(const char *path)
{
	struct buf all = { 0 };
	struct sys_input *in;
	const char *name;
	char block[65536];
	int64_t mtime;
	long n;

	assert_int_equal(0, sys_input_open(&in, path));
	assert_int_equal(1, sys_input_next(in, &name, &mtime));
	while ((n = sys_input_read(in, block, sizeof(block))) > 0)
		buf_add(&all, block, (size_t)n);
	sys_input_close(in);
	return all;
}

static void begin(struct run *run)
{
	run_init(run);
	run->options.timezone = "UTC";
	run->options.format = "postfix";
}

/* Is exactly this event there? */
static bool has_event(const struct run *run, const char *want)
{
	for (size_t i = 0; i < run->n; i++) {
		struct buf line = { 0 };
		bool same;

		run_print_event(run, &run->events[i], &line);
		same = bytes_is(bytes_trim(buf_bytes(&line)), want);
		buf_deinit(&line);
		if (same)
			return true;
	}
	return false;
}

static size_t count_kind(const struct run *run, enum kind kind)
{
	size_t n = 0;

	for (size_t i = 0; i < run->n; i++)
		n += run->events[i].kind == kind;
	return n;
}

/* ---------------------------------------------------------- one real server */

/* Each checked by hand: the queue id or stamp, and what its lines say */
static const struct {
	const char *what;
	const char *want;
} logsums[] = {
	{ "4PbC4x469Jz3tBr, an alias",
	  "185.31.160.120 2023-03-13T23:08:33Z clean - brehm-berlin.de" },
	{ "4PbC7269xVz3tBr, an alias",
	  "81.30.156.23 2023-03-13T23:10:22Z clean - brehm-berlin.de" },
	{ "4PbCNM3z5lz3tBr",
	  "80.94.91.183 2023-03-13T23:21:55Z clean - uhu-banane.net" },
	{ "4PbCZy4PWKz3tBr, by a user",
	  "2a02:8109:b240:41c8::/64 2023-03-13T23:31:06Z clean - submission" },
	{ "4PbKQW42V6z3tBr, by a user",
	  "185.102.95.107 2023-03-14T03:54:11Z clean - submission" },
	{ "4PbHw615YVz3tBr, Passed SPAMMY: 6.86 of which RCVD_IN_SBL_CSS 3.335",
	  "80.94.91.187 2023-03-14T02:46:14Z policy reputation "
	  "uhu-banane.net" },
	{ "4PbMzz0WSfz3tBr, forwarded to it",
	  "2607:f8b0:4864:20::/64 2023-03-14T05:49:51Z clean - "
	  "uhu-banane.net" },
	{ "4PbV786tKMz3tBr, Passed SPAM; the second address is forged",
	  "66.96.185.3 2023-03-14T10:26:28Z spam - uhu-banane.net" },
	{ "4PbZkk5x9Xz3tBr, Passed SPAM",
	  "82.165.159.41 2023-03-14T13:54:06Z spam - uhu-banane.net" },
	{ "4Pbbpz0j5Sz3tBr, Passed SPAM",
	  "82.165.159.41 2023-03-14T14:42:51Z spam - uhu-banane.net" },
	{ "4PbmCl2M22z3tBr, Passed SPAM",
	  "193.218.115.23 2023-03-14T21:01:23Z spam - uhu-banane.net" },
	{ "4Pc2Ft44Vmz3tBr, Passed SPAM",
	  "2607:f8b0:4864:20::/64 2023-03-15T07:34:10Z spam - "
	  "uhu-banane.net" },
	{ "4Pc4bH0cvgz3tBr, Passed SPAM",
	  "82.165.159.41 2023-03-15T09:19:23Z spam - uhu-banane.net" },
	{ "4Pc3ZX1jFxz3tBr, Blocked BANNED (.exe,.exe-ms,Purchase Order…)",
	  "212.227.15.19 2023-03-15T08:33:40Z policy banned uhu-banane.net" },
	{ "postscreen, 00:26:51+01:00",
	  "185.246.220.193 2023-03-13T23:26:51Z policy blocklist "
	  "hotmail.com" },
	{ "postscreen, 01:13:53+01:00",
	  "80.94.91.184 2023-03-14T00:13:53Z policy blocklist "
	  "uhu-banane.net" },
	{ "postscreen, another list",
	  "209.142.64.65 2023-03-16T16:12:43Z policy blocklist "
	  "uhu-banane.net" },
	{ "HELO without a dot",
	  "78.142.0.152 2023-03-14T18:00:36Z policy helo tiscali.it" },
	{ "HELO unknown to the DNS",
	  "151.0.238.34 2023-03-15T06:49:33Z policy helo uhu-banane.net" },
	{ "sender's domain not found",
	  "117.244.254.50 2023-03-13T23:37:06Z policy sender uhu-banane.net" },
	{ "sender's domain not qualified",
	  "144.76.221.187 2023-03-14T02:00:30Z policy sender "
	  "uhu-banane.net" },
};

static void test_logsums(void **state)
{
	char *path = shared_path("data/logs-postfix-logsums/mail.log.zst");
	const struct read_account *a;
	struct buf all;
	struct run run;

	(void)state;
	if (path == NULL)
		return;
	begin(&run);
	run.options.format = NULL; /* it is to be found */
	all = read_all(path);
	assert_int_equal(0, run_feed(&run, path, buf_bytes(&all), 0));
	assert_int_equal(0, run_finish(&run));
	a = run_account(&run, "postfix");
	assert_non_null(a);
	assert_true(run_adds_up(&run));
	assert_int_equal(69861, a->n_units);
	assert_int_equal(0, a->n_unknown);
	/*
	 * 357 lines say client=, 180 of them localhost; two messages were
	 * begun and never finished (4PcgCs64zpz3tBr, 4PcgCt6pvGz3tBr).
	 */
	assert_int_equal(167, count_kind(&run, KIND_CLEAN));
	assert_int_equal(175, count_kind(&run, KIND_CLEAN) +
				      count_kind(&run, KIND_SPAM) + a->n_moved +
				      1 /* banned */);
	for (size_t i = 0; i < N_ROWS(logsums); i++) {
		row_is(logsums[i].what);
		assert_true(has_event(&run, logsums[i].want));
	}
	buf_deinit(&all);
	run_deinit(&run);
	free(path);
}

/* --------------------------------------------------- files as they are read */

static const struct {
	const char *path;
	uint64_t lines;
	uint64_t may_be_unknown; /* lines of mail daemons, each looked at */
} files[] = {
	{ "data/logs-small-fixtures/test.log", 22, 0 },
	{ "data/logs-small-fixtures/test-iso8601.log", 22, 0 },
	{ "data/logs-small-fixtures-2/mail.log", 20, 0 },
	{ "data/logs-small-fixtures-2/syslog", 40, 0 },
	/* delivery lines cut short, and a TLS dump with another header */
	{ "data/logs-postfix-dump/maillog.zst", 13888, 40 },
	{ "data/logs-postfix-dump/mailog2.zst", 6747, 40 },
};

/* Feed line by line, and count those of mail daemons not understood. */
static uint64_t count_unknown(struct run *run, struct bytes all)
{
	uint64_t n = 0, before = 0;
	struct read_stream *s;

	assert_int_equal(0, read_stream_open(&s, run_job(run), "mail.log", 0,
					     bytes_of(NULL, 0)));
	while (all.len > 0) {
		struct bytes line = bytes_cut(&all, '\n');

		read_stream_feed(s, line);
		read_stream_feed(s, bytes_of_text("\n"));
		if (run_account(run, "postfix")->n_unknown == before)
			continue;
		before++;
		if (bytes_find_text(line, "postfix/") < line.len ||
		    bytes_find_text(line, "amavis") < line.len)
			n++;
	}
	assert_int_equal(0, read_stream_close(s));
	return n;
}

static void test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(files); i++) {
		char *path = shared_path(files[i].path);
		struct buf all;
		struct run run;
		uint64_t n;

		if (path == NULL)
			return;
		row_is(files[i].path);
		begin(&run);
		all = read_all(path);
		n = count_unknown(&run, buf_bytes(&all));
		assert_int_equal(0, run_finish(&run));
		assert_true(run_adds_up(&run));
		assert_int_equal(files[i].lines,
				 run_account(&run, "postfix")->n_units);
		assert_true(n <= files[i].may_be_unknown);
		assert_true(n * 100 < files[i].lines);
		buf_deinit(&all);
		run_deinit(&run);
		free(path);
	}
}

/* ------------------------------------------------- texts without time and tag
 */

struct service {
	const char *tag;
	const char *program;
};

/* The letters behind #TD */
static const struct service services[] = {
	{ "sd", "postfix/smtpd" },     { "s", "postfix/smtp" },
	{ "c", "postfix/cleanup" },    { "q", "postfix/qmgr" },
	{ "l", "postfix/local" },      { "v", "postfix/virtual" },
	{ "p", "postfix/pickup" },     { "pp", "postfix/pipe" },
	{ "b", "postfix/bounce" },     { "m", "postfix/master" },
	{ "ps", "postfix/postsuper" }, { "spf", "policyd-spf" },
	{ "pg", "postgrey" },	       { "pfw", "postfwd" },
};

static const char *service_of(struct bytes tag)
{
	for (size_t i = 0; i < N_ROWS(services); i++)
		if (bytes_is(tag, services[i].tag))
			return services[i].program;
	return "postfix/smtpd";
}

/* "#TDsdN text": letters of the service, Q or N, a count, a context */
static void add_td(struct buf *out, struct bytes line, unsigned n, bool amavis)
{
	struct bytes tag;
	size_t i = 0;
	char c = 0;

	if (!bytes_skip(&line, "#TD"))
		return;
	while (i < line.len && line.ptr[i] >= 'a' && line.ptr[i] <= 'z')
		i++;
	tag = bytes_of(line.ptr, i);
	line = bytes_from(line, i);
	if (line.len > 0 && (line.ptr[0] == 'Q' || line.ptr[0] == 'N'))
		c = line.ptr[0];
	bytes_cut(&line, ' ');
	line = bytes_trim(line);
	buf_printf(out, "Mar  5 01:%02u:%02u mx1 ", n / 60, n % 60);
	if (amavis)
		buf_printf(out, "amavis[%u]: (%05u-01) ", n + 1000, n + 1000);
	else
		buf_printf(out, "%s[%u]: %s", service_of(tag), n + 1000,
			   c == 'Q'   ? "552B6C20E: "
			   : c == 'N' ? "NOQUEUE: "
				      : "");
	buf_add_bytes(out, line);
	buf_add_char(out, '\n');
}

static void test_logwatch(void **state)
{
	static const struct {
		const char *path;
		bool amavis;
	} parts[] = {
		{ "data/logs-logwatch-td/postfix.td.txt", false },
		{ "data/logs-logwatch-td/amavis.td.txt", true },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(parts); i++) {
		char *path = shared_path(parts[i].path);
		struct buf all, text = { 0 };
		struct bytes rest;
		struct run run;
		unsigned n = 0;

		if (path == NULL)
			return;
		row_is(parts[i].path);
		all = read_all(path);
		rest = buf_bytes(&all);
		while (rest.len > 0)
			add_td(&text, bytes_cut(&rest, '\n'), n++,
			       parts[i].amavis);
		begin(&run);
		run.options.year = 2008;
		assert_int_equal(0, count_unknown(&run, buf_bytes(&text)));
		assert_int_equal(0, run_finish(&run));
		assert_true(run_adds_up(&run));
		assert_true(has_event(
			&run, parts[i].amavis
				      ? "198.168.0.1 2008-03-05T01:00:23Z spam "
					"phishing sample.net"
				      : "10.0.0.4 2008-03-05T01:03:31Z listed "
					"sbl.spamhaus.org -"));
		buf_deinit(&all);
		buf_deinit(&text);
		run_deinit(&run);
		free(path);
	}
}

/* ------------------------------------------------------- what others expect */

/* `"host": "1.2.3.4"` of a comment line */
static struct bytes quoted_behind(struct bytes line, const char *key)
{
	size_t at = bytes_find_text(line, key);
	struct bytes rest;

	if (at == line.len)
		return bytes_of(NULL, 0);
	rest = bytes_from(line, at + strlen(key));
	return bytes_of(rest.ptr, bytes_find_char(rest, '"'));
}

/* Each line for itself: its events are charged to the host expected. */
static size_t check_host(struct bytes line, struct bytes host)
{
	struct run run;
	uint64_t want = 0;
	size_t n;

	if (host.len > 0)
		assert_int_equal(0, host_parse(host, &want));
	begin(&run);
	assert_int_equal(0, run_feed(&run, "mail.log", line, 0));
	assert_int_equal(0, run_finish(&run));
	assert_int_equal(0, run_account(&run, "postfix")->n_unknown);
	for (size_t i = 0; host.len > 0 && i < run.n; i++)
		assert_int_equal(want, run.events[i].host);
	n = run.n;
	run_deinit(&run);
	return n;
}

/* fail2ban says before each line which host is to be banned. */
static void test_fail2ban(void **state)
{
	char *path = shared_path("data/logs-fail2ban/postfix");
	struct bytes rest, host = { 0 };
	struct buf all;
	size_t n = 0;

	(void)state;
	if (path == NULL)
		return;
	all = read_all(path);
	rest = buf_bytes(&all);
	while (rest.len > 0) {
		struct bytes line = bytes_cut(&rest, '\n');

		if (bytes_starts(line, "# failJSON:")) {
			host = quoted_behind(line, "\"host\": \"");
			continue;
		}
		if (line.len > 0 && line.ptr[0] != '#' && host.len > 0)
			n += check_host(line, host);
		host.len = 0;
	}
	assert_true(n > 25);
	buf_deinit(&all);
	free(path);
}

struct grok {
	size_t n_events;
	size_t n_lines;
	size_t n_fragments;
};

/* "data: …" of one YAML file, unquoted; of these escapes it has no others */
static void unquote(struct bytes data, struct buf *out)
{
	bool quoted = bytes_skip(&data, "\"");

	for (size_t i = 0; i + (quoted ? 1 : 0) < data.len; i++) {
		if (quoted && data.ptr[i] == '\\' && i + 1 < data.len) {
			i++;
			buf_add_char(out,
				     data.ptr[i] == 'n' || data.ptr[i] == 'r'
					     ? '?'
					     : data.ptr[i]);
			continue;
		}
		buf_add_char(out, data.ptr[i]);
	}
}

static int grok_file(void *ctx, const char *path)
{
	struct bytes name = bytes_of_text(strrchr(path, '/') + 1), rest;
	struct bytes data = { 0 }, host = { 0 };
	struct buf all, line = { 0 };
	struct grok *g = ctx;
	size_t n;

	if (!bytes_ends(name, ".yaml"))
		return 0;
	name.len -= strlen("_0001.yaml");
	all = read_all(path);
	for (rest = buf_bytes(&all); rest.len > 0;) {
		struct bytes l = bytes_trim(bytes_cut(&rest, '\n'));

		if (bytes_skip(&l, "data: "))
			data = bytes_trim(l);
		if (bytes_skip(&l, "postfix_client_ip: "))
			host = bytes_trim(l);
		if (bytes_skip(&host, "\""))
			host.len--;
	}
	/* parts of lines, and no lines */
	if (bytes_find_char(data, ' ') == data.len ||
	    bytes_is(name, "command_counter_data") || bytes_is(name, "relay")) {
		g->n_fragments++;
		buf_deinit(&all);
		return 0;
	}
	if (bytes_is(name, "tls_features"))
		name = bytes_of_text("smtp");
	for (n = 0; n < name.len; n++)
		if (name.ptr[n] == '_')
			name = bytes_of_text("trivial-rewrite");
	buf_printf(&line,
		   "Mar  5 01:02:03 mx1 postfix/%.*s[1]: ", BYTES_ARG(name));
	unquote(data, &line);
	g->n_lines++;
	row_is(path);
	g->n_events += check_host(buf_bytes(&line), host);
	buf_deinit(&line);
	buf_deinit(&all);
	return 0;
}

static void test_grok(void **state)
{
	char *path = shared_path("data/logs-postfix-grok");
	struct grok g = { 0 };
	struct sys_walk walk = { .ctx = &g, .file = grok_file };

	(void)state;
	if (path == NULL)
		return;
	assert_int_equal(0, sys_walk(path, &walk));
	assert_int_equal(191, g.n_lines + g.n_fragments);
	assert_true(g.n_fragments < 20);
	assert_true(g.n_events > 10);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_logsums),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_logwatch),
		cmocka_unit_test(test_fail2ban),
		cmocka_unit_test(test_grok),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
