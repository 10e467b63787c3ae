/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_hosts.c - [3] who sends, and who does both; [4] the same among like
 * hosts; [12] how many infected ones were not seen; [11] their neighbours
 */
#include "report/sections.h"

#define BAR_COLUMNS 24

static void add_host_row(struct text_table *t, const char *what, uint64_t n,
			 uint64_t all)
{
	double share = all ? (double)n / (double)all : NAN;

	text_cell(t, "%s", what);
	text_cell(t, "%s", text_amount(n).s);
	text_cell(t, "%s", text_share(share).s);
	text_bar(text_cell_begin(t), share, BAR_COLUMNS);
	text_cell_end(t);
}

static void table_of_hosts(const struct judge_hosts *h, struct buf *out)
{
	struct text_table t = text_table_of("lrrl");

	add_host_row(&t, "sent mail", h->all, h->all);
	add_host_row(&t, "… clean mail", h->clean, h->all);
	add_host_row(&t, "… spam", h->spam, h->all);
	add_host_row(&t, "… viruses", h->virus, h->all);
	text_cell(&t, "were open *");
	text_cell(&t, "%s", text_count(h->open).s);
	text_cell(&t, "%s", "");
	text_cell(&t, "%s", "");
	text_cell(&t, "were on a blocklist");
	text_cell(&t, "%s", text_count(h->listed).s);
	text_cell(&t, "%s", "");
	text_cell(&t, "%s", "");
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "* an open proxy, relay or backdoor was found on them, "
		       "whether they mailed or not");
}

/* The two sentences that the firms of 2003 argued about */
static void say_overlap(const struct judgement *j, struct buf *out)
{
	const struct judge_overlap *vs = &j->overlap.virus_spam;
	const struct judge_overlap *vr = &j->overlap.virus_open;

	if (has_value(vs->share_a))
		text_paragraph(out, 2,
			       "Of the %s that sent viruses, %s (%s) sent spam "
			       "too; chance alone would give %s.",
			       text_of(vs->a, "host").s, text_count(vs->both).s,
			       text_share(vs->share_a).s,
			       text_ratio(vs->expected).s);
	if (has_value(vr->share_b))
		text_paragraph(out, 2,
			       "Of the %s found open, %s (%s) had sent viruses "
			       "at some time.",
			       text_of(vr->b, "mailing host").s,
			       text_count(vr->both).s,
			       text_share(vr->share_b).s);
}

/* Two sets of which one is empty have nothing to tell, whatever the odds. */
static bool can_meet(const struct judge_overlap *o)
{
	return o->a > 0 && o->b > 0;
}

static void add_overlap(struct text_table *t, const char *what,
			const struct judge_overlap *o)
{
	if (!can_meet(o))
		return;
	text_cell(t, "%s", what);
	text_cell(t, "%s", text_amount(o->a).s);
	text_cell(t, "%s", text_amount(o->b).s);
	text_cell(t, "%s", text_amount(o->both).s);
	text_cell(t, "%s", text_ratio(o->expected).s);
	text_cell(t, "%s", text_ratio(o->lift).s);
	text_cell(t, "%s", text_ratio(o->odds).s);
	text_cell(t, "%s",
		  text_p(has_value(o->fisher_p) ? o->fisher_p : o->p).s);
}

static void table_of_overlaps(const struct judgement *j, struct buf *out)
{
	const struct judge_overlaps *o = &j->overlap;
	struct text_table t = text_table_of("lrrrrrrl");

	if (!can_meet(&o->virus_spam) && !can_meet(&o->virus_open) &&
	    !can_meet(&o->open_spam))
		return;
	buf_add_char(out, '\n');
	text_head(&t, "hosts in both|first|second|both|by chance|× chance|"
		      "odds|");
	add_overlap(&t, "viruses, spam", &o->virus_spam);
	add_overlap(&t, "viruses, open", &o->virus_open);
	add_overlap(&t, "open, spam", &o->open_spam);
	add_overlap(&t, "viruses, open+spam", &o->virus_openspam);
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "These are crude: badly kept networks have more of "
		       "everything, and hosts known only by viruses count "
		       "against a link.");
}

