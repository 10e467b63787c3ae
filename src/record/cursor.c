/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cursor.c - the lives of hosts out of many runs
 *
 * A heap holds the sources by the host that each will tell next. Those that
 * stand at the least host are taken out. If it is one, as mostly, its slice
 * of a decoded block is the piece: nothing is copied. If several, their rows
 * are merged into a buffer; runs of different months do not overlap in time,
 * so that merging them is copying whole slices.
 */
#include "record/source.h"

#include <stdlib.h>

#define MERGE_ROWS_MIN 1024

struct record_cursor {
	struct bounds bounds;
	struct block_space *space;
	struct source *sources;
	size_t n_sources;

	struct source **heap;
	size_t n_heap;

	struct source **at; /* those at `host`, in the order of sources */
	size_t n_at;
	uint64_t host;
	struct source *lent; /* whose slice the caller holds */

	uint32_t *time; /* merged rows; NULL until needed */
	uint8_t *kind;
	uint32_t *label;
	uint32_t *client;
	size_t n, cap;
};

/* -------------------------------------------------------------------- heap */

/* Equal hosts in the order of sources, so that merging has a fixed order */
static bool before(const struct source *a, const struct source *b)
{
	return a->key != b->key ? a->key < b->key : a < b;
}

static void heap_push(struct record_cursor *c, struct source *s)
{
	size_t i = c->n_heap++;

	while (i > 0 && before(s, c->heap[(i - 1) / 2])) {
		c->heap[i] = c->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	c->heap[i] = s;
}

static struct source *heap_pop(struct record_cursor *c)
{
	struct source *top = c->heap[0], *s = c->heap[--c->n_heap];
	size_t i = 0, k;

	while ((k = 2 * i + 1) < c->n_heap) {
		if (k + 1 < c->n_heap && before(c->heap[k + 1], c->heap[k]))
			k++;
		if (!before(c->heap[k], s))
			break;
		c->heap[i] = c->heap[k];
		i = k;
	}
	c->heap[i] = s;
	return top;
}

/* ------------------------------------------------------------------ states */

int cursor_open(struct record_cursor **out, struct view *v,
		const struct record_query *q)
{
	struct record_cursor *c = mem_alloc(1, sizeof(*c));
	size_t n_max = v->n_runs + 1;

	c->bounds = bounds_of(q);
	c->space = mem_resize(NULL, 1, sizeof(*c->space));
	c->sources = mem_alloc(n_max, sizeof(*c->sources));
	c->heap = mem_alloc(n_max, sizeof(*c->heap));
	c->at = mem_alloc(n_max, sizeof(*c->at));
	for (size_t i = 0; i < n_max; i++) {
		struct source *s = &c->sources[c->n_sources];
		const struct run *run = i < v->n_runs ? &v->runs[i] : NULL;

		if (!source_init(s, v, run, &c->bounds, c->space))
			continue;
		c->n_sources++;
		heap_push(c, s);
	}
	*out = c;
	return 0;
}

int record_cursor_open(struct record_cursor **out, struct record *r,
		       const struct record_query *q)
{
	return cursor_open(out, &r->view, q);
}

void record_cursor_close(struct record_cursor *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_sources; i++)
		source_deinit(&c->sources[i]);
	free(c->space);
	free(c->sources);
	free(c->heap);
	free(c->at);
	free(c->time);
	free(c->kind);
	free(c->label);
	free(c->client);
	free(c);
}

/* Keep at[] in the order of sources, whenever each was started. */
static void place_at(struct record_cursor *c, struct source *s)
{
	size_t i = c->n_at++;

	for (; i > 0 && c->at[i - 1] > s; i--)
		c->at[i] = c->at[i - 1];
	c->at[i] = s;
}

/* Take out all sources at the least host. False at the end. */
static bool take_host(struct record_cursor *c)
{
	while (c->n_heap > 0) {
		struct source *s = c->heap[0];

		if (c->n_at > 0 && s->key != c->host)
			break;
		heap_pop(c);
		if (!s->is_started) {
			source_start(s);
			if (source_is_done(s))
				source_deinit(s);
			else
				heap_push(c, s);
			continue;
		}
		c->host = s->key;
		place_at(c, s);
	}
	return c->n_at > 0;
}

/* at[i] goes one slice further, and leaves if that is of another host. */
static void step_at(struct record_cursor *c, size_t i)
{
	struct source *s = c->at[i];

	source_step(s);
	if (!source_is_done(s) && s->now.host == c->host)
		return;
	memmove(c->at + i, c->at + i + 1, (c->n_at - i - 1) * sizeof(*c->at));
	c->n_at--;
	if (source_is_done(s))
		source_deinit(s);
	else
		heap_push(c, s);
}

