/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_reason.h - what a refusal says: kind and label (private to read/)
 *
 * The labels of policy events are few and stay: people make rules of them.
 */
#pragma once

#include "event/event.h"

struct mail_reason {
	enum kind kind;
	struct bytes label; /* a literal, or borrowed from the text */
	struct bytes
		virus;	   /* where kind is virus: what the scanner called it */
	struct bytes list; /* the blocklist that names the host, or empty */
	bool of_stranger;  /* the recipient is nobody's customer here */
	bool by_address;   /* would have been spam, but rests on the address */
};

/*
 * Of smtpd and postscreen: the text between "from HOST: " and "; from=<".
 * host: whom it is charged to, so that a list which names something else
 * (a domain, a name) makes no evidence against it.
 */
void mail_refusal_reason(struct bytes text, uint64_t host,
			 struct mail_reason *out);

/* Of a milter or a content filter of ours: its reply */
void mail_filter_reason(struct bytes text, struct mail_reason *out);

/*
 * A list's name as a label: without the subscriber's key that some have before
 * their zone.
 */
struct bytes mail_list_name(struct bytes list);
