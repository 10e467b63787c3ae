/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sort.h - events in memory, put in order and on disk
 */
#pragma once

#include "record/run.h"

/* Into full order, event_compare(). scratch has room for n. */
void events_sort(struct event *e, size_t n, struct event *scratch);

/* First by month, and within each month into full order */
void events_sort_months(struct event *e, size_t n, struct event *scratch);

/*
 * Write events sorted by month as one run for each, their names being numbers
 * of these catalogs.
 */
int events_write(const struct event *e, size_t n, const struct catalog *labels,
		 const struct catalog *clients, struct run_place *place,
		 struct run_list *out);
