/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - one moment's view of everything
 *
 * Opening takes no lock. The manifest is read, then what it names; if the
 * manifest is still the same afterwards, nothing it names was removed in
 * between, and what was opened belongs together. Otherwise again; a reader
 * that loses this race many times takes the lock once.
 */
#include "record/journal.h"
#include "record/sort.h"
#include "record/view.h"

#include <errno.h>
#include <stdlib.h>

#define N_TRIES 16

/* ---------------------------------------------------------------- opening */

static int open_runs(struct record *r, bool *is_missing)
{
	int err = 0;

	for (size_t i = 0; i < r->m.runs.n && err == 0; i++) {
		const struct run_facts *f = &r->m.runs.items[i];

		err = view_add_run(&r->view, r->disk, f->name, f);
		if (err == E_NOT_FOUND) {
			view_note_damage(&r->view, "%s: the file is missing",
					 f->name);
			*is_missing = true;
			err = 0;
		}
	}
	return err;
}

static int open_journal(struct record *r, uint64_t id,
			struct journal_rows *rows, bool *is_missing)
{
	char name[FILE_NAME_MAX];
	const char *why;
	struct bytes whole;
	int err;

	file_name(name, id, JOURNAL_SUFFIX);
	err = r->disk->ops->map(r->disk, name, &whole);
	if (err == E_NOT_FOUND) {
		view_note_damage(&r->view, "%s: the file is missing", name);
		*is_missing = true;
		return 0;
	}
	if (err < 0)
		return err;
	err = journal_decode(rows, whole, id, &r->m.labels, &r->m.clients,
			     &why);
	r->stat.n_bytes += whole.len;
	r->disk->ops->unmap(r->disk, whole);
	if (err == E_CORRUPT) {
		view_note_damage(&r->view, "%s: %s", name, why);
		err = 0;
	}
	return err;
}

static void take_rows(struct record *r, struct journal_rows *rows)
{
	struct event *scratch = mem_alloc(rows->n, sizeof(*scratch));

	events_sort(rows->events, rows->n, scratch);
	free(scratch);
	view_set_memory(&r->view, rows->events, rows->n);
}

static int open_all(struct record *r, bool *is_missing)
{
	struct journal_rows rows = { 0 };
	int err;

	*is_missing = false;
	err = open_runs(r, is_missing);
	for (size_t i = 0; i < r->m.n_journals && err == 0; i++)
		err = open_journal(r, r->m.journals[i], &rows, is_missing);
	if (err == 0 && rows.n > 0)
		take_rows(r, &rows);
	free(rows.events);
	if (err == 0) {
		view_add_names(&r->view, &r->m.labels, &r->m.clients);
		view_translate(&r->view, &r->m.labels, &r->m.clients);
	}
	return err;
}

static bool is_unchanged(struct record *r)
{
	struct manifest now;
	bool same;

	if (manifest_load(&now, r->disk) < 0)
		return false;
	same = now.generation == r->m.generation;
	manifest_deinit(&now);
	return same;
}

static void reset(struct record *r)
{
	struct sys_disk *disk = r->disk;

	view_deinit(&r->view);
	manifest_deinit(&r->m);
	*r = (struct record){ .disk = disk };
	view_init(&r->view);
}

static void note_run(void *ctx, const char *name)
{
	if (bytes_ends(bytes_of_text(name), RUN_SUFFIX))
		*(bool *)ctx = true;
}

/* Runs and no manifest are not "no record". */
static int load_manifest(struct record *r)
{
	int err = manifest_load(&r->m, r->disk);
	bool has_runs = false;

	if (err != E_NOT_FOUND)
		return err;
	r->disk->ops->list(r->disk, &has_runs, note_run);
	return has_runs ? E_CORRUPT : E_NOT_FOUND;
}

static int try_open(struct record *r, bool is_locked, bool *again)
{
	bool is_missing;
	int err = load_manifest(r);

	if (err == 0)
		err = open_all(r, &is_missing);
	*again = err == 0 && is_missing && !is_locked && !is_unchanged(r);
	return err;
}

/* ------------------------------------------------------------------- facts */

