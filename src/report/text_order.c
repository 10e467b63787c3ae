/* SPDX-License-Identifier: Apache-2.0 */
/* text_order.c - [5] what came first, [6] what that does to the rate */
#include "report/sections.h"

#define BAR_COLUMNS 30

/* Lags in days, both ends included, far ones together */
static const struct bin {
	int32_t first, last;
	const char *what;
} bins[] = {
	{ INT32_MIN, -15, "15 days or more before" },
	{ -14, -8, "8 to 14 days before" },
	{ -7, -4, "4 to 7 days before" },
	{ -3, -1, "1 to 3 days before" },
	{ 0, 0, "the same day" },
	{ 1, 3, "1 to 3 days after" },
	{ 4, 7, "4 to 7 days after" },
	{ 8, 14, "8 to 14 days after" },
	{ 15, INT32_MAX, "15 days or more after" },
};

#define N_BINS (sizeof(bins) / sizeof(bins[0]))

static uint64_t hosts_in(const struct judge_order *o, const struct bin *bin)
{
	uint64_t n = 0;

	for (size_t i = 0; i < o->n_lags; i++)
		if (o->lag_days[i].days >= bin->first &&
		    o->lag_days[i].days <= bin->last)
			n += o->lag_days[i].hosts;
	return n;
}

static void histogram(const struct judge_order *o, struct buf *out)
{
	struct text_table t = text_table_of("rrl");
	uint64_t n[N_BINS], most = 1;

	for (size_t i = 0; i < N_BINS; i++) {
		n[i] = hosts_in(o, &bins[i]);
		if (n[i] > most)
			most = n[i];
	}
	for (size_t i = 0; i < N_BINS; i++) {
		text_cell(&t, "%s", bins[i].what);
		text_cell(&t, "%s", text_amount(n[i]).s);
		text_bar(text_cell_begin(&t), (double)n[i] / (double)most,
			 BAR_COLUMNS);
		text_cell_end(&t);
	}
	text_table_print(&t, out);
}

static void add_order(struct text_table *t, const char *what,
		      const struct judge_order *o)
{
	text_cell(t, "%s", what);
	text_cell(t, "%s", text_amount(o->first).s);
	text_cell(t, "%s", text_amount(o->second).s);
	text_cell(t, "%s", text_amount(o->tie).s);
	text_cell(t, "%s", text_share(o->share.value).s);
	text_cell(t, "%s", text_share_interval(o->share).s);
	text_cell(t, "%s", text_p(o->p).s);
}

static uint64_t hosts_of(const struct judge_order *o)
{
	return o->first + o->second + o->tie;
}

static void say_order(const struct judge_orders *o, struct buf *out)
{
	struct text_table t = text_table_of("lrrrrll");

	text_head(&t, "sent viruses and|virus first|virus later|"
		      "same second|share first|95% interval|");
	add_order(&t, "sent spam", &o->virus_spam);
	add_order(&t, "were found open", &o->virus_open);
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "Half and half is not the mark to beat: of two things, "
		       "the commoner tends to be seen first.");
	if (hosts_of(&o->virus_spam) == 0)
		return;
	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "When the first spam came, counted from the first "
		       "virus (hosts):");
	histogram(&o->virus_spam, out);
}

static void add_hazard(struct text_table *t, const char *what,
		       const struct judge_hazard *h)
{
	text_cell(t, "%s", what);
	text_cell(t, "%s", text_amount(h->events_exposed).s);
	text_cell(t, "%s", text_amount(h->exposed_days).s);
	text_cell(t, "%s", text_amount(h->events_unexposed).s);
	text_cell(t, "%s", text_ratio(h->ratio.value).s);
	text_cell(t, "%s", text_interval(h->ratio).s);
}

static void say_hazard(const struct judge_hazards *h, struct buf *out)
{
	struct text_table t = text_table_of("lrrrrl");
	struct text interval = text_interval(h->arrow);

	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "The fair comparison, day by day: hosts already seen "
		       "and not yet begun, those after their first virus "
		       "against those without one so far.");
	text_head(&t, "from … to|began after|in host-days|began without|"
		      "times the rate|95% interval");
	add_hazard(&t, "virus to spam", &h->virus_to_spam);
	add_hazard(&t, "spam to virus", &h->spam_to_virus);
	text_table_print(&t, out);
	if (has_value(h->arrow.value))
		text_paragraph(out, 2,
			       "The arrow: viruses lead to spam %s times as "
			       "strongly as spam leads to viruses%s%s%s.",
			       text_ratio(h->arrow.value).s,
			       interval.s[0] ? " (" : "", interval.s,
			       interval.s[0] ? ")" : "");
}

void text_order(const struct judgement *j, struct buf *out)
{
	if (!judge_measured(j, 5) || j->hosts.virus == 0)
		return;
	text_title(out, "What came first");
	say_order(&j->order, out);
	if (judge_measured(j, 6))
		say_hazard(&j->hazard, out);
}
