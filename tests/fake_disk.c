/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_disk.c - see the header
 *
 * Names point to nodes. There are two tables of names: as they are, and as
 * they were at the last sync_dir(), with the changes in between in a list, of
 * which a torn cut keeps the first few, as journalling file systems do.
 */
#include "fake_disk.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define N_NAMES	  256
#define N_NODES	  4096
#define N_HANDLES 256
#define N_CHANGES 1024
#define NAME_ROOM 48
#define PAGE	  512

struct node {
	struct buf now;
	struct buf synced;
	int lock; /* handle of the holder, or -1 */
};

struct entry {
	char name[NAME_ROOM]; /* "" is a free entry */
	unsigned node;
};

struct change {
	char name[NAME_ROOM];
	unsigned node;
	bool is_there; /* else the name goes */
};

struct handle {
	bool is_open;
	bool is_lock;
	unsigned node;
};

struct fake_disk {
	struct sys_disk base;
	struct dice dice;
	struct node nodes[N_NODES];
	unsigned n_nodes;
	struct entry names[N_NAMES], synced[N_NAMES];
	struct change changes[N_CHANGES];
	unsigned n_changes;
	struct handle handles[N_HANDLES];
	unsigned fail_in; /* 0: never */
	bool is_dead, dies, has_failed;
};

static struct fake_disk *fake(struct sys_disk *d)
{
	return (struct fake_disk *)d;
}

/* ------------------------------------------------------------------- names */

static struct entry *find(struct entry *names, const char *name)
{
	for (unsigned i = 0; i < N_NAMES; i++)
		if (!strcmp(names[i].name, name))
			return &names[i];
	return NULL;
}

static void set(struct entry *names, const char *name, unsigned node)
{
	struct entry *e = find(names, name);

	if (e == NULL)
		e = find(names, "");
	if (e == NULL)
		panic("fake disk: too many names");
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->node = node;
}

static void clear(struct entry *names, const char *name)
{
	struct entry *e = find(names, name);

	if (e != NULL)
		e->name[0] = '\0';
}

static void change(struct fake_disk *f, const char *name, unsigned node,
		   bool is_there)
{
	struct change *c = &f->changes[f->n_changes++];

	if (f->n_changes == N_CHANGES)
		panic("fake disk: too many changes");
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->node = node;
	c->is_there = is_there;
	if (is_there)
		set(f->names, name, node);
	else
		clear(f->names, name);
}

static unsigned new_node(struct fake_disk *f)
{
	if (f->n_nodes == N_NODES)
		panic("fake disk: too many files");
	f->nodes[f->n_nodes].lock = -1;
	return f->n_nodes++;
}

static int new_handle(struct fake_disk *f, unsigned node, bool is_lock)
{
	for (int i = 0; i < N_HANDLES; i++)
		if (!f->handles[i].is_open) {
			f->handles[i] = (struct handle){ true, is_lock, node };
			return i;
		}
	panic("fake disk: too many handles");
}

/* Is it this call that fails? */
static bool fails(struct fake_disk *f)
{
	bool now = f->is_dead || (f->fail_in > 0 && --f->fail_in == 0);

	if (!now)
		return false;
	f->has_failed = true;
	f->is_dead = f->dies;
	errno = EIO;
	return true;
}

/* ------------------------------------------------------------------- calls */

static int fake_create(struct sys_disk *d, const char *name)
{
	struct fake_disk *f = fake(d);
	unsigned node;

	if (fails(f))
		return E_IO;
	if (find(f->names, name) != NULL)
		return E_EXISTS;
	node = new_node(f);
	change(f, name, node, true);
	return new_handle(f, node, false);
}

static int fake_append(struct sys_disk *d, const char *name)
{
	struct fake_disk *f = fake(d);
	struct entry *e = find(f->names, name);

	if (fails(f))
		return E_IO;
	return e == NULL ? E_NOT_FOUND : new_handle(f, e->node, false);
}

static int fake_write(struct sys_disk *d, int handle, struct bytes b)
{
	struct fake_disk *f = fake(d);
	struct buf *file = &f->nodes[f->handles[handle].node].now;

	if (fails(f)) {
		if (b.len > 0)
			buf_add(file, b.ptr, dice_below(&f->dice, b.len));
		return E_IO;
	}
	buf_add_bytes(file, b);
	return 0;
}

