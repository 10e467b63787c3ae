/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compare_text.c - two reports side by side, and in words what differs
 *
 * Two figures differ where their 95% intervals do not meet: a stricter mark
 * than a test of their difference, so that few of the many lines here call
 * where nothing is. What has no interval is set out and not judged.
 */
#include "report/report.h"

#include <stdio.h>

#include "report/sections.h"
#include "report/utf8.h"

#define NAME_COLUMNS   22
#define FAMILY_COLUMNS 14
#define FAMILIES_SHOWN 20

struct pair {
	const struct judgement *a, *b;
	struct bytes a_name, b_name;
};

/* ------------------------------------------------------------- differences */

enum difference { SAME, HIGHER, LOWER, UNKNOWN };

static enum difference compare_figures(struct figure a, struct figure b)
{
	if (!has_interval(a) || !has_interval(b))
		return UNKNOWN;
	if (b.low > a.high)
		return HIGHER;
	return b.high < a.low ? LOWER : SAME;
}

static const char *difference_text(struct figure a, struct figure b)
{
	switch (compare_figures(a, b)) {
	case SAME:
		return "no clear difference";
	case HIGHER:
		return "B clearly higher";
	case LOWER:
		return "B clearly lower";
	case UNKNOWN:
		break;
	}
	if (!has_value(a.value) && !has_value(b.value))
		return "";
	return "no interval to judge";
}

/* "8.1 (5.2 to 12.6)" */
static void add_figure(struct text_table *t, struct figure f, bool is_share)
{
	struct text value =
		is_share ? text_share(f.value) : text_ratio(f.value);
	struct text interval =
		is_share ? text_share_interval(f) : text_interval(f);

	if (interval.s[0] != '\0')
		text_cell(t, "%s (%s)", value.s, interval.s);
	else
		text_cell(t, "%s", value.s);
}

static void add_name(struct text_table *t, const char *which, struct bytes name)
{
	struct buf *cell = text_cell_begin(t);

	buf_printf(cell, "%s: ", which);
	utf8_add_clipped(cell, name, NAME_COLUMNS);
	text_cell_end(t);
}

static void add_head(struct text_table *t, const char *what,
		     const struct pair *p)
{
	text_cell(t, "%s", what);
	add_name(t, "A", p->a_name);
	add_name(t, "B", p->b_name);
	text_cell(t, "difference");
}

static void add_figures(struct text_table *t, const char *what, struct figure a,
			struct figure b, bool is_share)
{
	text_cell(t, "%s", what);
	add_figure(t, a, is_share);
	add_figure(t, b, is_share);
	text_cell(t, "%s", difference_text(a, b));
}

/* ----------------------------------------------------------------- verdict */

static void say_side(const char *which, struct bytes name,
		     const struct judgement *j, struct buf *out)
{
	struct text_table t = text_table_of("lw");
	struct buf *cell;

	text_cell(&t, "%s", which);
	cell = text_cell_begin(&t);
	utf8_add_clipped(cell, name, 2 * NAME_COLUMNS);
	buf_printf(cell, " · %s · %s", text_window(j).s,
		   judge_result_text(j->verdict.result));
	text_cell_end(&t);
	t.indent = 0;
	text_table_print(&t, out);
}

/* The judged figures that differ: "order is higher in B and dose …" */
static void list_differences(const struct pair *p, struct buf *list)
{
	for (size_t i = 0; i <= CRITERION_SELF_CONTROL; i++) {
		const struct judge_criterion *a = &p->a->verdict.criteria[i];
		const struct judge_criterion *b = &p->b->verdict.criteria[i];
		enum difference d = compare_figures(a->figure, b->figure);

		if (d == HIGHER || d == LOWER)
			buf_printf(list, "%s%s is clearly %s in B",
				   list->len > 0 ? ", " : "", a->name,
				   d == HIGHER ? "higher" : "lower");
	}
	if (list->len == 0)
		buf_add_text(list, "no figure of theirs differs clearly");
}

