/* SPDX-License-Identifier: Apache-2.0 */
/* text_self.c - [7] each host against itself, [8] more virus, more spam? */
#include "report/sections.h"

#define BAR_COLUMNS 24

static const char *const period[5] = {
	"the two weeks before", "the day itself", "days 1 to 3",
	"days 4 to 7",		"days 8 to 14",
};

static void table_of_periods(const struct judge_self *s, struct buf *out)
{
	struct text_table t = text_table_of("lrrrr");

	text_head(&t, "around the first virus|days with spam|times|"
		      "days with clean mail|times");
	for (size_t i = 0; i < 5; i++) {
		text_cell(&t, "%s", period[i]);
		text_cell(&t, "%s", text_amount(s->spam.days[i]).s);
		text_cell(&t, "%s",
			  i ? text_ratio(s->spam.periods[i - 1]).s : "1");
		text_cell(&t, "%s", text_amount(s->clean.days[i]).s);
		text_cell(&t, "%s",
			  i ? text_ratio(s->clean.periods[i - 1]).s : "1");
	}
	text_table_print(&t, out);
}

/* Of spam or clean mail; NULL: it has a rate */
static const char *why_no_rate(const struct judge_rate *r, const char *no_mail)
{
	if (has_value(r->ratio.value))
		return NULL;
	return r->days[0] == 0 ? no_mail
			       : "the rates lie too far apart to be fitted";
}

const char *text_why_no_rate(const struct judgement *j)
{
	const struct judge_self *s = &j->self_control;
	const char *why =
		why_no_rate(&s->spam, "no spam in the two weeks before a first "
				      "virus, so nothing to compare with");

	if (why == NULL && s->has_control)
		why = why_no_rate(&s->clean,
				  "no clean mail in the two weeks before a "
				  "first virus, so nothing to compare with");
	return why != NULL ? why : "one of the two rates is 0";
}

/* What the dashes mean */
static void say_why(const struct judgement *j, struct buf *out)
{
	const struct judge_self *s = &j->self_control;

	if (!has_value(s->spam.ratio.value) ||
	    (s->has_control && !has_value(s->relative.value)))
		text_paragraph(out, 2, "No rate (–): %s.", text_why_no_rate(j));
	if (!s->has_control)
		text_paragraph(
			out, 2,
			"No comparison with clean mail (–): it takes 100 "
			"days on which one of these hosts sent some. "
			"Spam alone must then more than double, with "
			"all of its interval.");
}

static void add_figure(struct text_table *t, const char *what, struct figure f)
{
	text_cell(t, "%s", text_ratio(f.value).s);
	text_cell(t, "%s", text_interval(f).s);
	text_cell(t, "%s", what);
}

static void table_of_figures(const struct judge_self *s, struct buf *out)
{
	struct text_table t = text_table_of("rlw");

	buf_add_char(out, '\n');
	text_head(&t, "times|95% interval|");
	add_figure(&t, "spam, days 1 to 7 against the two weeks before",
		   s->spam.ratio);
	add_figure(&t, "clean mail, the same: what being seen alone does",
		   s->clean.ratio);
	add_figure(&t, "spam beyond clean mail: the first over the second",
		   s->relative);
	add_figure(&t,
		   "spam on days without a virus, so that virus mail taken for "
		   "spam plays no part",
		   s->apart);
	add_figure(&t, "the mirror: viruses after the first spam", s->mirror);
	add_figure(&t, "the arrow: the one over the other", s->arrow);
	text_table_print(&t, out);
}

static void say_dose(const struct judge_dose *d, struct buf *out)
{
	static const char *const classes[5] = { "none", "1 day", "2 to 3",
						"4 to 7", "8 or more" };
	struct text_table t = text_table_of("lrrrl");
	struct text p = text_p(d->p);

	text_title(out, "The more virus, the more spam?");
	text_head(&t, "days with viruses|hosts|with spam|share|");
	for (size_t i = 0; i < 5; i++) {
		double share =
			d->hosts[i] ? (double)d->spam[i] / (double)d->hosts[i]
				    : NAN;

		text_cell(&t, "%s", classes[i]);
		text_cell(&t, "%s", text_amount(d->hosts[i]).s);
		text_cell(&t, "%s", text_amount(d->spam[i]).s);
		text_cell(&t, "%s", text_share(share).s);
		text_bar(text_cell_begin(&t), share, BAR_COLUMNS);
		text_cell_end(&t);
	}
	text_table_print(&t, out);
	if (has_value(d->z))
		text_paragraph(out, 2,
			       "Trend: %s, %s. Hosts known by viruses "
			       "alone are left out.",
			       text_z(d->z).s, p.s);
}

void text_self(const struct judgement *j, struct buf *out)
{
	if (judge_measured(j, 7) && j->hosts.virus > 0) {
		text_title(out, "Each host against itself");
		text_paragraph(out, 2,
			       "Who runs a host and how badly it is kept does "
			       "not change within weeks; so whatever changes "
			       "with its first virus is not explained by "
			       "that.");
		table_of_periods(&j->self_control, out);
		table_of_figures(&j->self_control, out);
		say_why(j, out);
	}
	if (judge_measured(j, 8) && j->hosts.virus > 0)
		say_dose(&j->dose, out);
}
