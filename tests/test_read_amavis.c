/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of amavis, old and new, alone and between those of Postfix */
#include "read_run.h"

#include "read/amavis.h"
#include "test.h"

/* ------------------------------------------------------------------- lines */

#define OLD_TAIL                                                              \
	"quarantine: x-1, Message-ID: <1@a>, mail_id: abc, Hits: 6.3, size: " \
	"1, queued_as: EF34AB, 18 ms"
#define NEW_HEAD "[192.0.2.7]:4711 [198.51.100.1] ESMTP/ESMTP <x@a.example> -> "

static const struct {
	const char *name;
	const char *text;
	enum amavis_form want_form;
	const char *want_category;
	const char *want_names;
	uint64_t want_host; /* 0: none */
	const char *want_queue_id;
	const char *want_queued_as;
} lines[] = {
	{ "old",
	  "(123-04) Passed CLEAN, [192.0.2.7] [10.0.0.1] <x@a> -> "
	  "<u@b.example>, " OLD_TAIL,
	  AMAVIS_VERDICT, "CLEAN", "", 0xc0000207, "", "EF34AB" },
	{ "very old",
	  "(123-04) Passed, <x@a> -> <u@b.example>, Message-ID: "
	  "<1@a>, Hits: 4.3",
	  AMAVIS_VERDICT, "", "", 0, "", "" },
	{ "banks and flags",
	  "(123-04) Passed SPAMMY, ORIGINATING/MYNETS LOCAL [192.0.2.7] "
	  "[10.0.0.1] <x@a> -> <u@b>,<v@c>, " OLD_TAIL,
	  AMAVIS_VERDICT, "SPAMMY", "", 0xc0000207, "", "EF34AB" },
	{ "no host", "(123-04) Passed SPAM, MYNETS <x@a> -> <u@b>, " OLD_TAIL,
	  AMAVIS_VERDICT, "SPAM", "", 0, "", "EF34AB" },
	{ "IPv6",
	  "(123-04) Blocked SPAM, [IPv6:2001:db8:0:1::5] <x@a> -> "
	  "<u@b>, " OLD_TAIL,
	  AMAVIS_VERDICT, "SPAM", "", 0x20010db800000001, "", "EF34AB" },
	{ "infected",
	  "(123-04) Blocked INFECTED (Worm.Sobig.F, Sobig), "
	  "[192.0.2.7] <x@a> -> <u@b>, " OLD_TAIL,
	  AMAVIS_VERDICT, "INFECTED", "Worm.Sobig.F, Sobig", 0xc0000207, "",
	  "EF34AB" },
	{ "new",
	  "(123-04-2) Passed CLEAN {RelayedInbound}, " NEW_HEAD
	  "<u@b.example>, (ESMTPS://[192.0.2.7]:4711 < "
	  "ESMTPA://198.51.100.1), Queue-ID: 4PbC4x469Jz3tBr, "
	  "Message-ID: <1@a>, mail_id: abc, b: def, Hits: 2.9, size: "
	  "17, queued_as: 4PbC4z6W5Qz3tG3, Subject: \"x\"",
	  AMAVIS_VERDICT, "CLEAN", "", 0xc0000207, "4PbC4x469Jz3tBr",
	  "4PbC4z6W5Qz3tG3" },
	{ "brackets in a banned name",
	  "(123-04) Blocked BANNED (.exe,File (1)=File(1).exe) "
	  "{DiscardedInbound,Quarantined}, " NEW_HEAD
	  "<u@b>, quarantine: q, Queue-ID: AB12CD, Message-ID: <1@a>",
	  AMAVIS_VERDICT, "BANNED", ".exe,File (1)=File(1).exe", 0xc0000207,
	  "AB12CD", "" },
	{ "a banned name that is a line: no host, no id",
	  "(123-04) Blocked BANNED (x), [203.0.113.5] <y@b> -> <z@c>, "
	  "Queue-ID: "
	  "EF34AB, .exe) {DiscardedInbound}, " NEW_HEAD
	  "<u@b>, Queue-ID: AB12CD, Message-ID: <1@a>",
	  AMAVIS_VERDICT, "BANNED", "x", 0, "", "" },
	{ "a message id that is the rest of a line",
	  "(123-04) Passed CLEAN {RelayedInbound}, " NEW_HEAD
	  "<u@b>, Queue-ID: AB12CD, Message-ID: <\"1>, queued_as: FFFFFF, "
	  "\"@a>, mail_id: x, queued_as: EF34AB",
	  AMAVIS_VERDICT, "CLEAN", "", 0xc0000207, "AB12CD", "EF34AB" },
	{ "another arrow",
	  "(123-04) INFECTED (W32/Sober.C@mm), <x@a> --> <u@b>, quarantine "
	  "q, Message-ID: <1@a>",
	  AMAVIS_VERDICT, "INFECTED", "W32/Sober.C@mm", 0, "", "" },
	{ "a quoted recipient",
	  "(123-04) Passed SPAM, [192.0.2.7] <> -> <\"a> -> [x\"@b>, " OLD_TAIL,
	  AMAVIS_VERDICT, "SPAM", "", 0xc0000207, "", "EF34AB" },
	{ "continued", "(123-04) ...autolearn=no, 2368 ms", AMAVIS_CONTINUED,
	  "", "", 0, "", "" },
	{ "cut before the recipients", "(123-04) Passed CLEAN, [192.0.2.7] <x@",
	  AMAVIS_OTHER, "CLEAN", "", 0, "", "" },
	{ "trouble", "(123-04) (!)ClamAV-clamd: timed out", AMAVIS_OTHER, "",
	  "", 0, "", "" },
	{ "no id", "starting.  /usr/sbin/amavisd", AMAVIS_OTHER, "", "", 0, "",
	  "" },
};