static size_t count_unlike_calls(const struct pair *p)
{
	size_t n = 0;

	for (size_t i = 0; i < N_CRITERIA; i++)
		n += p->a->verdict.criteria[i].call !=
		     p->b->verdict.criteria[i].call;
	return n;
}

static void say_in_short(const struct pair *p, struct buf *out)
{
	bool same = p->a->verdict.result == p->b->verdict.result;
	size_t n = count_unlike_calls(p);
	struct buf list = { 0 };

	list_differences(p, &list);
	text_paragraph(out, 0,
		       "%s. Of the seven questions, %s%s answered "
		       "differently; "
		       "%.*s.",
		       same ? "The same verdict" : "Different verdicts",
		       n == 0	? "none is"
		       : n == 1 ? "one is"
				: text_count(n).s,
		       n > 1 ? " are" : "", BYTES_ARG(buf_bytes(&list)));
	buf_deinit(&list);
}

static bool has_difference(const struct judge_criterion *a,
			   const struct judge_criterion *b)
{
	return compare_figures(a->figure, b->figure) != UNKNOWN;
}

static void add_criterion(struct text_table *t, const struct pair *p, size_t i)
{
	const struct judge_criterion *a = &p->a->verdict.criteria[i];
	const struct judge_criterion *b = &p->b->verdict.criteria[i];
	bool same = a->call == b->call;

	text_cell(t, "%s", a->name);
	text_cell(t, "%s", text_call(a->call));
	text_cell(t, "%s", text_criterion(p->a, i).s);
	text_cell(t, "%s", text_call(b->call));
	text_cell(t, "%s", text_criterion(p->b, i).s);
	if (i <= CRITERION_SELF_CONTROL && (same || has_difference(a, b)))
		text_cell(t, "%s%s", same ? "" : "another answer, ",
			  difference_text(a->figure, b->figure));
	else
		text_cell(t, "%s", same ? "the same answer" : "another answer");
}

static void table_of_criteria(const struct pair *p, struct buf *out)
{
	struct text_table t = text_table_of("llrlrw");

	text_title(out, "Seven questions");
	text_head(&t, "question|A||B||difference");
	for (size_t i = 0; i < N_CRITERIA; i++)
		add_criterion(&t, p, i);
	text_table_print(&t, out);
}

/* ----------------------------------------------------------- judged figures */

static void table_of_figures(const struct pair *p, struct buf *out)
{
	const struct judgement *a = p->a, *b = p->b;
	struct text_table t = text_table_of("lllw");

	text_title(out, "Figures with their 95% intervals");
	add_head(&t, "", p);
	add_figures(&t, "odds: virus, spam", a->adjusted.virus_spam.odds,
		    b->adjusted.virus_spam.odds, false);
	add_figures(&t, "odds: virus, open", a->adjusted.virus_open.odds,
		    b->adjusted.virus_open.odds, false);
	add_figures(&t, "virus before spam", a->order.virus_spam.share,
		    b->order.virus_spam.share, true);
	add_figures(&t, "virus before open", a->order.virus_open.share,
		    b->order.virus_open.share, true);
	add_figures(&t, "rate: virus to spam", a->hazard.virus_to_spam.ratio,
		    b->hazard.virus_to_spam.ratio, false);
	add_figures(&t, "rate: spam to virus", a->hazard.spam_to_virus.ratio,
		    b->hazard.spam_to_virus.ratio, false);
	add_figures(&t, "the arrow", a->hazard.arrow, b->hazard.arrow, false);
	add_figures(&t, "self: spam", a->self_control.spam.ratio,
		    b->self_control.spam.ratio, false);
	add_figures(&t, "self: clean mail", a->self_control.clean.ratio,
		    b->self_control.clean.ratio, false);
	add_figures(&t, "self: the arrow", a->self_control.arrow,
		    b->self_control.arrow, false);
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "Odds: against hosts like them in the same network. "
		       "Rate: of beginning, against hosts without the first so "
		       "far. Self: the week after the first virus against the "
		       "two weeks before. The report on each explains them. "
		       "Clearly: the two intervals do not meet.");
}

