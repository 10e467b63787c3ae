/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amavis.h - a line of amavis, amavisd or amavisd-new (private to read/)
 *
 *	(12345-01-2) Blocked INFECTED (Name, Name2) {Actions}, LOCAL
 *	[192.0.2.7]:4711 [198.51.100.1] ESMTP/ESMTP <from> -> <to>,<to2>,
 *	(ESMTP://…), quarantine: x, Queue-ID: 4Pb…, Message-ID: <…>,
 *	mail_id: …, Hits: 6.3, size: 1, queued_as: 4Pc…, Subject: "…", …
 *
 * The order of the fields is fixed, and what a sender can choose (the names of
 * banned parts, addresses, Message-ID, Subject) stands between them; so all is
 * read from the left. A banned part may be named like the rest of the line:
 * where more than one reading is possible, neither host nor queue id is taken.
 */
#pragma once

#include "event/event.h"

enum amavis_form {
	AMAVIS_VERDICT,
	AMAVIS_CONTINUED, /* the rest of a line too long */
	AMAVIS_OTHER,
};

struct amavis_line {
	enum amavis_form form;
	struct bytes id;   /* "12345-01-2", or empty */
	struct bytes text; /* behind the id */

	/* Of a verdict */
	bool blocked;
	struct bytes category; /* "INFECTED", "BAD-HEADER"; may be empty */
	struct bytes names;    /* what stood in the brackets behind it */
	uint64_t host;
	bool has_host;
	struct bytes recipients; /* "<to>,<to2>" */
	struct bytes queue_id;
	struct bytes queued_as;
	struct bytes hits;  /* "6.86", "-"; empty where the line has none */
	struct bytes tests; /* "SYMBOL=1.2,…", perhaps cut; mostly empty */
};

/* text: of syslog, behind "amavis[pid]: " */
void amavis_parse(struct bytes text, struct amavis_line *out);

/*
 * Is the mail called spam, and would not be without the tests that ask who the
 * host is? The limit is not in the line: amavis' own default is taken, or the
 * score itself where that is lower.
 */
bool amavis_rests_on_address(const struct amavis_line *a);

/* The next of recipients; false at the end */
bool amavis_take_recipient(struct bytes *recipients, struct bytes *address);

struct amavis_verdict {
	enum kind kind;
	struct malware name; /* its label is the event's; may be empty */
};

void amavis_verdict(const struct malware_table *malware, bool blocked,
		    struct bytes category, struct bytes names,
		    struct amavis_verdict *out);

/*
 * The same verdict in a filter's reply as Postfix logs it: "id=12345-01 -
 * INFECTED: Name". False where the text is not of this form. *id is filled
 * where there is one, also when it returns false.
 */
bool amavis_reply(struct bytes reply, struct bytes *id, struct bytes *category,
		  struct bytes *names);
