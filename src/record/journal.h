/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.h - batches, one behind the other, until they become runs
 *
 * A journal is a header and frames; a frame is one batch, whole or not there.
 * Names are told once, in the first batch that uses them.
 *
 * Source: doc/format/run.md, "Journals"
 */
#pragma once

#include "event/event.h"

#define JOURNAL_HEADER_SIZE 32
#define JOURNAL_FRAME_SIZE  24
#define JOURNAL_BATCH_MAX   ((size_t)64 << 20) /* bytes of a frame's payload */

void journal_header_encode(struct buf *out, uint64_t id);

/*
 * One frame: events, and the names numbered above n_labels and n_clients that
 * they brought, which earlier frames do not have. seq counts frames from 0.
 */
void journal_batch_encode(struct buf *out, uint64_t id, uint32_t seq,
			  const struct event *e, size_t n,
			  const struct catalog *labels, uint32_t n_labels,
			  const struct catalog *clients, uint32_t n_clients);

void journal_frame_encode(struct buf *out, uint64_t id, uint32_t seq,
			  struct bytes payload);

/* What a journal holds. Events get numbers of the catalogs given. */
struct journal_rows {
	struct event *events;
	size_t n, cap;
};

/*
 * Append the events of all whole batches. A last frame that is cut short is
 * no damage: nobody was told that it is there. Returns 0, or E_CORRUPT with
 * the reason in *why, and then the batches before the damage are there.
 * E_VERSION.
 */
int journal_decode(struct journal_rows *rows, struct bytes whole, uint64_t id,
		   struct catalog *labels, struct catalog *clients,
		   const char **why);
