/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One Received line: whose address it names, and that no HELO, ident, login or
 * envelope of a sender can make it name another, or none.
 */
#include "test.h"

#include "host/host.h"
#include "event/event.h"
#include "read/maildate.h"
#include "read/received.h"

/* ------------------------------------------------------------------- dates */

static void dates(void **state)
{
	static const struct {
		const char *text;
		const char *want; /* NULL: none */
		bool want_zone;
	} rows[] = {
		{ "Thu, 22 Aug 2002 07:36:16 -0400 (EDT)",
		  "2002-08-22T11:36:16Z", true },
		{ "22 Aug 2002 11:46:30 -0000", "2002-08-22T11:46:30Z", true },
		{ "Fri, 9 Aug 02 13:27:22 +0100", "2002-08-09T12:27:22Z",
		  true },
		{ "Thu, 9 Aug 49 13:27 GMT", "2049-08-09T13:27:00Z", true },
		{ "9 Aug 99 13:27 Z", "1999-08-09T13:27:00Z", true },
		{ "9 Aug 103 13:27 UT", "2003-08-09T13:27:00Z", true },
		{ "Wed Aug 28 10:45:49 2002 +0100", "2002-08-28T09:45:49Z",
		  true },
		{ "Wed Aug 28 10:45:49 2002", "2002-08-28T10:45:49Z", false },
		{ "Wed Aug  8 10:45:49 EST 2002", "2002-08-08T15:45:49Z",
		  true },
		{ "22-Aug-2002 10:00:00 PDT", "2002-08-22T17:00:00Z", true },
		{ "Mon, 02 Sep 2002 01:07:29 -08:00", "2002-09-02T09:07:29Z",
		  true },
		{ "(a (b) c) Thu,22 August 2002 7:36 (x) MST",
		  "2002-08-22T14:36:00Z", true },
		{ "22 Aug 2002 10:00:00 GMT+0100", "2002-08-22T09:00:00Z",
		  true },
		{ "22 Aug 2002 10:00:00 A", "2002-08-22T10:00:00Z", true },
		{ "31 Dec 1998 23:59:60 +0000", "1999-01-01T00:00:00Z", true },
		{ "29 Feb 2004 00:00:00 +0000", "2004-02-29T00:00:00Z", true },
		{ "29 Feb 2003 00:00:00 +0000", NULL, false },
		{ "31 Apr 2003 00:00:00 +0000", NULL, false },
		{ "0 Apr 2003 00:00:00 +0000", NULL, false },
		{ "1 Apr 1969 00:00:00 +0000", NULL, false },
		{ "1 Apr 2003 24:00:00 +0000", NULL, false },
		{ "1 Apr 2003 00:60:00 +0000", NULL, false },
		{ "1 Apr 2003 00:00:00 +0060", NULL, false },
		{ "1 Apr 2003 00:00:00 +2400", NULL, false },
		{ "1 Apr 2003 00:00:00 +0000 and more", NULL, false },
		{ "1 Apr 2003", NULL, false },
		{ "22/08/2002 10:25:57", NULL, false },
		{ "1 Foo 2003 00:00:00 +0000", NULL, false },
		{ "Sep, 11 2002 9:22:08 PM -0200", NULL, false },
		{ "", NULL, false },
		{ "(", NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		char text[TIME_TEXT_MAX] = "";
		bool has_zone = false;
		int64_t time;
		int err;

		row_is(rows[i].text);
		err = maildate_parse(bytes_of_text(rows[i].text), &time,
				     &has_zone);
		assert_int_equal(err == 0, rows[i].want != NULL);
		if (err < 0)
			continue;
		time_format(time, text);
		assert_string_equal(text, rows[i].want);
		assert_int_equal(has_zone, rows[i].want_zone);
	}
}

/* ------------------------------------------------------------------- lines */

#define DATE  "; Thu, 22 Aug 2002 07:36:16 -0400 (EDT)"
#define LOCAL "local"
#define NONE  "none"

static const struct {
	const char *line;
	const char *want; /* address, LOCAL, NONE; NULL: mangled */
} lines[] = {
	/* Sendmail */
	{ "from listman.example.com (listman.example.com [192.0.2.7]) by "
	  "mx.example.org (8.11.6/8.11.6) with ESMTP id g7 for <a@b.c>" DATE,
	  "192.0.2.7" },
	{ "from ratree.example.th ([192.0.2.7]) by mx (8.11.6) with SMTP" DATE,
	  "192.0.2.7" },
	{ "from red (red [192.0.2.7] (may be forged)) by web.tb.tf (8.11.6)"
	  " with ESMTP id g7" DATE,
	  "192.0.2.7" },
	{ "from x (IDENT:+BhY/+@jump.example.com [192.0.2.7]) by mx" DATE,
	  "192.0.2.7" },
	{ "from x (IDENT:squid@[192.0.2.7]) by mx (8.11.6) with SMTP" DATE,
	  "192.0.2.7" },
	{ "from pluto (p218.example.net [192.0.2.7]) (authenticated bits=0) by "
	  "home" DATE,
	  "192.0.2.7" },
	{ "from [203.0.113.9] (ptr.example.com [192.0.2.7]) by mx" DATE,
	  "192.0.2.7" },
	{ "from 203.0.113.9 (203.0.113.9 [192.0.2.7]) by mx" DATE,
	  "192.0.2.7" },
	{ "(from mail@localhost) by mx (8.11.6/8.11.6) id g7 for a@b" DATE,
	  LOCAL },
	/* Postfix */
	{ "from helo (unknown [192.0.2.7])\n\tby mx (Postfix) with ESMTP id "
	  "6EF\n\tfor <a@b.c>" DATE,
	  "192.0.2.7" },
	{ "from c (unknown [192.0.2.7])\r\n\t(Authenticated sender: "
	  "a@b.c)\r\n\tby mx (Postfix) with ESMTPA" DATE,
	  "192.0.2.7" },
	{ "from c (p.example.com [192.0.2.7]) (using TLSv1.2 with cipher "
	  "ECDHE-RSA-AES128-GCM-SHA256 (128/128 bits)) (No client certificate "
	  "requested) by mx (Postfix) with ESMTPS" DATE,
	  "192.0.2.7" },
	{ "from c (p.example.com [IPv6:2001:db8:1:2::3]) by mx (Postfix)" DATE,
	  "2001:db8:1:2::/64" },
	{ "from localhost (localhost [127.0.0.1]) by mx (Postfix)" DATE,
	  "127.0.0.1" },
	{ "from x (localhost [IPv6:::1]) by mx (Postfix)" DATE, "127.0.0.1" },
	{ "by mx.example.jp (Postfix, from userid 500) id 4F57" DATE, LOCAL },
	/* Exim */
	{ "from [192.0.2.7] (helo=permafrost.net) by mx with esmtp (Exim 3.35 "
	  "#1 (Debian)) id 17h for <f@x.com>" DATE,
	  "192.0.2.7" },
	{ "from [192.0.2.7] (port=4321 helo=[203.0.113.9]) by mx with esmtp "
	  "(Exim 4.50)" DATE,
	  "192.0.2.7" },
	{ "from [192.0.2.7] by mx with esmtp (Exim 4.50) id 1" DATE,
	  "192.0.2.7" },
	{ "from ptr.example.net ([192.0.2.7] helo=x.example) by mx with esmtp "
	  "(Exim 3.31) id 1" DATE,
	  "192.0.2.7" },
	{ "from ptr.example.net ([192.0.2.7]:45321 helo=User) by mx with "
	  "esmtpa (Exim 4.87) (envelope-from <a@b.c>) id 1b" DATE,
	  "192.0.2.7" },
	{ "from ptr ([192.0.2.7] helo=[203.0.113.9] ident=[F9p+X]) by mx" DATE,
	  "192.0.2.7" },
	{ "from mail by mx with local (Exim 4.80) id 1" DATE, LOCAL },
	/* qmail */
	{ "from unknown (HELO mailgateway.example.com) (192.0.2.7) by mx with "
	  "SMTP; 22 Aug 2002 11:46:29 -0000",
	  "192.0.2.7" },
	{ "from unknown (HELO ) (192.0.2.7)\n  by mx with SMTP" DATE,
	  "192.0.2.7" },
	{ "from unknown (HELO 203.0.113.9) (192.0.2.7) by mx with SMTP" DATE,
	  "192.0.2.7" },
	{ "from unknown (HELO [203.0.113.9]) (u@192.0.2.7) by mx" DATE,
	  "192.0.2.7" },
	{ "from smtp2.example.it (192.0.2.7)\n  by mx with SMTP" DATE,
	  "192.0.2.7" },
	{ "from unknown (HELO se7en.org) ([192.0.2.7]) (envelope-sender "
	  "<m@t.com>) by 0 (qmail-ldap-1.03) with SMTP for <r@f.net>" DATE,
	  "192.0.2.7" },
	{ "from unknown (HELO mfw2k) (mf42@192.0.2.7 with login) by smtp" DATE,
	  "192.0.2.7" },
	{ "(qmail 11764 invoked from network); 22 Aug 2002 11:46:29 -0000",
	  LOCAL },
	{ "(qmail 4141 invoked by uid 104); 22 Aug 2002 15:25:57 -0000",
	  LOCAL },
	{ "from a@b.c by mx.example.com by uid 1005 with qmail-scanner-1.10 "
	  "(avp. Clear:0. Processed in 0.07 secs); 23 Aug 2002 07:44:19 -0000",
	  LOCAL },
	/* Exchange, IBM, CommuniGate, others */
	{ "from apiron.example.com (192.0.2.7) by HUB.correo.local (10.1.2.3) "
	  "with Microsoft SMTP Server id 14.3.498.0" DATE,
	  "192.0.2.7" },
	{ "from X.outlook.com (2001:db8:7:3d::31) by Y.outlook.com "
	  "(2001:db8:9::28) with Microsoft SMTP Server (version=TLS1_2, "
	  "cipher=X) id 15.20" DATE,
	  "2001:db8:7:3d::/64" },
	{ "from a.local ([fe80::5efe%13]) by b.local ([fe80::1%12]) with "
	  "mapi" DATE,
	  "fe80::/64" },
	{ "from endeavors.com ([192.0.2.7] RDNS failed) by mx with Microsoft "
	  "SMTPSVC(5.0.2195.5329)" DATE,
	  "192.0.2.7" },
	{ "from [192.0.2.7] (HELO bilbo) by mx (CommuniGate Pro SMTP 3.5.7) "
	  "with ESMTP id 78 for i@l.ie" DATE,
	  "192.0.2.7" },
	{ "from [192.0.2.7] (account a@b.c HELO x.tin.it) by mx (CommuniGate "
	  "Pro SMTP 4.1) with ESMTPA id 24" DATE,
	  "192.0.2.7" },
	{ "from mail.dnet (unverified [192.0.2.7]) by mx (Vircom SMTPRS)" DATE,
	  "192.0.2.7" },
	{ "from unknown(192.0.2.7) by gw via smap (V2.0) id xm" DATE,
	  "192.0.2.7" },
	{ "from mail-x.google.com (mail-x.google.com. [192.0.2.7]) by "
	  "mx.google.com with ESMTPS id z1 for <a@b.c> (version=TLS1_3)" DATE,
	  "192.0.2.7" },
	{ "by 10.231.12.11 with SMTP id v11cs114356ibv" DATE, LOCAL },
	{ "from nyaan ([local]) by nyaan (OpenSMTPD) with ESMTPA id f" DATE,
	  "127.0.0.1" },
	{ "from filter.example.com ([127.0.0.1]) by localhost (filter [127.0.0"
	  ".1]) (amavisd-new, port 10024) with ESMTP id x" DATE,
	  "127.0.0.1" },
	/* steps that are no connection */
	{ "from mx.example.com [192.0.2.7] by localhost with IMAP "
	  "(fetchmail-5.9.0) for a@b (single-drop)" DATE,
	  LOCAL },
	{ "from mx.example.com [192.0.2.7] by localhost with POP3 "
	  "(fetchmail-6.2.5)" DATE,
	  LOCAL },
	{ "from 192.0.2.8 ([192.0.2.8] as evil06) by mail (Vircom POPDOWN "
	  "1.4.232) with POP" DATE,
	  LOCAL },
	{ "from mx.example.com ([192.0.2.7]) by store with LMTP id x" DATE,
	  LOCAL },
	{ "from localhost [127.0.0.1] by mx with SpamAssassin (2.60)" DATE,
	  LOCAL },
	/* a host, but its address is not told */
	{ "from exchange1.cps.local (unverified) by mx with ESMTP id x" DATE,
	  NONE },
	{ "from helo by mx with SMTP" DATE, NONE },
	{ "from [192.0.2.7] by mx with SMTP" DATE, NONE },
	{ "from helo [192.0.2.7] by mx with SMTPBeamer v3.30" DATE, NONE },
	{ "by mail.example.com from localhost (router,SLMail V3.2)" DATE,
	  NONE },
	{ "from localhost (paul@localhost) by fogarty (8.11.6)" DATE, NONE },
	/* mangled */
	{ "", NULL },
	{ ";", NULL },
	{ "from helo (ptr [192.0.2.7]", NULL },
	{ "from helo (ptr [192.0.2.7])" DATE, NULL },
	{ "from helo (ptr [192.0.2.700]) by mx" DATE, NULL },
	{ "from helo (ptr [AA.BB.CC.53]) by mx" DATE, NULL },
	{ "from helo (ptr [192.0.2.7]) by mx) with SMTP" DATE, NULL },
	{ "from helo (ptr [192.0.2.7]) (p2 [192.0.2.8]) by mx" DATE, NULL },
	{ "from helo (ptr [192.0.2.7] [192.0.2.8]) by mx" DATE, NULL },
	{ "from a (b [192.0.2.7]) by c (d [192.0.2.8]) by mx" DATE, NULL },
	{ "from a (b [192.0.2.7]) by c; Thu, 22 Aug 2002 07:36:16 -0400 (d "
	  "[192.0.2.8]) by mx with SMTP" DATE,
	  NULL },
	{ "from a (b [192.0.2.7]) by c for <x (d [192.0.2.8]) by mx for "
	  "<a@b.c>" DATE,
	  NULL },
	{ "from mx6.example.net from [192.0.2.7] by mx with esmtp" DATE, NULL },
};

static void received_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(lines); i++) {
		char host[HOST_TEXT_MAX] = "";
		struct received r;

		row_is(lines[i].line);
		received_parse(bytes_of_text(lines[i].line), &r);
		host_format(r.host, host);
		assert_string_equal(r.kind == RECEIVED_HOST	    ? host
				    : r.kind == RECEIVED_LOCAL	    ? LOCAL
				    : r.kind == RECEIVED_NO_ADDRESS ? NONE
								    : "mangled",
				    lines[i].want ? lines[i].want : "mangled");
	}
}

