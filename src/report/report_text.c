/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_text.c - the report for a person: the answer, the seven criteria,
 * what is missing; the parts of sections.h follow
 */
#include "report/report.h"

#include "report/known.h"
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
		text_paragraph(out, 0,
			       "SMOKING GUN: machines send you spam because "
			       "they were infected before. The infection comes "
			       "first, the spam follows, and neither bad "
			       "networks nor busy machines explain it.");
		break;
	case RESULT_ASSOCIATION_ONLY:
		say_association(j, out);
		break;
	case RESULT_NO_LINK:
		text_paragraph(out, 0,
			       "NO LINK within %s: machines that sent a virus "
			       "spam no more than machines like them, in the "
			       "same networks, that sent none.",
			       text_of(j->window.days, "day").s);
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

/* "2003-08-01 to 2003-09-09, 40 days"; with hours where it cuts through days */
static void say_window(const struct judgement *j, struct buf *out)
{
	const struct judge_window *w = &j->window;
	bool whole = w->from % DAY_SECONDS == 0 && w->to % DAY_SECONDS == 0;
	struct text from = whole ? text_date(w->from) : text_minute(w->from);
	struct text to = whole ? text_date(w->to - 1) : text_minute(w->to);

	text_paragraph(
		out, 0,
		"%s to %s (UTC, %s): %s from %s. %s sent viruses, %s "
		"sent spam; %s had an open proxy, relay or backdoor.",
		from.s, to.s, text_of(w->days, "day").s,
		text_of(mails_of(j), "mail").s, text_of(j->hosts.all, "host").s,
		text_count(j->hosts.virus).s, text_count(j->hosts.spam).s,
		text_count(j->hosts.open).s);
}

void text_verdict(const struct judgement *j, struct buf *out)
{
	say_result(j, out);
	buf_add_char(out, '\n');
	say_window(j, out);
}

/* ---------------------------------------------------------------- criteria */

static void mean_strength(const struct judgement *j, struct buf *out)
{
	buf_printf(out,
		   "Among hosts of the same network that mail as much, those "
		   "that sent a virus have %s times the odds of sending spam.",
		   text_ratio(j->adjusted.virus_spam.odds.value).s);
}

static void mean_order(const struct judgement *j, struct buf *out)
{
	buf_printf(out,
		   "From the day after its first virus, a host starts to spam "
		   "at %s times the rate of the others. The other way round, "
		   "spam first and then a virus, it is %s times.",
		   text_ratio(j->hazard.virus_to_spam.ratio.value).s,
		   text_ratio(j->hazard.spam_to_virus.ratio.value).s);
}

static void mean_self(const struct judgement *j, struct buf *out)
{
	const struct judge_self *s = &j->self_control;

	buf_printf(out,
		   "Each host against itself: on a day of the week after its "
		   "first virus, spam is %s times as likely as in the two "
		   "weeks before",
		   text_ratio(s->spam.ratio.value).s);
	if (has_value(s->clean.ratio.value))
		buf_printf(out, "; its clean mail, %s times.",
			   text_ratio(s->clean.ratio.value).s);
	else
		buf_add_text(out, ". (Too little clean mail to compare.)");
}

static void mean_dose(const struct judgement *j, struct buf *out)
{
	buf_printf(out,
		   "The more days a host sent viruses, the %s likely it sent "
		   "spam too (figure: z of the trend; beyond 1.96 is no "
		   "chance).",
		   j->dose.z < 0 ? "less" : "more");
}

static void mean_specificity(const struct judgement *j, struct buf *out)
{
	bool differ = j->families_differ.p < 0.05;

	buf_printf(out,
		   "Some viruses open proxies, others do not: the spam that "
		   "follows %s from family to family (figure: p that all "
		   "are alike).",
		   differ ? "differs" : "does not clearly differ");
}

