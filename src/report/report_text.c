/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_text.c - the report for a person: the answer first, what is missing
 * for a better one last, and the parts of sections.h between them
 */
#include "report/report.h"

#include <stdio.h>

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

static unsigned n_called(const struct judgement *j, enum judge_call call)
{
	unsigned n = 0;

	for (size_t i = 0; i < N_CRITERIA; i++)
		n += j->verdict.criteria[i].call == call;
	return n;
}

static void say_result(const struct judgement *j, struct buf *out)
{
	switch (j->verdict.result) {
	case RESULT_TOO_LITTLE_DATA:
		text_paragraph(out, 0,
			       "TOO LITTLE DATA: %s sent viruses and %s sent "
			       "spam. It takes 100 of each for an answer that "
			       "stands.",
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
			       "before. Of the seven questions, %u support it, "
			       "%u speak against it, and %u stay open.",
			       n_called(j, CALL_SUPPORTS),
			       n_called(j, CALL_AGAINST),
			       n_called(j, CALL_INCONCLUSIVE) +
				       n_called(j, CALL_NOT_MEASURED));
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

void report_text_known(const struct judgement *j,
		       const struct indicators *known, struct buf *out)
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
