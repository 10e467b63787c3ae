/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_text.c - the report for a person: the answer, the seven criteria,
 * what is missing; the parts of sections.h follow
 */
#include "report/report.h"

#include <stdio.h>

#include "report/sections.h"

/* ----------------------------------------------------------------- verdict */

static const struct judge_criterion *criterion(const struct judgement *j,
					       enum judge_criterion_id id)
{
	return &j->verdict.criteria[id];
}

static void say_association(const struct judgement *j, struct buf *out)
{
	bool order = criterion(j, CRITERION_ORDER)->call == CALL_AGAINST;
	bool self = criterion(j, CRITERION_SELF_CONTROL)->call == CALL_AGAINST;

	text_paragraph(out, 0,
		       "ASSOCIATION ONLY: the same machines send viruses and "
		       "spam, but not because of the infection: %s%s%s.",
		       order ? "spam does not begin after the first virus" : "",
		       order && self ? ", and " : "",
		       self ? "a machine spams no more after its first virus "
			      "than it did before"
			    : "");
}

/* Which of the things below are missing, in a few words */
static void say_what_lacks(const struct judgement *j, struct buf *out)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < j->verdict.n_missing; i++) {
		if (i > 0)
			buf_add_text(&list, i + 1 < j->verdict.n_missing
						    ? ", "
						    : " and ");
		buf_add_text(&list, j->verdict.missing[i]);
	}
	if (list.len > 0)
		text_paragraph(out, 0,
			       "What is missing (more at the end): %.*s.",
			       BYTES_ARG(buf_bytes(&list)));
	buf_deinit(&list);
}

static void say_result(const struct judgement *j, struct buf *out)
{
	switch (j->verdict.result) {
	case RESULT_TOO_LITTLE_DATA:
		text_paragraph(out, 0,
			       "TOO LITTLE DATA: %s sent viruses and %s sent "
			       "spam. With fewer than 100 of each, no answer "
			       "would stand.",
			       text_of(j->hosts.virus, "host").s,
			       text_of(j->hosts.spam, "host").s);
		break;
	case RESULT_SMOKING_GUN:
		text_paragraph(
			out, 0,
			"SMOKING GUN: machines send you spam because "
			"they were infected before. After its first "
			"virus a host begins to spam at %s times the "
			"rate of the others (%s), and neither bad "
			"networks nor busy machines explain it.",
			text_ratio(j->hazard.virus_to_spam.ratio.value).s,
			text_interval(j->hazard.virus_to_spam.ratio).s);
		break;
	case RESULT_ASSOCIATION_ONLY:
		say_association(j, out);
		break;
	case RESULT_NO_LINK:
		text_paragraph(out, 0,
			       "NO LINK within %s: machines that sent a virus "
			       "spam no more than machines like them, in the "
			       "same networks, that sent none (%s times the "
			       "odds; %s).",
			       text_of(j->window.days, "day").s,
			       text_ratio(j->adjusted.virus_spam.odds.value).s,
			       text_interval(j->adjusted.virus_spam.odds).s);
		break;
	case RESULT_NOT_SETTLED:
		text_paragraph(out, 0,
			       "NOT SETTLED: this log does not decide whether "
			       "spam comes from machines that were infected "
			       "before. Some of the evidence is missing or "
			       "points both ways.");
		break;
	}
}

static uint64_t mails_of(const struct judgement *j)
{
	uint64_t n = 0;

	for (int k = 0; k < N_MAIL_KINDS; k++)
		n += j->events[k];
	return n;
}

/* With hours where it cuts through days */
struct text text_window(const struct judgement *j)
{
	const struct judge_window *w = &j->window;
	bool whole = w->from % DAY_SECONDS == 0 && w->to % DAY_SECONDS == 0;
	struct text from = whole ? text_date(w->from) : text_minute(w->from);
	struct text to = whole ? text_date(w->to - 1) : text_minute(w->to);
	struct text t;

	snprintf(t.s, sizeof(t.s), "%.16s to %.16s (UTC, %.18s)", from.s, to.s,
		 text_of(w->days, "day").s);
	return t;
}

static void say_window(const struct judgement *j, struct buf *out)
{
	text_paragraph(
		out, 0,
		"%s: %s from %s. %s sent viruses, %s sent spam; %s had "
		"an open proxy, relay or backdoor.",
		text_window(j).s, text_of(mails_of(j), "mail").s,
		text_of(j->hosts.all, "host").s, text_count(j->hosts.virus).s,
		text_count(j->hosts.spam).s, text_count(j->hosts.open).s);
}

