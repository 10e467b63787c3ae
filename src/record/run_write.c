/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_write.c - sorted events to run files
 *
 * Rows collect in one block; full blocks collect in a buffer that goes to the
 * file in large writes. A new segment begins between two hosts only.
 */
#include "record/run.h"

#include "record/run_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define WRITE_BYTES ((size_t)1 << 20)

void run_list_deinit(struct run_list *l)
{
	free(l->items);
	*l = (struct run_list){ 0 };
}

uint32_t month_of_time(int64_t time)
{
	struct civil c = time_to_civil(time);

	return (uint32_t)(c.year * 12 + c.month - 1);
}

int64_t month_start(uint32_t month)
{
	return time_from_civil((int)month / 12, (int)month % 12 + 1, 1, 0, 0,
			       0);
}

/* ------------------------------------------------------------------- names */

struct ranked {
	uint64_t count;
	uint32_t number;
};

/* Frequent first; among equals the older */
static int by_count(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

void run_names_rank(struct run_names *names, const struct catalog *c,
		    const uint64_t *count, uint32_t *code_of)
{
	struct ranked *r = mem_alloc((size_t)c->n + 1, sizeof(*r));
	uint32_t n = 0;

	for (uint32_t i = 1; i <= c->n; i++)
		if (count[i] > 0)
			r[n++] = (struct ranked){ count[i], i };
	if (n > 0)
		qsort(r, n, sizeof(*r), by_count);
	names->name = mem_alloc((size_t)n + 1, sizeof(*names->name));
	names->count = mem_alloc((size_t)n + 1, sizeof(*names->count));
	names->n = n + 1;
	code_of[0] = 0;
	for (uint32_t i = 0; i < n; i++) {
		names->name[i + 1] = catalog_name(c, r[i].number);
		names->count[i + 1] = r[i].count;
		code_of[r[i].number] = i + 1;
	}
	free(r);
}

void run_names_deinit(struct run_names *names)
{
	free(names->name);
	free(names->count);
	*names = (struct run_names){ 0 };
}

/* ------------------------------------------------------------------ writer */

struct run_writer {
	struct run_place *place;
	const struct run_names *labels, *clients;
	uint64_t segment_bytes;
	uint64_t group;		/* of all segments */
	int handle;		/* -1: no file is open */
	struct buf out;		/* not yet written */
	struct buf index;	/* of this segment */
	struct run_facts facts; /* of this segment */
	struct block_rows block;
	struct run_list done;
};

static void facts_clear(struct run_facts *f, uint32_t month)
{
	*f = (struct run_facts){ .month = month };
	f->time_first = UINT32_MAX;
	for (unsigned k = 0; k < N_KINDS; k++)
		f->by_kind[k].first = UINT32_MAX;
}

struct run_writer *run_writer_new(struct run_place *place, uint32_t month,
				  const struct run_names *labels,
				  const struct run_names *clients,
				  uint64_t segment_bytes)
{
	struct run_writer *w = mem_alloc(1, sizeof(*w));

	w->place = place;
	w->labels = labels;
	w->clients = clients;
	w->segment_bytes = segment_bytes;
	w->handle = -1;
	w->group = place->n_files;
	facts_clear(&w->facts, month);
	block_rows_init(&w->block, BLOCK_ROWS);
	return w;
}

void run_writer_set_group(struct run_writer *w, uint64_t group)
{
	w->group = group;
}

void run_writer_free(struct run_writer *w)
{
	if (w == NULL)
		return;
	if (w->handle >= 0)
		w->place->disk->ops->close(w->place->disk, w->handle);
	buf_deinit(&w->out);
	buf_deinit(&w->index);
	block_rows_deinit(&w->block);
	run_list_deinit(&w->done);
	free(w);
}

static int write_out(struct run_writer *w)
{
	struct sys_disk *d = w->place->disk;
	int err = d->ops->write(d, w->handle, buf_bytes(&w->out));

	w->out.len = 0;
	return err;
}

void part_name(char out[RUN_NAME_MAX], uint64_t id, unsigned n)
{
	snprintf(out, RUN_NAME_MAX, "%06" PRIu64 ".%u.part", id, n);
}

static int segment_begin(struct run_writer *w)
{
	struct sys_disk *d = w->place->disk;

	part_name(w->facts.name, w->place->id, w->place->n_files++);
	w->handle = d->ops->create(d, w->facts.name);
	if (w->handle < 0)
		return w->handle;
	w->out.len = w->index.len = 0;
	run_header_encode(&w->out, w->facts.month);
	w->facts.n_bytes = w->out.len;
	w->facts.group = w->group;
	return 0;
}

static void count_block(struct run_facts *f, const struct block_rows *b,
			const struct block_index *x)
{
	if (f->n_blocks++ == 0)
		f->host_first = x->host_first;
	f->host_last = x->host_last;
	f->n_events += x->n_rows;
	f->n_hosts += x->n_hosts;
	if (x->time_first < f->time_first)
		f->time_first = x->time_first;
	if (x->time_last > f->time_last)
		f->time_last = x->time_last;
	for (size_t i = 0; i < b->n_rows; i++) {
		struct run_kind *k = &f->by_kind[b->kind[i]];

		k->n++;
		k->first = b->time[i] < k->first ? b->time[i] : k->first;
		k->last = b->time[i] > k->last ? b->time[i] : k->last;
	}
}

static int flush_block(struct run_writer *w)
{
	struct block_index x = { .offset = w->facts.n_bytes };
	size_t before = w->out.len;

	if (w->block.n_rows == 0)
		return 0;
	block_encode(&w->out, &w->block, &x);
	w->facts.n_bytes += w->out.len - before;
	block_index_encode(&w->index, &x);
	count_block(&w->facts, &w->block, &x);
	w->block.n_rows = w->block.n_hosts = 0;
	return w->out.len < WRITE_BYTES ? 0 : write_out(w);
}

static int segment_end(struct run_writer *w)
{
	struct sys_disk *d = w->place->disk;
	uint32_t month = w->facts.month;
	int err = flush_block(w), err_close;

	if (err == 0) {
		w->facts.n_bytes += run_footer_encode(&w->out, &w->facts,
						      buf_bytes(&w->index),
						      w->labels, w->clients);
		err = write_out(w);
	}
	if (err == 0)
		err = d->ops->sync(d, w->handle);
	err_close = d->ops->close(d, w->handle);
	w->handle = -1;
	MEM_GROW(w->done.items, w->done.n, w->done.cap);
	w->done.items[w->done.n++] = w->facts;
	facts_clear(&w->facts, month);
	return err < 0 ? err : err_close;
}

int run_writer_add(struct run_writer *w, const struct event *e)
{
	const struct block_rows *b = &w->block;
	bool new_host = b->n_hosts == 0 || b->host[b->n_hosts - 1] != e->host;
	int err = 0;

	if (new_host && w->handle >= 0 && w->facts.n_bytes >= w->segment_bytes)
		err = segment_end(w);
	if (err == 0 && w->handle < 0)
		err = segment_begin(w);
	if (err == 0 && b->n_rows == BLOCK_ROWS)
		err = flush_block(w);
	if (err == 0)
		block_rows_add(&w->block, e);
	return err;
}

int run_writer_finish(struct run_writer *w, struct run_list *out)
{
	int err = w->handle >= 0 ? segment_end(w) : 0;

	for (size_t i = 0; err == 0 && i < w->done.n; i++) {
		MEM_GROW(out->items, out->n, out->cap);
		out->items[out->n++] = w->done.items[i];
	}
	return err;
}
