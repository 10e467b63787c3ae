/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change.c - one publisher at a time
 *
 * Files are made and synced first, under names that count for nothing. Then,
 * under the lock: rename them, sync the directory, write the new manifest
 * beside the old one, sync it, rename it (this is the moment), sync the
 * directory. A death before the moment leaves files that nobody names; the
 * next publisher removes them.
 */
#include "record/manifest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void note_run(void *ctx, const char *name)
{
	if (bytes_ends(bytes_of_text(name), RUN_SUFFIX))
		*(bool *)ctx = true;
}

/*
 * A directory of runs without a manifest is no empty record: somebody lost
 * the manifest, and a new one would lose the runs.
 */
static int check_empty(struct sys_disk *disk)
{
	bool has_runs = false;
	int err = disk->ops->list(disk, &has_runs, note_run);

	return err < 0 ? err : has_runs ? E_CORRUPT : 0;
}

int change_begin(struct change *c, struct sys_disk *disk)
{
	int err;

	*c = (struct change){ .disk = disk };
	c->lock = disk->ops->lock(disk, LOCK_NAME, true);
	if (c->lock < 0)
		return c->lock;
	err = manifest_load(&c->m, disk);
	if (err == E_NOT_FOUND) {
		err = check_empty(disk);
		c->m.next_id = 1;
	}
	if (err < 0)
		change_end(c);
	return err;
}

void change_end(struct change *c)
{
	manifest_deinit(&c->m);
	if (c->lock >= 0)
		c->disk->ops->unlock(c->disk, c->lock);
	c->lock = -1;
}

/* The part gets its final name, and is named in the manifest. */
static int add_run(struct change *c, struct run_facts *f)
{
	char name[RUN_NAME_MAX];
	int err;

	snprintf(name, sizeof(name), "%04u-%02u.%06" PRIu64 RUN_SUFFIX,
		 f->month / 12 % 10000, f->month % 12 + 1, c->m.next_id++);
	err = c->disk->ops->rename(c->disk, f->name, name);
	if (err < 0)
		return err;
	memcpy(f->name, name, sizeof(name));
	MEM_GROW(c->m.runs.items, c->m.runs.n, c->m.runs.cap);
	c->m.runs.items[c->m.runs.n++] = *f;
	return 0;
}

int change_add_segments(struct change *c, struct run_list *parts)
{
	int err = 0;

	for (size_t i = 0; i < parts->n && err == 0; i++)
		err = add_run(c, &parts->items[i]);
	return err;
}

int change_add_runs(struct change *c, struct run_list *parts)
{
	uint64_t group = c->m.next_id, old_group = 0;
	int err = 0;

	for (size_t i = 0; i < parts->n && err == 0; i++) {
		struct run_facts *f = &parts->items[i];

		if (i > 0 && f->group != old_group)
			group = c->m.next_id;
		old_group = f->group;
		f->group = group;
		err = add_run(c, f);
	}
	return err;
}

static int write_new(struct sys_disk *disk, struct bytes b)
{
	const struct sys_disk_ops *ops = disk->ops;
	int handle, err, err_close;

	ops->unlink(disk, MANIFEST_NEW_NAME); /* of one who died */
	handle = ops->create(disk, MANIFEST_NEW_NAME);
	if (handle < 0)
		return handle;
	err = ops->write(disk, handle, b);
	if (err == 0)
		err = ops->sync(disk, handle);
	err_close = ops->close(disk, handle);
	return err < 0 ? err : err_close;
}

int change_commit(struct change *c)
{
	const struct sys_disk_ops *ops = c->disk->ops;
	struct buf b = { 0 };
	int err;

	c->m.generation++;
	manifest_encode(&b, &c->m);
	err = write_new(c->disk, buf_bytes(&b));
	if (err == 0)
		err = ops->sync_dir(c->disk); /* the new runs' names */
	if (err == 0)
		err = ops->rename(c->disk, MANIFEST_NEW_NAME, MANIFEST_NAME);
	if (err == 0)
		err = ops->sync_dir(c->disk);
	buf_deinit(&b);
	return err < 0 ? E_IO : 0;
}