static void time_and_recipient(void **state)
{
	struct received r;

	(void)state;
	received_parse(bytes_of_text(lines[0].line), &r);
	assert_true(r.has_time);
	assert_int_equal(r.time, time_from_civil(2002, 8, 22, 11, 36, 16));
	assert_true(bytes_is(r.recipient, "a@b.c"));
	received_parse(bytes_of_text("from a (b [192.0.2.7]) by c with SMTP; "
				     "Thu, 22 Aug 2002 07:36:16"),
		       &r);
	assert_int_equal(r.kind, RECEIVED_HOST);
	assert_false(r.has_time); /* no zone: nobody knows */
}

static void private_addresses(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} rows[] = {
		{ "10.0.0.1", true },	  { "11.0.0.1", false },
		{ "172.16.0.1", true },	  { "172.31.255.255", true },
		{ "172.15.0.1", false },  { "172.32.0.1", false },
		{ "192.168.7.7", true },  { "192.169.0.1", false },
		{ "169.254.1.1", true },  { "127.0.0.1", true },
		{ "0.0.0.0", true },	  { "fd00::1", true },
		{ "fc12:3456::1", true }, { "fe80::1", true },
		{ "febf::1", true },	  { "fec0::1", false },
		{ "2001:db8::1", false }, { "192.0.2.7", false },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		uint64_t host;

		row_is(rows[i].text);
		assert_int_equal(host_parse(bytes_of_text(rows[i].text), &host),
				 0);
		assert_int_equal(received_is_private(host), rows[i].want);
	}
}

