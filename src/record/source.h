/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source.h - one run, or the rows in memory, as slices of hosts' lives
 */
#pragma once

#include "record/view.h"

/* Rows lo … hi - 1 of b, all of one host; b NULL at the end */
struct slice {
	uint64_t host;
	const struct block_rows *b;
	uint32_t lo, hi;
};

/* A query in the form that sources want: seconds, both ends included */
struct bounds {
	uint64_t host_first, host_last;
	uint32_t time_first, time_last;
	unsigned columns;
	bool is_empty;
};

struct bounds bounds_of(const struct record_query *q);

/*
 * `now` is the slice at hand, `ahead` the one after it. Slices alternate
 * between two blocks, so that both stay valid until the next step.
 */
struct source {
	struct view *view;
	const struct run *run; /* NULL: the view's memory */
	const struct bounds *bounds;
	struct block_space *space; /* shared with the other sources */
	struct slice now, ahead;
	bool is_started;
	uint64_t key; /* no host before this one is to come */

	const struct block_rows *b; /* being cut into slices */
	size_t at_host;
	uint32_t at_row;
	uint32_t next_block;
	struct block_rows blocks[2];
	bool has_previous; /* the row before the block at hand */
	uint64_t previous_host;
	uint32_t previous_time;
};

/* False if nothing in it can answer. */
bool source_init(struct source *s, struct view *v, const struct run *run,
		 const struct bounds *bounds, struct block_space *space);
void source_deinit(struct source *s);

/* Find the first slice. */
void source_start(struct source *s);
void source_step(struct source *s);

static inline bool source_is_done(const struct source *s)
{
	return s->now.b == NULL;
}
