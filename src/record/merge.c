/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c - many runs of a month into one
 *
 * Which: in order of size, as long as the next is not larger than twice the
 * sum so far. So a row is rewritten each time its run grows by half at least,
 * a logarithmic number of times.
 */
#include "record/merge.h"

#include "record/view.h"

#include <stdlib.h>

/* ---------------------------------------------------------------- the work */

struct coding {
	struct catalog catalog;
	struct run_names names;
	uint32_t *code_of;
};

static void count_names(const struct run_names *names, const struct catalog *c,
			uint64_t *count)
{
	for (uint32_t i = 1; i < names->n; i++)
		count[catalog_find(c, names->name[i])] += names->count[i];
}

/* Frequencies add up; segments tell those of their whole run, near enough. */
static void coding_init(struct coding *c, const struct view *v, bool clients)
{
	uint64_t *count = mem_alloc((size_t)c->catalog.n + 1, sizeof(*count));

	for (size_t i = 0; i < v->n_runs; i++)
		count_names(clients ? &v->runs[i].clients : &v->runs[i].labels,
			    &c->catalog, count);
	c->code_of = mem_alloc((size_t)c->catalog.n + 1, sizeof(*c->code_of));
	run_names_rank(&c->names, &c->catalog, count, c->code_of);
	free(count);
}

static void coding_deinit(struct coding *c)
{
	catalog_deinit(&c->catalog);
	run_names_deinit(&c->names);
	free(c->code_of);
}

static int write_piece(struct run_writer *w, const struct record_piece *p,
		       const struct coding *labels,
		       const struct coding *clients)
{
	int err = 0;

	for (size_t i = 0; i < p->n && err == 0; i++)
		err = run_writer_add(
			w, &(struct event){
				   .host = p->host,
				   .time = p->time[i],
				   .kind = p->kind[i],
				   .label = labels->code_of[p->label[i]],
				   .client = clients->code_of[p->client[i]],
			   });
	return err;
}

static int copy_query(struct view *v, const struct record_query *q,
		      struct run_writer *w, const struct coding *labels,
		      const struct coding *clients)
{
	struct record_cursor *c;
	struct record_piece p;
	int err = cursor_open(&c, v, q);

	if (err < 0)
		return err;
	while ((err = record_cursor_next(c, &p)) > 0) {
		err = write_piece(w, &p, labels, clients);
		if (err < 0)
			break;
	}
	record_cursor_close(c);
	return err < 0 ? err : v->n_damage > 0 ? E_CORRUPT : 0;
}

static int rewrite_view(struct view *v, struct run_place *place, uint32_t month,
			const struct record_query *keep, size_t n_keep,
			struct run_list *out)
{
	struct coding labels = { 0 }, clients = { 0 };
	struct run_writer *w;
	int err = 0;

	view_add_names(v, &labels.catalog, &clients.catalog);
	view_translate(v, &labels.catalog, &clients.catalog);
	coding_init(&labels, v, false);
	coding_init(&clients, v, true);
	w = run_writer_new(place, month, &labels.names, &clients.names,
			   RUN_SEGMENT_BYTES);
	for (size_t i = 0; i < n_keep && err == 0; i++)
		err = copy_query(v, &keep[i], w, &labels, &clients);
	if (err == 0)
		err = run_writer_finish(w, out);
	run_writer_free(w);
	coding_deinit(&labels);
	coding_deinit(&clients);
	return err;
}

int rewrite_runs(struct run_place *place, const struct run_facts *from,
		 size_t n, const struct record_query *keep, size_t n_keep,
		 struct run_list *out, char **what)
{
	struct view v;
	int err = 0;

	view_init(&v);
	for (size_t i = 0; i < n && err == 0; i++)
		err = view_add_run(&v, place->disk, from[i].name, &from[i]);
	if (err == 0 && v.n_damage > 0)
		err = E_CORRUPT;
	if (err == 0)
		err = rewrite_view(&v, place, from[0].month, keep, n_keep, out);
	if (what != NULL && v.n_damage > 0)
		*what = mem_text(bytes_of_text(v.damage[0].what));
	view_deinit(&v);
	return err;
}

int merge_runs(struct run_place *place, const struct run_facts *from, size_t n,
	       struct run_list *out)
{
	return rewrite_runs(place, from, n, &RECORD_EVERYTHING, 1, out, NULL);
}

/* ------------------------------------------------------------------- which */

/* One run with all its segments */
struct whole_run {
	uint32_t month;
	uint64_t group;
	uint64_t n_bytes;
};