void text_verdict(const struct judgement *j, struct buf *out)
{
	say_result(j, out);
	say_what_lacks(j, out);
	buf_add_char(out, '\n');
	say_window(j, out);
}

/* ---------------------------------------------------------------- criteria */

static void mean_strength(const struct judgement *j, struct buf *out)
{
	(void)j;
	buf_add_text(out, "the odds to send spam, for hosts that sent a virus "
			  "against hosts like them in the same network");
}

static void mean_order(const struct judgement *j, struct buf *out)
{
	buf_printf(out,
		   "the rate at which hosts begin to spam after their first "
		   "virus, against hosts without one so far (the other way "
		   "round: %s)",
		   text_ratio(j->hazard.spam_to_virus.ratio.value).s);
}

static void mean_self(const struct judgement *j, struct buf *out)
{
	const struct judge_self *s = &j->self_control;

	buf_printf(out,
		   "a host's spam days after its first virus against those "
		   "before (%s), ",
		   text_ratio(s->spam.ratio.value).s);
	if (has_value(s->clean.ratio.value))
		buf_printf(out, "over the same of its clean mail (%s)",
			   text_ratio(s->clean.ratio.value).s);
	else
		buf_add_text(out, "with too little clean mail to compare");
}

static void mean_dose(const struct judgement *j, struct buf *out)
{
	buf_printf(out,
		   "the more days with viruses, the %s hosts with spam (past "
		   "±1.96 is no chance)",
		   j->dose.z < 0 ? "fewer" : "more");
}

static void mean_specificity(const struct judgement *j, struct buf *out)
{
	(void)j;
	buf_add_text(out, "how often chance alone makes families differ so "
			  "much in the spam that follows them");
}

static void mean_consistency(const struct judgement *j, struct buf *out)
{
	(void)j;
	buf_add_text(out, "groups of networks show, each on its own, more "
			  "spam after the first virus");
}

static void mean_lookback(const struct judgement *j, struct buf *out)
{
	const struct judge_lookback *l = &j->lookback;

	buf_add_text(out, "of the last week's spammers, beyond other senders, "
			  "had sent a virus before");
	if (l->too_short)
		buf_add_text(out, "; the log is too short to be sure");
	else if (l->enough_days > 0)
		buf_printf(out, "; %s of log show nine tenths of it",
			   text_of((uint64_t)l->enough_days, "day").s);
}

static const struct {
	bool has_interval;
	void (*mean)(const struct judgement *j, struct buf *out);
} meanings[N_CRITERIA] = {
	[CRITERION_STRENGTH] = { true, mean_strength },
	[CRITERION_ORDER] = { true, mean_order },
	[CRITERION_SELF_CONTROL] = { true, mean_self },
	[CRITERION_DOSE] = { false, mean_dose },
	[CRITERION_SPECIFICITY] = { false, mean_specificity },
	[CRITERION_CONSISTENCY] = { false, mean_consistency },
	[CRITERION_LOOK_BACK] = { false, mean_lookback },
};

const char *text_call(enum judge_call call)
{
	switch (call) {
	case CALL_SUPPORTS:
		return "✓ supports";
	case CALL_AGAINST:
		return "✗ against";
	case CALL_INCONCLUSIVE:
		return "? inconclusive";
	case CALL_NOT_MEASURED:
		break;
	}
	return "  not measured";
}

/* Each with its unit: times, z, p, groups, points of a share */
struct text text_criterion(const struct judgement *j, size_t i)
{
	const struct judge_criterion *c = &j->verdict.criteria[i];
	double x = c->figure.value;
	struct text t;

	if (!has_value(x))
		return text_ratio(x);
	switch (i) {
	case CRITERION_DOSE:
		snprintf(t.s, sizeof(t.s), "z = %.1f", x);
		return t;
	case CRITERION_SPECIFICITY:
		return text_p(x);
	case CRITERION_CONSISTENCY:
		snprintf(t.s, sizeof(t.s), "%.0f of %u", x * c->figure.groups,
			 c->figure.groups);
		return t;
	case CRITERION_LOOK_BACK:
		snprintf(t.s, sizeof(t.s), "%+.1f %%", 100 * x);
		return t;
	default:
		snprintf(t.s, sizeof(t.s), "%.50s times", text_ratio(x).s);
		return t;
	}
}

