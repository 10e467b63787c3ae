/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h - what every host that mails us has done before
 *
 * A record is a directory: immutable runs, sorted by host and time, the
 * journals being written, and a manifest that names the runs that count. A
 * batch becomes visible whole or not at all, also after a power cut.
 *
 *	writer    append in small batches: the gate, watch
 *	import    read whole logs in, visible at its commit, all at once
 *	record    one moment's view of everything, for any number of readers
 *	cursor    the lives of hosts, one after the other, in order of address
 *	upkeep    drop the old, erase a host, many runs made few
 *
 * The record is a multiset: two equal events are two.
 *
 * Units:    times are whole seconds since 1970 UTC; sizes are bytes; hosts
 *           are 64-bit keys (host/host.h).
 * Names:    events carry numbers of labels and clients. A writer and an import
 *           have catalogs of their own to add names to; a view has the stable
 *           ones of the record. The record translates.
 * Threads:  a writer, an import and a cursor belong to one thread each; a
 *           view may be shared. Readers never wait; publishing holds one lock
 *           for a moment.
 * Errors:   E_IO (errno), E_CORRUPT, E_VERSION, E_LIMIT as said below.
 * Source:   doc/format/run.md
 */
#pragma once

#include "event/event.h"
#include "sys/sys.h"

/* -------------------------------------------------------------------- view */

struct record;

/*
 * What cannot be read, found when the view was opened or while a cursor ran.
 * The rest stays readable. `what` is a whole clause: "2003-08.000012.run:
 * block 17: checksum differs".
 */
struct record_damage {
	char *what;
};

struct record_stat {
	uint64_t n_events;	  /* in runs and journals */
	uint64_t n_hosts_at_most; /* a host counts once in each run */
	uint64_t n_bytes;	  /* on disk */
	uint64_t n_blocks;
	uint32_t n_runs;
	uint32_t n_journals;
	uint32_t n_inputs;   /* in the import ledger */
	int64_t first, last; /* times of events; first > last if none */
	uint64_t n_by_kind[N_KINDS];
	int64_t first_by_kind[N_KINDS]; /* > last_by_kind where none */
	int64_t last_by_kind[N_KINDS];
};

/*
 * Open a view of the record as it is now; later changes are not seen. The
 * disk must outlive it. E_NOT_FOUND: there is no record. A damaged run is no
 * error here: see record_damage().
 */
int record_open(struct record **out, struct sys_disk *disk);
void record_close(struct record *r);

/* A month of the record; what journals hold is not in it. */
struct record_month {
	int64_t start;
	uint32_t n_runs, n_files; /* a large run has several files */
	uint64_t n_events, n_bytes;
};

/* Ascending; returns their number, and *out is to be freed. */
size_t record_months(const struct record *r, struct record_month **out);

const struct record_stat *record_stat(const struct record *r);
const struct catalog *record_labels(const struct record *r);
const struct catalog *record_clients(const struct record *r);

/*
 * What was found damaged so far. Returns the number; *out stays ours, and is
 * valid until a cursor of the view finds more.
 */
size_t record_damage(struct record *r, const struct record_damage **out);

/*
 * Read everything and check every checksum and every order. Adds to the
 * damage. Returns 0 if there is none, E_CORRUPT if there is.
 */
int record_verify(struct record *r);

/* ------------------------------------------------------------------ cursor */

/* The columns beyond host, time and kind, which are always there */
#define RECORD_LABELS  1u
#define RECORD_CLIENTS 2u

struct record_query {
	uint64_t host_first, host_last; /* both included */
	int64_t time_from, time_to;	/* [from, to) */
	unsigned columns;
};

#define RECORD_EVERYTHING                                    \
	((struct record_query){ 0, UINT64_MAX, 0, INT64_MAX, \
				RECORD_LABELS | RECORD_CLIENTS })

/*
 * A piece of one host's life: n >= 1 rows by time (in one second by kind, then
 * in any but a fixed order). A long life comes in several pieces of at most
 * RECORD_PIECE_MAX rows, `first` and `last` mark its ends. All arrays are
 * borrowed until the next step; label and client are NULL if not asked for.
 */
#define RECORD_PIECE_MAX 65536

struct record_piece {
	uint64_t host;
	size_t n;
	const uint32_t *time;
	const uint8_t *kind;
	const uint32_t *label;
	const uint32_t *client;
	bool first;
	bool last;
};

struct record_cursor;

/*
 * Several cursors on one view may run on several threads. Memory: a few blocks
 * of each run that overlaps, whatever the record's size.
 */
int record_cursor_open(struct record_cursor **out, struct record *r,
		       const struct record_query *q);
void record_cursor_close(struct record_cursor *c);

/*
 * Returns 1 and a piece, 0 at the end, or an error that ends the scan. A
 * damaged block is skipped, and told by record_damage().
 */