static int by_month_and_size(const void *a, const void *b)
{
	const struct whole_run *x = a, *y = b;

	if (x->month != y->month)
		return x->month < y->month ? -1 : 1;
	if (x->n_bytes != y->n_bytes)
		return x->n_bytes < y->n_bytes ? -1 : 1;
	return (x->group > y->group) - (x->group < y->group);
}

static size_t find_wholes(const struct run_list *l, struct whole_run *out)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct run_facts *f = &l->items[i];
		size_t k = 0;

		while (k < n &&
		       (out[k].group != f->group || out[k].month != f->month))
			k++;
		if (k == n)
			out[n++] = (struct whole_run){ f->month, f->group, 0 };
		out[k].n_bytes += f->n_bytes;
	}
	if (n > 0)
		qsort(out, n, sizeof(*out), by_month_and_size);
	return n;
}

/* Of one month's runs, ascending by size: how many to merge */
static size_t n_to_merge(const struct whole_run *w, size_t n)
{
	uint64_t sum = w[0].n_bytes + w[1].n_bytes;
	size_t i = 2;

	for (; i < n && w[i].n_bytes <= 2 * sum; i++)
		sum += w[i].n_bytes;
	return i;
}

static void take(const struct run_list *l, const struct whole_run *w, size_t n,
		 struct run_list *out)
{
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < n; k++)
			if (l->items[i].group == w[k].group &&
			    l->items[i].month == w[k].month) {
				MEM_GROW(out->items, out->n, out->cap);
				out->items[out->n++] = l->items[i];
			}
}

/* The files of runs that should be one; none: all is well */
static void choose(const struct run_list *l, struct run_list *out)
{
	struct whole_run *w = mem_alloc(l->n, sizeof(*w));
	size_t n = find_wholes(l, w);

	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && w[end].month == w[i].month; end++)
			;
		if (end - i > MERGE_RUNS_MAX) {
			take(l, w + i, n_to_merge(w + i, end - i), out);
			break;
		}
	}
	free(w);
}

static bool has_file(const struct run_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->items[i].name, name))
			return true;
	return false;
}

void remove_runs(struct run_list *l, const struct run_list *gone)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!has_file(gone, l->items[i].name))
			l->items[n++] = l->items[i];
	l->n = n;
}

static void append_runs(struct run_list *l, const struct run_list *more)
{
	for (size_t i = 0; i < more->n; i++) {
		MEM_GROW(l->items, l->n, l->cap);
		l->items[l->n++] = more->items[i];
	}
}

int merge_parts(struct work *work, struct run_list *parts)
{
	int err = 0;

	for (;;) {
		struct run_list from = { 0 }, merged = { 0 };

		choose(parts, &from);
		if (from.n > 0)
			err = merge_runs(&work->place, from.items, from.n,
					 &merged);
		if (from.n > 0 && err == 0) {
			work_discard(work, &from);
			remove_runs(parts, &from);
			append_runs(parts, &merged);
		}
		run_list_deinit(&merged);
		if (from.n == 0 || err < 0) {
			run_list_deinit(&from);
			return err;
		}
		run_list_deinit(&from);
	}
}

bool has_all_runs(const struct manifest *m, const struct run_list *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (!manifest_has_run(m, from->items[i].name))
			return false;
	return true;
}

static int replace(struct work *work, const struct run_list *from,
		   struct run_list *merged)
{
	struct change c;
	int err = change_begin(&c, work->place.disk);

	if (err < 0)
		return err;
	if (!has_all_runs(&c.m, from)) {
		change_end(&c);
		return E_STATE;
	}
	remove_runs(&c.m.runs, from);
	err = change_add_runs(&c, merged);
	if (err == 0)
		err = change_commit(&c);
	if (err == 0)
		change_clean(&c);
	change_end(&c);
	return err;
}

void merge_published(struct work *work)
{
	struct run_list from, merged;
	struct manifest m;
	int err = 0;

	while (err == 0) {
		if (manifest_load(&m, work->place.disk) < 0)
			return;
		from = merged = (struct run_list){ 0 };
		choose(&m.runs, &from);
		manifest_deinit(&m);
		if (from.n == 0)
			err = E_NOT_FOUND;
		else
			err = merge_runs(&work->place, from.items, from.n,
					 &merged);
		if (err == 0)
			err = replace(work, &from, &merged);
		run_list_deinit(&from);
		run_list_deinit(&merged);
	}
}
