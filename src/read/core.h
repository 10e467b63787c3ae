/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core.h - what job.c, stream.c, formats.c and path.c share (private to these)
 */
#pragma once

#include "read/format.h"

#define READ_N_COMPLAINTS 5   /* told of one input; all are counted */
#define READ_SAMPLE_MAX	  200 /* bytes of a line not understood */

/* One format within one job */
struct read_slot {
	const struct read_format *format;
	struct read_account account;
	size_t ignored_cap;
	size_t n_samples;
	uint8_t *
		recent; /* template number + 1, by hash of its name's address */
	void *state;
	bool is_met;
};

struct read_slot *read_job_slot(struct read_job *job,
				const struct read_format *f);
int read_job_error(const struct read_job *job);
/* What the options say wrongly; 0 */
int read_job_check(const struct read_job *job);
/* Of an input's bytes and of what gives them their meaning */
uint64_t read_job_hash(const struct read_job *job, const struct read_format *f,
		       uint64_t bytes_hash);
int read_job_flush(struct read_job *job);
const struct read_sink *read_job_sink(const struct read_job *job);

/* One more input of this format; makes the format's state if it is the first */
struct read_slot *read_job_meet(struct read_job *job,
				const struct read_format *f);

/* Straight to the sink, behind what was flushed; counted already */
int read_job_send(struct read_job *job, const struct event *e, size_t n);

/*
 * stream.c, for crew.c. A fork reads lines of the same input for another job,
 * its lines numbered from 1; read_stream_close() it. Then the input's stream
 * tells the complaints, which it still has room for, and joins the account
 * (which is then empty) and the number of lines. can_fork: it stands between
 * two lines that can be understood without each other.
 */
bool read_stream_can_fork(const struct read_stream *s);
struct read_stream *read_stream_fork(const struct read_stream *s,
				     struct read_job *job);
void read_stream_complain(struct read_stream *s, uint64_t line,
			  const char *expected);
void read_stream_join(struct read_stream *s, struct read_job *job,
		      uint64_t n_lines);

/* formats.c: the rows, with the one for nothing at all behind the last */
const struct read_format *read_format_at(size_t i);
size_t read_n_formats(void);

/* NULL: none fits */
const struct read_format *read_format_detect(const struct read_options *o,
					     const char *name,
					     struct bytes head);

/*
 * For a message to a person: cut to max bytes, what is not printable ASCII
 * becomes '?'.
 */
void read_add_printable(struct buf *out, struct bytes text, size_t max);