/* ----------------------------------------------------------------- merging */

static uint64_t order(const struct source *s, uint32_t row)
{
	return (uint64_t)s->now.b->time[row] << 8 | s->now.b->kind[row];
}

/* The source whose next row is the least; among equals the first */
static size_t find_least(const struct record_cursor *c)
{
	size_t least = 0;

	for (size_t i = 1; i < c->n_at; i++)
		if (order(c->at[i], c->at[i]->now.lo) <
		    order(c->at[least], c->at[least]->now.lo))
			least = i;
	return least;
}

/* How far its rows go before one of another source is due */
static uint32_t find_end(const struct record_cursor *c, size_t least)
{
	const struct source *s = c->at[least];
	uint64_t bound = UINT64_MAX; /* up to and with it */
	uint32_t end;

	for (size_t i = 0; i < c->n_at; i++) {
		uint64_t other = order(c->at[i], c->at[i]->now.lo);

		if (i == least)
			continue;
		other -= i < least; /* on a tie the earlier one goes first */
		bound = other < bound ? other : bound;
	}
	if (order(s, s->now.hi - 1) <= bound)
		return s->now.hi;
	for (end = s->now.lo + 1; order(s, end) <= bound; end++)
		;
	return end;
}

static void copy_rows(struct record_cursor *c, const struct slice *x,
		      uint32_t end)
{
	size_t n = end - x->lo;

	memcpy(c->time + c->n, x->b->time + x->lo, n * sizeof(*c->time));
	memcpy(c->kind + c->n, x->b->kind + x->lo, n);
	if (c->bounds.columns & RECORD_LABELS)
		memcpy(c->label + c->n, x->b->label + x->lo,
		       n * sizeof(*c->label));
	if (c->bounds.columns & RECORD_CLIENTS)
		memcpy(c->client + c->n, x->b->client + x->lo,
		       n * sizeof(*c->client));
	c->n += n;
}

/* Room for as many more rows; a host that many runs know is mostly short. */
static void reserve(struct record_cursor *c, size_t more)
{
	size_t cap = c->cap ? c->cap : MERGE_ROWS_MIN;

	if (c->cap - c->n >= more)
		return;
	while (cap - c->n < more)
		cap *= 2;
	c->time = mem_resize(c->time, cap, sizeof(*c->time));
	c->kind = mem_resize(c->kind, cap, sizeof(*c->kind));
	c->label = mem_resize(c->label, cap, sizeof(*c->label));
	c->client = mem_resize(c->client, cap, sizeof(*c->client));
	c->cap = cap;
}

static void merge(struct record_cursor *c, struct record_piece *out)
{
	c->n = 0;
	while (c->n_at > 0 && c->n < RECORD_PIECE_MAX) {
		size_t i = find_least(c);
		struct slice *x = &c->at[i]->now;
		uint32_t end = find_end(c, i);

		if (end - x->lo > RECORD_PIECE_MAX - c->n)
			end = x->lo + (uint32_t)(RECORD_PIECE_MAX - c->n);
		reserve(c, end - x->lo);
		copy_rows(c, x, end);
		x->lo = end;
		if (x->lo == x->hi)
			step_at(c, i);
	}
	out->n = c->n;
	out->time = c->time;
	out->kind = c->kind;
	out->label = c->label;
	out->client = c->client;
	out->last = c->n_at == 0;
}

/* A slice as it lies in the block */
static void lend(struct record_cursor *c, struct record_piece *out)
{
	const struct source *s = c->lent = c->at[0];
	const struct slice *x = &s->now;

	out->n = x->hi - x->lo;
	out->time = x->b->time + x->lo;
	out->kind = x->b->kind + x->lo;
	out->label = x->b->label + x->lo;
	out->client = x->b->client + x->lo;
	out->last = s->ahead.b == NULL || s->ahead.host != c->host;
}

int record_cursor_next(struct record_cursor *c, struct record_piece *out)
{
	bool first;

	if (c->lent != NULL)
		step_at(c, 0);
	c->lent = NULL;
	first = c->n_at == 0;
	if (first && !take_host(c))
		return 0;
	out->host = c->host;
	out->first = first;
	if (c->n_at == 1)
		lend(c, out);
	else
		merge(c, out);
	if (!(c->bounds.columns & RECORD_LABELS))
		out->label = NULL;
	if (!(c->bounds.columns & RECORD_CLIENTS))
		out->client = NULL;
	return 1;
}
