/* SPDX-License-Identifier: Apache-2.0 */
/* catalog.c - an open-addressing hash table over an array of names */
#include "event/event.h"

#include <stdlib.h>

struct catalog_entry {
	char *text;
	uint32_t len;
	uint32_t hash;
};

void catalog_deinit(struct catalog *c)
{
	for (uint32_t i = 0; i < c->n; i++)
		free(c->entries[i].text);
	free(c->entries);
	free(c->slots);
	*c = (struct catalog){ 0 };
}

struct bytes catalog_name(const struct catalog *c, uint32_t number)
{
	if (number == 0 || number > c->n)
		return (struct bytes){ 0 };
	return bytes_of(c->entries[number - 1].text,
			c->entries[number - 1].len);
}

/* The slot that holds the name, or the empty one where it belongs */
static uint32_t find_slot(const struct catalog *c, struct bytes name,
			  uint32_t hash)
{
	uint32_t mask = c->n_slots - 1, at = hash & mask;

	while (c->slots[at] != 0) {
		uint32_t number = c->slots[at];

		if (c->entries[number - 1].hash == hash &&
		    bytes_equal(catalog_name(c, number), name))
			break;
		at = (at + 1) & mask;
	}
	return at;
}

static void grow_slots(struct catalog *c)
{
	uint32_t mask;

	c->n_slots = c->n_slots ? c->n_slots * 2 : 64;
	mask = c->n_slots - 1;
	free(c->slots);
	c->slots = mem_alloc(c->n_slots, sizeof(*c->slots));
	for (uint32_t i = 0; i < c->n; i++) {
		uint32_t at = c->entries[i].hash & mask;

		while (c->slots[at] != 0)
			at = (at + 1) & mask;
		c->slots[at] = i + 1;
	}
}

/* A control character, or a byte that is no character */
static bool is_unclean(uint32_t c, size_t len)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) ||
	       (c == UTF8_REPLACEMENT && len == 1);
}

/* Most names are clean and short already, and come back as they are. */
static struct bytes clean_name(struct bytes name, char out[NAME_MAX_BYTES])
{
	size_t len = 0;
	bool is_clean = name.len <= NAME_MAX_BYTES;

	for (size_t i = 0; is_clean && i < name.len; i++)
		is_clean = name.ptr[i] >= 0x20 && name.ptr[i] < 0x7f;
	if (is_clean)
		return name;
	while (name.len > 0) {
		struct bytes at = name;
		uint32_t c = utf8_next(&name);
		size_t n = at.len - name.len;

		if (is_unclean(c, n))
			at.ptr = "????"; /* as many as its bytes */
		if (len + n > NAME_MAX_BYTES)
			break;
		memcpy(out + len, at.ptr, n);
		len += n;
	}
	return bytes_of(out, len);
}

uint32_t catalog_find(const struct catalog *c, struct bytes name)
{
	char space[NAME_MAX_BYTES];

	name = clean_name(name, space);
	if (name.len == 0 || c->n == 0)
		return 0;
	return c->slots[find_slot(c, name, (uint32_t)hash_bytes(name))];
}

uint32_t catalog_add(struct catalog *c, struct bytes name)
{
	char space[NAME_MAX_BYTES];
	uint32_t hash, at;

	name = clean_name(name, space);
	if (name.len == 0)
		return 0;
	if (c->n >= c->n_slots / 2)
		grow_slots(c);
	hash = (uint32_t)hash_bytes(name);
	at = find_slot(c, name, hash);
	if (c->slots[at] != 0 || c->n == CATALOG_MAX)
		return c->slots[at];
	MEM_GROW(c->entries, c->n, c->cap);
	c->entries[c->n++] = (struct catalog_entry){ mem_text(name),
						     (uint32_t)name.len, hash };
	c->slots[at] = c->n;
	return c->n;
}