/* --------------------------------------------------------- mail and hosts */

/* "B is 1.8 times A"; counts have no interval */
static void add_factor(struct text_table *t, double a, double b)
{
	if (a == b)
		text_cell(t, "the same");
	else if (a > 0 && b > 0 && b >= a)
		text_cell(t, "B is %s times A", text_ratio(b / a).s);
	else if (a > 0 && b > 0)
		text_cell(t, "A is %s times B", text_ratio(a / b).s);
	else
		text_cell(t, a > 0 ? "only in A" : "only in B");
}

static void add_counts(struct text_table *t, const char *what, uint64_t a,
		       uint64_t b)
{
	text_cell(t, "%s", what);
	text_cell(t, "%s", text_amount(a).s);
	text_cell(t, "%s", text_amount(b).s);
	add_factor(t, (double)a, (double)b);
}

static void add_shares(struct text_table *t, const char *what, double a,
		       double b)
{
	double points = 100 * (b - a);

	text_cell(t, "%s", what);
	text_cell(t, "%s", text_share(a).s);
	text_cell(t, "%s", text_share(b).s);
	if (!has_value(points))
		text_cell(t, "%s", "");
	else if (points > -0.05 && points < 0.05)
		text_cell(t, "the same");
	else
		text_cell(t, "%+.1f points", points);
}

static double part_of(uint64_t n, uint64_t all)
{
	return all > 0 ? (double)n / (double)all : NAN;
}

static void table_of_mail(const struct pair *p, struct buf *out)
{
	const struct judge_traffic *a = &p->a->shares.total;
	const struct judge_traffic *b = &p->b->shares.total;
	struct text_table t = text_table_of("lrrw");

	text_title(out, "What came in");
	add_head(&t, "", p);
	add_counts(&t, "mails", a->n_mail, b->n_mail);
	for (int k = 0; k < N_MAIL_KINDS; k++) {
		char what[32];

		snprintf(what, sizeof(what), "… %s", kind_name((enum kind)k));
		add_shares(&t, what, part_of(a->mail[k], a->n_mail),
			   part_of(b->mail[k], b->n_mail));
	}
	add_shares(&t, "spam from open hosts", a->spam_from_open,
		   b->spam_from_open);
	add_shares(&t, "… from virus hosts", a->spam_from_virus,
		   b->spam_from_virus);
	add_shares(&t, "… after a virus", a->spam_after_virus,
		   b->spam_after_virus);
	text_table_print(&t, out);
}

static void add_overlap(struct text_table *t, const char *what,
			const struct judge_overlap *a,
			const struct judge_overlap *b)
{
	char line[64];

	snprintf(line, sizeof(line), "%.40s", what);
	add_counts(t, line, a->both, b->both);
	add_shares(t, "  of the first", a->share_a, b->share_a);
	add_shares(t, "  of the second", a->share_b, b->share_b);
	text_cell(t, "  times chance");
	text_cell(t, "%s", text_ratio(a->lift).s);
	text_cell(t, "%s", text_ratio(b->lift).s);
	text_cell(t, "%s", "");
}

