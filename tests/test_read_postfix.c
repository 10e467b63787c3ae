/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of Postfix become events: one a message and client, and whose. */
#include "read_run.h"

#include "test.h"

#define AT(second) "2024-03-05T01:02:" second "+00:00 mx1 "
#define T(second)  " 2024-03-05T01:02:" second "Z "

#define CONNECT	   "postfix/smtpd[7]: connect from a.example[192.0.2.7]\n"
#define LEAVE	   "postfix/smtpd[7]: disconnect from a.example[192.0.2.7] quit=1\n"
#define CLIENT	   "postfix/smtpd[7]: AB12CD: client=a.example[192.0.2.7]\n"
#define QUEUED                                                          \
	"postfix/qmgr[2]: AB12CD: from=<x@a.example>, size=9, nrcpt=1 " \
	"(queue active)\n"
#define SENT(to, more)                                                   \
	"postfix/lmtp[9]: AB12CD: to=<" to ">, " more                    \
	"relay=imap[private/lmtp], delay=1, delays=1/0/0/0, dsn=2.0.0, " \
	"status=sent (250 2.0.0 Saved)\n"
#define FILTERED(reply)                                               \
	"postfix/smtp[9]: AB12CD: to=<u@b.example>, "                 \
	"relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=1/0/0/0, " \
	"dsn=2.0.0, " reply "\n"
#define REMOVED "postfix/qmgr[2]: AB12CD: removed\n"
#define REJECT(text)                                    \
	"postfix/smtpd[7]: NOQUEUE: reject: RCPT from " \
	"a.example[192.0.2.7]: " text " proto=ESMTP helo=<a.example>\n"
#define BACK "postfix/smtpd[8]: EF34AB: client=localhost[127.0.0.1]"

