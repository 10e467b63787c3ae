/* SPDX-License-Identifier: Apache-2.0 */
/*
 * manifest.h - which files count, and changing that as a whole
 *
 * What the manifest does not name does not exist. It is replaced by a rename,
 * under one lock, so that runs, names, ledger and journals change together.
 *
 *	manifest             the truth
 *	manifest.new         being written, by the holder of the lock
 *	lock                 the lock, always empty
 *	2003-08.000012.run   a run; its number is never used again
 *	000013.journal       a journal, locked by its writer
 *	000014.work          locked by who makes files numbered so:
 *	000014.0.part        a run that is not published yet
 *
 * Source: doc/format/run.md, "The manifest"
 */
#pragma once

#include "record/run.h"

#define MANIFEST_NAME	  "manifest"
#define MANIFEST_NEW_NAME "manifest.new"
#define LOCK_NAME	  "lock"
#define RUN_SUFFIX	  ".run"
#define JOURNAL_SUFFIX	  ".journal"
#define WORK_SUFFIX	  ".work"
#define PART_SUFFIX	  ".part"

struct manifest {
	uint64_t generation; /* counts the changes */
	uint64_t next_id;
	struct catalog labels, clients;
	struct run_list runs;
	uint64_t *journals;
	size_t n_journals, cap_journals;
	uint64_t *inputs; /* the ledger, ascending */
	size_t n_inputs, cap_inputs;
};

void manifest_deinit(struct manifest *m);
void manifest_encode(struct buf *out, const struct manifest *m);
int manifest_decode(struct manifest *m, struct bytes b);

/* E_NOT_FOUND: there is none. E_IO, E_VERSION, E_CORRUPT. */
int manifest_load(struct manifest *m, struct sys_disk *disk);

bool manifest_has_input(const struct manifest *m, uint64_t input);
void manifest_add_inputs(struct manifest *m, const uint64_t *inputs, size_t n);
bool manifest_has_run(const struct manifest *m, const char *name);
void manifest_add_journal(struct manifest *m, uint64_t id);
void manifest_remove_journal(struct manifest *m, uint64_t id);

#define FILE_NAME_MAX 48
void file_name(char out[FILE_NAME_MAX], uint64_t id, const char *suffix);
/* The number before such a suffix */
bool file_name_parse(const char *name, const char *suffix, uint64_t *id);

/* ---------------------------------------------------------------- changing */

/*
 * One change: begin takes the lock and reads the manifest (a new one where the
 * directory holds no record), commit replaces it, end lets go.
 */
struct change {
	struct sys_disk *disk;
	int lock;
	struct manifest m;
};

int change_begin(struct change *c, struct sys_disk *disk);
/*
 * Rename these parts to run files and name them in the manifest; to be
 * followed by change_commit(). Facts get their final names.
 */
int change_add_runs(struct change *c, struct run_list *parts);
/* The same for parts that take the place of segments: they keep their group. */
int change_add_segments(struct change *c, struct run_list *parts);
/* After an E_IO the change may have happened or not. */
int change_commit(struct change *c);
/*
 * Remove what no manifest names and no living process makes. Who publishes
 * need not care for an E_IO: the next one tries again.
 */
int change_clean(struct change *c);
void change_end(struct change *c);

/* --------------------------------------------------------------------- work */

/*
 * A right to make files that nobody else touches, until the end or the death
 * of the process.
 */
struct work {
	struct run_place place;
	int lock; /* -1: none */
};

int work_begin(struct work *w, struct sys_disk *disk);
void work_discard(struct work *w, const struct run_list *parts);
void work_end(struct work *w); /* unpublished parts are gone */
