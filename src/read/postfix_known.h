/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_known.h - lines that healthy servers write beside verdicts (private
 * to read/)
 *
 * A template is a program, how its text begins, a name and the reason why it
 * carries nothing for us. A line that carries a verdict never gets here.
 */
#pragma once

#include "base/base.h"

enum mail_program {
	PROGRAM_FOREIGN, /* nothing to do with mail, or with its verdicts */
	PROGRAM_AMAVIS,
	PROGRAM_SMTPD,
	PROGRAM_POSTSCREEN,
	PROGRAM_DNSBLOG,
	PROGRAM_CLEANUP,
	PROGRAM_QMGR, /* and postsuper, which also removes */
	PROGRAM_DELIVERY,
	PROGRAM_POSTFIX, /* any other part of it */
};

struct mail_template {
	const char *prefix;
	const char *name;
	const char *reason;
};

/*
 * Which program this is. instance is what stands before the first '/', service
 * what stands behind the last.
 */
enum mail_program mail_program_of(struct bytes program, struct bytes *instance,
				  struct bytes *service);

/* Text of a line without a queue id, or NULL */
const struct mail_template *mail_known_text(enum mail_program p,
					    struct bytes text);

/* Text behind a queue id or NOQUEUE, or NULL */
const struct mail_template *mail_known_of_id(enum mail_program p,
					     struct bytes text);

/* A program that writes no verdict: never NULL */
const struct mail_template *mail_known_program(struct bytes program);