/* ---------------------------------------------------------------- cleaning */

struct names {
	char **items;
	size_t n, cap;
};

static void add_name(void *ctx, const char *name)
{
	struct names *l = ctx;

	MEM_GROW(l->items, l->n, l->cap);
	l->items[l->n++] = mem_text(bytes_of_text(name));
}

static bool has_journal(const struct manifest *m, uint64_t id)
{
	for (size_t i = 0; i < m->n_journals; i++)
		if (m->journals[i] == id)
			return true;
	return false;
}

/* Whoever made this is dead: its lock is free. */
static bool is_abandoned(struct sys_disk *disk, uint64_t id)
{
	char name[FILE_NAME_MAX];
	int lock;

	file_name(name, id, WORK_SUFFIX);
	lock = disk->ops->lock(disk, name, false);
	if (lock < 0)
		return false;
	disk->ops->unlock(disk, lock);
	return true;
}

static bool is_leftover(const struct change *c, const char *name)
{
	uint64_t id;

	if (bytes_ends(bytes_of_text(name), RUN_SUFFIX))
		return !manifest_has_run(&c->m, name);
	if (file_name_parse(name, JOURNAL_SUFFIX, &id))
		return !has_journal(&c->m, id);
	if (file_name_parse(name, PART_SUFFIX, &id))
		return is_abandoned(c->disk, id);
	return false;
}

int change_clean(struct change *c)
{
	struct names l = { 0 };
	int err = c->disk->ops->list(c->disk, &l, add_name);
	uint64_t id;

	for (size_t i = 0; i < l.n; i++)
		if (is_leftover(c, l.items[i]) &&
		    c->disk->ops->unlink(c->disk, l.items[i]) == E_IO)
			err = E_IO;
	/* Looking for the lock of a part may have made its file anew. */
	for (size_t i = 0; i < l.n; i++)
		if ((file_name_parse(l.items[i], WORK_SUFFIX, &id) ||
		     file_name_parse(l.items[i], PART_SUFFIX, &id)) &&
		    is_abandoned(c->disk, id)) {
			char name[FILE_NAME_MAX];

			file_name(name, id, WORK_SUFFIX);
			c->disk->ops->unlink(c->disk, name);
		}
	for (size_t i = 0; i < l.n; i++)
		free(l.items[i]);
	free(l.items);
	return err;
}

/* -------------------------------------------------------------------- work */

/* The number is taken, and locked, before anybody else can see it. */
int work_begin(struct work *w, struct sys_disk *disk)
{
	struct change c;
	char name[FILE_NAME_MAX];
	int err = change_begin(&c, disk);

	*w = (struct work){ .place = { .disk = disk }, .lock = -1 };
	if (err < 0)
		return err;
	w->place.id = c.m.next_id++;
	err = change_commit(&c);
	if (err == 0) {
		file_name(name, w->place.id, WORK_SUFFIX);
		w->lock = disk->ops->lock(disk, name, true);
		err = w->lock < 0 ? w->lock : 0;
	}
	change_end(&c);
	return err;
}

void work_discard(struct work *w, const struct run_list *parts)
{
	struct sys_disk *disk = w->place.disk;

	for (size_t i = 0; i < parts->n; i++)
		disk->ops->unlink(disk, parts->items[i].name);
}

void work_end(struct work *w)
{
	struct sys_disk *disk = w->place.disk;
	char name[FILE_NAME_MAX];

	if (w->lock < 0)
		return;
	for (unsigned i = 0; i < w->place.n_files; i++) {
		part_name(name, w->place.id, i);
		disk->ops->unlink(disk, name); /* if not published */
	}
	file_name(name, w->place.id, WORK_SUFFIX);
	disk->ops->unlink(disk, name);
	disk->ops->unlock(disk, w->lock);
	w->lock = -1;
}