static const struct {
	const char *name;
	const char *text;
	const char *want;
} cases[] = {
	{ "one message",
	  AT("01") CONNECT AT("02") CLIENT AT("03") QUEUED AT("04")
		  SENT("u@B.example", "") AT("04") REMOVED AT("05") LEAVE,
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "one event a client",
	  AT("02") CLIENT AT("03") QUEUED AT("04") SENT("u@b.example", "")
		  AT("04") SENT("v@b.example", "") AT("05")
			  SENT("w@c.example", "") AT("06") REMOVED,
	  "192.0.2.7" T("02") "clean - b.example\n"
			      "192.0.2.7" T("02") "clean - c.example\n" },
	{ "the client is the address before it was rewritten",
	  AT("02") CLIENT AT("03") QUEUED AT("04")
		  SENT("u@store.example", "orig_to=<u@b.example>, ") AT("06")
			  REMOVED,
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "still open at the end", AT("02") CLIENT AT("03") QUEUED,
	  "192.0.2.7" T("02") "clean - -\n" },
	{ "begun and never finished",
	  AT("02") CLIENT AT("03") "postfix/smtpd[7]: lost connection after "
				   "DATA from a.example[192.0.2.7]\n",
	  "" },
	{ "submitted here",
	  AT("02") "postfix/pickup[3]: AB12CD: uid=0 from=<root>\n" AT("03")
		  QUEUED AT("04") SENT("u@b.example", "") AT("06") REMOVED,
	  "" },
	{ "a user of ours",
	  AT("02") "postfix/submission/smtpd[7]: AB12CD: client=unknown["
		   "2001:db8:0:1::5], sasl_method=PLAIN, sasl_username=u\n" AT(
			   "03") QUEUED AT("04") SENT("u@b.example", "")
			   AT("04") SENT("u@c.example", "") AT("06") REMOVED,
	  "2001:db8:0:1::/64" T("02") "clean - submission\n" },
	{ "long queue id, RFC 5424, another instance",
	  "<22>1 2024-03-05T02:02:02.5+01:00 mx1 postfix-in/smtpd 7 - - "
	  "4PbC4x469Jz3tBr: client=a.example[192.0.2.7]\n"
	  "<22>1 2024-03-05T02:02:03.5+01:00 mx1 postfix-in/qmgr 7 - - "
	  "4PbC4x469Jz3tBr: removed\n",
	  "192.0.2.7" T("02") "clean - -\n" },
	{ "two servers, one queue id",
	  "2024-03-05T01:02:02Z mx1 " CLIENT
	  "2024-03-05T01:02:03Z mx2 postfix/smtpd[7]: AB12CD: "
	  "client=b.example[198.51.100.9]\n"
	  "2024-03-05T01:02:04Z mx2 " REMOVED
	  "2024-03-05T01:02:05Z mx1 " REMOVED,
	  "192.0.2.7" T("02") "clean - -\n"
			      "198.51.100.9" T("03") "clean - -\n" },
	{ "back from the filter: told by XFORWARD",
	  AT("02") CLIENT AT("03") QUEUED AT("04") BACK
	  ", orig_queue_id=AB12CD, orig_client=a.example"
	  "[192.0.2.7]\n" AT(
		  "04") "postfix/qmgr[2]: EF34AB: from=<x@a.example>, size=9, "
			"nrcpt=1 (queue active)\n" AT("05") FILTERED(
				"status=sent (250 2.0.0 Ok: queued as EF34AB)")
				AT("05") REMOVED AT("06") "postfix/qmgr[2]: "
							  "EF34AB: removed\n",
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "back from the filter: told by nothing",
	  AT("02") CLIENT AT("03") QUEUED AT("04") BACK "\n" AT("05") FILTERED(
		  "status=sent (250 2.0.0 Ok: queued as EF34AB)") AT("05")
		  REMOVED AT("06") "postfix/qmgr[2]: EF34AB: removed\n",
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "a filter in the talk: only behind it is a queue id",
	  AT("01") CONNECT AT("02") "postfix/smtpd[7]: NOQUEUE: client="
				    "a.example[192.0.2.7]\n" AT("02") BACK
	  ", orig_client=a.example[192.0.2.7]\n" AT(
		  "05") "postfix/qmgr[2]: EF34AB: removed\n",
	  "192.0.2.7" T("02") "clean - -\n" },
	{ "the filter behind found spam in it again",
	  AT("02") CLIENT AT("03") QUEUED AT("04") BACK
	  ", orig_queue_id=AB12CD, orig_client=a.example"
	  "[192.0.2.7]\n" AT(
		  "04") "postfix/cleanup[5]: EF34AB: milter-reject: "
			"END-OF-MESSAGE "
			"from localhost[127.0.0.1]: 5.7.1 Spam message "
			"rejected; "
			"from=<x@a.example> to=<u@b.example> proto=ESMTP "
			"helo=<localhost>\n" AT("06") REMOVED,
	  "192.0.2.7" T("02") "spam - b.example\n" },
	{ "discarded by the filter as infected",
	  AT("02") CLIENT AT("03") QUEUED AT("04") FILTERED(
		  "status=sent (250 2.7.0 Ok, discarded, "
		  "id=123-04 - INFECTED: Worm.Sobig.F)") AT("06") REMOVED,
	  "192.0.2.7" T("02") "virus Sobig.F b.example\n" },
	{ "refused by the filter as spam",
	  AT("02") CLIENT AT("03") QUEUED AT("04")
		  FILTERED("status=bounced (host 127.0.0.1[127.0.0.1] said: "
			   "554 5.7.0 Reject, id=123-04 - SPAM (in reply to "
			   "end of DATA command))") AT("06") REMOVED,
	  "192.0.2.7" T("02") "spam - b.example\n" },
	{ "a user named virus is unknown",
	  AT("02") CLIENT AT("03") QUEUED AT("04")
		  FILTERED("status=bounced (host 127.0.0.1[127.0.0.1] said: "
			   "550 5.1.1 <virus@b.example>: unknown (in reply to "
			   "end of DATA command))") AT("06") REMOVED,
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "what another server says of it is its own affair",
	  AT("02") CLIENT AT("03") QUEUED AT(
		  "04") "postfix/smtp[9]: AB12CD: to=<u@b.example>, "
			"relay=mx.b.example[198.51.100.3]:25, delay=1, "
			"status=bounced (host mx.b.example[198.51.100.3] said: "
			"554 "
			"5.7.0 Reject, id=1-1 - INFECTED: Sobig.F (in reply to "
			"end "
			"of DATA command))\n" AT("06") REMOVED,
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "milter: virus",
	  AT("02") CLIENT AT(
		  "03") "postfix/cleanup[5]: AB12CD: milter-reject: "
			"END-OF-MESSAGE "
			"from a.example[192.0.2.7]: 5.7.1 virus Worm.Sobig.F "
			"detected by ClamAV; from=<x@a.example> "
			"to=<u@b.example> "
			"proto=ESMTP helo=<a.example>\n",
	  "192.0.2.7" T("02") "virus Sobig.F b.example\n" },
	{ "milter: spam, though the log begins too late",
	  AT("03") "postfix/cleanup[5]: AB12CD: milter-reject: END-OF-MESSAGE "
		   "from a.example[192.0.2.7]: 5.7.1 Spam message rejected; "
		   "from=<x@a.example> to=<u@b.example> proto=ESMTP "
		   "helo=<a.example>\n",
	  "192.0.2.7" T("03") "spam - b.example\n" },
	{ "milter: by the address",
	  AT("02") CLIENT AT(
		  "03") "postfix/cleanup[5]: AB12CD: milter-reject: "
			"END-OF-MESSAGE "
			"from a.example[192.0.2.7]: 5.7.1 Spam: client on "
			"blocklist; "
			"from=<x@a.example> to=<u@b.example> proto=ESMTP "
			"helo=<a.example>\n",
	  "192.0.2.7" T("02") "policy reputation b.example\n" },
	{ "header check",
	  AT("02") CLIENT AT(
		  "03") "postfix/cleanup[5]: AB12CD: reject: header Subject: "
			"hi from "
			"c.example[203.0.113.5]: x from a.example[192.0.2.7]; "
			"from=<x@a.example> to=<u@b.example> proto=ESMTP "
			"helo=<a.example>: no\n",
	  "192.0.2.7" T("02") "policy header-check -\n" },
	{ "a body check that names the virus, behind all that is the sender's",
	  AT("02") CLIENT AT(
		  "03") "postfix/cleanup[5]: AB12CD: reject: body x "
			"helo=<virus>: "
			"Spam from a.example[192.0.2.7]; from=<> "
			"to=<u@b.example> "
			"proto=ESMTP helo=<a.example>: 554 Please clean your "
			"infected system (I-Worm.Sobig.f)\n",
	  "192.0.2.7" T("02") "virus Sobig.F -\n" },
	{ "a milter that is down",
	  AT("02") "postfix/smtpd[7]: NOQUEUE: milter-reject: CONNECT from "
		   "a.example[192.0.2.7]: 451 4.7.1 Service unavailable - try "
		   "again later; proto=SMTP\n",
	  "192.0.2.7" T("02") "unscanned down -\n" },
	{ "a filter on a machine of our network hands it back",
	  AT("02") CLIENT AT("03") QUEUED AT(
		  "04") "postfix/smtpd[8]: EF34AB: "
			"client=filter[10.0.0.5]\n" AT(
				"04") "postfix/smtp[9]: AB12CD: "
				      "to=<u@b.example>, "
				      "relay=filter[10.0.0.5]:10024, "
				      "delay=1, status=sent "
				      "(250 2.0.0 Ok: queued as "
				      "EF34AB)\n" AT("05") REMOVED AT(
					      "06") "postfix/qmgr[2]: "
						    "EF34AB: removed\n",
	  "192.0.2.7" T("02") "clean - b.example\n" },
	{ "another server of the world cannot make a message vanish so",
	  AT("02") CLIENT AT("03") QUEUED AT(
		  "04") "postfix/smtpd[8]: EF34AB: "
			"client=c[198.51.100.5]\n" AT(
				"04") "postfix/smtp[9]: AB12CD: "
				      "to=<u@b.example>, "
				      "relay=c[198.51.100.5]:25, delay=1, "
				      "status=sent "
				      "(250 2.0.0 Ok: queued as "
				      "EF34AB)\n" AT("05") REMOVED AT(
					      "06") "postfix/qmgr[2]: "
						    "EF34AB: removed\n",
	  "192.0.2.7" T("02") "clean - b.example\n"
			      "198.51.100.5" T("04") "clean - -\n" },
	{ "a subscriber's key is no part of a list's name",
	  AT("02") "postfix/dnsblog[5]: addr 192.0.2.7 listed by domain "
		   "abcdefghijklmnopqrstuvwxyz.zen.dq.example as 127.0.0.2\n",
	  "192.0.2.7" T("02") "listed zen.dq.example -\n" },
	{ "held for a look is no verdict",
	  AT("02") CLIENT AT(
		  "03") "postfix/cleanup[5]: AB12CD: hold: header Received: "
			"from x "
			"from a.example[192.0.2.7]; from=<x@a.example> "
			"to=<u@b.example> proto=ESMTP helo=<a.example>\n" AT(
				"04") QUEUED AT("05") REMOVED,
	  "192.0.2.7" T("02") "clean - -\n" },
	{ "refused: once a session and client",
	  AT("01") CONNECT AT("02") REJECT(
		  "550 5.1.1 <a@b.example>: Recipient address rejected: User "
		  "unknown in virtual mailbox table; from=<x@a> "
		  "to=<a@b.example>") AT("03")
		  REJECT("550 5.1.1 <c@b.example>: Recipient address rejected:"
			 " User unknown in virtual mailbox table; from=<x@a> "
			 "to=<c@b.example>") AT("04")
			  REJECT("550 5.1.1 <c@d.example>: Recipient address "
				 "rejected: User unknown in virtual mailbox "
				 "table; from=<x@a> to=<c@d.example>") AT("05")
				  LEAVE AT("06") CONNECT AT("07")
					  REJECT("550 5.1.1 <a@b.example>: "
						 "Recipient address rejected: "
						 "User unknown; from=<x@a> "
						 "to=<a@b.example>"),
	  "192.0.2.7" T("02") "policy unknown-user b.example\n"
			      "192.0.2.7" T(
				      "04") "policy unknown-user d.example\n"
					    "192.0.2.7" T(
						    "07") "policy unknown-user "
							  "b.example\n" },
	{ "refused: a stranger's recipient is nobody's client",
	  AT("02") REJECT("554 5.7.1 <a@b.example>: Relay access denied; "
			  "from=<x@a> to=<a@b.example>"),
	  "192.0.2.7" T("02") "policy relay-denied -\n" },
	{ "refused: blocklist, policy and evidence",
	  AT("02") REJECT("554 5.7.1 Service unavailable; Client host "
			  "[192.0.2.7] blocked using bl.example; see "
			  "https://bl.example/192.0.2.7; from=<x@a> "
			  "to=<a@b.example>"),
	  "192.0.2.7" T("02") "listed bl.example -\n"
			      "192.0.2.7" T(
				      "02") "policy blocklist b.example\n" },
	{ "refused: a list of names is no evidence against the host",
	  AT("02") REJECT("554 5.7.1 Service unavailable; Sender address "
			  "[x@a] blocked using dbl.example; from=<x@a> "
			  "to=<a@b.example>"),
	  "192.0.2.7" T("02") "policy blocklist b.example\n" },
	{ "refused: labels",
	  AT("02") "postfix/smtpd[1]: NOQUEUE: reject: RCPT from "
		   "unknown[192.0.2.1]: 450 4.2.0 <a@b.example>: Recipient "
		   "address rejected: Greylisted; from=<x@a> to=<a@b.example> "
		   "proto=SMTP helo=<h>\n" AT(
			   "03") "postfix/smtpd[2]: NOQUEUE: reject: EHLO from "
				 "unknown[192.0.2.2]: 504 5.5.2 <User>: Helo "
				 "command "
				 "rejected: need fully-qualified hostname; "
				 "proto=SMTP "
				 "helo=<User>\n" AT(
					 "04") "postfix/smtpd[3]: NOQUEUE: "
					       "reject: RCPT from "
					       "unknown[192.0.2.3]: 450 4.1.8 "
					       "<x@a>: Sender address "
					       "rejected: Domain not found; "
					       "from=<x@a> to=<a@b.example> "
					       "proto=SMTP helo=<h>\n" AT(
						       "05") "postfix/"
							     "smtpd[4]: "
							     "warning: "
							     "Connection rate "
							     "limit exceeded: "
							     "31 from "
							     "h.example[192.0."
							     "2.4] for service "
							     "smtp\n" AT(
								     "06") "pos"
									   "tfi"
									   "x/"
									   "smt"
									   "pd["
									   "5]:"
									   " to"
									   "o "
									   "man"
									   "y "
									   "err"
									   "ors"
									   " af"
									   "ter"
									   " RC"
									   "PT "
									   "fro"
									   "m "
									   "h."
									   "exa"
									   "mpl"
									   "e["
									   "192"
									   ".0."
									   "2."
									   "5]"
									   "\n",
	  "192.0.2.1" T(
		  "02") "policy greylisted b.example\n"
			"192.0.2.2" T(
				"03") "policy helo -\n"
				      "192.0.2.3" T(
					      "04") "policy sender b.example\n"
						    "192.0.2.4" T(
							    "05") "policy rate "
								  "-\n"
								  "192.0.2.5" T(
									  "06") "policy errors -\n" },
	{ "a rule on trial refuses nothing",
	  AT("02") "postfix/smtpd[7]: NOQUEUE: reject_warning: RCPT from "
		   "a.example[192.0.2.7]: 554 5.7.1 <a@b.example>: Relay "
		   "access denied; from=<x@a> to=<a@b.example> proto=SMTP "
		   "helo=<h>\n",
	  "" },
	{ "one recipient refused, the message came",
	  AT("01") CONNECT AT("02") CLIENT AT(
		  "03") "postfix/smtpd[7]: AB12CD: reject: RCPT from "
			"a.example[192.0.2.7]: 550 5.1.1 <n@c.example>: "
			"Recipient "
			"address rejected: User unknown; from=<x@a> "
			"to=<n@c.example> proto=SMTP helo=<h>\n" AT("04")
				QUEUED AT("04") SENT("u@b.example", "") AT("05")
					REMOVED,
	  "192.0.2.7" T("03") "policy unknown-user c.example\n"
			      "192.0.2.7" T("02") "clean - b.example\n" },
	{ "in the talk: proxy-reject, whose talk the session knows",
	  AT("01") CONNECT AT("02") "postfix/smtpd[7]: proxy-reject: "
				    "END-OF-MESSAGE: 554 5.7.0 "
				    "Reject, id=11912-03 - INFECTED: "
				    "Worm.Sobig.F; from=<x@a> "
				    "to=<u@b.example> proto=ESMTP helo=<h>\n",
	  "192.0.2.7" T("02") "virus Sobig.F b.example\n" },
	{ "postscreen and dnsblog: a connection's listing counts once",
	  AT("01") "postfix/postscreen[4]: CONNECT from [192.0.2.7]:5001 to "
		   "[203.0.113.1]:25\n" AT(
			   "02") "postfix/dnsblog[5]: addr 192.0.2.7 listed by "
				 "domain "
				 "bl.example as 127.0.0.2\n" AT(
					 "02") "postfix/dnsblog[5]: addr "
					       "192.0.2.7 listed by domain "
					       "bl.example as 127.0.0.4\n" AT(
						       "02") "postfix/"
							     "dnsblog[6]: addr "
							     "192.0.2.7 listed "
							     "by domain "
							     "other.example as "
							     "127.0.0.4\n" AT("03") "postfix/postscreen[4]: DNSBL rank 3 for [192.0.2.7]:5001\n" AT(
								     "04") "pos"
									   "tfi"
									   "x/"
									   "pos"
									   "tsc"
									   "ree"
									   "n["
									   "4]:"
									   " NO"
									   "QUE"
									   "UE:"
									   " re"
									   "jec"
									   "t: "
									   "RCP"
									   "T "
									   "fro"
									   "m "
									   "[19"
									   "2."
									   "0."
									   "2."
									   "7]:"
									   "500"
									   "1: "
									   "550"
									   " 5."
									   "7."
									   "1 "
									   "Ser"
									   "vic"
									   "e "
									   "una"
									   "vai"
									   "lab"
									   "le;"
									   " cl"
									   "ien"
									   "t "
									   "[19"
									   "2."
									   "0."
									   "2."
									   "7] "
									   "blo"
									   "cke"
									   "d "
									   "usi"
									   "ng "
									   "bl."
									   "exa"
									   "mpl"
									   "e; "
									   "fro"
									   "m=<"
									   "x@"
									   "a>,"
									   " "
									   "to="
									   "<a@"
									   "b."
									   "exa"
									   "mpl"
									   "e>,"
									   " pr"
									   "oto"
									   "=ES"
									   "MTP"
									   ", "
									   "hel"
									   "o=<"
									   "h>"
									   "\n" AT("05") "postfix/postscreen[4]: DISCONNECT [192.0.2.7]:5001\n" AT(
										   "11") "postfix/postscreen[4]: CONNECT from [192.0.2.7]:5002 to "
											 "[203.0.113.1]:25\n" AT(
												 "12") "postfix/dnsblog[5]: addr 192.0.2.7 listed by domain "
												       "bl.example as 127.0.0.2\n",
	  "192.0.2.7" T(
		  "02") "listed bl.example -\n"
			"192.0.2.7" T(
				"02") "listed other.example -\n"
				      "192.0.2.7" T(
					      "04") "policy blocklist "
						    "b.example\n"
						    "192.0.2.7" T(
							    "12") "listed "
								  "bl.example "
								  "-\n" },
	{ "lists of good hosts, and a list that refuses to answer",
	  AT("02") "postfix/dnsblog[5]: addr 192.0.2.7 listed by domain "
		   "list.dnswl.org as 127.0.5.1\n" AT(
			   "03") "postfix/dnsblog[5]: addr 192.0.2.7 listed by "
				 "domain "
				 "bl.example as 127.255.255.254\n",
	  "" },
	{ "the client was gone: unknown[unknown]",
	  AT("02") "postfix/smtpd[7]: NOQUEUE: reject: CONNECT from "
		   "unk[unknown]: 421 4.7.1 Client host rejected: cannot find "
		   "your reverse hostname, [unknown]; proto=SMTP\n",
	  "" },
};

