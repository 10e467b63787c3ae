/* SPDX-License-Identifier: Apache-2.0 */
/*
 * format.h - what a reader is, and what the core gives it (private to read/)
 *
 * A reader has a state per job (what joins lines of several files: queue ids
 * still open) and a state per stream (this file's header, its year, its line
 * number). The core splits lines, counts units, keeps the accounts and passes
 * events on in batches.
 */
#pragma once

#include "read/read.h"

struct read_unit; /* one line or file being read: where we are */

enum read_verdict {
	READ_USED,    /* events were made, or a join was advanced */
	READ_IGNORED, /* read_ignore() was called */
	READ_UNKNOWN, /* well formed perhaps, but not known to us */
	READ_BAD,     /* read_complain() was called */
	READ_MORE,    /* a part of a larger unit, which is counted at its end */
};

struct read_format {
	const char *name;
	const char *about;
	const char *unit; /* "lines" */
	bool whole_file;  /* a unit is the file, not a line */

	/*
	 * How well do the first bytes fit: 0 not at all, 100 beyond doubt, also
	 * where they are no text. The head may end in the middle of a line.
	 */
	int (*detect)(const char *name, struct bytes head);

	/*
	 * May be NULL: the time of the first event or line in the head, so that
	 * rotated logs can be read oldest first. Returns 0, or < 0 where the
	 * head does not tell. Called before any state of the format is made.
	 */
	int (*first_time)(const struct read_job *job, const char *name,
			  int64_t mtime, struct bytes head, int64_t *out);

	/* All may be NULL. Job states are made at the first stream. */
	void *(*job_new)(struct read_job *job);
	int (*job_finish)(struct read_job *job, void *job_state);
	void (*job_free)(void *job_state);
	void *(*stream_new)(struct read_job *job, void *job_state,
			    const char *name, int64_t mtime, struct bytes head);
	int (*stream_finish)(struct read_job *job, void *stream_state);
	void (*stream_free)(void *stream_state);

	/*
	 * May be NULL: for formats without a job's state, whose lines stand for
	 * themselves after a while (behind a header). False: not now. Else,
	 * where out is not NULL, a state to read further lines on another
	 * thread, with catalogs of its own. stream_finish is not for these.
	 */
	bool (*stream_fork)(const void *stream_state, void **out);

	/* One unit, without its line end. Never fails on what it reads. */
	enum read_verdict (*unit_fn)(struct read_unit *u, struct bytes text);
};

/*
 * Where a unit's reader stands; fields are for the reader to read. It lives as
 * long as its stream, so a reader may keep the pointer for stream_finish().
 */
struct read_unit {
	struct read_stream *stream;
	struct read_job *job;
	void *job_state;
	void *stream_state;
	const char *input;
	uint64_t line; /* from 1; 0 for a whole file */
};

/*
 * Count a unit that ends elsewhere than where unit_fn() returns: the last
 * message of an mbox, in stream_finish(); or one message, where its end is seen
 * in the first line of the next (which is READ_MORE). For IGNORED and BAD call
 * read_ignore() or read_complain() before, and pass their result.
 */
void read_count_unit(struct read_unit *u, enum read_verdict verdict,
		     struct bytes sample);

const struct read_options *read_job_options(const struct read_job *job);
/* options' timezone, opened; NULL where none is given */
struct sys_zone *read_job_zone(const struct read_job *job);
struct catalog *read_job_labels(struct read_job *job);
struct catalog *read_job_clients(struct read_job *job);

/* The client whose mail goes to this domain, in any case of letters; 0: none */
uint32_t read_job_client_of(struct read_job *job, struct bytes domain);

/*
 * Pass an event on. Charges nobody where the host is loopback or one of our
 * servers, and says so by returning false; options' client is put in.
 */
bool read_emit(struct read_job *job, const struct read_format *f,
	       struct event e);
bool read_emit_news(struct read_job *job, const struct read_format *f,
		    struct event e);

/* Count this unit under the named template; names and reasons are literals. */
enum read_verdict read_ignore(struct read_unit *u, const char *name,
			      const char *reason);

/* Tell of this unit what was expected; printf form. */
enum read_verdict read_complain(struct read_unit *u, const char *expected, ...)
	__attribute__((format(printf, 2, 3)));

/* A verdict that rested on the address was made policy (MEASURES 1). */
void read_count_moved(struct read_job *job, const struct read_format *f);

/* The formats, a file each */
extern const struct read_format read_csv;
extern const struct read_format read_jsonl;
extern const struct read_format read_postfix;
extern const struct read_format read_mbox;
extern const struct read_format read_message;
extern const struct read_format read_addresses;
