/* SPDX-License-Identifier: Apache-2.0 */
#include "record/run.h"

#include "record/record.h"
#include "record/run_format.h"

#include <stdio.h>
#include <stdlib.h>

int run_open(struct run *run, struct sys_disk *disk, const char *name,
	     const char **why)
{
	struct bytes whole;
	int err;

	*run = (struct run){ .disk = disk };
	*why = "cannot be read";
	err = disk->ops->map(disk, name, &whole);
	if (err < 0)
		return err;
	err = run_parse(run, whole, why);
	snprintf(run->facts.name, sizeof(run->facts.name), "%s", name);
	if (err < 0)
		run_close(run);
	return err;
}

void run_close(struct run *run)
{
	run_names_deinit(&run->labels);
	run_names_deinit(&run->clients);
	free(run->label_number);
	free(run->client_number);
	if (run->disk != NULL)
		run->disk->ops->unmap(run->disk, run->whole);
	*run = (struct run){ 0 };
}

static uint32_t *translate(const struct run_names *names,
			   const struct catalog *c)
{
	uint32_t *number = mem_alloc(names->n, sizeof(*number));

	for (uint32_t i = 1; i < names->n; i++) {
		number[i] = catalog_find(c, names->name[i]);
		if (number[i] == 0)
			number[i] = NUMBER_UNKNOWN;
	}
	return number;
}

void run_translate(struct run *run, const struct catalog *labels,
		   const struct catalog *clients)
{
	free(run->label_number);
	free(run->client_number);
	run->label_number = translate(&run->labels, labels);
	run->client_number = translate(&run->clients, clients);
}

struct block_index run_block(const struct run *run, uint32_t i)
{
	return block_index_decode(run->index + (size_t)i * BLOCK_INDEX_SIZE);
}

uint64_t run_block_last_host(const struct run *run, uint32_t i)
{
	struct reader r = reader_of(
		bytes_of(run->index + (size_t)i * BLOCK_INDEX_SIZE + 8, 8));

	return read_u64(&r);
}

int run_decode(const struct run *run, const struct block_index *x,
	       unsigned columns, struct block_rows *out,
	       struct block_space *space, const char **why)
{
	const char *at = run->whole.ptr + x->offset;
	struct bytes rows = bytes_of(at, x->rows_len);
	struct bytes labels = bytes_of(at + rows.len, x->labels_len);
	struct bytes clients =
		bytes_of(labels.ptr + labels.len, x->clients_len);
	struct block_names names = { run->label_number, run->labels.n };
	int err = block_decode_rows(out, x, rows, space, why);

	if (err == 0 && (columns & RECORD_LABELS))
		err = block_decode_labels(out, x, labels, names, space, why);
	names = (struct block_names){ run->client_number, run->clients.n };
	if (err == 0 && (columns & RECORD_CLIENTS))
		err = block_decode_clients(out, x, clients, names, why);
	return err;
}
