/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.c - whole logs, visible at once
 *
 * Events collect in memory; when it is full they are sorted and written as
 * parts, runs under names that count for nothing. The commit publishes all
 * parts. What belongs to an input that may still be dropped is kept apart: in
 * memory behind a mark, on disk in parts of its own.
 */
#include "record/import.h"

#include "record/merge.h"
#include "record/sort.h"

#include <stdlib.h>

#define EVENTS_MIN 1024

/* ---------------------------------------------------------------- open end */

int record_import_open(struct record_import **out, struct sys_disk *disk,
		       size_t memory_bytes)
{
	struct record_import *im = mem_alloc(1, sizeof(*im));
	size_t most = memory_bytes / (2 * sizeof(struct event));
	int err = work_begin(&im->work, disk);

	im->disk = disk;
	im->n_max = most < EVENTS_MIN ? EVENTS_MIN : most;
	if (err == 0)
		err = manifest_load(&im->published, disk);
	if (err < 0) {
		record_import_close(im);
		return err;
	}
	*out = im;
	return 0;
}

void record_import_close(struct record_import *im)
{
	if (im == NULL)
		return;
	work_end(&im->work);
	run_list_deinit(&im->parts);
	run_list_deinit(&im->fresh_parts);
	manifest_deinit(&im->published);
	catalog_deinit(&im->labels);
	catalog_deinit(&im->clients);
	free(im->events.e);
	free(im->news.e);
	free(im->noted);
	free(im->noted_slots);
	free(im);
}

struct catalog *record_import_labels(struct record_import *im)
{
	return &im->labels;
}

struct catalog *record_import_clients(struct record_import *im)
{
	return &im->clients;
}

/* ------------------------------------------------------------------ events */

void import_check_events(const struct record_import *im, const struct event *e,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind >= N_KINDS || e[i].label > im->labels.n ||
		    e[i].client > im->clients.n)
			panic("import: an event of kind %u, label %u, "
			      "client %u",
			      e[i].kind, e[i].label, e[i].client);
}

void pending_add(struct pending *p, const struct event *e, size_t n)
{
	while (p->cap - p->n < n) {
		p->cap = p->cap ? p->cap * 2 : EVENTS_MIN;
		p->e = mem_resize(p->e, p->cap, sizeof(*p->e));
	}
	if (n > 0)
		memcpy(p->e + p->n, e, n * sizeof(*e));
	p->n += n;
}

static int write_sorted(struct record_import *im, struct event *e, size_t n,
			struct run_list *out)
{
	struct event *scratch;
	int err;

	if (n == 0)
		return 0;
	scratch = mem_resize(NULL, n, sizeof(*scratch));
	events_sort_months(e, n, scratch);
	free(scratch);
	err = events_write(e, n, &im->labels, &im->clients, &im->work.place,
			   out);
	return err;
}

int import_spill(struct record_import *im)
{
	struct pending *p = &im->events;
	int err = write_sorted(im, p->e, p->n_noted, &im->parts);

	if (err == 0)
		err = write_sorted(im, p->e + p->n_noted, p->n - p->n_noted,
				   &im->fresh_parts);
	p->n = p->n_noted = 0;
	im->err = err;
	return err;
}

int record_import_add(struct record_import *im, const struct event *events,
		      size_t n)
{
	import_check_events(im, events, n);
	while (n > 0 && im->err == 0) {
		size_t room = im->n_max - im->events.n;
		size_t some = n < room ? n : room;

		pending_add(&im->events, events, some);
		events += some;
		n -= some;
		if (im->events.n == im->n_max)
			import_spill(im);
	}
	return im->err;
}

int record_import_add_news(struct record_import *im, const struct event *events,
			   size_t n)
{
	import_check_events(im, events, n);
	while (n > 0 && im->err == 0) {
		size_t room = im->n_max - im->news.n;
		size_t some = n < room ? n : room;

		pending_add(&im->news, events, some);
		events += some;
		n -= some;
		if (im->news.n == im->n_max)
			im->err = import_resolve_news(im);
	}
	return im->err;
}

/* ------------------------------------------------------------------ ledger */

