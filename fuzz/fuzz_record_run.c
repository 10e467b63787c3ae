/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run that somebody made to break us. Read as a file, most bytes fail at a
 * checksum; so the same bytes are also taken as an index entry and a block
 * whose checksums fit, and what decodes must obey its promises.
 */
#include "record/record.h"
#include "record/run.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool ok)
{
	if (!ok)
		abort();
}

static void check_rows(const struct block_rows *b, const struct block_index *x)
{
	check(b->n_rows == x->n_rows && b->n_hosts == x->n_hosts);
	check(b->start[0] == 0 && b->start[b->n_hosts] == b->n_rows);
	check(b->host[0] == x->host_first);
	check(b->host[b->n_hosts - 1] == x->host_last);
	for (size_t i = 0; i < b->n_hosts; i++) {
		check(b->start[i] < b->start[i + 1]);
		check(i == 0 || b->host[i - 1] < b->host[i]);
		for (uint32_t k = b->start[i] + 1; k < b->start[i + 1]; k++)
			check(b->time[k - 1] <= b->time[k]);
	}
	for (size_t i = 0; i < b->n_rows; i++)
		check(b->kind[i] < N_KINDS && b->time[i] >= x->time_first &&
		      b->time[i] <= x->time_last);
}

static void read_as_run(struct bytes whole, struct block_rows *rows,
			struct block_space *space)
{
	struct run run = { 0 };
	struct catalog none = { 0 };
	const char *why;

	if (run_parse(&run, whole, &why) == 0) {
		run_translate(&run, &none, &none);
		for (uint32_t i = 0; i < run.facts.n_blocks; i++) {
			struct block_index x = run_block(&run, i);

			if (run_decode(&run, &x, RECORD_LABELS | RECORD_CLIENTS,
				       rows, space, &why) == 0)
				check_rows(rows, &x);
		}
	}
	run_close(&run);
}

/* The next part of the bytes, its hash made to fit */
static struct bytes take(struct bytes *rest, uint32_t *len, uint64_t *hash)
{
	struct bytes part = { rest->ptr, *len < rest->len ? *len : rest->len };

	*len = (uint32_t)part.len;
	*hash = hash_bytes(part);
	*rest = bytes_from(*rest, part.len);
	return part;
}

static void read_as_block(struct bytes data, struct block_rows *rows,
			  struct block_space *space)
{
	static const uint32_t number[5] = { 0, 1, 2, 3, 4 };
	struct block_names names = { number, 5 };
	struct block_index x;
	struct bytes part, labels, clients;
	const char *why;

	if (data.len < BLOCK_INDEX_SIZE)
		return;
	x = block_index_decode((const unsigned char *)data.ptr);
	data = bytes_from(data, BLOCK_INDEX_SIZE);
	/* what run_parse() makes sure of */
	if (x.n_rows == 0 || x.n_rows > BLOCK_ROWS_MAX || x.n_hosts == 0 ||
	    x.n_hosts > x.n_rows || x.host_first > x.host_last ||
	    x.kinds == 0 || x.kinds >> N_KINDS || x.time_first > x.time_last)
		return;
	part = take(&data, &x.rows_len, &x.rows_hash);
	labels = take(&data, &x.labels_len, &x.labels_hash);
	clients = take(&data, &x.clients_len, &x.clients_hash);
	if (block_decode_rows(rows, &x, part, space, &why) < 0)
		return;
	check_rows(rows, &x);
	if (block_decode_labels(rows, &x, labels, names, space, &why) == 0)
		for (size_t i = 0; i < rows->n_rows; i++)
			check(rows->label[i] < 5);
	if (block_decode_clients(rows, &x, clients, names, &why) == 0)
		for (size_t i = 0; i < rows->n_rows; i++)
			check(rows->client[i] < 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct block_space *space = mem_alloc(1, sizeof(*space));
	struct block_rows rows;

	block_rows_init(&rows, BLOCK_ROWS_MAX);
	read_as_run(bytes_of(data, size), &rows, space);
	read_as_block(bytes_of(data, size), &rows, space);
	block_rows_deinit(&rows);
	free(space);
	return 0;
}
