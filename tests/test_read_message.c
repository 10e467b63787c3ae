/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages and mailboxes: which host, when, what, for whom; and what is left
 * out, counted.
 */
#include "test.h"

#include "read/reputation.h"
#include "read_run.h"

#define RECEIVED                                                          \
	"Received: from helo (ptr [192.0.2.7])\n\tby mx (Postfix) with "  \
	"ESMTP id 4D\n\tfor <User@Example.com>; Mon,  5 May 2003 10:00:0" \
	"0 +0200 (CEST)\n"
#define REST "From: <a@b.c>\nSubject: x\n\nReceived: from body [9.9.9.9]\n"
#define AT_8 "192.0.2.7 2003-05-05T08:00:00Z "

struct message_case {
	const char *name;
	const char *text;
	const char *want; /* events as run_print() gives them */
};

static void check(const struct message_case *c, struct run *run)
{
	char *got;

	row_is(c->name);
	run_feed(run, "m.eml", bytes_of_text(c->text), 0);
	run_finish(run);
	assert_true(run_adds_up(run));
	got = run_print(run);
	assert_string_equal(got, c->want);
	free(got);
	run_deinit(run);
}

static void check_all(const struct message_case *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct run run;

		run_init(&run);
		check(&rows[i], &run);
	}
}

static void hops(void **state)
{
	static const struct message_case rows[] = {
		{ "plain", RECEIVED REST, AT_8 "clean - example.com\n" },
		{ "CRLF",
		  "Received: from helo (ptr [192.0.2.7])\r\n\tby mx with ESMTP;"
		  "\r\n Mon,  5 May 2003 10:00:00 +0200\r\nFrom: x\r\n\r\ny",
		  AT_8 "clean - -\n" },
		{ "no body",
		  "Received: from helo (ptr [192.0.2.7]) by mx with ESMTP;"
		  " Mon,  5 May 2003 10:00:00 +0200",
		  AT_8 "clean - -\n" },
		{ "ours above",
		  "Return-Path: <a@b.c>\n"
		  "Received: from localhost (localhost [127.0.0.1]) by mx "
		  "(Postfix); Mon,  5 May 2003 12:00:00 +0200\n"
		  "Received: by store with local; Mon, 5 May 2003 11:59:00 "
		  "+0200\n"
		  "Received: from in (in [10.1.2.3]) by mx (Postfix); Mon,  5 "
		  "May 2003 11:00:00 +0200\n" RECEIVED REST,
		  AT_8 "clean - example.com\n" },
		{ "hearsay below",
		  RECEIVED
		  "Received: from x (y [203.0.113.9]) by z; Mon, 5 May "
		  "2003 07:00:00 +0000\n" REST,
		  AT_8 "clean - example.com\n" },
		{ "hearsay of our own",
		  RECEIVED "Received: from x (y [127.0.0.1]) by z; Mon, 5 May "
			   "2003 07:00:00 +0000\n" REST,
		  AT_8 "clean - example.com\n" },
		{ "obsolete blank before the colon",
		  "Received  : from helo (ptr [192.0.2.7]) by mx with ESMTP;"
		  " Mon,  5 May 2003 10:00:00 +0200\n" REST,
		  AT_8 "clean - -\n" },
		{ "IPv6",
		  "Received: from x (y [IPv6:2001:db8:1:2:3::4]) by mx "
		  "(Postfix)"
		  "; Mon,  5 May 2003 10:00:00 +0200\n" REST,
		  "2001:db8:1:2::/64 2003-05-05T08:00:00Z clean - -\n" },
		{ "mangled stops",
		  "Received: from x (y [192.0.2.8]) (z [192.0.2.9]) by mx; "
		  "Mon, "
		  "5 May 2003 10:00:00 +0200\n" RECEIVED REST,
		  "" },
		{ "no address stops",
		  "Received: from x by mx with SMTP; Mon, 5 May 2003 10:00:00 "
		  "+0200\n" RECEIVED REST,
		  "" },
		{ "none", "Delivered-To: a@b.c\n" REST, "" },
		{ "in the body only", "To: a@b.c\nFrom: x\n\n" RECEIVED, "" },
	};

	(void)state;
	check_all(rows, N_ROWS(rows));
}

