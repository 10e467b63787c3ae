/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally.h - the counters behind every measure, and the one scan that feeds them
 *
 * A tally is what one pass over some hosts leaves behind: counters and
 * fixed-size histograms, all of them integers or exact fixed point. Two tallies
 * of different hosts add up to the tally of both, in any order, so threads,
 * machines and the 64 groups of MEASURES 1 are the same thing.
 *
 *	tally_new        empty counters for one window and client
 *	tally_add_piece  a piece of one host's life, as a record's cursor gives
 *	tally_finish     the last host is complete
 *	tally_merge      add another tally
 *	tally_scan       all of this over a record, on n threads
 *
 * Contract: a host's pieces come together and in order, hosts in ascending
 * order of key, and all hosts of a network (host_network()) into one tally.
 * record_split() cuts so.
 *
 * Below the calls stand the counters, measure by measure, for judge/ to read.
 * "[g]" is the group of a host (host_group()). Numbers in brackets name the
 * section of MEASURES.
 *
 * Units:    days are window days, 0 … n_days - 1; times seconds since 1970.
 * Memory:   of the order of days x 64 + families + clients, not of hosts or
 *           events.
 * Threads:  a tally belongs to one.
 */
#pragma once

#include "event/event.h"
#include "host/host.h"
#include "record/record.h"

#define TALLY_GROUPS HOST_N_GROUPS

/* ------------------------------------------------------------------ window */

/* [from, to), from < to; to at most TIME_MAX + 1 */
struct tally_window {
	int64_t from;
	int64_t to;
	uint32_t first_day; /* of `from`, in days since 1970: window day 0 */
	uint32_t n_days;    /* D: days that the window touches */
};

struct tally_window tally_window_of(int64_t from, int64_t to);

/*
 * The default: whole days from the first to the last mail event, or any event
 * where there is no mail; the first day of 1970 where there is no event.
 */
struct tally_window tally_window_default(const struct record_stat *stat);

/* ------------------------------------------------------------------- tally */

struct tally_options {
	struct tally_window window;
	const struct catalog *labels; /* borrowed; NULL: same-second ties of
					 families fall to the smaller number */
	uint32_t client;	      /* 0: all; else only its mail [1] */
	bool backtest;		      /* measure 13 too: it costs the most */
};

struct tally;

struct tally *tally_new(const struct tally_options *options);
void tally_free(struct tally *t);

/* Rows outside the window and mail of other clients count nowhere. */
void tally_add_piece(struct tally *t, const struct record_piece *piece);

/* Close the last host and network. May be called again; adding may go on. */
void tally_finish(struct tally *t);

/*
 * Finish both and add `from` to `into`. Both have the same options; `from`
 * stays the caller's to free.
 */
void tally_merge(struct tally *into, struct tally *from);

/*
 * Tally a record's view on n_threads. Returns 0 and *out, or the first error
 * of a cursor (*out NULL). Blocks found damaged are told by record_damage().
 */
int tally_scan(struct tally **out, struct record *r,
	       const struct tally_options *options, unsigned n_threads);

/* ------------------------------------------------- [2] shares, hosts, events
 */

/* Mail of one day, or of one client */
struct tally_traffic {
	uint64_t mail[N_MAIL_KINDS];
	uint64_t spam_open;  /* spam events of hosts in R */
	uint64_t spam_virus; /* spam events of hosts in V */
	uint64_t spam_after; /* spam events with t > tv of their host */
};

struct tally_shares {
	uint64_t events[N_KINDS];
	uint64_t n_moved; /* of them, policy with label "reputation" [1] */
	uint32_t moved;	  /* that label's number; UINT32_MAX: there is none */
	struct tally_traffic *by_day;	 /* [n_days] */
	struct tally_traffic *by_client; /* [n_clients], by catalog number */
	uint32_t n_clients;
};

/* -------------------------------------------------------------- [3] overlap */

#define TALLY_IN_V 1u
#define TALLY_IN_R 2u
#define TALLY_IN_S 4u