/*
 * A corpus is as many inputs as it has messages, so noted ones are found by a
 * table. Inputs are hashes already: their low bits are the place.
 */
static size_t find_noted(const struct record_import *im, uint64_t input)
{
	size_t mask = im->n_slots - 1, at = input & mask;

	while (im->noted_slots[at] != 0 &&
	       im->noted[im->noted_slots[at] - 1] != input)
		at = (at + 1) & mask;
	return at;
}

static void add_noted(struct record_import *im, uint64_t input)
{
	MEM_GROW(im->noted, im->n_noted, im->cap_noted);
	im->noted[im->n_noted++] = input;
	if (im->n_noted * 2 <= im->n_slots) {
		im->noted_slots[find_noted(im, input)] = (uint32_t)im->n_noted;
		return;
	}
	im->n_slots = im->n_slots ? im->n_slots * 2 : 64;
	free(im->noted_slots);
	im->noted_slots = mem_alloc(im->n_slots, sizeof(*im->noted_slots));
	for (size_t i = 0; i < im->n_noted; i++)
		im->noted_slots[find_noted(im, im->noted[i])] = (uint32_t)i + 1;
}

static void clear_noted(struct record_import *im)
{
	im->n_noted = im->n_slots = 0;
	free(im->noted_slots);
	im->noted_slots = NULL;
}

bool record_import_has(const struct record_import *im, uint64_t input)
{
	if (im->n_slots > 0 && im->noted_slots[find_noted(im, input)] != 0)
		return true;
	return manifest_has_input(&im->published, input);
}

static void move_runs(struct run_list *to, struct run_list *from)
{
	for (size_t i = 0; i < from->n; i++) {
		MEM_GROW(to->items, to->n, to->cap);
		to->items[to->n++] = from->items[i];
	}
	from->n = 0;
}

void record_import_note(struct record_import *im, uint64_t input)
{
	add_noted(im, input);
	im->events.n_noted = im->events.n;
	im->news.n_noted = im->news.n;
	move_runs(&im->parts, &im->fresh_parts);
}

int record_import_drop(struct record_import *im)
{
	im->events.n = im->events.n_noted;
	im->news.n = im->news.n_noted;
	work_discard(&im->work, &im->fresh_parts);
	im->fresh_parts.n = 0;
	return im->err;
}

/* ------------------------------------------------------------------ commit */

static void add_names(struct catalog *to, const struct catalog *from)
{
	for (uint32_t i = 1; i <= from->n; i++)
		catalog_add(to, catalog_name(from, i));
}

/* Two imports may have read the same input at once; the later one yields. */
static bool is_known(const struct record_import *im, const struct manifest *m)
{
	for (size_t i = 0; i < im->n_noted; i++)
		if (manifest_has_input(m, im->noted[i]))
			return true;
	return false;
}

static int publish(struct record_import *im)
{
	struct change c;
	int err = change_begin(&c, im->disk);

	if (err < 0)
		return err;
	if (is_known(im, &c.m))
		err = E_EXISTS;
	if (err == 0)
		err = change_add_runs(&c, &im->parts);
	if (err == 0) {
		add_names(&c.m.labels, &im->labels);
		add_names(&c.m.clients, &im->clients);
		manifest_add_inputs(&c.m, im->noted, im->n_noted);
		err = change_commit(&c);
	}
	if (err == 0)
		change_clean(&c);
	change_end(&c);
	return err;
}

static int prepare(struct record_import *im)
{
	int err = im->err;

	if (err == 0)
		err = import_resolve_news(im);
	if (err == 0)
		err = import_spill(im);
	if (err < 0)
		return err;
	move_runs(&im->parts, &im->fresh_parts);
	return merge_parts(&im->work, &im->parts);
}

int record_import_commit(struct record_import *im)
{
	int err = prepare(im);

	if (err == 0 && (im->parts.n > 0 || im->n_noted > 0))
		err = publish(im);
	im->err = err;
	if (err < 0)
		return err;
	im->parts.n = 0;
	clear_noted(im);
	merge_published(&im->work);
	manifest_deinit(&im->published);
	im->err = manifest_load(&im->published, im->disk);
	return 0;
}