static void table_of_hosts(const struct pair *p, struct buf *out)
{
	const struct judge_hosts *a = &p->a->hosts, *b = &p->b->hosts;
	const struct judge_overlaps *x = &p->a->overlap, *y = &p->b->overlap;
	struct text_table t = text_table_of("lrrw");

	text_title(out, "Who sends");
	add_head(&t, "hosts", p);
	add_counts(&t, "sent mail", a->all, b->all);
	add_counts(&t, "… clean mail", a->clean, b->clean);
	add_counts(&t, "… spam", a->spam, b->spam);
	add_counts(&t, "… viruses", a->virus, b->virus);
	add_counts(&t, "were open", a->open, b->open);
	add_counts(&t, "were on a blocklist", a->listed, b->listed);
	add_overlap(&t, "both viruses and spam", &x->virus_spam,
		    &y->virus_spam);
	add_overlap(&t, "both viruses and open", &x->virus_open,
		    &y->virus_open);
	add_overlap(&t, "both open and spam", &x->open_spam, &y->open_spam);
	add_overlap(&t, "viruses, open and spam", &x->virus_openspam,
		    &y->virus_openspam);
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "Counts and shares have no interval here: that they "
		       "differ is seen, whether by chance is not judged.");
}

/* ---------------------------------------------------------------- families */

static const struct judge_family *find_family(const struct judgement *j,
					      struct bytes name)
{
	for (size_t i = 0; i < j->n_families; i++)
		if (bytes_equal(j->families[i].name, name))
			return &j->families[i];
	return NULL;
}

static void add_family(struct text_table *t, const struct judge_family *a,
		       const struct judge_family *b)
{
	text_cell_bytes(t, a->name, FAMILY_COLUMNS);
	text_cell(t, "%s", text_brief(a->hosts).s);
	text_cell(t, "%s", text_brief(b->hosts).s);
	add_figure(t, a->ratio, false);
	add_figure(t, b->ratio, false);
	text_cell(t, "%s", difference_text(a->ratio, b->ratio));
}

/* Those that only one side has, the first few by name */
static void say_only(const char *which, const struct judgement *j,
		     const struct judgement *other, struct buf *out)
{
	struct buf list = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < j->n_families; i++) {
		if (find_family(other, j->families[i].name) != NULL)
			continue;
		if (n++ >= FAMILIES_SHOWN / 2)
			continue;
		buf_add_text(&list, n > 1 ? ", " : "");
		utf8_add_clipped(&list, j->families[i].name, FAMILY_COLUMNS);
	}
	if (n > FAMILIES_SHOWN / 2)
		buf_printf(&list, " and %zu more", n - FAMILIES_SHOWN / 2);
	if (n > 0)
		text_paragraph(out, 2, "Only in %s: %.*s.", which,
			       BYTES_ARG(buf_bytes(&list)));
	buf_deinit(&list);
}

static void table_of_families(const struct pair *p, struct buf *out)
{
	struct text_table t = text_table_of("lrrllw");
	size_t n = 0;

	text_title(out, "Virus families");
	text_head(&t, "in both|hosts A|hosts B|spam after it A|"
		      "spam after it B|difference");
	for (size_t i = 0; i < p->a->n_families; i++) {
		const struct judge_family *a = &p->a->families[i];
		const struct judge_family *b = find_family(p->b, a->name);

		if (b != NULL && n++ < FAMILIES_SHOWN)
			add_family(&t, a, b);
	}
	text_table_print(&t, out);
	if (n == 0)
		text_paragraph(out, 2, "No family is in both.");
	if (n > FAMILIES_SHOWN)
		text_paragraph(out, 2, "and %zu more in both",
			       n - FAMILIES_SHOWN);
	say_only("A", p->a, p->b, out);
	say_only("B", p->b, p->a, out);
}

void report_compare_text(const struct report_side *a,
			 const struct report_side *b, struct buf *out)
{
	struct pair p = { a->j, b->j, bytes_of_text(a->name),
			  bytes_of_text(b->name) };

	say_side("A", p.a_name, p.a, out);
	say_side("B", p.b_name, p.b, out);
	buf_add_char(out, '\n');
	say_in_short(&p, out);
	table_of_criteria(&p, out);
	table_of_figures(&p, out);
	table_of_mail(&p, out);
	table_of_hosts(&p, out);
	table_of_families(&p, out);
}