static void add_to_set(struct host_set *set, const char *prefix)
{
	struct host_prefix p;

	assert_int_equal(host_prefix_parse(bytes_of_text(prefix), &p), 0);
	host_set_add(set, p);
}

static void trusted_relays(void **state)
{
	static const char text[] =
		"Received: from relay (relay [198.51.100.1]) by mx (Postfix); "
		"Mon, 5 May 2003 11:00:00 +0200\n" RECEIVED REST;
	struct host_set relays = { 0 };
	struct message_case c = { "as it is", text,
				  "198.51.100.1 2003-05-05T09:00:00Z clean - "
				  "-\n" };
	struct run run;

	(void)state;
	add_to_set(&relays, "198.51.100.0/24");
	run_init(&run);
	check(&c, &run);

	c = (struct message_case){ "trusted", text,
				   AT_8 "clean - example.com\n" };
	run_init(&run);
	run.options.trusted = &relays;
	check(&c, &run);

	c.name = "a server of ours";
	run_init(&run);
	run.options.servers = &relays;
	check(&c, &run);

	add_to_set(&relays, "192.0.2.7");
	c = (struct message_case){ "nobody else", text, "" };
	run_init(&run);
	run.options.servers = &relays;
	check(&c, &run);
	host_set_deinit(&relays);
}

#define SCORED(symbols) \
	"X-Spam-Status: Yes, score=7.5 required=5 tests=[" symbols "]\n"
#define RSPAMD(symbols) \
	"X-Spamd-Result: default: True [16.10 / 15.00];\n\t" symbols "\n"