static void add_adjusted(struct text_table *t, const char *what,
			 const struct judge_adjust *a)
{
	text_cell(t, "%s", what);
	text_cell(t, "%s", text_ratio(a->odds.value).s);
	text_cell(t, "%s", text_interval(a->odds).s);
	text_cell(t, "%s", text_p(a->p).s);
	text_cell(t, "%s", text_amount(a->strata).s);
}

static void table_of_adjusted(const struct judgement *j, struct buf *out)
{
	struct text_table t = text_table_of("lrllr");

	if (!judge_measured(j, 4) || j->hosts.virus == 0)
		return;
	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "Compared only with hosts of the same network that mail "
		       "about as much:");
	text_head(&t, "hosts in both|odds ratio|95% interval||comparisons");
	add_adjusted(&t, "viruses, spam", &j->adjusted.virus_spam);
	add_adjusted(&t, "viruses, open", &j->adjusted.virus_open);
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "Intervals allow for infections that come in whole "
		       "networks; p-values, here and elsewhere, do not.");
}

static void say_population(const struct judgement *j, struct buf *out)
{
	const struct judge_population *p = &j->population;

	if (!judge_measured(j, 12) || p->seen == 0 || !has_value(p->chao))
		return;
	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "%s sent viruses here. Judged by how many were seen on "
		       "one day only, there are at least %s infected hosts "
		       "that can mail you (a host that changes its address "
		       "counts again).",
		       text_of(p->seen, "host").s,
		       text_count((uint64_t)(p->chao + 0.5)).s);
}

void text_hosts(const struct judgement *j, struct buf *out)
{
	text_title(out, "Who sends");
	table_of_hosts(&j->hosts, out);
	if (judge_measured(j, 3) && j->hosts.all > 0) {
		buf_add_char(out, '\n');
		say_overlap(j, out);
		table_of_overlaps(j, out);
	}
	table_of_adjusted(j, out);
	say_population(j, out);
}

/* ----------------------------------------------------------- neighbourhood */

static void add_blocks(struct text_table *t, const struct judge_blocks *b,
		       const struct judge_prediction *p)
{
	text_cell(t, "%s/%u", p->version == 4 ? "IPv4 " : "IPv6 ", b->bits);
	text_cell(t, "%s", text_amount(b->blocks).s);
	text_cell(t, "%s", text_ratio(b->expected).s);
	text_cell(t, "%s", text_share(p->share_spammers).s);
	text_cell(t, "%s", text_share(p->share_clean).s);
	text_cell(t, "%s", text_ratio(p->ratio.value).s);
}

static void add_version(struct text_table *t, const struct judge_blocks *b,
			const struct judge_prediction *p)
{
	uint64_t n = 0;

	for (size_t i = 0; i < TALLY_LEVELS; i++)
		n += b[i].blocks;
	for (size_t i = 0; i < TALLY_LEVELS && n > 0; i++)
		add_blocks(t, &b[i], &p[i]);
}

void text_neighbours(const struct judgement *j, struct buf *out)
{
	const struct judge_neighbourhood *n = &j->neighbourhood;
	struct text_table t = text_table_of("lrrrrr");

	if (!judge_measured(j, 11) || j->hosts.virus == 0)
		return;
	text_title(out, "Bad neighbourhoods");
	text_paragraph(
		out, 2,
		"Blocks that hold an infected host, and how many would if "
		"as many hosts were drawn at random: fewer than that "
		"means that infected hosts sit close together. On the "
		"right: of the hosts that first "
		"spammed in the second half of the time, the share "
		"inside blocks that were infected in the first half, "
		"and the same for hosts with first clean mail.");
	text_head(&t, "blocks of|infected|at random|new spammers inside|"
		      "new clean inside|times");
	add_version(&t, n->v4, n->prediction);
	add_version(&t, n->v6, n->prediction + TALLY_LEVELS);
	text_table_print(&t, out);
}
