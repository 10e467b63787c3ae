/* SPDX-License-Identifier: Apache-2.0 */
/*
 * upkeep.c - drop the old, erase a host, many runs made few
 *
 * All are the same: at one moment's manifest, find the files that must not
 * stay as they are, write anew what of them is to be kept, and replace them by
 * one change. If somebody else replaced one of them meanwhile, begin again. A
 * rewritten segment takes the place of the old one in its run.
 */
#include "record/journal.h"
#include "record/manifest.h"
#include "record/merge.h"
#include "record/record.h"
#include "record/view.h"

#include <stdlib.h>

#define N_TRIES 8

struct upkeep {
	struct sys_disk *disk;
	struct record_upkeep *out;
	struct work work;
	int64_t before; /* expire */
	uint64_t host;	/* forget */
	uint32_t month; /* compact: the one at hand */

	struct manifest m; /* the moment that is worked on */
	struct run_list from, parts;
};

static void note_trouble(struct upkeep *u, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void note_trouble(struct upkeep *u, const char *format, ...)
{
	struct buf b = { 0 };
	va_list args;

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	buf_add_char(&b, '\0');
	free(u->out->what);
	u->out->what = b.ptr;
}

static void take(struct run_list *l, const struct run_facts *f)
{
	MEM_GROW(l->items, l->n, l->cap);
	l->items[l->n++] = *f;
}

/* A file that the manifest names is not there: replaced, or lost? */
static int judge_missing(struct upkeep *u, const char *name)
{
	struct manifest now;
	int err = manifest_load(&now, u->disk);

	if (err < 0)
		return err;
	err = now.generation == u->m.generation ? E_CORRUPT : E_STATE;
	if (err == E_CORRUPT)
		note_trouble(u, "%s: the file is missing", name);
	manifest_deinit(&now);
	return err;
}

/* Write anew what is to be kept of one file; it keeps its place in its run. */
static int rewrite(struct upkeep *u, const struct run_facts *f,
		   const struct record_query *keep, size_t n_keep)
{
	size_t i = u->parts.n;
	char *what = NULL;
	int err = rewrite_runs(&u->work.place, f, 1, keep, n_keep, &u->parts,
			       &what);

	for (; i < u->parts.n; i++)
		u->parts.items[i].group = f->group;
	if (what != NULL)
		note_trouble(u, "%s", what);
	free(what);
	take(&u->from, f);
	return err == E_NOT_FOUND ? judge_missing(u, f->name) : err;
}

/* ----------------------------------------------------------------- changing */

static uint64_t count_events(const struct run_list *l)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->items[i].n_events;
	return n;
}

static int replace(struct upkeep *u, struct change *c)
{
	int err;

	if (!has_all_runs(&c->m, &u->from))
		return E_STATE;
	remove_runs(&c->m.runs, &u->from);
	err = change_add_segments(c, &u->parts);
	if (err == 0)
		err = change_commit(c);
	if (err < 0)
		return err;
	u->out->n_events_gone +=
		count_events(&u->from) - count_events(&u->parts);
	u->out->n_files_gone += (uint32_t)u->from.n;
	u->out->n_files_made += (uint32_t)u->parts.n;
	return 0;
}

/*
 * Also with nothing to replace: an earlier call may have died between its
 * change and the removal of the old files.
 */
static int publish(struct upkeep *u)
{
	struct change c;
	int err = change_begin(&c, u->disk);

	if (err < 0)
		return err;
	if (u->from.n > 0)
		err = replace(u, &c);
	if (err == 0)
		err = change_clean(&c);
	if (err == 0)
		err = u->disk->ops->sync_dir(u->disk);
	change_end(&c);
	return err;
}

static int attempt(struct upkeep *u, int (*collect)(struct upkeep *u))
{
	int err = manifest_load(&u->m, u->disk);

	if (err == 0)
		err = collect(u);
	if (err == 0)
		err = publish(u);
	if (err == E_STATE) /* nothing was renamed yet */
		work_discard(&u->work, &u->parts);
	manifest_deinit(&u->m);
	run_list_deinit(&u->from);
	run_list_deinit(&u->parts);
	return err;
}

