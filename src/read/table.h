/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table.h - things still open, by key; when there are too many, the oldest goes
 * (private to read/)
 *
 * What joins log lines must forget: a log is longer than memory. A table holds
 * at most `max` payloads of one size. Who adds to a full one first takes the
 * oldest out, and says what becomes of it.
 *
 * Keys are 64-bit hashes, the payload's address stays until it is removed.
 */
#pragma once

#include "base/base.h"

struct table;

struct table *table_new(size_t payload_bytes, uint32_t max);
void table_free(struct table *t);

/* NULL where there is none */
void *table_find(const struct table *t, uint64_t key);

/* A new zeroed payload, the youngest. The key is not there; it is not full. */
void *table_add(struct table *t, uint64_t key);
bool table_is_full(const struct table *t);

void table_remove(struct table *t, void *payload);

/* Make it the youngest */
void table_touch(struct table *t, void *payload);

/* From the oldest on; NULL past the end */
void *table_oldest(const struct table *t);
void *table_next(const struct table *t, const void *payload);

uint64_t table_key(const struct table *t, const void *payload);