static int fake_truncate(struct sys_disk *d, int handle, uint64_t len)
{
	struct fake_disk *f = fake(d);

	if (fails(f))
		return E_IO;
	f->nodes[f->handles[handle].node].now.len = len;
	return 0;
}

static int fake_sync(struct sys_disk *d, int handle)
{
	struct fake_disk *f = fake(d);
	struct node *n = &f->nodes[f->handles[handle].node];

	if (fails(f))
		return E_IO;
	n->synced.len = 0;
	buf_add_bytes(&n->synced, buf_bytes(&n->now));
	return 0;
}

static int fake_close(struct sys_disk *d, int handle)
{
	fake(d)->handles[handle].is_open = false;
	return 0;
}

static int fake_rename(struct sys_disk *d, const char *from, const char *to)
{
	struct fake_disk *f = fake(d);
	struct entry *e = find(f->names, from);
	unsigned node;

	if (fails(f))
		return E_IO;
	if (e == NULL)
		return E_NOT_FOUND;
	node = e->node;
	/* one step, so that no cut falls between them */
	change(f, to, node, true);
	clear(f->names, from);
	return 0;
}

static int fake_unlink(struct sys_disk *d, const char *name)
{
	struct fake_disk *f = fake(d);

	if (fails(f))
		return E_IO;
	if (find(f->names, name) == NULL)
		return E_NOT_FOUND;
	change(f, name, 0, false);
	return 0;
}

static int fake_sync_dir(struct sys_disk *d)
{
	struct fake_disk *f = fake(d);

	if (fails(f))
		return E_IO;
	memcpy(f->synced, f->names, sizeof(f->synced));
	f->n_changes = 0;
	return 0;
}

static int fake_map(struct sys_disk *d, const char *name, struct bytes *out)
{
	struct fake_disk *f = fake(d);
	struct entry *e = find(f->names, name);

	if (f->is_dead)
		return E_IO;
	if (e == NULL)
		return E_NOT_FOUND;
	*out = buf_bytes(&f->nodes[e->node].now);
	out->ptr = mem_text(*out);
	return 0;
}

static void fake_unmap(struct sys_disk *d, struct bytes whole)
{
	(void)d;
	free((void *)(uintptr_t)whole.ptr);
}

static int fake_list(struct sys_disk *d, void *ctx,
		     void (*found)(void *ctx, const char *name))
{
	struct fake_disk *f = fake(d);

	if (f->is_dead)
		return E_IO;
	for (unsigned i = 0; i < N_NAMES; i++)
		if (f->names[i].name[0] != '\0')
			found(ctx, f->names[i].name);
	return 0;
}

static int fake_lock(struct sys_disk *d, const char *name, bool wait)
{
	struct fake_disk *f = fake(d);
	struct entry *e = find(f->names, name);
	unsigned node;

	if (fails(f))
		return E_IO;
	if (e == NULL) {
		node = new_node(f);
		change(f, name, node, true);
	} else {
		node = e->node;
	}
	if (f->nodes[node].lock >= 0) {
		if (wait)
			panic("fake disk: %s would wait for ever", name);
		return E_EXISTS;
	}
	f->nodes[node].lock = new_handle(f, node, true);
	return f->nodes[node].lock;
}

static void fake_unlock(struct sys_disk *d, int handle)
{
	struct fake_disk *f = fake(d);

	f->nodes[f->handles[handle].node].lock = -1;
	f->handles[handle].is_open = false;
}

static void fake_free(struct sys_disk *d)
{
	struct fake_disk *f = fake(d);

	for (unsigned i = 0; i < f->n_nodes; i++) {
		buf_deinit(&f->nodes[i].now);
		buf_deinit(&f->nodes[i].synced);
	}
	free(f);
}

static const struct sys_disk_ops fake_ops = {
	.create = fake_create,
	.append = fake_append,
	.write = fake_write,
	.truncate = fake_truncate,
	.sync = fake_sync,
	.close = fake_close,
	.rename = fake_rename,
	.unlink = fake_unlink,
	.sync_dir = fake_sync_dir,
	.map = fake_map,
	.unmap = fake_unmap,
	.list = fake_list,
	.lock = fake_lock,
	.unlock = fake_unlock,
	.free = fake_free,
};

struct sys_disk *fake_disk_new(uint64_t seed)
{
	struct fake_disk *f = mem_alloc(1, sizeof(*f));