struct tally_overlap {
	uint64_t cells[TALLY_GROUPS][8]; /* hosts of U by TALLY_IN_… */
	uint64_t n_clean;		 /* |C| */
	uint64_t n_open;		 /* |R|, in U or not */
	uint64_t n_listed;		 /* |L|, in U or not */
};

/* ------------------------------------------------------------- [4] adjusted */

/*
 * Sums over strata of rationals, each rounded once to 2^-48 and then added as
 * integers. a: in both, b: V only, c: the other only, d: neither, n: all.
 */
#define TALLY_FIXED_BITS 48

typedef __int128 tally_fixed;

struct tally_strata {
	tally_fixed ad;	      /* a d / n */
	tally_fixed bc;	      /* b c / n */
	tally_fixed excess;   /* a - (a + b)(a + c) / n */
	tally_fixed variance; /* hypergeometric */
	uint64_t n;	      /* strata with variance > 0 */
};

struct tally_adjusted {
	struct tally_strata virus_spam[TALLY_GROUPS];
	struct tally_strata virus_open[TALLY_GROUPS];
};

/* ---------------------------------------------------------------- [5] order */

enum tally_before { TALLY_FIRST, TALLY_SECOND, TALLY_TIE };

struct tally_order {
	uint64_t n[TALLY_GROUPS][3]; /* the first-named came first, … */
	uint64_t *lag;		     /* [2 n_days + 1]: d2 - d1 + n_days */
};

/* --------------------------------------------------------------- [6] hazard */

/*
 * At risk on day d: the sum of enter[] over days 0 … d of this group; index 0
 * not exposed, 1 exposed. 32 bits: fewer than 2^31 hosts of a group, because
 * long windows hold many of these.
 */
struct tally_risk {
	int32_t enter[2];
	uint32_t events[2];
};

struct tally_hazard {
	struct tally_risk *cells; /* [TALLY_GROUPS][n_days + 1] */
};

/* ----------------------------------------------------------- [7] self-control
 */

/*
 * The days that a host has in each period depend on dv alone, and only within
 * 14 days of either end of the window; so dv falls into one of 29 classes.
 */
#define TALLY_DV_CLASSES 29
#define TALLY_PERIODS	 5 /* -14…-1, 0, 1…3, 4…7, 8…14 */

struct tally_periods {
	uint64_t y[TALLY_DV_CLASSES][TALLY_PERIODS]; /* outcome days */
};

/* Class of a first day, and the days of each period for hosts of a class */
unsigned tally_dv_class(uint32_t n_days, uint32_t dv);
void tally_dv_days(uint32_t n_days, unsigned class, unsigned n[TALLY_PERIODS]);

/* `apart` and `mirror`: by n0 + n1 = 0 … 21 */
struct tally_apart {
	uint64_t after[22];  /* sum of y1 n0 */
	uint64_t before[22]; /* sum of y0 n1 */
};

struct tally_self {
	struct tally_periods spam[TALLY_GROUPS];
	struct tally_periods clean[TALLY_GROUPS];
	struct tally_apart apart[TALLY_GROUPS];
	struct tally_apart mirror[TALLY_GROUPS];
	uint64_t days_after; /* V's host-days with mail, 1…14 after dv [14] */
	uint64_t days_seen;  /* of them, with clean, spam or virus */
};

/* ----------------------------------------------------------------- [8] dose */

struct tally_dose {
	uint64_t hosts[5]; /* by virus days 0, 1, 2–3, 4–7, >= 8 */
	uint64_t spam[5];  /* of them in S */
};

/* ------------------------------------------------------------- [9] families */

struct tally_family_day {
	uint64_t mails;
	uint64_t hosts;
	uint64_t fresh; /* hosts seen with it for the first time */
};

struct tally_family {
	uint32_t label;
	uint64_t mails;
	uint64_t hosts;
	uint64_t first_hosts;			  /* it was their first virus */
	uint64_t order[3];			  /* of those in S [5] */
	struct tally_periods *spam[TALLY_GROUPS]; /* of first_hosts; or NULL */
	struct tally_family_day **pages; /* [n_days / 64 + 1]; or NULL */
	uint64_t seen_host;		 /* while scanning: the last host … */
	uint32_t seen_day;		 /* … and its last day */
};

