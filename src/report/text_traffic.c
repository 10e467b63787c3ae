/* SPDX-License-Identifier: Apache-2.0 */
/* text_traffic.c - [2] what came in: by kind, by day, by client */
#include "report/sections.h"

#include <stdlib.h>

#define BAR_COLUMNS   24
#define CURVE_COLUMNS 60
#define CLIENTS_SHOWN 12

static const char *const meaning[N_MAIL_KINDS] = {
	[KIND_CLEAN] = "accepted, nothing found",
	[KIND_SPAM] = "the content was judged spam",
	[KIND_VIRUS] = "a virus was found",
	[KIND_POLICY] = "refused for what is not content",
	[KIND_UNSCANNED] = "let through or put off unseen",
};

static double share_of(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

static void table_of_kinds(const struct judge_traffic *total, struct buf *out)
{
	struct text_table t = text_table_of("lrrll");

	for (int k = 0; k < N_MAIL_KINDS; k++) {
		double share = share_of(total->mail[k], total->n_mail);

		text_cell(&t, "%s", kind_name((enum kind)k));
		text_cell(&t, "%s", text_amount(total->mail[k]).s);
		text_cell(&t, "%s", text_share(share).s);
		text_bar(text_cell_begin(&t), share, BAR_COLUMNS);
		text_cell_end(&t);
		text_cell(&t, "%s", meaning[k]);
	}
	text_table_print(&t, out);
}

/* The rule that no verdict by address counts as spam [1] */
static void say_moved(const struct judgement *j, struct buf *out)
{
	if (j->n_moved == 0)
		return;
	text_paragraph(out, 2,
		       "Of the policy refusals, %s went by the reputation of "
		       "the host's address and not by the content. To count "
		       "them as spam would prove \"first a virus, then spam\" "
		       "in a circle, so they are none.",
		       text_count(j->n_moved).s);
}

static void say_evidence(const struct judgement *j, struct buf *out)
{
	const uint64_t *n = j->events;

	if (n[KIND_RELAY] + n[KIND_PROXY] + n[KIND_BACKDOOR] + n[KIND_LISTED] ==
	    0)
		text_paragraph(out, 2,
			       "No evidence beside the mail: no open proxies, "
			       "relays or backdoors and no blocklists were "
			       "read.");
	else
		text_paragraph(out, 2,
			       "Evidence beside the mail: open relay %s, open "
			       "proxy %s, backdoor %s, listed by a blocklist "
			       "%s.",
			       text_count(n[KIND_RELAY]).s,
			       text_count(n[KIND_PROXY]).s,
			       text_count(n[KIND_BACKDOOR]).s,
			       text_count(n[KIND_LISTED]).s);
}

static void say_spam_sources(const struct judge_traffic *total, struct buf *out)
{
	struct text_table t = text_table_of("rl");

	if (total->mail[KIND_SPAM] == 0)
		return;
	buf_add_char(out, '\n');
	text_paragraph(out, 2, "Of the spam (%s), there came",
		       text_of(total->mail[KIND_SPAM], "mail").s);
	text_cell(&t, "%s", text_share(total->spam_from_open).s);
	text_cell(&t, "from hosts with an open proxy, relay or backdoor");
	text_cell(&t, "%s", text_share(total->spam_from_virus).s);
	text_cell(&t, "from hosts that sent a virus, before it or after");
	text_cell(&t, "%s", text_share(total->spam_after_virus).s);
	text_cell(&t, "from hosts that had sent a virus before it");
	text_table_print(&t, out);
}

/* The days of one kind as a curve, with the largest */
static void curve_of_kind(struct text_table *t, const struct judgement *j,
			  enum kind kind)
{
	uint64_t *x = mem_alloc(j->window.days + 1, sizeof(*x));
	uint32_t peak = 0;

	for (uint32_t d = 0; d < j->window.days; d++) {
		x[d] = j->shares.by_day[d].mail[kind];
		if (x[d] > x[peak])
			peak = d;
	}
	text_cell(t, "%s", kind_name(kind));
	text_curve(text_cell_begin(t), x, j->window.days, CURVE_COLUMNS);
	text_cell_end(t);
	if (x[peak] > 0)
		text_cell(t, "most: %s on %s", text_count(x[peak]).s,
			  day_text(j, peak).s);
	else
		text_cell(t, "none");
	free(x);
}

static void table_of_days(const struct judgement *j, struct buf *out)
{
	static const enum kind kinds[3] = { KIND_CLEAN, KIND_SPAM, KIND_VIRUS };
	struct text_table t = text_table_of("lll");

	if (j->window.days < 2)
		return;
	buf_add_char(out, '\n');
	if (j->window.days <= CURVE_COLUMNS)
		text_paragraph(out, 2,
			       "Day by day, each line to its own height:");
	else
		text_paragraph(out, 2,
			       "The days, up to %u to a mark (the largest of "
			       "them), each line to its own height:",
			       (j->window.days + CURVE_COLUMNS - 1) /
				       CURVE_COLUMNS);
	for (size_t i = 0; i < 3; i++)
		curve_of_kind(&t, j, kinds[i]);
	text_table_print(&t, out);
}

static void add_client(struct text_table *t, const struct judge_client *c)
{
	if (c->name.len > 0)
		text_cell_bytes(t, c->name, 30);
	else
		text_cell(t, "(not known)");
	text_cell(t, "%s", text_amount(c->traffic.n_mail).s);
	text_cell(t, "%s", text_share(c->traffic.spam_of_mail).s);
	text_cell(t, "%s", text_share(c->traffic.virus_of_mail).s);
	text_cell(t, "%s", text_share(c->traffic.spam_from_open).s);
	text_cell(t, "%s", text_share(c->traffic.spam_after_virus).s);
}

static void table_of_clients(const struct judge_shares *s, struct buf *out)
{
	struct text_table t = text_table_of("lrrrrr");

	if (s->n_clients == 0 ||
	    (s->n_clients == 1 && s->by_client[0].name.len == 0))
		return;
	buf_add_char(out, '\n');
	text_head(&t, "whose mail|mails|spam|viruses|spam: open hosts|"
		      "after a virus");
	for (size_t i = 0; i < s->n_clients && i < CLIENTS_SHOWN; i++)
		add_client(&t, &s->by_client[i]);
	text_table_print(&t, out);
	if (s->n_clients > CLIENTS_SHOWN)
		text_paragraph(
			out, 2, "and %s more",
			text_of(s->n_clients - CLIENTS_SHOWN, "client").s);
}

void text_traffic(const struct judgement *j, struct buf *out)
{
	const struct judge_shares *s = &j->shares;

	if (!judge_measured(j, 2))
		return;
	text_title(out, "What came in");
	if (s->total.n_mail == 0)
		text_paragraph(out, 2, "No mail in this time.");
	else
		table_of_kinds(&s->total, out);
	say_moved(j, out);
	say_evidence(j, out);
	say_spam_sources(&s->total, out);
	if (s->total.n_mail > 0)
		table_of_days(j, out);
	table_of_clients(s, out);
}
