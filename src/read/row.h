/* SPDX-License-Identifier: Apache-2.0 */
/*
 * row.h - the five columns of an event as text, for CSV and JSON lines
 * (private to these)
 */
#pragma once

#include "read/format.h"

enum column { COL_TIME, COL_HOST, COL_KIND, COL_LABEL, COL_CLIENT };
#define N_COLUMNS 5

/*
 * What the five are called in this input: their own names but for what
 * options' map says, "host=src_ip,time=ts". Borrowed from the options. What
 * the map says of other names is passed over.
 */
void row_names(const char *map, struct bytes names[N_COLUMNS]);

/*
 * Names and days repeat from row to row: the numbers of those seen lately, and
 * when days began. All zero at first; holds no memory.
 */
#define ROW_N_RECENT 1024
#define ROW_N_DAYS   512

struct row_day {
	char text[11]; /* "2003-08-19T" */
	int64_t start;
};

struct row_state {
	struct row_day days[ROW_N_DAYS];
	uint32_t labels[ROW_N_RECENT];
	uint32_t clients[ROW_N_RECENT];
};

/*
 * Make an event of the five texts and pass it on. Empty is not given. Label
 * and client may be empty, the kind too if the options say it.
 */
enum read_verdict row_emit(struct read_unit *u, const struct read_format *f,
			   struct row_state *s,
			   const struct bytes text[N_COLUMNS]);

/* "1061292345", "1061292345.5", ISO 8601. E_SYNTAX, E_RANGE. */
int row_parse_time(const struct read_job *job, struct bytes text, int64_t *out);
