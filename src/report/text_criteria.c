/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_criteria.c - the seven criteria [14]: the call, the figure with its
 * unit, and what the figure is in a few plain words that go on from it
 */
#include "report/sections.h"

#include <stdio.h>

static const struct judge_criterion *criterion(const struct judgement *j,
					       enum judge_criterion_id id)
{
	return &j->verdict.criteria[id];
}

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
	enum judge_call call = criterion(j, CRITERION_DOSE)->call;

	if (call == CALL_SUPPORTS)
		buf_add_text(out, "the more days with viruses, the more hosts "
				  "with spam");
	else if (call == CALL_AGAINST || j->dose.z < -1.96)
		buf_add_text(out, "the more days with viruses, the fewer hosts "
				  "with spam");
	else if (j->dose.z > 1.96)
		buf_add_text(out, "more days with viruses, more hosts with "
				  "spam, but not at every step");
	else
		buf_add_text(out, "no trend of spam with the days with "
				  "viruses");
	buf_add_text(out, " (past ±1.96 is no chance)");
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

	if (l->excess <= 0) {
		buf_add_text(out, "no more of the last week's spammers than of "
				  "other senders had sent a virus before");
		return;
	}
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
	const char *none; /* why there may be no figure */
} meanings[N_CRITERIA] = {
	[CRITERION_STRENGTH] = { true, mean_strength,
				 "in no network did, of hosts that mail about "
				 "as much, one with a virus stay without spam "
				 "and one without a virus send some" },
	[CRITERION_ORDER] = { true, mean_order,
			      "nobody without a virus so far began to spam "
			      "beside a host that had one" },
	[CRITERION_SELF_CONTROL] = { true, mean_self, NULL },
	[CRITERION_DOSE] = { false, mean_dose,
			     "all hosts had as many days with viruses, or "
			     "all of them spam, or none" },
	[CRITERION_SPECIFICITY] = { false, mean_specificity,
				    "it takes two families with 20 hosts and "
				    "an interval each" },
	[CRITERION_CONSISTENCY] = { false, mean_consistency,
				    "no group of networks has 10 infected "
				    "hosts and a rate of its own" },
	[CRITERION_LOOK_BACK] = { false, mean_lookback,
				  "no spammers in the last week, or nobody "
				  "else to hold against them" },
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
		return text_z(x);
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
		buf_add_text(cell, meanings[i].none != NULL
					   ? meanings[i].none
					   : text_why_no_rate(j));
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