static int change(struct upkeep *u, int (*collect)(struct upkeep *u))
{
	int err = E_STATE;

	for (int i = 0; i < N_TRIES && err == E_STATE; i++)
		err = attempt(u, collect);
	return err;
}

/* A writer that opens folds the journals of the dead. */
static int fold_dead(struct sys_disk *disk)
{
	struct record_writer *w;
	struct manifest m;
	int err = manifest_load(&m, disk);
	bool has_journals = err == 0 && m.n_journals > 0;

	manifest_deinit(&m);
	if (err < 0 || !has_journals)
		return err;
	err = record_writer_open(&w, disk);
	if (err == 0)
		record_writer_close(w);
	return err;
}

static int begin(struct upkeep *u, struct sys_disk *disk,
		 struct record_upkeep *out)
{
	int err = fold_dead(disk);

	*out = (struct record_upkeep){ 0 };
	*u = (struct upkeep){ .disk = disk, .out = out };
	return err < 0 ? err : work_begin(&u->work, disk);
}

/* ------------------------------------------------------------------- expire */

static int find_old(struct upkeep *u)
{
	for (size_t i = 0; i < u->m.runs.n; i++)
		if (u->m.runs.items[i].time_last < u->before)
			take(&u->from, &u->m.runs.items[i]);
	return 0;
}

static int cut_old(struct upkeep *u)
{
	struct record_query keep = RECORD_EVERYTHING;
	int err = 0;

	keep.time_from = u->before;
	for (size_t i = 0; i < u->m.runs.n && err == 0; i++)
		if (u->m.runs.items[i].time_first < u->before)
			err = rewrite(u, &u->m.runs.items[i], &keep, 1);
	return err;
}

int record_expire(struct sys_disk *disk, int64_t before,
		  struct record_upkeep *out)
{
	struct upkeep u;
	int err = begin(&u, disk, out);

	if (err < 0)
		return err;
	u.before = before;
	err = change(&u, find_old);
	if (err == 0)
		err = change(&u, cut_old);
	work_end(&u.work);
	return err;
}

/* ------------------------------------------------------------------- forget */

static bool has_host(const struct journal_rows *rows, uint64_t host)
{
	for (size_t i = 0; i < rows->n; i++)
		if (rows->events[i].host == host)
			return true;
	return false;
}

/* Whoever writes it lives, or it is damaged: else it would have been folded. */
static int check_journal(struct upkeep *u, uint64_t id)
{
	struct catalog labels = { 0 }, clients = { 0 };
	struct journal_rows rows = { 0 };
	char name[FILE_NAME_MAX];
	struct bytes whole;
	const char *why;
	int err;

	file_name(name, id, JOURNAL_SUFFIX);
	err = u->disk->ops->map(u->disk, name, &whole);
	if (err < 0)
		return err == E_NOT_FOUND ? judge_missing(u, name) : err;
	err = journal_decode(&rows, whole, id, &labels, &clients, &why);
	u->disk->ops->unmap(u->disk, whole);
	if (err < 0)
		note_trouble(u, "%s: %s", name, why);
	if (err == 0 && has_host(&rows, u->host)) {
		note_trouble(u, "%s: a writer that is at work holds it", name);
		err = E_EXISTS;
	}
	free(rows.events);
	catalog_deinit(&labels);
	catalog_deinit(&clients);
	return err;
}

/* 1: the host has rows in this file, 0: it has none. */
static int find_host(struct upkeep *u, const struct run_facts *f)
{
	struct record_query q = RECORD_EVERYTHING;
	struct record_cursor *c = NULL;
	struct record_piece p;
	struct view v;
	int err;

	if (u->host < f->host_first || u->host > f->host_last)
		return 0;
	q.host_first = q.host_last = u->host;
	q.columns = 0;
	view_init(&v);
	err = view_add_run(&v, u->disk, f->name, f);
	if (err == 0)
		err = cursor_open(&c, &v, &q);
	if (err == 0)
		err = record_cursor_next(c, &p);
	record_cursor_close(c);
	if (v.n_damage > 0) {
		note_trouble(u, "%s", v.damage[0].what);
		err = E_CORRUPT;
	}
	view_deinit(&v);
	return err == E_NOT_FOUND ? judge_missing(u, f->name) : err;
}