/* ---------------------------------------------------------- hostile senders */

/* What servers write; % is the sender's, as if nothing cleaned it. */
static const char *const servers[] = {
	"from % (ptr.example [192.0.2.1])\n\tby mx (Postfix) with ESMTP id 4D"
	"\n\tfor <a@b.c>; Mon,  5 May 2003 10:00:00 +0200 (CEST)",
	"from % (unknown [192.0.2.1]) by mx (Postfix) with SMTP id 4D;"
	" Mon,  5 May 2003 10:00:00 +0200 (CEST)",
	"from % ([192.0.2.1]) by mx (8.12.9/8.12.9) with ESMTP id h4"
	"; Mon, 5 May 2003 10:00:00 +0200",
	"from % (u@ptr [192.0.2.1] (may be forged)) by mx (8.12.9/8.12.9) with "
	"ESMTP id h4 for <a@b.c>; Mon, 5 May 2003 10:00:00 +0200",
	"from helo (%@ptr [192.0.2.1]) by mx (8.12.9/8.12.9) with ESMTP id h4"
	"; Mon, 5 May 2003 10:00:00 +0200",
	"from ptr ([192.0.2.1]:4321 helo=%) by mx with esmtp (Exim 4.50) id 1D "
	"for a@b.c; Mon, 05 May 2003 10:00:00 +0200",
	"from ptr ([192.0.2.1] helo=x ident=%) by mx with esmtp (Exim 4.50) id "
	"1D; Mon, 05 May 2003 10:00:00 +0200",
	"from [192.0.2.1] (helo=%) by mx with smtp (Exim 4.50) (envelope-from "
	"<a@b.c>) id 1D; Mon, 05 May 2003 10:00:00 +0200",
	"from [192.0.2.1] (port=99 helo=%) by mx with smtp (Exim 4.50) id 1D"
	"; Mon, 05 May 2003 10:00:00 +0200",
	"from unknown (HELO %) (192.0.2.1)\n  by mx with SMTP"
	"; 5 May 2003 08:00:00 -0000",
	"from unknown (HELO %) ([192.0.2.1]) (envelope-sender <a@b.c>) by 0 "
	"(qmail-ldap-1.03) with SMTP for <d@e.f>; 5 May 2003 08:00:00 -0000",
	"from unknown (HELO x) ([192.0.2.1]) (envelope-sender <%>) by 0 "
	"(qmail-ldap-1.03) with SMTP for <d@e.f>; 5 May 2003 08:00:00 -0000",
	"from % (192.0.2.1) by MX.local (10.0.0.1) with Microsoft SMTP Server "
	"id 8.1.1; Mon, 5 May 2003 10:00:00 +0200",
	"from [192.0.2.1] (HELO %) by mx (CommuniGate Pro SMTP 4.1) with ESMTP "
	"id 1 for a@b.c; Mon, 05 May 2003 10:00:00 +0200",
	"from [192.0.2.1] (account % HELO x) by mx (CommuniGate Pro SMTP 4.1) "
	"with ESMTP id 1; Mon, 05 May 2003 10:00:00 +0200",
	"from x (unknown [192.0.2.1]) (Authenticated sender: %) by mx (Postfix)"
	" with ESMTPA; Mon, 05 May 2003 10:00:00 +0200",
	"from x (unknown [192.0.2.1]) by mx (envelope-from <%>) with ESMTP"
	"; Mon, 05 May 2003 10:00:00 +0200",
	"from x (unknown [192.0.2.1]) by mx with ESMTP for <%>"
	"; Mon, 05 May 2003 10:00:00 +0200",
};

