/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read.h - log lines, corpora and lists -> events
 *
 * A format is one file here and one row in the table of formats.c: how to tell
 * it from its first bytes, and three functions that turn its units into
 * events. A unit is a line, or a whole file (a message). Readers take bytes
 * and give events; they open nothing.
 *
 *	read_job     one import: what was asked, what came out, the accounting
 *	read_stream  one input being fed, in chunks of any size
 *	read_format  the row: a reader
 *
 * Accounting: every unit is used for events, known and ignored (by a named
 * template, with its reason), or not understood; bad ones are complaints.
 * lines = used + ignored + not understood + bad, per format, always.
 *
 * Attribution (MEASURES 1): which host an event is charged to is read by
 * structure from the left. Text that a sender controls never decides.
 *
 * Threads: a job belongs to one. read_paths() uses several, and calls back from
 * any of them, one call at a time and in order; what comes of it is the same.
 */
#pragma once

#include "event/event.h"
#include "host/host.h"
#include "sys/sys.h"

struct read_format;

/* --------------------------------------------------------------------- job */

/* What the caller wants; all zero is the default. Borrowed by the job. */
struct read_options {
	const char *format;   /* a name of the table; NULL: found by itself */
	int kind;	      /* enum kind, or -1: what the input says */
	const char *label;    /* for lists; NULL: the list's own name */
	const char *client;   /* for all events; NULL: what the input says */
	const char *map;      /* CSV: "host=src_ip,time=ts" */
	int year;	      /* of stamps without one; 0: inferred */
	const char *timezone; /* of stamps without one; NULL: this machine's */
	int64_t now;	      /* the clock, for the inference of years */
	unsigned n_threads;   /* of read_paths(); 0: one for each CPU */
	struct host_set *trusted; /* relays whose Received lines we believe */
	struct host_set *servers; /* ours: never charged */
	const struct malware_table *malware; /* never NULL */
	/*
	 * Whose mail goes to this recipient domain (lower case): a name,
	 * borrowed until the job is freed. NULL: the domain is the client.
	 */
	struct bytes (*client_of)(void *ctx, struct bytes domain);
	void *client_ctx;
};

/*
 * Where it all goes. `events` are happenings, `news` states (lists), to be
 * kept where they are new; both borrowed for the call. Return < 0 to stop.
 * `complain` is called for the first few bad units of each input, with one
 * clear clause of what was expected; all are counted.
 */
struct read_sink {
	void *ctx;
	struct catalog *labels;
	struct catalog *clients;
	int (*events)(void *ctx, const struct event *e, size_t n);
	int (*news)(void *ctx, const struct event *e, size_t n);
	void (*complain)(void *ctx, const char *input, uint64_t line,
			 const char *expected);
};

/* A template of what is known and carries nothing for us, as counted */
struct read_ignored {
	const char *name;   /* "smtpd: connect" */
	const char *reason; /* "the client= or reject line says it again" */
	uint64_t n;
};

#define READ_SAMPLES 5

struct read_account {
	const char *format;
	const char *unit; /* "lines", "messages", "addresses" */
	uint64_t n_inputs;
	uint64_t n_units;
	uint64_t n_used;    /* units that events were made of */
	uint64_t n_ignored; /* known; the sum over ignored[] */
	uint64_t n_unknown; /* not understood */
	uint64_t n_bad;	    /* complained of: a bad row of a CSV */
	uint64_t n_events;
	uint64_t n_moved; /* verdicts by address: policy and not spam */
	struct read_ignored *ignored;
	size_t n_templates;
	char *samples[READ_SAMPLES]; /* the first not understood, cut short */
};

struct read_job;

struct read_job *read_job_new(const struct read_options *options,
			      const struct read_sink *sink);

/*
 * Give out what is still open at the end of all inputs (messages whose end
 * no log has shown), then ask for the accounts: one for each format met, in
 * the order of the table. They stay until the job is freed.
 */
int read_job_finish(struct read_job *job);
size_t read_job_accounts(const struct read_job *job,
			 const struct read_account **out);
void read_job_free(struct read_job *job);

/* ------------------------------------------------------------------ stream */

struct read_stream;

#define READ_HEAD_MAX 65536		 /* enough to tell a format by */
#define READ_LINE_MAX ((size_t)1 << 20)	 /* a longer line is one bad unit */
#define READ_FILE_MAX ((size_t)64 << 20) /* so is a larger message */

/*
 * Begin an input. name is for complaints; head its first bytes (all of them
 * where it is shorter than READ_HEAD_MAX), to be fed again. mtime 0: unknown.
 * E_SYNTAX: no format fits; E_NOT_FOUND: options name a format or a time zone
 * that is none.
 */
int read_stream_open(struct read_stream **out, struct read_job *job,
		     const char *name, int64_t mtime, struct bytes head);

/* Chunks of any size. An error of the sink is passed on and ends it. */
int read_stream_feed(struct read_stream *s, struct bytes chunk);

/* The end of this input: the last line may lack its newline. Frees s. */
int read_stream_close(struct read_stream *s);

/*
 * The end of an input that broke off (a truncated .gz): what it left unfinished
 * is no unit, for half a line may say something else. Frees s.
 */
int read_stream_break(struct read_stream *s);

/* The number of the last line read whole */
uint64_t read_stream_line(const struct read_stream *s);

/* Which format was found */
const char *read_stream_format(const struct read_stream *s);

/* ------------------------------------------------------------------- paths */

/*
 * Who reads files wants to know each input before it is parsed, to pass over
 * what was read before. hash: XXH3 of its decompressed bytes and of the format
 * and options that change their meaning (kind, label, client, map, year,
 * timezone); not of its name, so that a rotated log is the same input.
 */
struct read_caller {
	void *ctx;
	/* 1: read it; 0: pass over it; < 0: stop all, and return this */
	int (*begin_input)(void *ctx, const char *name, uint64_t hash);
	/*
	 * All its events are out. err: 0, or why it could not be read to its
	 * end (told by complain already). Returns < 0 to stop.
	 */
	int (*end_input)(void *ctx, const char *name, uint64_t hash, int err);
};

struct read_totals {
	uint64_t n_read;    /* inputs, to their end */
	uint64_t n_skipped; /* by begin_input */
	uint64_t n_failed; /* complained of: missing, damaged, no format fits */
	uint64_t n_bytes;  /* decompressed, read */
	uint64_t n_bytes_all; /* when all are; 0 before the last file's turn */
};

/*
 * Read files, directories and "-" (stdin) with a job: compressed or not,
 * archives member by member. Files whose format tells times from their first
 * bytes are read oldest first, in the places that they hold among the others.
 * A file is read twice, first to hash it; what can be read only once is copied
 * to TMPDIR before. Bytes appended to a file in the meantime are not read.
 *
 * An input that cannot be read is told once by the sink's complain, with the
 * last line read, counted, and the others go on. Adds to *totals.
 *
 * Returns 0, an error of the sink or the caller, or E_NOT_FOUND where the
 * options name a format or a time zone that is none.
 */
int read_paths(struct read_job *job, const char *const *paths, size_t n,
	       const struct read_caller *caller, struct read_totals *totals);

/* Is this a map of columns that we have, such as "host=src_ip,time=ts"? */
bool read_map_is_valid(const char *map);

/* The table, for --help: name and one line each; NULL past the end */
const char *read_format_name(size_t i);
const char *read_format_about(size_t i);
