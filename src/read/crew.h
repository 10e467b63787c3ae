/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.h - one input read by several threads, as if by one (private to read/)
 */
#pragma once

#include "read/core.h"

struct read_crew;

/* Chunks of which a thread would get less than this are left to one thread. */
#define READ_PIECE_MIN ((size_t)64 << 10)

/* The job is borrowed, and so are its options, which no one may change. */
struct read_crew *read_crew_new(struct read_job *job, unsigned n_threads,
				size_t piece_min);
void read_crew_free(struct read_crew *crew);

/*
 * As read_stream_feed(), with the same events, names, complaints and accounts
 * in the same order. meanwhile(ctx) runs on a thread of its own beside it, and
 * has ended on return; it must not touch the chunk, the stream or the job.
 */
int read_crew_feed(struct read_crew *crew, struct read_stream *s,
		   struct bytes chunk, void (*meanwhile)(void *ctx), void *ctx);
