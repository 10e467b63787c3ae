/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - tallies -> figures, intervals, verdict
 *
 * judge_new() turns the counters of one tally into every figure that a report
 * prints. The structs below hold them in the order and under the names of the
 * report's JSON ("Report, as JSON" in the design); text, pages and JSON print
 * them and compute nothing. Numbers in brackets name the section of MEASURES
 * that defines the figure.
 *
 * No value:   a double that has none is NAN (print null, or a dash); see
 *             has_value(). A figure may have a value and no interval.
 * Measured:   judge_measured(j, 6) says whether section 6 was computed at all;
 *             where not, its doubles are NAN, its counts 0, its arrays NULL.
 * Units:      shares are 0 … 1; days are window days 0 … window.days - 1, and
 *             -1 where there is none; counts are exact.
 * Ownership:  names and arrays belong to the judgement, but the bytes of
 *             names to the catalogs given, which must outlive it.
 * Same bytes: one record, window and client give the same doubles, bit for
 *             bit, on any number of threads.
 */
#pragma once

#include <math.h>

#include "tally/tally.h"

/* ------------------------------------------------------------------ figures */

/* A value and its 95% interval: {"value", "low", "high"} */
struct figure {
	double value;
	double low, high; /* both NAN where the interval is left out */
	unsigned groups;  /* G: with a value and G < 10, that is the reason */
};

#define JUDGE_GROUPS_MIN 10 /* an interval needs as many */

static inline bool has_value(double x)
{
	return !isnan(x);
}

static inline bool has_interval(struct figure f)
{
	return !isnan(f.low) && !isnan(f.high);
}

/* ----------------------------------------------------- window, events, hosts
 */

struct judge_window {
	int64_t from, to; /* [from, to) */
	uint32_t days;	  /* D */
};

struct judge_hosts {
	uint64_t all; /* |U| */
	uint64_t virus, spam, clean, open, listed;
};

/* --------------------------------------------------------------- [2] shares */

/* The mail of the whole window, of one day, or of one client */
struct judge_traffic {
	uint64_t mail[N_MAIL_KINDS]; /* by enum kind */
	uint64_t n_mail;	     /* their sum */
	double spam_of_mail;
	double virus_of_mail;
	double spam_from_open;	 /* of spam events, those of hosts in R */
	double spam_from_virus;	 /* of spam events, those of hosts in V */
	double spam_after_virus; /* of spam events, those with t > tv */
};

struct judge_client {
	struct bytes name; /* empty: not known */
	struct judge_traffic traffic;
};

struct judge_shares {
	struct judge_traffic total;
	struct judge_client
		*by_client; /* with mail, most mail first, by name */
	size_t n_clients;
	struct judge_traffic *by_day; /* [window.days], each day */
};

/* -------------------------------------------------------------- [3] overlap */

struct judge_overlap {
	uint64_t a, b, both; /* cut to U */
	double share_a;	     /* both / a */
	double share_b;	     /* both / b */
	double expected;
	double lift;
	double odds;
	double phi;
	double chi2;
	double p;
	double fisher_p; /* only where the smallest expected cell is < 5 */
};

struct judge_overlaps {
	struct judge_overlap virus_open, virus_spam, open_spam, virus_openspam;
};

/* ------------------------------------------------------------- [4] adjusted */

struct judge_adjust {
	struct figure odds; /* Mantel–Haenszel */
	double cmh;	    /* chi-square, one degree of freedom */
	double p;
	uint64_t strata; /* informative ones */
};

struct judge_adjusted {
	struct judge_adjust virus_spam, virus_open;
};

/* ---------------------------------------------------------------- [5] order */

struct judge_lag {
	int32_t days; /* second's first day - virus's first day */
	uint64_t hosts;
};

struct judge_order {
	uint64_t first;	 /* the first-named (the virus) came first */
	uint64_t second; /* the second-named came first */
	uint64_t tie;
	struct figure share;	    /* first / (first + second) */
	double p;		    /* exact sign test */
	struct judge_lag *lag_days; /* ascending, only hosts > 0 */
	size_t n_lags;
};

