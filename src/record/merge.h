/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h - many runs of a month into one
 */
#pragma once

#include "record/manifest.h"
#include "record/record.h"

/* More runs than this of a month are too many for readers. */
#define MERGE_RUNS_MAX 8

/*
 * Merge these files, all of one month, into a new run. E_CORRUPT: one of them
 * is damaged; it must not be replaced by what is left of it.
 */
int merge_runs(struct run_place *place, const struct run_facts *from, size_t n,
	       struct run_list *out);

/*
 * Write what these files of one month hold of the queries, which ascend by host
 * and do not overlap, as one new run; there may be nothing left. E_CORRUPT as
 * above, and then *what, if asked for, is a clause to be freed.
 */
int rewrite_runs(struct run_place *place, const struct run_facts *from,
		 size_t n, const struct record_query *keep, size_t n_keep,
		 struct run_list *out, char **what);

/* False if one of them is gone: somebody else replaced it. */
bool has_all_runs(const struct manifest *m, const struct run_list *from);
/* l without what is in `gone` */
void remove_runs(struct run_list *l, const struct run_list *gone);

/* In a list of parts, merge those of months that have too many. */
int merge_parts(struct work *work, struct run_list *parts);

/*
 * Where a month has too many runs, merge the smaller ones and publish that.
 * Others may do the same at once; who comes late throws his result away.
 * Failing is no harm: the record is as good as before.
 */
void merge_published(struct work *work);