static void assert_text(const char *want, struct bytes got)
{
	if (!bytes_is(got, want))
		fail_msg("wanted \"%s\", got \"%.*s\"", want, BYTES_ARG(got));
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(lines); i++) {
		struct amavis_line a;

		row_is(lines[i].name);
		amavis_parse(bytes_of_text(lines[i].text), &a);
		assert_int_equal(lines[i].want_form, a.form);
		assert_int_equal(lines[i].want_host, a.has_host ? a.host : 0);
		assert_text(lines[i].want_queue_id, a.queue_id);
		assert_text(lines[i].want_queued_as, a.queued_as);
		if (a.form != AMAVIS_VERDICT)
			continue;
		assert_text(lines[i].want_category, a.category);
		assert_text(lines[i].want_names, a.names);
	}
}

/* ---------------------------------------------------------------- verdicts */

static const struct {
	const char *category;
	const char *names;
	bool blocked;
	enum kind want_kind;
	const char *want_label;
} verdicts[] = {
	{ "CLEAN", "", false, KIND_CLEAN, "" },
	{ "SPAM", "", true, KIND_SPAM, "" },
	{ "SPAMMY", "", false, KIND_SPAM, "" },
	{ "spam", "", true, KIND_SPAM, "" },
	{ "INFECTED", "Worm.Sobig.F-1, W32/Sobig.f@MM", true, KIND_VIRUS,
	  "Sobig.F" },
	{ "INFECTED", "Heuristics.Phishing.Email.SpoofedDomain", true,
	  KIND_SPAM, "phishing" },
	{ "BANNED", ".exe", true, KIND_POLICY, "banned" },
	{ "BAD-HEADER-7", "", false, KIND_CLEAN, "" },
	{ "BAD-HEADER", "", true, KIND_POLICY, "bad-header" },
	{ "UNCHECKED", "", false, KIND_UNSCANNED, "unchecked" },
	{ "UNCHECKED-ENCRYPTED", "", false, KIND_UNSCANNED, "encrypted" },
	{ "OVERSIZED", "", true, KIND_UNSCANNED, "large" },
	{ "MTA-BLOCKED", "", true, KIND_POLICY, "mta" },
	{ "TEMPFAIL", "", true, KIND_UNSCANNED, "down" },
	{ "", "", false, KIND_CLEAN, "" },
};

static void test_verdicts(void **state)
{
	struct malware_table *t =
		malware_table_new((struct bytes){ 0 }, NULL, NULL);

	(void)state;
	for (size_t i = 0; i < N_ROWS(verdicts); i++) {
		struct amavis_verdict v;

		row_is(verdicts[i].category);
		amavis_verdict(t, verdicts[i].blocked,
			       bytes_of_text(verdicts[i].category),
			       bytes_of_text(verdicts[i].names), &v);
		assert_int_equal(verdicts[i].want_kind, v.kind);
		assert_text(verdicts[i].want_label,
			    bytes_of(v.name.label, v.name.label_len));
	}
	malware_table_free(t);
}

/* ------------------------------------------------------------------- joined */

#define AT(second) "2024-03-05T01:02:" second "Z mx1 "
#define T(second)  " 2024-03-05T01:02:" second "Z "
#define CLIENT	   "postfix/smtpd[7]: AB12CD: client=a.example[192.0.2.7]\n"
#define REMOVED	   "postfix/qmgr[2]: AB12CD: removed\n"
#define TO_FILTER(to, reply)                                                \
	"postfix/smtp[9]: AB12CD: to=<" to                                  \
	">, relay=127.0.0.1[127.0.0.1]:10024, delay=1, status=sent (" reply \
	")\n"