struct judge_orders {
	struct judge_order virus_spam, virus_open;
};

/* --------------------------------------------------------------- [6] hazard */

struct judge_hazard {
	struct figure ratio;   /* Mantel–Haenszel hazard ratio */
	double logrank;	       /* chi-square, one degree of freedom */
	uint64_t exposed_days; /* host-days at risk and exposed */
	uint64_t events_exposed, events_unexposed;
};

struct judge_hazards {
	struct judge_hazard virus_to_spam, spam_to_virus;
	struct figure arrow; /* the first ratio / the second */
};

/* ----------------------------------------------------------- [7] self-control
 */

struct judge_rate {
	struct figure ratio; /* days 1…7 against the baseline */
	double periods[4];   /* rate ratios of day 0, 1…3, 4…7, 8…14 */
	uint64_t days[5];    /* outcome days in -14…-1 and these four */
};

struct judge_self {
	struct judge_rate spam, clean;
	bool has_control;	/* clean mail on at least 100 host-days */
	struct figure relative; /* IRR(spam) / IRR(clean) */
	struct figure apart;
	struct figure mirror;
	struct figure arrow; /* apart / mirror */
};

/* ----------------------------------------------------------------- [8] dose */

struct judge_dose {
	uint64_t hosts[5]; /* by virus days 0, 1, 2–3, 4–7, >= 8 */
	uint64_t spam[5];  /* of them in S */
	double z;	   /* Cochran–Armitage */
	double p;
};

/* ------------------------------------------------------------- [9] families */

struct judge_family {
	struct bytes name;
	uint64_t mails;
	uint64_t hosts;
	uint64_t first_hosts;	  /* hosts whose first virus it was */
	int32_t start, peak, end; /* window days; -1: no day with hosts */
	uint32_t duration;	  /* end - start + 1 */
	double doubling;	  /* days; NAN: none */
	int32_t cliff;		  /* window day; -1: none */
	struct figure ratio;	  /* IRR(spam) of first_hosts */
	double p, q;		  /* only with >= 20 first_hosts, an interval */
	/* known{} is the indicator file's: the report joins it by name. */
	struct tally_family_day *days; /* [window.days]: mails, hosts, new */
	uint64_t order[3];	       /* first_hosts in S, by tally_before */
};

struct judge_differ {
	double q; /* Cochran's Q */
	uint32_t df;
	double p;
};

/*
 * Ports found open, by the label of backdoor events: no measure, but what
 * pages name after families. The days' mails are events.
 */
struct judge_port {
	struct bytes name;
	uint64_t events;
	uint64_t hosts;
	struct tally_family_day *days; /* [window.days] */
};

/* ------------------------------------------------------------ [10] look-back
 */

/* Arrays are [window.days], index i for a look-back of i + 1 days. */
struct judge_lookback {
	uint64_t spammers, controls;
	double *share_spammers;
	double *share_controls;
	double *lift;	     /* their ratio */
	int32_t enough_days; /* -1: none */
	bool too_short;
	int32_t history; /* M */
	double excess;	 /* E(M) */
};

/* -------------------------------------------------------- [11] neighbourhood
 */

struct judge_blocks {
	unsigned bits;
	uint64_t blocks;
	double expected;
};

struct judge_prediction {
	unsigned version; /* 4 or 6 */
	unsigned bits;
	uint64_t blocks;	  /* with a first virus in the first half */
	uint64_t spammers, clean; /* new ones of the second half */
	double share_spammers;	  /* of them, inside those blocks */
	double share_clean;
	struct figure ratio;
};

#define JUDGE_PREDICTIONS (2 * TALLY_LEVELS)

struct judge_neighbourhood {
	struct judge_blocks v4[TALLY_LEVELS], v6[TALLY_LEVELS];
	struct judge_prediction prediction[JUDGE_PREDICTIONS]; /* v4 first */
};

/* ----------------------------------------------------------- [12] population
 */

struct judge_population {
	uint64_t seen;
	double chao;
};

/* ------------------------------------------------------------- [13] back-test
 */