/* All hosts but this one: at most two ranges */
static size_t others(uint64_t host, struct record_query keep[2])
{
	size_t n = 0;

	if (host > 0) {
		keep[n] = RECORD_EVERYTHING;
		keep[n++].host_last = host - 1;
	}
	if (host < UINT64_MAX) {
		keep[n] = RECORD_EVERYTHING;
		keep[n++].host_first = host + 1;
	}
	return n;
}

static int cut_host(struct upkeep *u)
{
	struct record_query keep[2];
	size_t n_keep = others(u->host, keep);
	int err = 0;

	for (size_t i = 0; i < u->m.n_journals && err == 0; i++)
		err = check_journal(u, u->m.journals[i]);
	for (size_t i = 0; i < u->m.runs.n && err == 0; i++) {
		err = find_host(u, &u->m.runs.items[i]);
		if (err > 0)
			err = rewrite(u, &u->m.runs.items[i], keep, n_keep);
	}
	return err;
}

int record_forget(struct sys_disk *disk, uint64_t host,
		  struct record_upkeep *out)
{
	struct upkeep u;
	int err = begin(&u, disk, out);

	if (err < 0)
		return err;
	u.host = host;
	err = change(&u, cut_host);
	work_end(&u.work);
	return err;
}

/* ------------------------------------------------------------------ compact */

/* The least month from this one on, or UINT32_MAX */
static uint32_t next_month(const struct run_list *l, uint32_t from)
{
	uint32_t least = UINT32_MAX;

	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].month >= from && l->items[i].month < least)
			least = l->items[i].month;
	return least;
}

static bool is_one_run(const struct run_list *l)
{
	for (size_t i = 1; i < l->n; i++)
		if (l->items[i].group != l->items[0].group)
			return false;
	return true;
}

static int merge_month(struct upkeep *u)
{
	char *what = NULL;
	int err;

	for (size_t i = 0; i < u->m.runs.n; i++)
		if (u->m.runs.items[i].month == u->month)
			take(&u->from, &u->m.runs.items[i]);
	if (is_one_run(&u->from)) {
		u->from.n = 0;
		return 0;
	}
	err = rewrite_runs(&u->work.place, u->from.items, u->from.n,
			   &RECORD_EVERYTHING, 1, &u->parts, &what);
	/* Of the groups that it replaces one is as good as any. */
	for (size_t i = 0; i < u->parts.n; i++)
		u->parts.items[i].group = u->from.items[0].group;
	if (what != NULL)
		note_trouble(u, "%s", what);
	free(what);
	return err == E_NOT_FOUND ? judge_missing(u, "a run") : err;
}

static int find_month(struct upkeep *u)
{
	struct manifest m;
	int err = manifest_load(&m, u->disk);

	if (err == 0)
		u->month = next_month(&m.runs, u->month);
	manifest_deinit(&m);
	return err;
}

static int compact_all(struct upkeep *u)
{
	bool is_damaged = false;
	int err;

	for (;; u->month++) {
		err = find_month(u);
		if (err < 0 || u->month == UINT32_MAX)
			break;
		err = change(u, merge_month);
		is_damaged |= err == E_CORRUPT;
		if (err < 0 && err != E_CORRUPT)
			break;
	}
	return err == 0 && is_damaged ? E_CORRUPT : err;
}

int record_compact(struct sys_disk *disk, struct record_upkeep *out)
{
	struct upkeep u;
	int err = begin(&u, disk, out);

	if (err < 0)
		return err;
	err = compact_all(&u);
	work_end(&u.work);
	return err;
}
