/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure.h - a measure is a file, and a row in the table of tally.c
 *
 * add() gets every host that had a row in the window, complete; close() means
 * that the network being read has ended. Members may be NULL.
 */
#pragma once

#include "tally/life.h"

struct measure {
	void (*open)(struct tally *t);
	void (*add)(struct tally *t, const struct life *l);
	void (*close)(struct tally *t);
	void (*merge)(struct tally *into, const struct tally *from);
	void (*free)(struct tally *t);
};

extern const struct measure measure_shares;
extern const struct measure measure_overlap;
extern const struct measure measure_adjusted;
extern const struct measure measure_order;
extern const struct measure measure_hazard;
extern const struct measure measure_self;
extern const struct measure measure_dose;
extern const struct measure measure_families;
extern const struct measure measure_lookback;
extern const struct measure measure_neighbourhood;
extern const struct measure measure_backtest;

/* What cannot wait for the end of the host, called for every row */
void shares_reserve_client(struct tally *t, uint32_t client);
void families_add_row(struct tally *t, struct tally_families *families,
		      uint32_t label, uint32_t day);
void backtest_add_rows(struct tally *t, const struct record_piece *p, size_t lo,
		       size_t hi);

/* Outcome days by period around dv; the host is in V */
void self_add_periods(const struct tally *t, const struct life *l,
		      enum kind outcome, struct tally_periods *p);

/* The family's row, made if need be; label > 0 */
struct tally_family *families_row(struct tally_families *f, uint32_t label);

/* Sums, for merging */
void add_counts(uint64_t *into, const uint64_t *from, size_t n);
#define ADD_COUNTS(into, from)                                   \
	add_counts((uint64_t *)(into), (const uint64_t *)(from), \
		   sizeof(into) / sizeof(uint64_t))