struct judge_rule {
	const char *trigger; /* "virus", "open", "virus+open", "spam>=1", … */
	const char *scope;   /* "host", "network" (IPv4 /24, IPv6 /48) */
	uint32_t days;	     /* 0: ever (null in JSON) */
	uint64_t blocked[N_MAIL_KINDS];
	double share[N_MAIL_KINDS]; /* of all mail of the kind */
};

#define JUDGE_RULES (TALLY_TRIGGERS * TALLY_SCOPES * TALLY_SPANS)

struct judgement;

/*
 * x beats y: it stops at least as much spam, loses no more clean mail, and does
 * better in one of the two. Unbeaten are those that stop spam and that no rule
 * of the judgement beats, the Pareto front: between them only a person can
 * choose.
 */
bool judge_rule_beats(const struct judge_rule *x, const struct judge_rule *y);
bool judge_rule_is_unbeaten(const struct judgement *j,
			    const struct judge_rule *r);

/* -------------------------------------------------------------- [14] verdict
 */

enum judge_result {
	RESULT_TOO_LITTLE_DATA,
	RESULT_SMOKING_GUN,
	RESULT_ASSOCIATION_ONLY,
	RESULT_NO_LINK,
	RESULT_NOT_SETTLED,
};

enum judge_call {
	CALL_SUPPORTS,
	CALL_AGAINST,
	CALL_INCONCLUSIVE,
	CALL_NOT_MEASURED, /* weighs as inconclusive */
};

/* "too little data", "smoking gun", "association only", "no link", … */
const char *judge_result_text(enum judge_result r);

/* "supports", "against", "inconclusive", "inconclusive: not measured" */
const char *judge_call_text(enum judge_call c);

/* In this order: strength, order, self-control, dose, specificity, … */
enum judge_criterion_id {
	CRITERION_STRENGTH,
	CRITERION_ORDER,
	CRITERION_SELF_CONTROL,
	CRITERION_DOSE,
	CRITERION_SPECIFICITY,
	CRITERION_CONSISTENCY,
	CRITERION_LOOK_BACK,
	N_CRITERIA,
};

struct judge_criterion {
	const char *name;  /* "strength", …, "look-back" */
	const char *about; /* what the figure is: "Mantel–Haenszel odds …" */
	enum judge_call call;
	bool unseen; /* was against: but hosts fell silent [14] */
	struct figure figure;
};

#define JUDGE_MISSING_MAX 8

struct judge_verdict {
	enum judge_result result;
	struct judge_criterion criteria[N_CRITERIA];
	const char *missing[JUDGE_MISSING_MAX]; /* "clean mail", … */
	size_t n_missing;
};

/* -------------------------------------------------------------- all of them */

struct judgement {
	struct judge_window window;
	uint64_t events[N_KINDS]; /* by enum kind */
	uint64_t n_moved; /* of policy: by the address's reputation, not spam */
	struct judge_hosts hosts;
	struct judge_shares shares;
	struct judge_overlaps overlap;
	struct judge_adjusted adjusted;
	struct judge_orders order;
	struct judge_hazards hazard;
	struct judge_self self_control;
	struct judge_dose dose;
	struct judge_family *families; /* most hosts first, then by name */
	size_t n_families;
	struct judge_differ families_differ;
	struct judge_port *ports; /* most hosts first, then by name */
	size_t n_ports;
	struct judge_lookback lookback;
	struct judge_neighbourhood neighbourhood;
	struct judge_population population;
	struct judge_rule *backtest; /* trigger, then scope, then days */
	size_t n_backtest;
	struct judge_verdict verdict;
	uint32_t measured; /* bit n: section n of MEASURES was computed */
};

static inline bool judge_measured(const struct judgement *j, unsigned section)
{
	return j->measured >> section & 1;
}

/*
 * Judge a tally (finished by this if need be). The catalogs name its labels
 * and clients; clients may be NULL.
 */
struct judgement *judge_new(struct tally *t, const struct catalog *labels,
			    const struct catalog *clients);
void judge_free(struct judgement *j);