static void test_cases(void **state)
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

/* ----------------------------------------------------------------- hostile */

/* Lines with a place for what a sender can choose; the host is 192.0.2.7. */
static const char *const places[] = {
	(AT("01") REJECT("554 5.7.1 <%s>: Relay access denied; from=<x@a> "
			 "to=<%s>")),
	(AT("01") REJECT("450 4.1.8 <%s>: Sender address rejected: Domain not "
			 "found; from=<%s> to=<a@b.example>")),
	(AT("01") "postfix/smtpd[7]: NOQUEUE: reject: RCPT from "
		  "a.example[192.0.2.7]: 504 5.5.2 <h>: Helo command rejected: "
		  "bad; from=<x@a> to=<a@b.example> proto=SMTP helo=<%s>\n"),
	(AT("01") CLIENT
		 AT("02") "postfix/cleanup[5]: AB12CD: message-id=<%s>\n" AT(
			 "03") "postfix/qmgr[2]: AB12CD: from=<%s>, size=9, "
			       "nrcpt=1 (queue "
			       "active)\n" AT("04") REMOVED),
	(AT("01") CLIENT AT(
		"02") "postfix/cleanup[5]: AB12CD: reject: header Subject: %s "
		      "from "
		      "a.example[192.0.2.7]; from=<x@a> to=<%s> proto=ESMTP "
		      "helo=<h>: no\n"),
	(AT("01") CLIENT AT("02") QUEUED AT(
		"03") "postfix/smtp[9]: AB12CD: to=<%s>, relay=mx.b.example"
		      "[198.51.100.3]:25, delay=1, status=bounced (host "
		      "mx.b.example[198.51.100.3] said: 550 %s)\n" AT("04")
			      REMOVED),
	(AT("01") CLIENT AT("02") QUEUED AT("03") FILTERED(
		"status=bounced (host 127.0.0.1[127.0.0.1] said: 550 %s (in "
		"reply to end of DATA command))") AT("04") REMOVED),
	(AT("01") "postfix/smtpd[7]: AB12CD: client=a.example[192.0.2.7], "
		  "sasl_method=PLAIN, sasl_username=%s\n" AT("02") QUEUED),
	(AT("01") "postfix/smtpd[7]: AB12CD: client=a.example[192.0.2.7], "
		  "sasl_sender=%s\n" AT("02") QUEUED),
	(AT("01") "postfix/cleanup[5]: AB12CD: milter-reject: END-OF-MESSAGE "
		  "from a.example[192.0.2.7]: 5.7.1 Spam %s; from=<%s> "
		  "to=<u@b.example> proto=ESMTP helo=<h>\n"),
	(AT("01") "postfix/postscreen[4]: NOQUEUE: reject: RCPT from "
		  "[192.0.2.7]:5001: 550 5.7.1 Service unavailable; client "
		  "[192.0.2.7] blocked using bl.example; from=<%s>, to=<%s>, "
		  "proto=ESMTP, helo=<%s>\n"),
	(AT("01") CLIENT AT(
		"02") "amavis[1]: (1-02) Blocked BANNED (%s) "
		      "{DiscardedInbound}, "
		      "[192.0.2.7]:5 [203.0.113.9] <%s> -> <%s>, (ESMTP://x), "
		      "quarantine: q, Queue-ID: AB12CD, Message-ID: <%s>, "
		      "mail_id: "
		      "x, Hits: 1, size: 2, Subject: \"%s\"\n" AT("03")
			      QUEUED AT("04") REMOVED),
	(AT("01") "amavis[1]: (1-02) Blocked SPAM {DiscardedInbound}, "
		  "[192.0.2.7]:5 [203.0.113.9] <x@a> -> <u@b.example>, "
		  "(ESMTP://x), quarantine: q, Message-ID: <%s>, mail_id: x, "
		  "Hits: 1, size: 2, Subject: \"%s\", From: <%s>\n"),
	(AT("01") "amavis[1]: (1-02) Blocked BANNED (%s) {DiscardedInbound}, "
		  "[192.0.2.7]:5 [203.0.113.9] <%s> -> <%s>, Message-ID: "
		  "<%s>, mail_id: x, Subject: \"%s\"\n" AT("02") CLIENT AT("03")
			  QUEUED),
};