static void mean_consistency(const struct judgement *j, struct buf *out)
{
	const struct judge_criterion *c = criterion(j, CRITERION_CONSISTENCY);

	buf_printf(out,
		   "Asked one by one, %s of the %u groups of networks with "
		   "enough infected hosts show a rise after the first virus.",
		   text_share(c->figure.value).s, c->figure.groups);
}

static void mean_lookback(const struct judgement *j, struct buf *out)
{
	const struct judge_lookback *l = &j->lookback;

	buf_add_text(out, "Of the last week's spammers, more than of the other "
			  "senders had sent a virus before (figure: by how "
			  "much)");
	if (l->too_short)
		buf_add_text(out, ". The log is too short to say how far back "
				  "one must look.");
	else if (l->enough_days > 0)
		buf_printf(out, "; a log of %s shows 90 %% of it.",
			   text_of((uint64_t)l->enough_days, "day").s);
	else
		buf_add_text(out, ": not so here.");
}

static const struct {
	const char *question;
	bool is_share;
	void (*mean)(const struct judgement *j, struct buf *out);
} meanings[N_CRITERIA] = {
	[CRITERION_STRENGTH] = { "strength", false, mean_strength },
	[CRITERION_ORDER] = { "order", false, mean_order },
	[CRITERION_SELF_CONTROL] = { "self-control", false, mean_self },
	[CRITERION_DOSE] = { "dose", false, mean_dose },
	[CRITERION_SPECIFICITY] = { "specificity", false, mean_specificity },
	[CRITERION_CONSISTENCY] = { "consistency", true, mean_consistency },
	[CRITERION_LOOK_BACK] = { "look-back", true, mean_lookback },
};

static const char *call_mark(enum judge_call call)
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

static struct text figure_text(const struct judge_criterion *c, size_t i)
{
	struct text t = text_ratio(c->figure.value);

	if (meanings[i].is_share)
		return text_share(c->figure.value);
	if (i == CRITERION_SPECIFICITY && has_value(c->figure.value))
		t = text_p(c->figure.value);
	return t;
}

/* Only ratios are said with an interval; where one lacks it, say why. */
static struct text interval_text(const struct judge_criterion *c, size_t i)
{
	bool has_one = i <= CRITERION_SELF_CONTROL;

	return has_one ? text_interval(c->figure) : (struct text){ "" };
}

static void add_criterion(struct text_table *t, const struct judgement *j,
			  size_t i)
{
	const struct judge_criterion *c = &j->verdict.criteria[i];
	struct buf *cell;

	text_cell(t, "%s", c->name);
	text_cell(t, "%s", call_mark(c->call));
	text_cell(t, "%s", figure_text(c, i).s);
	text_cell(t, "%s", interval_text(c, i).s);
	cell = text_cell_begin(t);
	if (has_value(c->figure.value))
		meanings[i].mean(j, cell);
	else if (c->call != CALL_NOT_MEASURED)
		buf_add_text(cell,
			     "No figure: nothing to compare in this log.");
	if (c->unseen)
		buf_add_text(cell, " It would be against, but after their "
				   "first virus most of these hosts were "
				   "blocked or fell silent.");
	text_cell_end(t);
}

void text_criteria(const struct judgement *j, struct buf *out)
{
	struct text_table t = text_table_of("llrlw");

	text_title(out, "Seven questions, and what the log says");
	text_head(&t, "||figure|95% interval|in plain words");
	for (size_t i = 0; i < N_CRITERIA; i++)
		add_criterion(&t, j, i);
	text_table_print(&t, out);
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

void report_text_known(const struct judgement *j,
		       const struct indicators *known, struct buf *out)
{
	text_verdict(j, out);
	text_criteria(j, out);
	text_traffic(j, out);
	text_hosts(j, out);
	text_order(j, out);
	text_self(j, out);
	text_families(j, out);
	text_known(j, known, out);
	text_known_ports(j, known, out);
	text_lookback(j, out);
	text_neighbours(j, out);
	text_backtest(j, out);
	text_missing(j, out);
}

void report_text(const struct judgement *j, struct buf *out)
{
	report_text_known(j, NULL, out);
}