/* What a sender may try, put together in every order */
static const char *const tricks[] = {
	"x",
	" ",
	"(",
	")",
	"<",
	">",
	"[5.6.7.8]",
	"(y [5.6.7.8])",
	"(5.6.7.8)",
	" by z",
	" with local",
	" (fetchmail-6.0)",
	"; Mon, 5 May 2003 09:00:00 +0200",
	"helo=",
	") (5.6.7.8",
	"HELO ",
	"from ",
	" by uid 1 with qmail-scanner",
	"5.6.7.8",
	"@",
	"\"",
	"\\",
	"[",
	"]",
};

/* The true host, or nobody; nor may the line pass for a step of our own. */
static struct received check_hostile(const char *server, struct bytes trick)
{
	struct buf line = { 0 };
	struct bytes rest = bytes_of_text(server);
	struct received r;

	buf_add_bytes(&line, bytes_cut(&rest, '%'));
	buf_add_bytes(&line, trick);
	buf_add_bytes(&line, rest);
	received_parse(buf_bytes(&line), &r);
	if (r.kind == RECEIVED_LOCAL ||
	    (r.kind == RECEIVED_HOST && r.host != 0xc0000201)) {
		print_error("charged to the wrong host: %.*s\n",
			    BYTES_ARG(buf_bytes(&line)));
		fail();
	}
	buf_deinit(&line);
	return r;
}

