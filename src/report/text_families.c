/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_families.c - [9] the outbreaks: a line per family with its curve, and
 * what followed them
 */
#include "report/sections.h"

#include <stdlib.h>

#define FAMILIES_SHOWN 20
#define NAME_COLUMNS   16
#define CURVE_COLUMNS  20
#define CURVE_NARROW   10 /* in a long window, beside longer dates */

static void add_curve(struct text_table *t, const struct judgement *j,
		      const struct judge_family *f)
{
	uint32_t n_days = j->window.days;
	uint64_t *x = mem_alloc(n_days + 1, sizeof(*x));

	for (uint32_t d = 0; d < n_days; d++)
		x[d] = f->days[d].hosts;
	text_curve(text_cell_begin(t), x, n_days,
		   is_long(j) ? CURVE_NARROW : CURVE_COLUMNS);
	text_cell_end(t);
	free(x);
}

static void add_day(struct text_table *t, const struct judgement *j,
		    int32_t day)
{
	text_cell(t, "%s", day < 0 ? "–" : day_text(j, (uint32_t)day).s);
}

/* The last day of the log is no end that anybody has seen. */
static void add_end(struct text_table *t, const struct judgement *j,
		    const struct judge_family *f)
{
	if (f->end >= 0 && (uint32_t)f->end + 1 == j->window.days)
		text_cell(t, "goes on");
	else
		add_day(t, j, f->end);
}

static void add_family(struct text_table *t, const struct judgement *j,
		       const struct judge_family *f)
{
	text_cell_bytes(t, f->name, NAME_COLUMNS);
	text_cell(t, "%s", text_brief(f->hosts).s);
	text_cell(t, "%s", text_brief(f->mails).s);
	add_curve(t, j, f);
	add_day(t, j, f->start);
	add_day(t, j, f->peak);
	add_end(t, j, f);
	if (has_value(f->doubling))
		text_cell(t, "%s d", text_ratio(f->doubling).s);
	else
		text_cell(t, "–");
	add_day(t, j, f->cliff);
}

static void say_others(const struct judgement *j, size_t n_shown,
		       struct buf *out)
{
	uint64_t mails = 0;

	if (j->n_families <= n_shown)
		return;
	for (size_t i = n_shown; i < j->n_families; i++)
		mails += j->families[i].mails;
	text_paragraph(out, 2, "and %s more families with %s together",
		       text_count(j->n_families - n_shown).s,
		       text_of(mails, "mail").s);
}

void text_family_curves(const struct judgement *j, size_t n_shown,
			struct buf *out)
{
	struct text_table t = text_table_of("lrrlrrrrr");

	text_head(&t, "family|hosts|mails|hosts a day|start|peak|end|"
		      "doubles|cliff");
	for (size_t i = 0; i < j->n_families && i < n_shown; i++)
		add_family(&t, j, &j->families[i]);
	text_table_print(&t, out);
	say_others(j, n_shown, out);
	text_paragraph(out, 2,
		       "Start and end: the days with at least 5 %% of the "
		       "peak's hosts. Doubles: in how many days, up to the "
		       "peak. Cliff: the day on which it fell to a tenth and "
		       "stayed down, as with a built-in stop date.");
}

/* The head says what it is: "0.030", "< 0.0001" */
static void add_q(struct text_table *t, double q)
{
	struct text p = text_p(q);
	struct bytes b = bytes_of_text(p.s);

	bytes_skip(&b, "p ");
	bytes_skip(&b, "= ");
	text_cell_bytes(t, b, TEXT_NUMBER_MAX);
}

static void add_sequel(struct text_table *t, const struct judge_family *f)
{
	uint64_t spammers = f->order[TALLY_FIRST] + f->order[TALLY_SECOND] +
			    f->order[TALLY_TIE];

	text_cell_bytes(t, f->name, NAME_COLUMNS);
	text_cell(t, "%s", text_amount(f->first_hosts).s);
	text_cell(t, "%s", text_amount(spammers).s);
	text_cell(t, "%s", text_amount(f->order[TALLY_FIRST]).s);
	text_cell(t, "%s", text_ratio(f->ratio.value).s);
	text_cell(t, "%s", text_interval(f->ratio).s);
	add_q(t, f->q);
}

static void say_differ(const struct judge_differ *d, struct buf *out)
{
	if (has_value(d->p))
		text_paragraph(out, 2,
			       "Do the families differ in the spam that "
			       "follows? %s (Q = %s over %u families, %s).",
			       d->p < 0.05 ? "Yes" : "Not beyond chance",
			       text_ratio(d->q).s, d->df + 1, text_p(d->p).s);
	else
		text_paragraph(out, 2,
			       "Whether the families differ cannot be said: it "
			       "takes two with 20 hosts and an interval each.");
}

void text_family_sequels(const struct judgement *j, size_t n_shown,
			 uint64_t least_hosts, struct buf *out)
{
	struct text_table t = text_table_of("lrrrrlr");
	size_t n_small = 0;

	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "What followed, for the hosts whose first virus it was "
		       "(times: spam days in the week after it, against the "
		       "two weeks before):");
	text_head(&t, "family|hosts|with spam|virus first|times|95% interval|"
		      "q");
	for (size_t i = 0; i < j->n_families && i < n_shown; i++)
		if (j->families[i].first_hosts < least_hosts)
			n_small++;
		else
			add_sequel(&t, &j->families[i]);
	text_table_print(&t, out);
	if (n_small > 0)
		text_paragraph(out, 2,
			       "Left out, as too few to tell: families that "
			       "were the first virus of fewer than %s (%s).",
			       text_of(least_hosts, "host").s,
			       text_count(n_small).s);
	say_differ(&j->families_differ, out);
}

void text_families(const struct judgement *j, struct buf *out)
{
	if (!judge_measured(j, 9))
		return;
	text_title(out, "Virus families");
	if (j->n_families == 0) {
		text_paragraph(out, 2, "No virus with a name in this time.");
		return;
	}
	text_family_curves(j, FAMILIES_SHOWN, out);
	text_family_sequels(j, FAMILIES_SHOWN, 0, out);
}
