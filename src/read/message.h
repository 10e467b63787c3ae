/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.h - one message's header fields -> one event (private to read/)
 *
 * message.c walks the Received lines from the top to the first host that is
 * not ours; message_verdict.c reads what a filter wrote above that line.
 */
#pragma once

#include "read/format.h"

/* ------------------------------------------------------------------ fields */

struct message_field {
	struct bytes name;
	struct bytes
		value; /* with its folds, without white space at the ends */
	size_t at;     /* offset of the field in the header */
};

/*
 * The next field of *rest, which ends at the first empty line or with the
 * bytes. Lines that are no field (mbox separators among them) are passed over.
 * false at the end. `whole` is the header from its start.
 */
bool message_next_field(struct bytes whole, struct bytes *rest,
			struct message_field *out);

/* ----------------------------------------------------------------- verdict */

struct message_verdict {
	enum kind kind;
	bool is_moved; /* rested on the address: policy and not spam */
	unsigned label_len;
	char label[NAME_MAX_BYTES + 1];
};

/*
 * What the fields of `trusted` say, those above the Received line of the hop
 * that we believe; what stands below it a sender can write himself. Clean where
 * nothing is said.
 */
void message_judge(const struct malware_table *malware, struct bytes trusted,
		   struct message_verdict *out);

/* ----------------------------------------------------------------- message */

struct message {
	struct bytes header;	/* all of it; what follows may be there too */
	int64_t other_times[2]; /* in order of trust, -1 where not known */
	struct bytes sample;	/* out: what was not understood */
};

/* Emit the event of this message, or say why there is none. */
enum read_verdict message_read(struct read_unit *u, const struct read_format *f,
			       struct message *m);

/* How well a text looks like the header of a message: 0 … 80 */
int message_looks_like(struct bytes head);

/*
 * The time of an mbox separator "From address date", or -1 if it is none:
 * "From now on" is a sentence. Without a zone it is that of the unit's job.
 */
int64_t message_separator_time(const struct read_unit *u, struct bytes line);

/* A job state that is this machine's zone, where the options name none */
void *message_job_new(struct read_job *job);
void message_job_free(void *job_state);