/* Ratios come with an interval; where one lacks it, say why. */
static struct text interval_text(const struct judge_criterion *c, size_t i)
{
	return meanings[i].has_interval ? text_interval(c->figure)
					: (struct text){ "" };
}

static void add_criterion(struct text_table *t, const struct judgement *j,
			  size_t i)
{
	const struct judge_criterion *c = &j->verdict.criteria[i];
	struct buf *cell;

	text_cell(t, "%s", c->name);
	text_cell(t, "%s", text_call(c->call));
	text_cell(t, "%s", text_criterion(j, i).s);
	text_cell(t, "%s", interval_text(c, i).s);
	cell = text_cell_begin(t);
	if (has_value(c->figure.value))
		meanings[i].mean(j, cell);
	else if (c->call != CALL_NOT_MEASURED)
		buf_add_text(cell, "nothing to compare in this log");
	if (c->unseen)
		buf_add_text(cell, "; it would be against, but most of these "
				   "hosts were blocked or fell silent after "
				   "their first virus");
	text_cell_end(t);
}

void text_criteria(const struct judgement *j, struct buf *out)
{
	struct text_table t = text_table_of("llrlw");

	text_title(out, "Seven questions, and what the log says");
	text_head(&t, "question|answer|figure|95% interval|in plain words");
	for (size_t i = 0; i < N_CRITERIA; i++)
		add_criterion(&t, j, i);
	text_table_print(&t, out);
	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "The interval holds the true figure 19 times in 20, "
		       "also where infections come in whole networks. For the "
		       "first three to support, all of it must lie above 1.5; "
		       "to be against, all of it below 1.2. Order and "
		       "self-control must also find the arrow pointing from "
		       "virus to spam (further down).");
}

/* ----------------------------------------------------------------- missing */

static const struct {
	const char *what;
	const char *advice;
} advices[] = {
	{ "hosts with viruses",
	  "Hosts with viruses. Fewer than 100 were seen. Read logs of more "
	  "servers or of more days, and of a scanner that names what it "
	  "finds." },
	{ "hosts with spam",
	  "Hosts with spam. Fewer than 100 were seen. Read logs that hold "
	  "the verdict of a content filter, not only refusals." },
	{ "networks",
	  "Networks. Infected machines come in networks, so an interval "
	  "needs at least 10 groups of networks with something to count." },
	{ "days",
	  "Days. Spam may follow an infection by weeks; a log must reach "
	  "back at least 14 days, and further until longer no longer adds." },
	{ "families",
	  "Families. Fewer than two virus families have 20 hosts and an "
	  "interval, so whether some lead to spam and others not cannot be "
	  "compared." },
	{ "clean mail",
	  "Clean mail of infected hosts. Without it, nobody can tell a host "
	  "that began to spam from one that merely began to be seen." },
	{ "mail of infected hosts that somebody looked at",
	  "A look at the mail of infected hosts. After their first virus "
	  "most of it was refused unseen or never came, so silence proves "
	  "nothing." },
	{ "measures",
	  "Measures. Some of the seven questions were not asked (\"not "
	  "measured\" above)." },
};

static const char *advice_on(const char *what)
{
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		if (!strcmp(advices[i].what, what))
			return advices[i].advice;
	return what;
}

void text_missing(const struct judgement *j, struct buf *out)
{
	const struct judge_verdict *v = &j->verdict;
	struct text_table t = text_table_of("lw");

	if (v->n_missing > 0)
		text_title(out, "What is missing to settle it");
	for (size_t i = 0; i < v->n_missing; i++) {
		text_cell(&t, "•");
		text_cell(&t, "%s", advice_on(v->missing[i]));
	}
	text_table_print(&t, out);
}

/* -------------------------------------------------------------- the report */

static uint64_t events_of(const struct judgement *j)
{
	uint64_t n = 0;

	for (int k = 0; k < N_KINDS; k++)
		n += j->events[k];
	return n;
}

void report_text(const struct judgement *j, struct buf *out)
{
	if (events_of(j) == 0) {
		text_paragraph(out, 0,
			       "TOO LITTLE DATA: there is no mail and no "
			       "evidence in this time.");
		return;
	}
	text_verdict(j, out);
	text_criteria(j, out);
	text_traffic(j, out);
	text_hosts(j, out);
	text_order(j, out);
	text_self(j, out);
	text_families(j, out);
	text_lookback(j, out);
	text_neighbours(j, out);
	text_backtest(j, out);
	text_missing(j, out);
}
