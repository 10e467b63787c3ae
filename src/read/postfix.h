/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix.h - one line on its way through the reader (private to read/)
 *
 *	postfix.c	 stamps, headers, which program; the row of the table
 *	postfix_screen.c who is let near: postscreen, dnsblog
 *	postfix_smtpd.c	 who comes in: smtpd, cleanup
 *	postfix_queue.c	 what becomes of it: qmgr, delivery agents, amavis
 *	postfix_join.c	 what is open, and the events
 *	postfix_known.c	 what is known and ignored
 */
#pragma once

#include "read/postfix_join.h"
#include "read/postfix_known.h"

struct mail_line {
	struct mail_at at;
	struct read_unit *unit;
	enum mail_program program;
	uint32_t pid;
	struct bytes text;
};

/* Each takes the lines of its programs. READ_UNKNOWN: no form fits. */
enum read_verdict mail_smtpd_line(struct mail_line *l);
enum read_verdict mail_postscreen_line(struct mail_line *l);
enum read_verdict mail_dnsblog_line(struct mail_line *l);
enum read_verdict mail_cleanup_line(struct mail_line *l);
enum read_verdict mail_qmgr_line(struct mail_line *l);
enum read_verdict mail_delivery_line(struct mail_line *l);
enum read_verdict mail_amavis_line(struct mail_line *l);
enum read_verdict mail_other_line(struct mail_line *l);

/* Ignored by its template, or READ_UNKNOWN; _id: behind a queue id */
enum read_verdict mail_known(struct mail_line *l, struct bytes text);
enum read_verdict mail_known_id(struct mail_line *l, struct bytes text);

/* The key of a session: of this program and process, and of what it is about */
uint64_t mail_session_key(const struct mail_line *l, struct bytes what);

/* The verdict of a filter or milter of ours, passed on a message */
void mail_judge_reason(struct mail_line *l, struct mail_message *m,
		       const struct mail_reason *r, struct bytes to);

/* A virus's name as kind and label; the label lies in *name. */
void mail_name_virus(struct mail_line *l, struct mail_reason *r,
		     struct malware *name);