static const char *const hostile[] = {
	"a[203.0.113.5]",
	"a@b; client=c[203.0.113.5]",
	"\"a[203.0.113.5]\"@b.example",
	"> to=<a@c.example> proto=SMTP helo=<[203.0.113.5]",
	"\"> to=<a@c.example> [203.0.113.5]:25\"@b",
	", orig_client=c.example[203.0.113.5]",
	", orig_queue_id=EF34AB, orig_client=c.example[203.0.113.5]",
	("x from c.example[203.0.113.5]: 554 5.7.1 Service unavailable; Client "
	 "host [203.0.113.5] blocked using bl.example"),
	"; Client host [203.0.113.5] blocked using bl.example; from=<",
	"queued as AB12CD",
	"id=1-1 - INFECTED: Sobig.F queued as EF34AB",
	"Passed CLEAN, [203.0.113.5] <a@b> -> <c@d>, Queue-ID: AB12CD",
	"(203.0.113.5)\\\"",
	"x), [203.0.113.5] <a@b> -> <c@d>, Queue-ID: EF34AB, y",
	"x) {DiscardedInbound}, [203.0.113.5]:1 <a@b> -> <c@d>, Message-ID: <",
	"x>, queued_as: AB12CD, mail_id: <",
	"NOQUEUE: reject: RCPT from c.example[203.0.113.5]: 554",
};

