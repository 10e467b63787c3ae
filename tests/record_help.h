/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record_help.h - what the tests of the record share: random events, and a
 * record read back as a sorted array
 */
#pragma once

#include "record/record.h"

/* A generator of its own state: the same seed, the same failure */
struct dice {
	uint64_t state;
};

static inline uint64_t dice_next(struct dice *d)
{
	d->state += 0x9e3779b97f4a7c15u;
	return hash_mix(d->state);
}

static inline uint64_t dice_below(struct dice *d, uint64_t n)
{
	return dice_next(d) % n;
}

struct event_list {
	struct event *e;
	size_t n, cap;
};

void list_add(struct event_list *l, const struct event *e, size_t n);
void list_deinit(struct event_list *l);
void list_sort(struct event_list *l);

/* A directory that is gone at the end of the test */
struct place {
	struct buf path;
	struct sys_disk *disk;
};
void place_init(struct place *p);
void place_deinit(struct place *p);

/* "L<n>" and "C<n>": names whose numbers tests can tell from their text */
void name_labels(struct catalog *c, uint32_t n);
void name_clients(struct catalog *c, uint32_t n);

/*
 * All rows of a query in full order, numbers being those of the names above.
 * Checks what every scan must obey: hosts ascend, rows of a host are in order,
 * marks of first and last piece. Fails the test if not.
 */
void read_query(struct event_list *out, struct record *r,
		const struct record_query *q);
void read_all(struct event_list *out, struct sys_disk *disk);

void assert_no_damage(struct record *r);

/* Import all of them at once; their numbers are those of the names above. */
int import_events(struct sys_disk *disk, const struct event *e, size_t n,
		  size_t memory);

void assert_same_events(const struct event_list *got,
			const struct event_list *want);
