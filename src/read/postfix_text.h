/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_text.h - the pieces that lines of Postfix and its filters are made of
 * (private to read/)
 *
 * Everything is taken from the left, by structure. What a sender can choose
 * (names, HELO, addresses, headers, replies of other servers) is stepped over
 * by its form and never searched for a host.
 */
#pragma once

#include "event/event.h"

/* -------------------------------------------------------------------- host */

struct mail_peer {
	uint64_t host;
	bool has_host; /* false for "unknown[unknown]" */
};

/*
 * "NAME[ADDR]", "NAME[ADDR]:PORT", "[ADDR]:PORT" at the front of *b, which is
 * left at the byte behind. A name that holds brackets itself does not move the
 * address: it is the last group of the word. False where there is no such word;
 * *b is then as it was.
 */
bool mail_take_peer(struct bytes *b, struct mail_peer *out);

/* The text between brackets: an address, "IPv6:…", with a zone. */
bool mail_parse_address(struct bytes text, uint64_t *host);

/* ---------------------------------------------------------------- queue id */

/* "4PbC4x469Jz3tBr: " at the front; empty and *b untouched if there is none */
struct bytes mail_take_queue_id(struct bytes *b);
bool mail_is_queue_id(struct bytes word);

/* --------------------------------------------------------------- addresses */

/*
 * "<local@domain>" at the front of *b, with quoted local parts. *address is
 * what stands between. False where there is none.
 */
bool mail_take_address(struct bytes *b, struct bytes *address);

/* The domain of an address; empty where it has none */
struct bytes mail_domain(struct bytes address);

/*
 * The recipient of "…; from=<F> to=<T> proto=P helo=<H>", both from= and to=
 * optional, commas allowed. *reason is what stands before. False where there
 * is no to=.
 */
bool mail_take_envelope(struct bytes text, struct bytes *reason,
			struct bytes *to);