	f->base.ops = &fake_ops;
	f->dice.state = seed;
	return &f->base;
}

/* ------------------------------------------------------------------ troubles
 */

void fake_disk_fail(struct sys_disk *d, unsigned n, bool dead)
{
	struct fake_disk *f = fake(d);

	f->fail_in = n;
	f->dies = dead;
	f->is_dead = f->has_failed = false;
}

bool fake_disk_has_failed(const struct sys_disk *d)
{
	return ((const struct fake_disk *)d)->has_failed;
}

void fake_disk_kill(struct sys_disk *d)
{
	struct fake_disk *f = fake(d);

	for (unsigned i = 0; i < f->n_nodes; i++)
		f->nodes[i].lock = -1;
	for (unsigned i = 0; i < N_HANDLES; i++)
		f->handles[i].is_open = false;
	fake_disk_fail(d, 0, false);
}

/*
 * What is left of a file: as synced; then some of what was added since; and of
 * that, some pages never arrived.
 */
static void tear(struct fake_disk *f, struct node *n)
{
	size_t from = n->synced.len, more;

	if (n->now.len <= from)
		return;
	more = dice_below(&f->dice, n->now.len - from + 1);
	buf_add(&n->synced, n->now.ptr + from, more);
	for (size_t at = from; at < n->synced.len; at += PAGE) {
		size_t len = n->synced.len - at;

		if (dice_below(&f->dice, 4) == 0)
			memset(n->synced.ptr + at, 0, len < PAGE ? len : PAGE);
	}
}

static void cut_names(struct fake_disk *f, enum power_cut how)
{
	uint64_t n = how == CUT_DROPS ? 0
		     : how == CUT_KEEPS
			     ? f->n_changes
			     : dice_below(&f->dice, f->n_changes + 1ull);

	memcpy(f->names, f->synced, sizeof(f->names));
	for (uint64_t i = 0; i < n; i++) {
		const struct change *c = &f->changes[i];

		/* a renamed file has one name */
		for (unsigned k = 0; k < N_NAMES && c->is_there; k++)
			if (f->names[k].name[0] != '\0' &&
			    f->names[k].node == c->node)
				f->names[k].name[0] = '\0';
		if (c->is_there)
			set(f->names, c->name, c->node);
		else
			clear(f->names, c->name);
	}
	memcpy(f->synced, f->names, sizeof(f->synced));
	f->n_changes = 0;
}

void fake_disk_cut(struct sys_disk *d, enum power_cut how)
{
	struct fake_disk *f = fake(d);

	fake_disk_kill(d);
	cut_names(f, how);
	for (unsigned i = 0; i < f->n_nodes; i++) {
		struct node *n = &f->nodes[i];

		if (how == CUT_TEARS)
			tear(f, n);
		if (how == CUT_KEEPS) {
			n->synced.len = 0;
			buf_add_bytes(&n->synced, buf_bytes(&n->now));
		}
		n->now.len = 0;
		buf_add_bytes(&n->now, buf_bytes(&n->synced));
	}
}

struct buf *fake_disk_file(struct sys_disk *d, const char *name)
{
	struct entry *e = find(fake(d)->names, name);

	return e == NULL ? NULL : &fake(d)->nodes[e->node].now;
}

void fake_disk_put(struct sys_disk *d, const char *name, struct bytes b)
{
	struct buf *file = fake_disk_file(d, name);

	if (file == NULL) {
		change(fake(d), name, new_node(fake(d)), true);
		file = fake_disk_file(d, name);
	}
	file->len = 0;
	buf_add_bytes(file, b);
}

const char *fake_disk_find(struct sys_disk *d, const char *suffix)
{
	struct fake_disk *f = fake(d);

	for (unsigned i = 0; i < N_NAMES; i++)
		if (f->names[i].name[0] != '\0' &&
		    bytes_ends(bytes_of_text(f->names[i].name), suffix))
			return f->names[i].name;
	return NULL;
}

unsigned fake_disk_count(struct sys_disk *d, const char *suffix)
{
	struct fake_disk *f = fake(d);
	unsigned n = 0;

	for (unsigned i = 0; i < N_NAMES; i++)
		n += f->names[i].name[0] != '\0' &&
		     bytes_ends(bytes_of_text(f->names[i].name), suffix);
	return n;
}