static void verdicts(void **state)
{
	static const struct message_case rows[] = {
		{ "flag", "X-Spam-Flag: YES\n", "spam -" },
		{ "no flag", "X-Spam-Flag: NO\n", "clean -" },
		{ "status", "X-Spam-Status: Yes, hits=9.1\n", "spam -" },
		{ "no status", "X-Spam-Status: No, hits=1\n", "clean -" },
		{ "rspamd flag", "X-Spam: Yes\n", "spam -" },
		{ "level says nothing", "X-Spam-Level: *********\n",
		  "clean -" },
		{ "scanned says nothing", "X-Virus-Scanned: amavisd-new\n",
		  "clean -" },
		{ "clean", "X-Virus-Status: Clean\n", "clean -" },
		{ "clamav-milter", "X-Virus-Status: Infected (Worm.Sobig.F)\n",
		  "virus Sobig.F" },
		{ "with", "X-Virus-Status: Infected with Worm.SomeFool.P\n",
		  "virus Netsky.P" },
		{ "without a name", "X-Virus-Status: Infected\n",
		  "virus Unknown" },
		{ "named by the report",
		  "X-Virus-Status: Yes\n"
		  "X-Virus-Report: stream: Worm.Sobig.F FOUND\n",
		  "virus Sobig.F" },
		{ "a report that failed",
		  "X-Virus-Report: Failed\nX-Virus-Status: Yes\n",
		  "virus Unknown" },
		{ "not a virus",
		  "X-Virus-Status: Infected (Sanesecurity.Junk.1)\n",
		  "spam junk" },
		{ "amavis",
		  "X-Amavis-Alert: INFECTED, message contains virus:\n"
		  "\tW32/Klez.h@MM\n",
		  "virus Klez.H" },
		{ "amavis, several",
		  "X-Amavis-Alert: INFECTED, message contains viruses:\n"
		  "\tHtml.Phishing.Bank-1, Worm.SomeFool.Q\n",
		  "virus Netsky.Q" },
		{ "banned", "X-Amavis-Alert: BANNED, message contains .exe\n",
		  "policy banned" },
		{ "bad header", "X-Amavis-Alert: BAD HEADER Non-encoded\n",
		  "clean -" },
		{ "virus before spam",
		  "X-Spam-Flag: YES\nX-Virus-Status: Infected (Klez.H)\n",
		  "virus Klez.H" },
		{ "two scanners",
		  "X-Virus-Status: Infected (Heuristics.Encrypted.Zip)\n"
		  "X-Amavis-Alert: INFECTED, message contains virus: Klez.H\n",
		  "virus Klez.H" },
		{ "ban before spam",
		  "X-Spam-Flag: YES\nX-Amavis-Alert: BANNED, contains .exe\n",
		  "policy banned" },
		{ "scores of content", SCORED("A=2.5, BAYES_99=5"), "spam -" },
		{ "scores of the address",
		  SCORED("BAYES_50=0.8, RCVD_IN_XBL=3,\n\tRCVD_IN_SORBS=3.7"),
		  "policy reputation" },
		{ "and its flag",
		  "X-Spam-Flag: YES\n" SCORED("B=0.8, RCVD_IN_XBL=6.7"),
		  "policy reputation" },
		{ "spam without the address too",
		  SCORED("BAYES_99=5, RCVD_IN_XBL=2.5"), "spam -" },
		{ "a good address does not make it worse",
		  SCORED("BAYES_99=9.5, RCVD_IN_DNSWL_HI=-2"), "spam -" },
		{ "symbols without scores",
		  "X-Spam-Status: Yes, score=7.5 required=5 tests=BAYES_99,"
		  "RCVD_IN_XBL autolearn=no\n",
		  "spam -" },
		{ "scores in a report",
		  "X-Spam-Status: Yes, score=7.5 required=5.0 tests=BAYES_50,"
		  "RCVD_IN_XBL\n\tautolearn=no version=3.4.6\n"
		  "X-Spam-Report:\n\t*  0.8 BAYES_50 BODY: Bayes\n"
		  "\t*      [score: 0.5000]\n"
		  "\t*  6.7 RCVD_IN_XBL RBL: Received via a relay\n"
		  "\t*      [192.0.2.7 listed in zen.spamhaus.org]\n",
		  "policy reputation" },
		{ "a report of content",
		  "X-Spam-Report:\n\t*  6.7 BAYES_99 BODY: Bayes\n"
		  "\t*  0.8 RCVD_IN_XBL RBL: Received via a relay\n"
		  "X-Spam-Status: Yes, score=7.5 required=5.0 tests=A\n",
		  "spam -" },
		{ "rspamd",
		  RSPAMD("BAYES_SPAM(5.10)[99.99%];\n\tMIME_GOOD(11.00)[a]"),
		  "spam -" },
		{ "rspamd by address",
		  RSPAMD("BAYES_SPAM(5.10)[99%]; RBL_X(8.00)[7.2.0.192:from]; "
			 "IP_REPUTATION_SPAM(3.00)[asn: 1(0.2), 4(0)]"),
		  "policy reputation" },
		{ "rspamd, symbol in options",
		  RSPAMD("URIBL(16.10)[RBL_X(8.00)]"), "spam -" },
		{ "rspamd, tagged by address",
		  "X-Spamd-Result: default: False [9.00 / 15.00]; "
		  "RBL_X(8.00)[]\nX-Spam: Yes\n",
		  "policy reputation" },
		{ "rspamd, tagged by content",
		  "X-Spam: Yes\nX-Spamd-Result: default: False [9.00 / 15.00]; "
		  "RBL_X(2.00)[]; BAYES_SPAM(7.00)[99%]\n",
		  "spam -" },
		{ "rspamd, no",
		  "X-Spamd-Result: default: False [3.00 / 15.00]; "
		  "RBL_X(8.00)[]\n",
		  "clean -" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct buf text = { 0 }, want = { 0 };
		struct message_case c = { .name = rows[i].name };
		bool moved = !strcmp(rows[i].want, "policy reputation");
		struct run run;

		buf_printf(&text, "%s" RECEIVED REST "%c", rows[i].text, 0);
		buf_printf(&want, AT_8 "%s example.com\n%c", rows[i].want, 0);
		c.text = text.ptr;
		c.want = want.ptr;
		run_init(&run);
		run_feed(&run, "m", bytes_of_text(text.ptr), 0);
		assert_int_equal(run_account(&run, "message")->n_moved, moved);
		run_deinit(&run);
		run_init(&run);
		check(&c, &run);
		buf_deinit(&text);
		buf_deinit(&want);
	}
}

static void address_symbols(void **state)
{
	static const struct {
		const char *symbol;
		bool want;
	} rows[] = {
		{ "RCVD_IN_XBL", true },
		{ "RBL_SENDERSCORE", true },
		{ "IP_REPUTATION_SPAM", true },
		{ "RECEIVED_SPAMHAUS_PBL", true },
		{ "FOO_DNSBL", true },
		{ "AWL", true },
		{ "AWLX", false },
		{ "URIBL_BLACK", false },
		{ "DNS_FROM_AHBL_RHSBL", false },
		{ "BAYES_99", false },
		{ "HELO_DYNAMIC_IPADDR", false },
		{ "XRCVD_IN_XBL", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		row_is(rows[i].symbol);
		assert_int_equal(
			reputation_is_symbol(bytes_of_text(rows[i].symbol)),
			rows[i].want);
	}
}

static void scores(void **state)
{
	static const struct {
		const char *text;
		int64_t want; /* INT64_MIN: none */
	} rows[] = {
		{ "15", 15000 },      { "-2.60", -2600 },
		{ "+0.001", 1 },      { "0.0019", 1 },
		{ "-0.5", -500 },     { "1.2x4", INT64_MIN },
		{ "", INT64_MIN },    { "-", INT64_MIN },
		{ "--1", INT64_MIN }, { ".5", INT64_MIN },
		{ "1e5", INT64_MIN }, { "99999999999999999999", INT64_MIN },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		int64_t score = INT64_MIN;

		row_is(rows[i].text);
		reputation_parse_score(bytes_of_text(rows[i].text), &score);
		assert_true(score == rows[i].want);
	}
}

/* What stands below our line the sender wrote, whatever it says. */
static void forged_verdicts(void **state)
{
	static const struct message_case rows[] = {
		{ "spam flag", RECEIVED "X-Spam-Flag: YES\n" REST,
		  AT_8 "clean - example.com\n" },
		{ "virus", RECEIVED "X-Virus-Status: Infected (Klez.H)\n" REST,
		  AT_8 "clean - example.com\n" },
		{ "client", RECEIVED "Delivered-To: x@evil.example\n" REST,
		  AT_8 "clean - example.com\n" },
	};

	(void)state;
	check_all(rows, N_ROWS(rows));
}

static void clients(void **state)
{
	static const struct message_case rows[] = {
		{ "delivered first",
		  "X-Original-To: a@original.example\n"
		  "Envelope-To: a@envelope.example\n"
		  "Delivered-To: a@Delivered.Example\n" RECEIVED REST,
		  AT_8 "clean - delivered.example\n" },
		{ "then original",
		  "Envelope-To: a@envelope.example\n"
		  "X-Original-To: <a@original.example>\n" RECEIVED REST,
		  AT_8 "clean - original.example\n" },
		{ "then envelope",
		  "Envelope-To: a@envelope.example\n" RECEIVED REST,
		  AT_8 "clean - envelope.example\n" },
		{ "no domain", "Delivered-To: root\n" RECEIVED REST,
		  AT_8 "clean - example.com\n" },
		{ "no name of a domain",
		  "Delivered-To: a@b c.d\n" RECEIVED REST,
		  AT_8 "clean - example.com\n" },
	};

	(void)state;
	check_all(rows, N_ROWS(rows));
}

static void asked_for(void **state)
{
	struct message_case c = { "kind, label, client",
				  "X-Spam-Flag: YES\n" RECEIVED REST,
				  AT_8 "virus Trap us\n" };
	struct run run;

	(void)state;
	run_init(&run);
	run.options.kind = KIND_VIRUS;
	run.options.label = "Trap";
	run.options.client = "us";
	check(&c, &run);
}

#define NO_DATE "Received: from x (y [192.0.2.7]) by mx with SMTP; yesterday\n"

static void times(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *timezone;
		int64_t mtime;
		const char *want;
	} rows[] = {
		{ "separator",
		  "From a@b.c Thu May  1 12:00:00 2003\n" NO_DATE
		  "Date: Fri, 2 May 2003 09:00:00 +0000\n\n",
		  "UTC", 99, "192.0.2.7 2003-05-01T12:00:00Z clean - -\n" },
		{ "file",
		  NO_DATE "Date: Fri, 2 May 2003 09:00:00 +0000\nTo: x\n\n",
		  NULL, 99, "192.0.2.7 1970-01-01T00:01:39Z clean - -\n" },
		{ "nobody knows",
		  NO_DATE "Date: Fri, 2 May 2003 09:00:00 +0000\nTo: x\n\n",
		  NULL, 0, "" },
		{ "separator, elsewhere",
		  "From a@b.c Thu May  1 12:00:00 2003\nTo: x\n" NO_DATE "\n",
		  "Europe/Berlin", 99,
		  "192.0.2.7 2003-05-01T10:00:00Z clean - -\n" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct run run;
		char *got;

		row_is(rows[i].name);
		run_init(&run);
		run.options.timezone = rows[i].timezone;
		run_feed_at(&run, "m", rows[i].mtime,
			    bytes_of_text(rows[i].text), 0);
		run_finish(&run);
		got = run_print(&run);
		assert_string_equal(got, rows[i].want);
		assert_true(run_adds_up(&run));
		free(got);
		run_deinit(&run);
	}
}

/* -------------------------------------------------------------------- mbox */

#define FROM_LINE "From a@b.c Mon May  5 10:00:00 2003\n"
#define ONE(n)                                                             \
	"Received: from x (y [192.0.2." n "]) by mx with SMTP; Mon, 5 May" \
	" 2003 08:00:00 +0000\nSubject: " n "\n"
#define GOT(n) "192.0.2." n " 2003-05-05T08:00:00Z clean - -\n"

static void mailboxes(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *want;
		uint64_t want_units;
	} rows[] = {
		{ "two",
		  FROM_LINE ONE("1") "\nbody\n\n" FROM_LINE ONE("2") "\nb",
		  GOT("1") GOT("2"), 2 },
		{ "no empty line before",
		  FROM_LINE ONE("1") "\nbody\n" FROM_LINE ONE("2") "\n",
		  GOT("1"), 1 },
		{ "quoted",
		  FROM_LINE ONE("1") "\nbody\n\n>" FROM_LINE ONE("2") "\n",
		  GOT("1"), 1 },
		{ "a sentence",
		  FROM_LINE ONE("1") "\nbody\n\nFrom now on, 2003\n" ONE("2"),
		  GOT("1"), 1 },
		{ "no body, no end", FROM_LINE ONE("1") "\n" FROM_LINE ONE("2"),
		  GOT("1") GOT("2"), 2 },
		{ "length is not believed",
		  FROM_LINE "Content-Length: 9999\n" ONE(
			  "1") "\nb\n\n" FROM_LINE ONE("2") "\n",
		  GOT("1") GOT("2"), 2 },
		{ "local one between",
		  FROM_LINE ONE("1") "\n\n" FROM_LINE
				     "To: x\nSubject: y\n\n\n" FROM_LINE ONE(
					     "2") "\n",
		  GOT("1") GOT("2"), 3 },
		{ "separators only",
		  FROM_LINE "To: x\nFrom: y\n\n" FROM_LINE "\n" FROM_LINE, "",
		  3 },
	};
	static const size_t chunks[] = { 0, 1, 7 };

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++)
		for (size_t k = 0; k < N_ROWS(chunks); k++) {
			struct run run;
			char *got;

			row_is(rows[i].name);
			run_init(&run);
			assert_int_equal(run_feed(&run, "inbox",
						  bytes_of_text(rows[i].text),
						  chunks[k]),
					 0);
			run_finish(&run);
			got = run_print(&run);
			assert_string_equal(got, rows[i].want);
			assert_true(run_adds_up(&run));
			assert_int_equal(run_account(&run, "mbox")->n_units,
					 rows[i].want_units);
			free(got);
			run_deinit(&run);
		}
}