#define AMAVIS "amavis[123]: (123-04) "

static const struct {
	const char *name;
	const char *text;
	const char *want;
} cases[] = {
	{ "alone",
	  AT("01") AMAVIS "Blocked INFECTED (Worm.Sobig.F), [192.0.2.7] <x@a> "
			  "-> <u@B.example>, " OLD_TAIL "\n",
	  "192.0.2.7" T("01") "virus Sobig.F b.example\n" },
	{ "alone, as another program",
	  AT("01") "/usr/sbin/amavisd-new[123]: (123-04) Blocked SPAM, "
		   "[192.0.2.7] <x@a> -> <u@b.example>,<v@c.example>, " OLD_TAIL
		   "\n",
	  "192.0.2.7" T("01") "spam - b.example\n"
			      "192.0.2.7" T("01") "spam - c.example\n" },
	{ "joined by Queue-ID; the client is the original one",
	  AT("01") CLIENT AT("03") AMAVIS
	  "Passed SPAMMY {RelayedTaggedInbound}, " NEW_HEAD
	  "<u@store.example>, Queue-ID: AB12CD, Message-ID: <1@a>, "
	  "queued_as: EF34AB\n" AT(
		  "03") "postfix/smtp[9]: AB12CD: to=<u@store.example>, "
			"orig_to=<u@b.example>, relay=127.0.0.1[127.0.0.1]:"
			"10024, delay=1, status=sent (250 2.0.0 from "
			"MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued "
			"as EF34AB)\n" AT("04") REMOVED,
	  "192.0.2.7" T("01") "spam - b.example\n" },
	{ "joined by Queue-ID, two verdicts for two clients",
	  AT("01") CLIENT AT("03") AMAVIS
	  "Blocked SPAM {DiscardedInbound}, " NEW_HEAD
	  "<u@b.example>, Queue-ID: AB12CD, Message-ID: <1@a>\n" AT("03") AMAVIS
	  "Passed CLEAN {RelayedInbound}, " NEW_HEAD
	  "<v@c.example>, Queue-ID: AB12CD, Message-ID: <1@a>\n" AT("03")
		  TO_FILTER("u@b.example", "250 ok") AT("03")
			  TO_FILTER("v@c.example", "250 ok") AT("04") REMOVED,
	  "192.0.2.7" T("01") "spam - b.example\n"
			      "192.0.2.7" T("01") "clean - c.example\n" },
	{ "joined by amavis' id in its reply",
	  AT("01") CLIENT AT("03") AMAVIS
	  "Blocked INFECTED (Worm.Sobig.F), "
	  "[192.0.2.7] <x@a> -> <u@b.example>, "
	  "quarantine: x\n" AT("03")
		  TO_FILTER("u@b.example",
			    "250 2.7.0 Ok, discarded, id=123-04 - INFECTED: "
			    "Worm.Sobig.F") AT("04") REMOVED,
	  "192.0.2.7" T("01") "virus Sobig.F b.example\n" },
	{ "joined by the queue id behind it",
	  AT("01") CLIENT AT("02") "postfix/smtpd[8]: EF34AB: client=localhost"
				   "[127.0.0.1]\n" AT("03") AMAVIS
	  "Passed SPAMMY, [192.0.2.7] <x@a> -> <u@b.example>, "
	  "Message-ID: <1@a>, queued_as: EF34AB\n" AT("03")
		  TO_FILTER("u@b.example", "250 2.0.0 Ok: queued as EF34AB")
			  AT("04") REMOVED,
	  "192.0.2.7" T("01") "spam - b.example\n" },
	{ "in the talk itself: one queue id, behind it",
	  AT("02") "postfix/smtpd[8]: EF34AB: client=localhost[127.0.0.1], "
		   "orig_client=a.example[192.0.2.7]\n" AT(
			   "02") "postfix/qmgr[2]: EF34AB: from=<x@a>, size=9, "
				 "nrcpt=1 "
				 "(queue active)\n" AT("03") AMAVIS
	  "Passed SPAMMY, [192.0.2.7] <x@a> -> <u@b.example>, Message-ID: "
	  "<1@a>, queued_as: EF34AB\n" AT(
		  "04") "postfix/qmgr[2]: EF34AB: removed\n",
	  "192.0.2.7" T("02") "spam - b.example\n" },
	{ "the line comes after removed",
	  AT("01") CLIENT AT("02") REMOVED AT("03") AMAVIS
	  "Blocked SPAM {DiscardedInbound}, " NEW_HEAD
	  "<u@b.example>, Queue-ID: AB12CD, Message-ID: <1@a>\n",
	  "192.0.2.7" T("01") "spam - b.example\n" },
	{ "the host is that of the queue id, whatever amavis says",
	  AT("01") CLIENT AT("03") AMAVIS
	  "Blocked SPAM {DiscardedInbound}, [203.0.113.5]:1 [203.0.113.6] "
	  "<x@a> -> <u@b.example>, Queue-ID: AB12CD, Message-ID: <1@a>\n",
	  "192.0.2.7" T("01") "spam - b.example\n" },
	{ "a banned name that is a line steals nobody's message",
	  AT("00") "postfix/smtpd[6]: EF34AB: "
		   "client=b.example[198.51.100.9]\n" AT(
			   "00") "postfix/qmgr[2]: EF34AB: from=<x@a>, size=9, "
				 "nrcpt=1 "
				 "(queue active)\n" AT("01") CLIENT AT("03")
					 AMAVIS
	  "Blocked BANNED (x), [198.51.100.9] <y@b> -> <z@c>, Queue-ID: "
	  "EF34AB, .exe) {DiscardedInbound}, " NEW_HEAD
	  "<u@b.example>, Queue-ID: AB12CD, Message-ID: <1@a>\n" AT("03")
		  TO_FILTER("u@b.example", "250 2.7.0 Ok, discarded, id=123-04 "
					   "- BANNED: x") AT("04") REMOVED,
	  "198.51.100.9" T("00") "clean - -\n"
				 "192.0.2.7" T(
					 "01") "policy banned b.example\n" },
	{ "spam by the address is no spam, also where the reply says so",
	  AT("01") CLIENT AT("03") AMAVIS
	  "Blocked SPAM {DiscardedInbound}, " NEW_HEAD
	  "<u@b.example>, Queue-ID: AB12CD, Message-ID: <1@a>, Hits: 7.5, "
	  "size: 3, Subject: \"x, Tests: [A=1]\", From: <x@a>, Tests: "
	  "[BAYES_50=0.8,RCVD_IN_XBL=3.4,URIBL_BLACK=3.3], autolearn=no\n" AT(
		  "03") TO_FILTER("u@b.example", "250 2.7.0 Ok, discarded, "
						 "id=123-04 - SPAM") AT("04")
		  REMOVED,
	  "192.0.2.7" T("01") "policy reputation b.example\n" },
	{ "spam by its content, whoever sent it",
	  AT("01") AMAVIS "Passed SPAM {RelayedTaggedInbound}, " NEW_HEAD
			  "<u@b.example>, Queue-ID: AB12CD, Message-ID: "
			  "<1@a>, Hits: 9.9, size: 3, Tests: [BAYES_99=3.5,"
			  "RCVD_IN_XBL=3.4,URIBL_BLACK=3...\n",
	  "192.0.2.7" T("01") "spam - b.example\n" },
	{ "without amavis' id each line stands alone",
	  AT("01") "amavis[1]: Blocked SPAM, [192.0.2.7] <x@a> -> "
		   "<u@b.example>, Message-ID: <1@a>\n" AT(
			   "02") "amavis[1]: Blocked SPAM, [192.0.2.8] <x@a> "
				 "-> "
				 "<u@b.example>, Message-ID: <1@a>\n",
	  "192.0.2.7" T("01") "spam - b.example\n"
			      "192.0.2.8" T("02") "spam - b.example\n" },
	{ "of several names the one that says most",
	  AT("01") AMAVIS "Blocked INFECTED (Sanesecurity.Junk.1.UNOFFICIAL, "
			  "W32/Sobig.F@mm), " NEW_HEAD
			  "<u@b.example>, Message-ID: <1@a>\n",
	  "192.0.2.7" T("01") "virus Sobig.F b.example\n" },
	{ "loopback is never charged",
	  AT("01") AMAVIS "Blocked SPAM, MYNETS [127.0.0.1] <x@a> -> "
			  "<u@b.example>, Message-ID: <1@a>\n",
	  "" },
};

static void test_joined(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(cases); i++) {
		struct run run;
		char *got;

		row_is(cases[i].name);
		run_init(&run);
		assert_int_equal(0, run_feed(&run, "mail.log",
					     bytes_of_text(cases[i].text), 0));
		assert_int_equal(0, run_finish(&run));
		got = run_print(&run);
		assert_string_equal(cases[i].want, got);
		assert_true(run_adds_up(&run));
		assert_int_equal(0, run_account(&run, "postfix")->n_unknown);
		free(got);
		run_deinit(&run);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