/* An honest sender is charged by every one of them. */
static void honest_senders(void **state)
{
	static const char *const names[] = { "x", "mail.example.com",
					     "5.6.7.8" };

	(void)state;
	for (size_t k = 0; k < N_ROWS(servers); k++)
		for (size_t i = 0; i < N_ROWS(names); i++) {
			row_is(servers[k]);
			assert_int_equal(check_hostile(servers[k],
						       bytes_of_text(names[i]))
						 .kind,
					 RECEIVED_HOST);
		}
}

static void add_trick(struct buf *b, uint64_t number, size_t n)
{
	for (size_t i = 0; i < n; i++, number /= N_ROWS(tricks))
		buf_add_text(b, tricks[number % N_ROWS(tricks)]);
}

static void hostile_senders(void **state)
{
	uint64_t n_all = N_ROWS(tricks) * N_ROWS(tricks) * N_ROWS(tricks);

	(void)state;
	for (size_t k = 0; k < N_ROWS(servers); k++) {
		struct buf b = { 0 };

		for (uint64_t i = 0; i < n_all; i++) {
			b.len = 0;
			add_trick(&b, i, 3);
			check_hostile(servers[k], buf_bytes(&b));
		}
		for (uint64_t i = 0; i < 20000; i++) {
			b.len = 0;
			add_trick(&b, hash_mix(i * 77 + k), 4 + i % 9);
			check_hostile(servers[k], buf_bytes(&b));
		}
		buf_deinit(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates),
		cmocka_unit_test(received_lines),
		cmocka_unit_test(time_and_recipient),
		cmocka_unit_test(private_addresses),
		cmocka_unit_test(honest_senders),
		cmocka_unit_test(hostile_senders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