int record_cursor_next(struct record_cursor *c, struct record_piece *out);

/*
 * Cut all hosts into at most n_parts ranges of about equal work, at borders
 * of networks only. Fills first[0..result) with the first key of each, of
 * which first[0] is 0; each range ends before the next one begins.
 */
size_t record_split(const struct record *r, size_t n_parts, uint64_t *first);

/* ------------------------------------------------------------------ import */

struct record_import;

/*
 * memory_bytes bounds what is held before sorted runs go to disk. Nothing is
 * visible before the commit; what a killed import left behind is removed by
 * the next one that publishes.
 */
int record_import_open(struct record_import **out, struct sys_disk *disk,
		       size_t memory_bytes);

struct catalog *record_import_labels(struct record_import *im);
struct catalog *record_import_clients(struct record_import *im);

/*
 * Events in any order, their names numbered by the catalogs above. E_IO: the
 * disk refused; the import can only be closed.
 */
int record_import_add(struct record_import *im, const struct event *events,
		      size_t n);

/*
 * The ledger: inputs known by a 64-bit hash of their bytes and of the options
 * that change their meaning. `has` looks at what is published and at what this
 * import has noted. What was added since the last note belongs to the input
 * that is noted next; `drop` forgets it (an input that turned out to be known).
 */
bool record_import_has(const struct record_import *im, uint64_t input);
void record_import_note(struct record_import *im, uint64_t input);
int record_import_drop(struct record_import *im);

/*
 * Of events that say a state and not a happening (an address list read again),
 * keep those that are news: no equal host, kind, label and client at or before
 * their time, here or in the record.
 */
int record_import_add_news(struct record_import *im, const struct event *events,
			   size_t n);

/*
 * Publish all of it at once, durably. The import is then empty. E_EXISTS:
 * another import published one of the noted inputs meanwhile; nothing of this
 * one is visible, and it can only be closed, and begun anew.
 */
int record_import_commit(struct record_import *im);

/* What was not committed is gone. */
void record_import_close(struct record_import *im);

/* ------------------------------------------------------------------ writer */

struct record_writer;

#define RECORD_BATCH_MAX 65536

int record_writer_open(struct record_writer **out, struct sys_disk *disk);
struct catalog *record_writer_labels(struct record_writer *w);
struct catalog *record_writer_clients(struct record_writer *w);

/*
 * Append events[0..n) as one batch to this writer's journal and force it to
 * stable storage. Views opened later see it, whole.
 *
 * events    in any order; only borrowed
 *
 * Returns 0. E_LIMIT: more than RECORD_BATCH_MAX, nothing written. E_IO: the
 * disk refused; the writer now refuses every further append with E_STATE, and
 * the batch may or may not be there.
 */
int record_append(struct record_writer *w, const struct event *events,
		  size_t n);

/*
 * Turn all of this writer's journal, and those of writers that died, into
 * runs. append() does so by itself when the journal is long. An error is no
 * loss: the journals still hold it all; if it came while publishing, the
 * writer refuses further appends with E_STATE.
 */
int record_writer_fold(struct record_writer *w);
void record_writer_close(struct record_writer *w); /* folds */

/* ------------------------------------------------------------------ upkeep */

/* What was done, and on an error what stands in the way, or NULL; free it. */
struct record_upkeep {
	uint64_t n_events_gone;
	uint32_t n_files_gone, n_files_made;
	char *what;
};

/*
 * All three fold the journals of dead writers first, then replace some files
 * by others in one change, as merging does: readers are not disturbed, views
 * that are open stay as they are, and after a crash it is done or not done.
 * At the end the old files are unlinked and the directory is synced.
 *
 * E_NOT_FOUND: there is no record. E_CORRUPT: what would have to be rewritten
 * is damaged, and is left alone. E_STATE: others changed the same files again
 * and again; try later. E_IO: call it again; what was replaced is replaced,
 * but the old files may not be gone.
 */

/*
 * Drop all events before this time. Months that are older as a whole go first,
 * by a change of the manifest alone, so that a full disk gets room; then the
 * files of the one month that the time divides are rewritten. What a living
 * writer's journal holds stays until it is a run.
 */
int record_expire(struct sys_disk *disk, int64_t before,
		  struct record_upkeep *out);

/*
 * Erase a host from every file. E_EXISTS: a living writer holds it in its
 * journal, and nothing was done; have that writer fold, and call again. The
 * ledger stays. What is appended or imported meanwhile is not erased.
 */
int record_forget(struct sys_disk *disk, uint64_t host,
		  struct record_upkeep *out);

/*
 * Merge the runs of each month into one, a change for each month. With an
 * E_CORRUPT the other months are merged all the same.
 */
int record_compact(struct sys_disk *disk, struct record_upkeep *out);
