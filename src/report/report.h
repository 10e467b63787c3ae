/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - figures -> text and JSON
 *
 *	report_text, report_json            the report on a whole log
 *	report_compare_text, …_json         two of them side by side
 *	report_families_text, …_json        outbreak curves, all or one in full
 *	report_backtest_text, …_json        every block rule, and the best ones
 *	report_host_text, report_host_json  the rap sheet of one host
 *
 * Text is for a person who must act on it and defend it: plain words first,
 * the figure behind each, and where there is no figure the reason. At most
 * REPORT_COLUMNS columns of UTF-8; no colour.
 *
 * JSON is for programs: schemas "rapsheet/report/1" (design, "Report, as
 * JSON"), "rapsheet/host/1", "…/compare/1", "…/families/1" and "…/backtest/1"
 * (README.md here). Numbers are not rounded: each
 * is the shortest text that reads back as the same double. No value is null,
 * and so is the whole of a measure that was not measured.
 *
 * Everything is appended to a buffer; nothing is computed here that another
 * page might want (that is judge's), and nothing is read or written. The same
 * input gives the same bytes; numbers are printed in the "C" locale.
 */
#pragma once

#include "indicator/indicator.h"
#include "judge/judge.h"

#define REPORT_COLUMNS 100

/* ------------------------------------------------------------------ report */

void report_text(const struct judgement *j, struct buf *out);
void report_json(const struct judgement *j, struct buf *out);

/*
 * The same with what is publicly known of the families beside the measured
 * curves, and of the ports found open: two parts of the text, the objects
 * families[].known, and "ports". known may be NULL.
 */
void report_text_known(const struct judgement *j,
		       const struct indicators *known, struct buf *out);
void report_json_known(const struct judgement *j,
		       const struct indicators *known, struct buf *out);

/* ----------------------------------------------------------------- compare */

struct report_side {
	const char *name; /* as the person wrote it: a window, a client */
	const struct judgement *j;
};

/*
 * Figures differ where their intervals do not meet; where there is no
 * interval, the difference is given and not judged.
 */
void report_compare_text(const struct report_side *a,
			 const struct report_side *b, struct buf *out);
void report_compare_json(const struct report_side *a,
			 const struct report_side *b,
			 const struct indicators *known, struct buf *out);

/* ---------------------------------------------------------------- families */

/*
 * A name is that of a family with its variant, or of all variants: "Sobig.F",
 * "Sobig"; in any case of letters; empty: all families.
 */
size_t report_count_families(const struct judgement *j, struct bytes name);

/* Without a name the tables of all, with one each family in full */
void report_families_text(const struct judgement *j, struct bytes name,
			  struct buf *out);
void report_families_json(const struct judgement *j, struct bytes name,
			  const struct indicators *known, struct buf *out);

/* --------------------------------------------------------------- back-test */

enum report_sort {
	SORT_NONE,  /* trigger, then scope, then days */
	SORT_CLEAN, /* least clean mail lost first */
	SORT_SPAM,  /* most spam stopped first */
};

/* Which rules, in which order; all zero: all */
struct report_rules {
	const char *trigger, *scope; /* NULL: any */
	bool has_days;
	uint32_t days; /* 0: ever */
	enum report_sort sort;
};

void report_backtest_text(const struct judgement *j,
			  const struct report_rules *pick, struct buf *out);
void report_backtest_json(const struct judgement *j,
			  const struct report_rules *pick, struct buf *out);

/* --------------------------------------------------------------- rap sheet */

#define REPORT_HOST_LATEST 20 /* events shown as they are */

/* One label of one kind: "virus Sobig.F, 812 times, 19 August to …" */
struct report_host_label {
	uint32_t label; /* 0: none */
	uint8_t kind;
	uint64_t n;
	int64_t first, last;
};

struct report_host_day {
	int64_t day; /* since 1970 */
	uint64_t n[N_KINDS];
};

/* One line of the sheet's end; label and client are 0 where not asked for. */
struct report_host_event {
	int64_t time;
	uint32_t label;
	uint32_t client;
	uint8_t kind;
};

/*
 * The life of one host, condensed: feed it the pieces of a cursor over that
 * host, in their order. Memory: days with events + labels, not events.
 */
struct report_host {
	uint64_t host;
	uint64_t n_events;
	uint64_t n[N_KINDS];
	int64_t first, last;		/* first > last where none */
	int64_t first_by_kind[N_KINDS]; /* valid where n[kind] > 0 */
	int64_t last_by_kind[N_KINDS];
	struct report_host_label *labels; /* in the order of their first */
	size_t n_labels, cap_labels;
	struct report_host_day *days; /* with events, ascending */
	size_t n_days, cap_days;
	struct report_host_event latest[REPORT_HOST_LATEST]; /* a ring */
	uint32_t *slots; /* while feeding: labels by (kind, label) */
	size_t n_slots;
	const struct indicators *known; /* to name ports by; NULL at first */
};

void report_host_init(struct report_host *h, uint64_t host);
void report_host_deinit(struct report_host *h);

/* A piece of this host; panics on another's. */
void report_host_add(struct report_host *h, const struct record_piece *piece);

/* The i-th latest event, 0 the last one; i < min(n_events, _LATEST) */
const struct report_host_event *report_host_latest(const struct report_host *h,
						   size_t i);

/* Catalogs name the numbers; either may be NULL. */
void report_host_text(const struct report_host *h, const struct catalog *labels,
		      const struct catalog *clients, struct buf *out);
void report_host_json(const struct report_host *h, const struct catalog *labels,
		      const struct catalog *clients, struct buf *out);