static void fill(struct buf *out, const char *place, const char *text)
{
	struct bytes rest = bytes_of_text(place);

	while (rest.len > 0) {
		size_t at = bytes_find_text(rest, "%s");

		buf_add(out, rest.ptr, at);
		if (at < rest.len) {
			buf_add_text(out, text);
			at += 2;
		}
		rest = bytes_from(rest, at);
	}
}

/* Nothing that a sender chooses moves an event to another host. */
static void test_hostile(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(places) * N_ROWS(hostile); i++) {
		const char *place = places[i / N_ROWS(hostile)];
		struct buf text = { 0 };
		struct run run;

		/* Somebody else's message is open, to be stolen. */
		buf_add_text(&text, AT("00") "postfix/smtpd[6]: EF34AB: client="
					     "localhost[127.0.0.1]\n");
		fill(&text, place, hostile[i % N_ROWS(hostile)]);
		row_is(hostile[i % N_ROWS(hostile)]);
		run_init(&run);
		assert_int_equal(
			0, run_feed(&run, "mail.log", buf_bytes(&text), 0));
		assert_int_equal(0, run_finish(&run));
		assert_true(run.n > 0);
		for (size_t k = 0; k < run.n; k++)
			assert_int_equal(0xc0000207, run.events[k].host);
		buf_deinit(&text);
		run_deinit(&run);
	}
}

