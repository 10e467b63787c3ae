/* SPDX-License-Identifier: Apache-2.0 */
/*
 * import.h - the inside of an import, for its two files
 */
#pragma once

#include "record/manifest.h"
#include "record/record.h"

/* Events of which the first n_noted belong to inputs that are noted */
struct pending {
	struct event *e;
	size_t n, cap;
	size_t n_noted;
};

struct record_import {
	struct sys_disk *disk;
	struct work work;
	struct manifest published; /* for its ledger, as of the last look */
	struct catalog labels, clients;
	size_t n_max; /* events in memory, and as many more to sort them */
	struct pending events;
	struct pending news;	     /* candidates */
	struct run_list parts;	     /* of noted inputs */
	struct run_list fresh_parts; /* of the input being read */
	uint64_t *noted;
	size_t n_noted, cap_noted;
	uint32_t *noted_slots; /* hash table: index in noted + 1, 0 empty */
	size_t n_slots;
	int err; /* sticky */
};

void import_check_events(const struct record_import *im, const struct event *e,
			 size_t n);
void pending_add(struct pending *p, const struct event *e, size_t n);

/* Sort all events in memory and write them as parts. */
int import_spill(struct record_import *im);

/* Move what is news among the candidates to the events. */
int import_resolve_news(struct record_import *im);