/* One message past the limit is one bad unit; its neighbours are read. */
static void large_message(void **state)
{
	struct buf line = { 0 };
	struct bytes head = bytes_of_text(
		FROM_LINE ONE("1") "\n\n" FROM_LINE ONE("2") "\n");
	struct bytes tail = bytes_of_text("\n" FROM_LINE ONE("3") "\n");
	struct read_stream *s;
	struct run run;
	char *got;

	(void)state;
	for (size_t i = 0; i < 65535; i++)
		buf_add_char(&line, 'x');
	buf_add_char(&line, '\n');
	run_init(&run);
	assert_int_equal(read_stream_open(&s, run_job(&run), "big", 0, head),
			 0);
	assert_int_equal(read_stream_feed(s, head), 0);
	for (size_t i = 0; i < READ_FILE_MAX / line.len; i++)
		read_stream_feed(s, buf_bytes(&line));
	read_stream_feed(s, tail);
	assert_int_equal(read_stream_close(s), 0);
	run_finish(&run);
	got = run_print(&run);
	assert_string_equal(got, GOT("1") GOT("3"));
	assert_int_equal(run_account(&run, "mbox")->n_bad, 1);
	assert_true(run_adds_up(&run));
	free(got);
	buf_deinit(&line);
	run_deinit(&run);
}