/* A name with brackets in it: the address is the last group of the word. */
static void test_names_with_brackets(void **state)
{
	static const char *const names[] = {
		"foo[203.0.113.5]",    "[203.0.113.5]", "foo[203.0.113.5].x",
		"foo[203.0.113.5]:25", "]foo[",		"foo]",
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(names); i++) {
		struct buf text = { 0 };
		struct run run;

		row_is(names[i]);
		buf_printf(&text,
			   AT("01") "postfix/smtpd[7]: AB12CD: "
				    "client=%s[192.0.2.7]\n" AT("02") REMOVED,
			   names[i]);
		run_init(&run);
		assert_int_equal(
			0, run_feed(&run, "mail.log", buf_bytes(&text), 0));
		assert_int_equal(0, run_finish(&run));
		for (size_t k = 0; k < run.n; k++)
			assert_int_equal(0xc0000207, run.events[k].host);
		buf_deinit(&text);
		run_deinit(&run);
	}
}

/* ------------------------------------------------------------------- years */

#define BSD_CLIENT(stamp, id) \
	stamp " mx1 postfix/smtpd[7]: " id ": client=a.example[192.0.2.7]\n"
#define BSD_REMOVED(stamp, id) stamp " mx1 postfix/qmgr[2]: " id ": removed\n"
#define BSD(stamp, id)	       BSD_CLIENT(stamp, id) BSD_REMOVED(stamp, id)

