/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block.h - some thousand rows as columns, and as bytes
 *
 * Source: doc/format/run.md, "Blocks"
 */
#pragma once

#include "event/event.h"

#define BLOCK_ROWS_MAX	 8192
#define BLOCK_ROWS	 4096 /* that we write */
#define BLOCK_INDEX_SIZE 80

/*
 * Rows by host and time, each host once with where its rows start. start has
 * one more, n_rows. Made by block_rows_init() for one full block; the rows of
 * journals use the same form at any size.
 */
struct block_rows {
	size_t n_hosts;
	size_t n_rows;
	uint64_t *host;
	uint32_t *start;
	uint32_t *time;
	uint8_t *kind;
	uint32_t *label;
	uint32_t *client;
};

void block_rows_init(struct block_rows *b, size_t n_rows_max);
void block_rows_deinit(struct block_rows *b);

/* One row behind the others, in order. The caller keeps the room. */
void block_rows_add(struct block_rows *b, const struct event *e);

/* What is known of a block without reading it */
struct block_index {
	uint64_t host_first, host_last;
	uint64_t offset;
	uint32_t rows_len, labels_len, clients_len; /* bytes, in this order */
	uint32_t n_rows, n_hosts;
	uint32_t time_first, time_last;
	uint32_t kinds; /* a bit for each kind */
	uint64_t rows_hash, labels_hash, clients_hash;
};

void block_index_encode(struct buf *out, const struct block_index *x);
struct block_index block_index_decode(const unsigned char *p);

/*
 * Append the bytes of the block; the index entry gets all but its offset.
 * Labels and clients are codes of the run's dictionaries.
 */
void block_encode(struct buf *out, const struct block_rows *b,
		  struct block_index *x);

/* Memory for one decoding at a time */
struct block_space {
	uint32_t a[BLOCK_ROWS_MAX + 1];
	uint32_t b[BLOCK_ROWS_MAX];
};

/* From the codes of a run to somebody's numbers; n counts code 0 too */
struct block_names {
	const uint32_t *number;
	uint32_t n;
};

/*
 * Decode into b, which block_rows_init(BLOCK_ROWS_MAX) made. Each part is
 * refused unless its checksum fits and its values obey the index entry.
 * Returns 0, or E_CORRUPT with the reason in *why.
 */
int block_decode_rows(struct block_rows *b, const struct block_index *x,
		      struct bytes part, struct block_space *space,
		      const char **why);
int block_decode_labels(struct block_rows *b, const struct block_index *x,
			struct bytes part, struct block_names names,
			struct block_space *space, const char **why);
int block_decode_clients(struct block_rows *b, const struct block_index *x,
			 struct bytes part, struct block_names names,
			 const char **why);
