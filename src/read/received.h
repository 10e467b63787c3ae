/* SPDX-License-Identifier: Apache-2.0 */
/*
 * received.h - one Received line: who connected, when, for whom (private)
 *
 * A line is a sentence of the server that wrote it, with words of the sender in
 * it: his HELO, at times his ident, his envelope. Which address is the server's
 * own is told by structure alone, and where the structure leaves a doubt the
 * line is mangled and charges nobody:
 *
 *	from HELO (PTR [ADDR]) by …		Sendmail, Postfix, Gmail
 *	from HELO (IDENT:user@PTR [ADDR]) by …	Sendmail
 *	from PTR ([ADDR]:port helo=HELO) by …	Exim
 *	from [ADDR] (helo=HELO) by …		Exim, no name
 *	from PTR (HELO x) (user@ADDR) by …	qmail
 *	from [ADDR] (HELO x) by …		CommuniGate Pro
 *	from HELO (ADDR) by …			Exchange, IBM
 *
 * Source: RFC 5321 4.4 and the code or the lines of those servers; README.md.
 */
#pragma once

#include "base/base.h"

enum received_kind {
	RECEIVED_HOST,	     /* a host connected; .host is set */
	RECEIVED_LOCAL,	     /* a step inside a server, or a mailbox fetched */
	RECEIVED_NO_ADDRESS, /* a host connected, but its address is not told */
	RECEIVED_MANGLED,    /* not the sentence of one server */
};

struct received {
	enum received_kind kind;
	uint64_t host;
	bool has_time;
	int64_t time;
	struct bytes recipient; /* of its `for`, may be empty; borrowed */
};

/* The value of one field, folded or not. Never fails. */
void received_parse(struct bytes value, struct received *out);

/* Loopback, RFC 1918, link-local, ULA: nobody's on the Internet */
bool received_is_private(uint64_t host);