static void detection(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ FROM_LINE ONE("1") "\n", "mbox" },
		{ FROM_LINE "X-Foo: 1\nFrom: a\nTo: b\n\n", "mbox" },
		{ ONE("1") "\n", "message" },
		{ "Return-Path: <>\nX: y\n z: w\nDate: 1\n\nnot: a header",
		  "message" },
		{ "Subject: only\n\n", NULL },
		{ "From now on\nall is well\n", NULL },
		{ "2001:db8::1\n2001:db8::2\n", "addresses" },
		{ "time,host,kind\n", "csv" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct read_stream *s = NULL;
		struct run run;
		int err;

		print_message("# %.20s\n",
			      rows[i].want ? rows[i].want : "none");
		run_init(&run);
		err = read_stream_open(&s, run_job(&run), "x", 0,
				       bytes_of_text(rows[i].text));
		assert_int_equal(err == 0, rows[i].want != NULL);
		if (err == 0)
			assert_string_equal(read_stream_format(s),
					    rows[i].want);
		read_stream_close(s);
		run_deinit(&run);
	}
}

/* A Maildir as its server leaves it: the notes are ignored, and counted. */
static void mail_store(void **state)
{
	static const char *const notes[] = { "Maildir/dovecot.index.cache",
					     "Maildir/dovecot-uidlist",
					     "a.tar:Maildir/subscriptions" };
	static const char binary[] = "\1\2\0\0\0\0\0\0\0\0\0\0";
	const struct read_account *a;
	struct run run;

	(void)state;
	run_init(&run);
	for (size_t i = 0; i < N_ROWS(notes); i++)
		assert_int_equal(run_feed(&run, notes[i],
					  bytes_of(binary, sizeof(binary)), 0),
				 0);
	assert_int_equal(run_feed(&run, "Maildir/other",
				  bytes_of(binary, sizeof(binary)), 0),
			 E_SYNTAX);
	assert_int_equal(run_feed(&run, "cur/dovecot.eml",
				  bytes_of_text(RECEIVED REST), 0),
			 0);
	run_finish(&run);
	a = run_account(&run, "message");
	assert_int_equal(a->n_ignored, N_ROWS(notes));
	assert_int_equal(a->n_used, 1);
	assert_true(run_adds_up(&run));
	run_deinit(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hops),
		cmocka_unit_test(trusted_relays),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(address_symbols),
		cmocka_unit_test(scores),
		cmocka_unit_test(forged_verdicts),
		cmocka_unit_test(clients),
		cmocka_unit_test(asked_for),
		cmocka_unit_test(times),
		cmocka_unit_test(mailboxes),
		cmocka_unit_test(large_message),
		cmocka_unit_test(detection),
		cmocka_unit_test(mail_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