static const struct {
	const char *name;
	int year;
	const char *mtime;
	const char *text;
	const char *want;
} years[] = {
	{ "of the file's age", 0, "2021-03-06T00:00:00Z",
	  BSD("Mar  5 01:02:03", "AB12CD"),
	  "192.0.2.7 2021-03-05T01:02:03Z clean - -\n" },
	{ "not yet this year", 0, "2021-03-06T00:00:00Z",
	  BSD("Apr  5 01:02:03", "AB12CD"),
	  "192.0.2.7 2020-04-05T01:02:03Z clean - -\n" },
	{ "the new year in the middle", 0, "2021-01-02T00:00:00Z",
	  BSD("Dec 31 23:59:59", "AB12CD") BSD("Jan  1 00:00:01", "EF34AB"),
	  "192.0.2.7 2020-12-31T23:59:59Z clean - -\n"
	  "192.0.2.7 2021-01-01T00:00:01Z clean - -\n" },
	{ "a straggler of the old year", 0, "2021-01-02T00:00:00Z",
	  BSD("Jan  1 00:00:01", "AB12CD") BSD("Dec 31 23:59:59", "EF34AB")
		  BSD("Jan  1 00:00:02", "EF34CC"),
	  "192.0.2.7 2021-01-01T00:00:01Z clean - -\n"
	  "192.0.2.7 2020-12-31T23:59:59Z clean - -\n"
	  "192.0.2.7 2021-01-01T00:00:02Z clean - -\n" },
	{ "more than a year: the first guess was too late", 0,
	  "2021-03-01T00:00:00Z",
	  BSD("Feb  1 01:02:03", "AB12CD") BSD("Nov  1 01:02:03", "AB12CE")
		  BSD("Feb  2 01:02:03", "AB12CF"),
	  "192.0.2.7 2020-02-01T01:02:03Z clean - -\n"
	  "192.0.2.7 2020-11-01T01:02:03Z clean - -\n"
	  "192.0.2.7 2021-02-02T01:02:03Z clean - -\n" },
	{ "only a leap year has this day", 0, "2023-03-01T00:00:00Z",
	  BSD("Feb 28 01:02:03", "AB12CD") BSD("Feb 29 01:02:03", "AB12CE"),
	  "192.0.2.7 2020-02-28T01:02:03Z clean - -\n"
	  "192.0.2.7 2020-02-29T01:02:03Z clean - -\n" },
	{ "given", 2003, "2021-03-06T00:00:00Z",
	  BSD("Dec 31 01:02:03", "AB12CD") BSD("Jan  1 01:02:03", "AB12CE"),
	  "192.0.2.7 2003-12-31T01:02:03Z clean - -\n"
	  "192.0.2.7 2004-01-01T01:02:03Z clean - -\n" },
};

