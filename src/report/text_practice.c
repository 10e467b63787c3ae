/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_practice.c - [10] how long a log must be, [13] what a block rule would
 * have done
 */
#include "report/sections.h"

#include <stdio.h>

#define BAR_COLUMNS 20

/* --------------------------------------------------------------- look-back */

static void add_lookback(struct text_table *t, const struct judge_lookback *l,
			 uint32_t days)
{
	double share = l->share_spammers[days - 1];

	text_cell(t, "%s", text_of(days, "day").s);
	text_cell(t, "%s", text_share(share).s);
	text_cell(t, "%s", text_share(l->share_controls[days - 1]).s);
	text_cell(t, "%s", text_ratio(l->lift[days - 1]).s);
	text_bar(text_cell_begin(t), share, BAR_COLUMNS);
	text_cell_end(t);
}

static void say_enough(const struct judge_lookback *l, struct buf *out)
{
	if (l->too_short)
		text_paragraph(out, 2,
			       "Too short: a longer log would still show more, "
			       "so \"no link\" could not be said from this "
			       "one.");
	if (l->enough_days > 0)
		text_paragraph(out, 2,
			       "A look-back of %s shows 90 %% of what this log "
			       "has to show.",
			       text_of((uint64_t)l->enough_days, "day").s);
}

void text_lookback(const struct judgement *j, struct buf *out)
{
	static const uint32_t steps[] = { 1,  2,  3,  5,  7,   14,
					  21, 28, 60, 90, 180, 365 };
	const struct judge_lookback *l = &j->lookback;
	struct text_table t = text_table_of("lrrrl");

	if (!judge_measured(j, 10) || j->window.days == 0 ||
	    j->hosts.virus == 0 || l->spammers + l->controls == 0)
		return;
	text_title(out, "How far back a log must reach");
	text_paragraph(out, 2,
		       "Of the last week's spammers (%s) and of its senders of "
		       "clean mail alone (%s), the share with a virus in the "
		       "days before:",
		       text_count(l->spammers).s, text_count(l->controls).s);
	text_head(&t, "looking back|spammers|others|times|");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if ((int32_t)steps[i] < l->history)
			add_lookback(&t, l, steps[i]);
	add_lookback(&t, l, (uint32_t)l->history);
	text_table_print(&t, out);
	if (j->window.days > 7)
		text_paragraph(
			out, 2,
			"It ends at %s, what every one of them has of the log "
			"before the last week.",
			text_of((uint64_t)l->history, "day").s);
	say_enough(l, out);
}

/* --------------------------------------------------------------- back-test */

static void add_blocked(struct text_table *t, const struct judge_rule *r,
			enum kind kind)
{
	text_cell(t, "%s", text_amount(r->blocked[kind]).s);
	text_cell(t, "%s", text_share(r->share[kind]).s);
}

struct text text_trigger(const char *trigger)
{
	struct bytes n = bytes_of_text(trigger);
	struct text t;

	if (bytes_skip(&n, "spam>="))
		snprintf(t.s, sizeof(t.s), "%.*s spam a week", BYTES_ARG(n));
	else if (!strcmp(trigger, "virus+open"))
		snprintf(t.s, sizeof(t.s), "virus and open");
	else
		snprintf(t.s, sizeof(t.s), "%s", trigger);
	return t;
}

static void add_rule(struct text_table *t, const struct judge_rule *r)
{
	text_cell(t, "%s", text_trigger(r->trigger).s);
	text_cell(t, "%s", !strcmp(r->scope, "host") ? "host" : "/24, /48");
	if (r->days > 0)
		text_cell(t, "%s", text_of(r->days, "day").s);
	else
		text_cell(t, "ever");
	add_blocked(t, r, KIND_SPAM);
	add_blocked(t, r, KIND_VIRUS);
	add_blocked(t, r, KIND_CLEAN);
}

bool text_rule_can_fire(const struct judgement *j, const struct judge_rule *r)
{
	if (bytes_starts(bytes_of_text(r->trigger), "spam"))
		return j->hosts.spam > 0;
	return (j->hosts.virus > 0 || !strstr(r->trigger, "virus")) &&
	       (j->hosts.open > 0 || !strstr(r->trigger, "open"));
}

static bool is_plainest(const struct judge_rule *r)
{
	return !strcmp(r->trigger, "virus") && !strcmp(r->scope, "host");
}

static bool is_three_weeks(const struct judge_rule *r)
{
	return r->days == 21;
}

static void table_of_rules(const struct judgement *j,
			   bool (*is_shown)(const struct judge_rule *r),
			   struct buf *out)
{
	struct text_table t = text_table_of("lllrrrrrr");

	text_head(&t, "seen with|refuse|for|spam|stopped|viruses|stopped|"
		      "clean mail|lost");
	for (size_t i = 0; i < j->n_backtest; i++)
		if (is_shown(&j->backtest[i]) &&
		    text_rule_can_fire(j, &j->backtest[i]))
			add_rule(&t, &j->backtest[i]);
	text_table_print(&t, out);
}

static void say_left_out(const struct judgement *j, struct buf *out)
{
	bool no_virus = j->hosts.virus == 0, no_open = j->hosts.open == 0;

	if (no_virus || no_open)
		text_paragraph(out, 2,
			       "Rules on %s are left out: none was seen.",
			       !no_open	   ? "viruses"
			       : !no_virus ? "open hosts"
					   : "viruses and on open hosts");
}

void text_backtest(const struct judgement *j, struct buf *out)
{
	if (!judge_measured(j, 13) ||
	    j->hosts.virus + j->hosts.open + j->hosts.spam == 0)
		return;
	text_title(out, "What a block rule would have done to this log");
	text_paragraph(out, 2,
		       "Refuse a host (or all of its IPv4 /24, IPv6 /48) for "
		       "a time after it was seen with something.");
	if (j->hosts.virus > 0) {
		text_paragraph(out, 2, "First, how long:");
		table_of_rules(j, is_plainest, out);
		buf_add_char(out, '\n');
	}
	text_paragraph(out, 2, "With what, for three weeks each:");
	table_of_rules(j, is_three_weeks, out);
	say_left_out(j, out);
	text_paragraph(out, 2,
		       "Before you refuse anybody, look at the last two "
		       "columns. Every rule and span: rapsheet backtest.");
}