static void add_kind(struct record_stat *s, unsigned k, uint64_t n,
		     int64_t first, int64_t last)
{
	if (n == 0)
		return;
	s->n_events += n;
	s->n_by_kind[k] += n;
	if (first < s->first_by_kind[k])
		s->first_by_kind[k] = first;
	if (last > s->last_by_kind[k])
		s->last_by_kind[k] = last;
	s->first = first < s->first ? first : s->first;
	s->last = last > s->last ? last : s->last;
}

static void fill_stat(struct record *r)
{
	struct record_stat *s = &r->stat;
	const struct block_rows *b = &r->view.memory;

	s->first = INT64_MAX;
	s->last = INT64_MIN;
	for (unsigned k = 0; k < N_KINDS; k++) {
		s->first_by_kind[k] = INT64_MAX;
		s->last_by_kind[k] = INT64_MIN;
	}
	for (size_t i = 0; i < r->view.n_runs; i++) {
		const struct run_facts *f = &r->view.runs[i].facts;

		s->n_bytes += f->n_bytes;
		s->n_hosts_at_most += f->n_hosts;
		s->n_blocks += f->n_blocks;
		for (unsigned k = 0; k < N_KINDS; k++)
			add_kind(s, k, f->by_kind[k].n, f->by_kind[k].first,
				 f->by_kind[k].last);
	}
	for (size_t i = 0; i < b->n_rows; i++)
		add_kind(s, b->kind[i], 1, b->time[i], b->time[i]);
	s->n_hosts_at_most += b->n_hosts;
	s->n_runs = (uint32_t)r->view.n_runs;
	s->n_journals = (uint32_t)r->m.n_journals;
	s->n_inputs = (uint32_t)r->m.n_inputs;
}

/* One of several files of a run counts the run. */
static bool is_first_file(const struct run_list *l, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (l->items[k].group == l->items[i].group &&
		    l->items[k].month == l->items[i].month)
			return false;
	return true;
}

static int by_start(const void *a, const void *b)
{
	const struct record_month *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

size_t record_months(const struct record *r, struct record_month **out)
{
	const struct run_list *l = &r->m.runs;
	struct record_month *all = mem_alloc(l->n + 1, sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct run_facts *f = &l->items[i];
		int64_t start = month_start(f->month);
		size_t k = 0;

		while (k < n && all[k].start != start)
			k++;
		if (k == n)
			all[n++].start = start;
		all[k].n_runs += is_first_file(l, i);
		all[k].n_files++;
		all[k].n_events += f->n_events;
		all[k].n_bytes += f->n_bytes;
	}
	if (n > 0)
		qsort(all, n, sizeof(*all), by_start);
	*out = all;
	return n;
}

/* ----------------------------------------------------------------- entries */

int record_open(struct record **out, struct sys_disk *disk)
{
	struct record *r = mem_alloc(1, sizeof(*r));
	bool again = true;
	int lock = -1, err = 0;

	r->disk = disk;
	view_init(&r->view);
	for (int i = 0; i <= N_TRIES && again; i++) {
		reset(r);
		if (i == N_TRIES)
			lock = disk->ops->lock(disk, LOCK_NAME, true);
		err = try_open(r, lock >= 0, &again);
	}
	if (lock >= 0)
		disk->ops->unlock(disk, lock);
	if (err < 0) {
		int saved = errno;

		record_close(r);
		errno = saved;
		return err;
	}
	fill_stat(r);
	*out = r;
	return 0;
}

void record_close(struct record *r)
{
	if (r == NULL)
		return;
	view_deinit(&r->view);
	manifest_deinit(&r->m);
	free(r);
}

const struct record_stat *record_stat(const struct record *r)
{
	return &r->stat;
}

const struct catalog *record_labels(const struct record *r)
{
	return &r->m.labels;
}

const struct catalog *record_clients(const struct record *r)
{
	return &r->m.clients;
}

size_t record_damage(struct record *r, const struct record_damage **out)
{
	size_t n;

	pthread_mutex_lock(&r->view.mutex);
	n = r->view.n_damage;
	*out = r->view.damage;
	pthread_mutex_unlock(&r->view.mutex);
	return n;
}
