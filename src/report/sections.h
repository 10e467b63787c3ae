/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sections.h - the parts of the text, each with its title, in this order
 *
 * A part whose measure was not computed prints nothing: the table of criteria
 * has said so.
 */
#pragma once

#include "judge/judge.h"
#include "report/text.h"

void text_verdict(const struct judgement *j, struct buf *out);
void text_criteria(const struct judgement *j, struct buf *out);
void text_missing(const struct judgement *j, struct buf *out);

void text_traffic(const struct judgement *j, struct buf *out);	/* [2] */
void text_hosts(const struct judgement *j, struct buf *out);	/* [3, 4, 12] */
void text_order(const struct judgement *j, struct buf *out);	/* [5, 6] */
void text_self(const struct judgement *j, struct buf *out);	/* [7, 8] */
void text_families(const struct judgement *j, struct buf *out); /* [9] */
void text_lookback(const struct judgement *j, struct buf *out); /* [10] */
void text_neighbours(const struct judgement *j, struct buf *out); /* [11] */
void text_backtest(const struct judgement *j, struct buf *out);	  /* [13] */

/* Of them, for pages of their own: */

/* The tables of [9], with at most so many families, and of so many hosts */
void text_family_curves(const struct judgement *j, size_t n_shown,
			struct buf *out);
void text_family_sequels(const struct judgement *j, size_t n_shown,
			 uint64_t least_hosts, struct buf *out);

/* What a rule looks for, as a person says it: "3 spam a week" */
struct text text_trigger(const char *trigger);

/* "2003-08-01 to 2003-09-09 (UTC, 40 days)", to the minute where need be */
struct text text_window(const struct judgement *j);

/* A rule on what was never seen refuses nobody, and need not be told. */
bool text_rule_can_fire(const struct judgement *j, const struct judge_rule *r);

/* One of the seven criteria: "✓ supports"; "8.1 times", "z = 3.2", … */
const char *text_call(enum judge_call call);
struct text text_criterion(const struct judgement *j, size_t i);

/* Why self-control has no figure, in words that go on from "no rate: " */
const char *text_why_no_rate(const struct judgement *j);

/* A window day as a date */
static inline int64_t day_of(const struct judgement *j, uint32_t day)
{
	int64_t first = j->window.from / DAY_SECONDS;

	return (first + day) * DAY_SECONDS;
}

/* Past this, a day of the year does not tell the year. */
#define LONG_WINDOW_DAYS 300

static inline bool is_long(const struct judgement *j)
{
	return j->window.days > LONG_WINDOW_DAYS;
}

/* "19 Aug", in a long window "19 Aug 03" */
static inline struct text day_text(const struct judgement *j, uint32_t day)
{
	struct text t = text_short_date(day_of(j, day));
	struct text whole = text_date(day_of(j, day));
	size_t n = strlen(t.s);

	if (is_long(j) && n + 4 < sizeof(t.s)) {
		t.s[n] = ' ';
		memcpy(t.s + n + 1, whole.s + 2, 2);
		t.s[n + 3] = '\0';
	}
	return t;
}
