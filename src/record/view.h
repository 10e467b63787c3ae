/* SPDX-License-Identifier: Apache-2.0 */
/*
 * view.h - runs and rows in memory, scanned together
 *
 * A view is what a cursor goes over: the open runs of the record, or those of
 * an import or a merge under way, and what journals hold. All of them give
 * labels and clients as numbers of the same catalogs.
 */
#pragma once

#include "record/manifest.h"
#include "record/record.h"

#include <pthread.h>

struct view {
	struct run *runs;
	size_t n_runs, cap_runs;
	struct block_rows memory; /* n_rows 0: none */
	struct record_damage *damage;
	size_t n_damage, cap_damage;
	pthread_mutex_t mutex; /* of damage */
};

void view_init(struct view *v);
void view_deinit(struct view *v);

/*
 * Open one more run. `want` are the facts that it must have, or NULL. A run
 * that is damaged is told, and 0 returned; E_NOT_FOUND, E_IO, E_VERSION.
 */
int view_add_run(struct view *v, struct sys_disk *disk, const char *name,
		 const struct run_facts *want);
/* Add the names of all runs to these catalogs. */
void view_add_names(struct view *v, struct catalog *labels,
		    struct catalog *clients);
void view_translate(struct view *v, const struct catalog *labels,
		    const struct catalog *clients);

/* Sorted events, by host and time; copied */
void view_set_memory(struct view *v, const struct event *e, size_t n);

void view_note_damage(struct view *v, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

struct record {
	struct view view;
	struct sys_disk *disk;
	struct manifest m;
	struct record_stat stat;
};

int cursor_open(struct record_cursor **out, struct view *v,
		const struct record_query *q);
