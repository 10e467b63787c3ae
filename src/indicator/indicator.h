/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indicator.h - what is publicly known of a family: its dates and its ports
 *
 *	indicators	the shipped file and the user's: a row per variant
 *	dates		when it ought to have gone silent, and by how much the
 *			log says otherwise
 *	ports		whose ports these are, on a day on which it can be said
 *
 * Facts from outside stand beside what was measured and never enter it: no
 * tally and no figure of MEASURES depends on anything here.
 *
 * Units:      times are seconds since 1970 UTC; a date is its midnight
 * Ownership:  rows and texts belong to the set they are found in
 * Threads:    a set is read-only once made; make one at a time (libConfuse)
 * Source:     data/indicators.conf says the form of the file; README.md
 */
#pragma once

#include "event/event.h"

#define INDICATORS_MAX_BYTES ((size_t)1 << 20) /* of a file */

/* --------------------------------------------------------------------- rows */

enum indicator_scope { /* what stops on the stop date */
		       INDICATOR_SPREAD,
		       INDICATOR_DOWNLOAD,
		       INDICATOR_ALL,
};
const char *indicator_scope_name(enum indicator_scope s);

struct indicator_port {
	char *series; /* as reports and evidence write it: "udp/995-999" */
	char *meaning;
	uint16_t first, last;
	bool is_udp;
	bool listens;	/* in: a probe can find it; else it calls there */
	bool one_of;	/* one port of the series is enough */
	bool ambiguous; /* others use it: it names no family by itself */
};

/* Texts in their order; items[n] is not there */
struct indicator_texts {
	char **items;
	size_t n;
};

#define INDICATOR_TAIL_DAYS 90 /* by default, unless all of it stops */

struct indicator {
	char *name; /* "Sobig.F", as malware_name_normalise() gives it */
	int64_t first_seen;
	int64_t stop_date;     /* as published; -1: none built in */
	bool stop_is_last_day; /* of spreading; else the first silent one */
	enum indicator_scope stop_scope;
	uint32_t tail_days; /* its ports may be open so long after the stop */
	struct indicator_port *ports;
	size_t n_ports;
	char *confidence; /* "high", "medium", "low" */
	struct indicator_texts aliases, constants, volume, sources, conflicts;
};

struct indicators {
	struct indicator *rows; /* in the order of the files, ours first */
	size_t n, cap;
};

/*
 * What ships with rapsheet, and then text, a file of the same form that adds
 * families and replaces those of the same name. What is wrong in it is told
 * line by line (complain may be NULL); a family with anything wrong is left
 * out, and so is what follows broken syntax. Texts may be of any bytes.
 */
struct indicators *indicators_new(struct bytes text,
				  void (*complain)(void *ctx, unsigned line,
						   const char *what),
				  void *ctx);
void indicators_free(struct indicators *set);

/* By name or alias, in any case; NULL: nothing is known. set may be NULL. */
const struct indicator *indicators_find(const struct indicators *set,
					struct bytes name);

/* -------------------------------------------------------------------- dates */

/* Midnight of the first day without new mail of it, or -1: no such day */
int64_t indicator_silent_from(const struct indicator *i);

/*
 * Its ports found open at this time can be its doing: first seen <= t, and t
 * no later than tail_days after the last day before the silence. A family
 * that never stops has no such end.
 */
bool indicator_covers(const struct indicator *i, int64_t t);

/*
 * Days from the known to the found first silent day, both midnights; false
 * where one of them is not there (found < 0).
 */
bool indicator_stop_error(const struct indicator *i, int64_t found,
			  int64_t *days);

/*
 * Mail after the stop as a share of the mail before it, within the days
 * given. It ought to be nothing: a worm that asks the clock of its host goes
 * on where that clock is slow, or was set wrongly. So this is an estimate of
 * how much of the fleet has such a clock, by how much: a clock that is k days
 * late sends until day k after the stop.
 *
 *	before	mails of the days up to and with the last spreading day
 *	after	mails of the days behind it
 *	share	after / before; NAN where nothing came before, where no day
 *		lies behind, or where no spreading stops
 *	delay	the same with the mails of days 1-7, 8-30, and from 31 on
 *		after the last spreading day; NAN for a span that has no day
 */
#define INDICATOR_DELAYS 3
struct indicator_leak {
	uint64_t before, after;
	double share;
	double delay[INDICATOR_DELAYS];
};

/* mails[d] of the day that begins at first_day + d days, d < n_days */
struct indicator_leak indicator_leak(const struct indicator *i,
				     int64_t first_day, const uint64_t *mails,
				     size_t n_days);

/* -------------------------------------------------------------------- ports */

/*
 * Whose ports these are: the families that listen on the series that the
 * label of a `backdoor` event names ("tcp/3127-3198"; where one port is
 * enough, "tcp/3130" too), that share it with nobody, and whose dates cover
 * all of [first, last]. Returns their number; up to cap of them into found.
 */
size_t indicators_at_port(const struct indicators *set, struct bytes label,
			  int64_t first, int64_t last,
			  const struct indicator **found, size_t cap);

/*
 * The same in words for a page: "Sobig.F's ports, seen inside its dates", or,
 * where they do not cover both ends, "first seen" or "last seen inside". Of
 * several families: "ports of A or B, …". False, nothing appended: of nobody.
 */
bool indicators_tell_port(const struct indicators *set, enum kind kind,
			  struct bytes label, int64_t first, int64_t last,
			  struct buf *out);