static void test_years(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(years); i++) {
		struct run run;
		int64_t mtime;
		bool zone;
		char *got;

		row_is(years[i].name);
		run_init(&run);
		run.options.year = years[i].year;
		run.options.timezone = "UTC";
		assert_int_equal(0, time_parse(bytes_of_text(years[i].mtime),
					       &mtime, &zone));
		assert_int_equal(0,
				 run_feed_at(&run, "mail.log", mtime,
					     bytes_of_text(years[i].text), 0));
		assert_int_equal(0, run_finish(&run));
		got = run_print(&run);
		assert_string_equal(years[i].want, got);
		free(got);
		run_deinit(&run);
	}
}

/* --------------------------------------------------------------- accounting */

static void test_accounts(void **state)
{
	const struct read_account *a;
	struct run run;

	(void)state;
	run_init(&run);
	assert_int_equal(
		0,
		run_feed(&run, "mail.log",
			 bytes_of_text(
				 AT("01") CONNECT AT("02") CLIENT AT("03")
					 QUEUED AT("04") REMOVED
				 "this is no syslog\n" AT(
					 "04") "CRON[3]: (root) CMD "
					       "(true)\n" AT("04") "postfix/"
								   "smtpd[7]: "
								   "never seen "
								   "before\n"),
			 0));
	assert_int_equal(0, run_finish(&run));
	a = run_account(&run, "postfix");
	assert_int_equal(7, a->n_units);
	assert_int_equal(3, a->n_used);
	assert_int_equal(2, a->n_ignored);
	assert_int_equal(2, a->n_unknown);
	assert_int_equal(1, a->n_events);
	assert_true(run_adds_up(&run));
	run_deinit(&run);
}

/* No template may hide a line that says a verdict and that we cannot read. */
static void test_verdicts_are_never_ignored(void **state)
{
	static const char *const lines[] = {
		"postfix/smtpd[7]: NOQUEUE: reject: RCPT from nobody: 550 no",
		"postfix/smtpd[7]: NOQUEUE: milter-reject: RCPT from nobody: x",
		"postfix/smtpd[7]: NOQUEUE: discard: RCPT from nobody: x",
		"postfix/cleanup[5]: AB12CD: milter-reject: DATA from x: 5.7.1",
		"postfix/postscreen[9]: NOQUEUE: reject: RCPT from nobody: x",
		"amavis[1]: (123-04) Blocked SPAM and no more",
		"amavis[1]: (123-04) INFECTED (Sobig.F",
	};
	const size_t n = sizeof(lines) / sizeof(*lines);
	struct buf text = { 0 };
	struct run run;

	(void)state;
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, AT("01") "%s\n", lines[i]);
	run_init(&run);
	assert_int_equal(0, run_feed(&run, "mail.log", buf_bytes(&text), 0));
	assert_int_equal(0, run_finish(&run));
	assert_int_equal(n, run_account(&run, "postfix")->n_unknown);
	assert_int_equal(0, run.n);
	buf_deinit(&text);
	run_deinit(&run);
}

/* Rules that only note, and what an administrator does by hand */
static void test_newer_forms_are_known(void **state)
{
	static const char text[] = AT(
		"01") "postfix/cleanup[5]: AB12CD: pass: header Subject: x "
		      "from a.example[192.0.2.7]; from=<a@b> to=<u@b>\n" AT(
			      "01") "postfix/postsuper[5]: AB12CD: "
				    "expired\n" AT("01") "postfix/"
							 "postsuper[5]: "
							 "Expired: 1 message\n";
	struct run run;

	(void)state;
	run_init(&run);
	assert_int_equal(0, run_feed(&run, "mail.log", bytes_of_text(text), 0));
	assert_int_equal(0, run_finish(&run));
	assert_int_equal(3, run_account(&run, "postfix")->n_ignored);
	run_deinit(&run);
}

/* What is open is bounded: the oldest goes, and is given out. */
static void test_bounded(void **state)
{
	const unsigned n = (1u << 18) + 1000;
	struct buf text = { 0 };
	struct run run;

	(void)state;
	for (unsigned i = 0; i < n; i++)
		buf_printf(&text,
			   AT("01") "postfix/smtpd[7]: %08X: client="
				    "a.example[192.0.2.7]\n" AT(
					    "01") "postfix/qmgr[2]: %08X: "
						  "from=<x@a>, "
						  "size=9, nrcpt=1 (queue "
						  "active)\n",
			   i, i);
	run_init(&run);
	assert_int_equal(0, run_feed(&run, "mail.log", buf_bytes(&text), 0));
	assert_true(run_account(&run, "postfix")->n_events >= 1000);
	assert_int_equal(0, run_finish(&run));
	assert_int_equal(n, run.n);
	buf_deinit(&text);
	run_deinit(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_names_with_brackets),
		cmocka_unit_test(test_years),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_verdicts_are_never_ignored),
		cmocka_unit_test(test_newer_forms_are_known),
		cmocka_unit_test(test_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
