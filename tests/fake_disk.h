/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake_disk.h - a disk in memory that fails and loses power when told
 *
 * What was written is there for everybody at once, but survives a power cut
 * only after sync(), and names only after sync_dir(): in between, a cut drops,
 * keeps or tears it.
 */
#pragma once

#include "record_help.h"

enum power_cut {
	CUT_DROPS, /* nothing that was not synced is left */
	CUT_KEEPS, /* all of it is */
	CUT_TEARS, /* a random part of names and bytes is, some of it garbage */
};
#define N_CUTS 3

struct sys_disk *fake_disk_new(uint64_t seed);

/*
 * Let the n-th call from now on that changes something fail, n >= 1; 0: none.
 * With dead, all later calls fail too: the process was killed there.
 */
void fake_disk_fail(struct sys_disk *d, unsigned n, bool dead);
bool fake_disk_has_failed(const struct sys_disk *d);

/* The processes that had it open are gone, their locks too. */
void fake_disk_kill(struct sys_disk *d);
void fake_disk_cut(struct sys_disk *d, enum power_cut how);

/* To look at and to damage a file; the bytes are the disk's own. NULL: none */
struct buf *fake_disk_file(struct sys_disk *d, const char *name);
void fake_disk_put(struct sys_disk *d, const char *name, struct bytes b);

/* The name of the first file that ends so, or NULL */
const char *fake_disk_find(struct sys_disk *d, const char *suffix);
unsigned fake_disk_count(struct sys_disk *d, const char *suffix);
