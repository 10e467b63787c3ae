/* SPDX-License-Identifier: Apache-2.0 */
/*
 * news.c - of states that are told again and again, the first time
 *
 * The candidates are sorted by host, and the record is scanned once beside
 * them: what is published, and the parts of this import. A candidate is no
 * news if an equal host, kind, label and client stands at or before its time,
 * there or among the candidates before it.
 */
#include "record/import.h"

#include "record/sort.h"
#include "record/view.h"

#include <stdlib.h>

static bool is_same_state(const struct event *a, const struct event *b)
{
	return a->kind == b->kind && a->label == b->label &&
	       a->client == b->client;
}

/* The candidates of one host, by time, against each other */
static void mark_repeats(const struct event *e, size_t n, bool *is_old)
{
	for (size_t i = 1; i < n; i++)
		for (size_t k = 0; k < i && !is_old[i]; k++)
			is_old[i] = is_same_state(&e[k], &e[i]);
}

static void mark_known(const struct event *e, size_t n, bool *is_old,
		       const struct record_piece *p)
{
	unsigned kinds = 0;

	for (size_t i = 0; i < n; i++)
		kinds |= 1u << e[i].kind;
	for (size_t row = 0; row < p->n; row++) {
		struct event x = { .kind = p->kind[row],
				   .label = p->label[row],
				   .client = p->client[row] };

		if (!(kinds >> x.kind & 1))
			continue;
		for (size_t i = 0; i < n; i++)
			if (p->time[row] <= e[i].time &&
			    is_same_state(&x, &e[i]))
				is_old[i] = true;
	}
}

static size_t end_of_host(const struct event *e, size_t n, size_t from)
{
	size_t i = from;

	while (i < n && e[i].host == e[from].host)
		i++;
	return i;
}

/* Both sides ascend by host. */
static int join(struct record_cursor *c, const struct event *e, size_t n,
		bool *is_old)
{
	struct record_piece p;
	size_t at = 0;
	int err;

	while ((err = record_cursor_next(c, &p)) > 0) {
		while (at < n && e[at].host < p.host)
			at = end_of_host(e, n, at);
		if (at == n)
			break;
		if (e[at].host == p.host)
			mark_known(e + at, end_of_host(e, n, at) - at,
				   is_old + at, &p);
	}
	return err < 0 ? err : 0;
}

/* Numbers of the journals' rows are the record's; make them the import's. */
static void renumber(uint32_t *number, size_t n, const struct catalog *from,
		     const struct catalog *to)
{
	uint32_t *of = mem_alloc((size_t)from->n + 1, sizeof(*of));

	for (uint32_t i = 1; i <= from->n; i++) {
		of[i] = catalog_find(to, catalog_name(from, i));
		if (of[i] == 0)
			of[i] = NUMBER_UNKNOWN;
	}
	for (size_t i = 0; i < n; i++)
		number[i] = of[number[i]];
	free(of);
}

static int add_parts(struct record_import *im, struct view *v,
		     const struct run_list *parts)
{
	int err = 0;

	for (size_t i = 0; i < parts->n && err == 0; i++)
		err = view_add_run(v, im->disk, parts->items[i].name,
				   &parts->items[i]);
	return err;
}

static int find_old(struct record_import *im, const struct event *e, size_t n,
		    bool *is_old)
{
	struct record *r;
	struct record_cursor *c;
	struct record_query q = RECORD_EVERYTHING;
	int err = record_open(&r, im->disk);

	if (err < 0)
		return err;
	err = add_parts(im, &r->view, &im->parts);
	if (err == 0)
		err = add_parts(im, &r->view, &im->fresh_parts);
	if (err < 0)
		goto done;
	view_translate(&r->view, &im->labels, &im->clients);
	renumber(r->view.memory.label, r->view.memory.n_rows, &r->m.labels,
		 &im->labels);
	renumber(r->view.memory.client, r->view.memory.n_rows, &r->m.clients,
		 &im->clients);
	q.host_first = e[0].host;
	q.host_last = e[n - 1].host;
	err = cursor_open(&c, &r->view, &q);
	if (err < 0)
		goto done;
	err = join(c, e, n, is_old);
	record_cursor_close(c);
done:
	record_close(r);
	return err;
}

/* All events are in parts; what is kept becomes the new ones. */
static int resolve(struct record_import *im, struct event *e, size_t n)
{
	struct event *scratch;
	bool *is_old;
	int err;

	if (n == 0)
		return 0;
	scratch = mem_resize(NULL, n, sizeof(*scratch));
	events_sort(e, n, scratch);
	free(scratch);
	is_old = mem_alloc(n, sizeof(*is_old));
	for (size_t i = 0, end; i < n; i = end) {
		end = end_of_host(e, n, i);
		mark_repeats(e + i, end - i, is_old + i);
	}
	err = find_old(im, e, n, is_old);
	for (size_t i = 0; i < n && err == 0; i++)
		if (!is_old[i])
			pending_add(&im->events, &e[i], 1);
	free(is_old);
	return err;
}

int import_resolve_news(struct record_import *im)
{
	struct pending *p = &im->news;
	size_t n_noted = p->n_noted, n = p->n;
	int err;

	if (n == 0)
		return 0;
	p->n = p->n_noted = 0;
	err = import_spill(im);
	if (err == 0)
		err = resolve(im, p->e, n_noted);
	im->events.n_noted = im->events.n;
	if (err == 0 && n_noted < n && im->events.n > 0)
		err = import_spill(im);
	if (err == 0)
		err = resolve(im, p->e + n_noted, n - n_noted);
	return err;
}
