/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify.c - read everything, believe nothing
 *
 * A scan checks what it needs to be safe. Here is the rest: the order of rows
 * in one second, facts and kinds of the index against the rows.
 */
#include "record/view.h"

#include <stdlib.h>

/* What the rows of a run add up to */
struct sums {
	uint64_t n_hosts;
	uint64_t n_by_kind[N_KINDS];
	uint64_t host;
	uint64_t order; /* of the last row */
	bool is_any;
};

static uint64_t order(const struct block_rows *b, uint32_t row)
{
	return (uint64_t)b->time[row] << 8 | b->kind[row];
}

/* NULL, or what is wrong */
static const char *check_host(const struct block_rows *b, size_t i,
			      struct sums *s)
{
	bool is_new = !s->is_any || b->host[i] != s->host;

	if (s->is_any && b->host[i] < s->host)
		return "hosts are not in order";
	for (uint32_t row = b->start[i]; row < b->start[i + 1]; row++) {
		if (!is_new && order(b, row) < s->order)
			return "rows are not in order";
		is_new = false;
		s->order = order(b, row);
		s->n_by_kind[b->kind[row]]++;
	}
	s->host = b->host[i];
	s->is_any = true;
	s->n_hosts++;
	return NULL;
}

static const char *check_facts(const struct block_rows *b,
			       const struct block_index *x)
{
	uint32_t first = UINT32_MAX, last = 0;
	unsigned kinds = 0;

	for (size_t i = 0; i < b->n_rows; i++) {
		first = b->time[i] < first ? b->time[i] : first;
		last = b->time[i] > last ? b->time[i] : last;
		kinds |= 1u << b->kind[i];
	}
	if (first != x->time_first || last != x->time_last || kinds != x->kinds)
		return "the index tells other times or kinds";
	return NULL;
}

static const char *check_block(const struct run *run,
			       const struct block_index *x,
			       struct block_rows *b, struct block_space *space,
			       struct sums *sums)
{
	const char *why = NULL;

	if (run_decode(run, x, RECORD_LABELS | RECORD_CLIENTS, b, space, &why) <
	    0)
		return why;
	for (size_t i = 0; i < b->n_hosts && why == NULL; i++)
		why = check_host(b, i, sums);
	return why != NULL ? why : check_facts(b, x);
}

static const char *check_sums(const struct run_facts *f, const struct sums *s)
{
	for (unsigned k = 0; k < N_KINDS; k++)
		if (f->by_kind[k].n != s->n_by_kind[k])
			return "the trailer counts other kinds";
	return f->n_hosts == s->n_hosts ? NULL
					: "the trailer counts other hosts";
}

static void verify_run(struct view *v, const struct run *run,
		       struct block_rows *b, struct block_space *space)
{
	struct sums sums = { 0 };
	bool is_whole = true;
	const char *why;

	for (uint32_t i = 0; i < run->facts.n_blocks; i++) {
		struct block_index x = run_block(run, i);

		why = check_block(run, &x, b, space, &sums);
		if (why != NULL)
			view_note_damage(v, "%s: block %u: %s", run->facts.name,
					 i, why);
		is_whole &= why == NULL;
	}
	why = is_whole ? check_sums(&run->facts, &sums) : NULL;
	if (why != NULL)
		view_note_damage(v, "%s: %s", run->facts.name, why);
}

int record_verify(struct record *r)
{
	struct block_space *space = mem_alloc(1, sizeof(*space));
	const struct record_damage *damage;
	struct block_rows b;

	block_rows_init(&b, BLOCK_ROWS_MAX);
	for (size_t i = 0; i < r->view.n_runs; i++)
		verify_run(&r->view, &r->view.runs[i], &b, space);
	block_rows_deinit(&b);
	free(space);
	return record_damage(r, &damage) > 0 ? E_CORRUPT : 0;
}