#define TALLY_FAMILY_PAGE 64 /* days */

struct tally_families {
	struct tally_family *rows; /* in no fixed order */
	uint32_t n;
	uint32_t cap;
	uint32_t *slots; /* [n_slots] by label: index in rows + 1, or 0 */
	uint32_t n_slots;
};

/* All zero where there is none */
struct tally_family_day tally_family_day(const struct tally_family *f,
					 uint32_t day);

/* ------------------------------------------------------------ [10] look-back
 */

/* Index 0: spammers, 1: controls */
struct tally_lookback {
	uint64_t hosts[2];
	uint64_t *days[2]; /* [n_days]: whole days since the last virus */
};

/* -------------------------------------------------------- [11] neighbourhood
 */

#define TALLY_LEVELS 5 /* 32 28 24 20 16, or 64 56 48 40 32 */

/* How many blocks hold exactly m hosts of U; sorted by m once finished */
struct tally_blocks {
	struct tally_block_count {
		uint64_t m;
		uint64_t n;
	} * counts;
	uint32_t n;
	uint32_t cap;
	uint64_t n_virus; /* blocks that hold a host of V */
	uint64_t n_early; /* blocks with a dv in the first half */
};

struct tally_inside {
	uint64_t spam;	/* new spammers inside early blocks */
	uint64_t clean; /* new clean hosts inside them */
};

/* Index 0: IPv4, 1: IPv6 */
struct tally_neighbourhood {
	uint64_t n_hosts[2];
	uint64_t n_virus[2];
	struct tally_blocks blocks[2][TALLY_LEVELS];
	struct tally_inside inside[TALLY_GROUPS][2][TALLY_LEVELS];
	struct tally_inside all[TALLY_GROUPS][2]; /* inside or not */
};

/* ----------------------------------------------------------- [12] population
 */

struct tally_population {
	uint64_t n[3]; /* hosts with viruses on 1, 2, more days */
};

/* ------------------------------------------------------------- [13] back-test
 */

enum tally_trigger {
	TRIGGER_VIRUS,
	TRIGGER_OPEN,
	TRIGGER_VIRUS_OPEN,
	TRIGGER_SPAM_1,
	TRIGGER_SPAM_3,
	TRIGGER_SPAM_10,
};

#define TALLY_TRIGGERS 6
#define TALLY_SCOPES   2 /* host; IPv4 /24 or IPv6 /48 */
#define TALLY_SPANS    9 /* 1 3 7 14 21 30 60 90 days, ever */

extern const uint32_t tally_span_days[TALLY_SPANS]; /* 0: ever */

/* Mail by the shortest span that blocks it: add up to a span for its count. */
struct tally_backtest {
	uint64_t blocked[TALLY_TRIGGERS][TALLY_SCOPES][TALLY_SPANS]
			[N_MAIL_KINDS];
};

/* --------------------------------------------------------------- all of them
 */

struct tally {
	struct tally_options options;
	struct tally_shares shares;
	struct tally_overlap overlap;
	struct tally_adjusted adjusted;
	struct tally_order virus_spam, virus_open;
	struct tally_hazard virus_to_spam, spam_to_virus;
	struct tally_self self;
	struct tally_dose dose;
	struct tally_families families;
	struct tally_families ports; /* of backdoor events: only mails (that
					is, events), hosts and days */
	struct tally_lookback lookback;
	struct tally_neighbourhood neighbourhood;
	struct tally_population population;
	struct tally_backtest backtest;
	/* What is open while hosts pass; private to this folder */
	struct life *life;     /* the host (life.h) */
	struct strata *strata; /* its network (adjusted.c) */
	struct hood *hood;     /* the blocks around it (neighbourhood.c) */
	struct replay *replay; /* the scopes of rules (backtest.c) */
};
