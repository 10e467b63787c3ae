/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.c - an index of chains over a pool, and a list by age through the pool
 *
 * The pool grows in pages that never move, so payloads keep their address. An
 * entry is its links and then the payload. Removed entries are kept for reuse.
 */
#include "read/table.h"

#include <stdlib.h>

#define PAGE_ENTRIES 1024
#define NONE	     UINT32_MAX

struct entry {
	uint64_t key;
	uint32_t self;
	uint32_t chain; /* next with the same index slot, or next free one */
	uint32_t older;
	uint32_t younger;
	_Alignas(16) char payload[];
};

struct table {
	size_t entry_bytes;
	uint32_t max;
	uint32_t n;
	uint32_t n_made; /* entries that exist, in use or free */
	uint32_t free;
	uint32_t oldest, youngest;
	uint32_t *index;
	uint32_t n_index; /* a power of two */
	char **pages;
};

static struct entry *entry_at(const struct table *t, uint32_t i)
{
	return (struct entry *)(void *)(t->pages[i / PAGE_ENTRIES] +
					i % PAGE_ENTRIES * t->entry_bytes);
}

static struct entry *entry_of(const void *payload)
{
	return (struct entry *)(void *)((const char *)payload -
					offsetof(struct entry, payload));
}

static uint32_t *index_of(const struct table *t, uint64_t key)
{
	return &t->index[hash_mix(key) & (t->n_index - 1)];
}

struct table *table_new(size_t payload_bytes, uint32_t max)
{
	struct table *t = mem_alloc(1, sizeof(*t));
	size_t need = sizeof(struct entry) + payload_bytes;

	t->entry_bytes = (need + 15) / 16 * 16;
	t->max = max;
	t->free = t->oldest = t->youngest = NONE;
	t->n_index = 256;
	t->index = mem_alloc(t->n_index, sizeof(*t->index));
	memset(t->index, 0xff, t->n_index * sizeof(*t->index));
	t->pages = mem_alloc(max / PAGE_ENTRIES + 1, sizeof(*t->pages));
	return t;
}

void table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (uint32_t i = 0; i < t->n_made; i += PAGE_ENTRIES)
		free(t->pages[i / PAGE_ENTRIES]);
	free(t->pages);
	free(t->index);
	free(t);
}

void *table_find(const struct table *t, uint64_t key)
{
	uint32_t i = *index_of(t, key);

	while (i != NONE) {
		struct entry *e = entry_at(t, i);

		if (e->key == key)
			return e->payload;
		i = e->chain;
	}
	return NULL;
}

static void index_grow(struct table *t)
{
	free(t->index);
	t->n_index *= 2;
	t->index = mem_alloc(t->n_index, sizeof(*t->index));
	memset(t->index, 0xff, t->n_index * sizeof(*t->index));
	for (uint32_t i = t->oldest; i != NONE; i = entry_at(t, i)->younger) {
		struct entry *e = entry_at(t, i);
		uint32_t *slot = index_of(t, e->key);

		e->chain = *slot;
		*slot = i;
	}
}

static struct entry *entry_take(struct table *t)
{
	uint32_t i = t->free;
	struct entry *e;

	if (i != NONE) {
		e = entry_at(t, i);
		t->free = e->chain;
		memset(e, 0, t->entry_bytes);
		e->self = i;
		return e;
	}
	i = t->n_made++;
	if (i % PAGE_ENTRIES == 0)
		t->pages[i / PAGE_ENTRIES] =
			mem_alloc(PAGE_ENTRIES, t->entry_bytes);
	e = entry_at(t, i);
	e->self = i;
	return e;
}

static void age_unlink(struct table *t, struct entry *e)
{
	if (e->older != NONE)
		entry_at(t, e->older)->younger = e->younger;
	else
		t->oldest = e->younger;
	if (e->younger != NONE)
		entry_at(t, e->younger)->older = e->older;
	else
		t->youngest = e->older;
}

static void age_append(struct table *t, struct entry *e)
{
	e->older = t->youngest;
	e->younger = NONE;
	if (t->youngest != NONE)
		entry_at(t, t->youngest)->younger = e->self;
	else
		t->oldest = e->self;
	t->youngest = e->self;
}

bool table_is_full(const struct table *t)
{
	return t->n == t->max;
}

void *table_add(struct table *t, uint64_t key)
{
	struct entry *e;
	uint32_t *slot;

	if (table_is_full(t))
		panic("table_add: full with %u entries", t->n);
	if (t->n == t->n_index)
		index_grow(t);
	e = entry_take(t);
	e->key = key;
	slot = index_of(t, key);
	e->chain = *slot;
	*slot = e->self;
	age_append(t, e);
	t->n++;
	return e->payload;
}

void table_remove(struct table *t, void *payload)
{
	struct entry *e = entry_of(payload);
	uint32_t *link = index_of(t, e->key);

	while (*link != e->self)
		link = &entry_at(t, *link)->chain;
	*link = e->chain;
	age_unlink(t, e);
	e->chain = t->free;
	t->free = e->self;
	t->n--;
}

void table_touch(struct table *t, void *payload)
{
	struct entry *e = entry_of(payload);

	if (t->youngest == e->self)
		return;
	age_unlink(t, e);
	age_append(t, e);
}

void *table_oldest(const struct table *t)
{
	return t->oldest == NONE ? NULL : entry_at(t, t->oldest)->payload;
}

void *table_next(const struct table *t, const void *payload)
{
	uint32_t i = entry_of(payload)->younger;

	return i == NONE ? NULL : entry_at(t, i)->payload;
}

uint64_t table_key(const struct table *t, const void *payload)
{
	(void)t;
	return entry_of(payload)->key;
}
