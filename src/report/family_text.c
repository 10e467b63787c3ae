/* SPDX-License-Identifier: Apache-2.0 */
/*
 * family_text.c - outbreaks on a page of their own: all in a table, or one in
 * full, with its curve as bars by day (by week, by four weeks where it is
 * long), and what followed in plain words
 */
#include "report/report.h"

#include <stdio.h>

#include "report/family.h"
#include "report/sections.h"
#include "report/utf8.h"

#define NAME_COLUMNS  40
#define BAR_COLUMNS   40
#define ROWS_MAX      62 /* of a chart, before days are put together */
#define MANY	      20 /* families: past that, only what can be told */
#define HOSTS_TO_TELL 20 /* of a family, for a p-value [9] */
#define QUIET_ROWS    3	 /* so many empty rows in line are one mark */

size_t report_count_families(const struct judgement *j, struct bytes name)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_families; i++)
		n += is_family(&j->families[i], name);
	return n;
}

/* -------------------------------------------------------------- the chart */

struct chart {
	const struct judgement *j;
	const struct judge_family *f;
	uint32_t first, last; /* days with mails; first > last: none */
	uint32_t step;	      /* days in a row */
	uint64_t most;	      /* hosts of the peak's day */
};

static struct chart chart_of(const struct judgement *j,
			     const struct judge_family *f)
{
	static const uint32_t steps[] = { 1, 7, 28 };
	struct chart c = { j, f, 1, 0, 1, 0 };
	uint32_t n;

	for (uint32_t d = 0; d < j->window.days; d++) {
		if (f->days[d].hosts == 0)
			continue;
		c.first = c.first > c.last ? d : c.first;
		c.last = d;
		if (f->days[d].hosts > c.most)
			c.most = f->days[d].hosts;
	}
	n = c.last + 1 - c.first;
	for (size_t i = 0; i < 3 && n > ROWS_MAX * c.step; i++)
		c.step = steps[i];
	return c;
}

/* A row: mails and newcomers add up, hosts are those of its largest day. */
static struct tally_family_day row_of(const struct chart *c, uint32_t day)
{
	struct tally_family_day row = { 0 };

	for (uint32_t d = day; d < day + c->step && d < c->j->window.days;
	     d++) {
		row.mails += c->f->days[d].mails;
		row.fresh += c->f->days[d].fresh;
		if (c->f->days[d].hosts > row.hosts)
			row.hosts = c->f->days[d].hosts;
	}
	return row;
}

static bool is_within(const struct chart *c, int32_t day, uint32_t row)
{
	return day >= 0 && (uint32_t)day >= row &&
	       (uint32_t)day < row + c->step;
}

/* Which of the days that have a name fall into this row */
static void add_marks(struct text_table *t, const struct chart *c, uint32_t day)
{
	const struct judge_family *f = c->f;
	const struct {
		int32_t day;
		const char *name;
	} marks[] = {
		{ f->start, "start" },
		{ f->peak, "peak" },
		{ (uint32_t)f->end + 1 < c->j->window.days ? f->end : -1,
		  "end" },
		{ f->cliff, "cliff" },
	};
	struct buf *cell = text_cell_begin(t);
	const char *gap = "";

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (is_within(c, marks[i].day, day)) {
			buf_printf(cell, "%s%s", gap, marks[i].name);
			gap = ", ";
		}
	text_cell_end(t);
}

static void add_row(struct text_table *t, const struct chart *c, uint32_t day)
{
	struct tally_family_day row = row_of(c, day);

	text_cell(t, "%s", day_text(c->j, day).s);
	text_cell(t, "%s", text_brief(row.hosts).s);
	text_cell(t, "%s", text_brief(row.fresh).s);
	text_cell(t, "%s", text_brief(row.mails).s);
	text_bar(text_cell_begin(t), (double)row.hosts / (double)c->most,
		 BAR_COLUMNS);
	text_cell_end(t);
	add_marks(t, c, day);
}

static void add_quiet(struct text_table *t, uint32_t n_days)
{
	text_cell(t, "⋮");
	text_cell(t, "0");
	text_cell(t, "0");
	text_cell(t, "0");
	text_cell(t, "(%s days without)", text_count(n_days).s);
	text_cell(t, "%s", "");
}

static uint32_t quiet_rows(const struct chart *c, uint32_t day)
{
	uint32_t n = 0;

	while (day + n * c->step <= c->last &&
	       row_of(c, day + n * c->step).hosts == 0)
		n++;
	return n;
}

static void print_chart(const struct chart *c, struct buf *out)
{
	struct text_table t = text_table_of("lrrrlw");
	uint32_t last = c->last;

	/* what follows the last host is part of the picture where it fell */
	if (c->f->cliff >= 0 && (uint32_t)c->f->cliff > last)
		last = (uint32_t)c->f->cliff;
	text_head(&t, c->step == 1 ? "day|hosts|new|mails||"
		      : c->step == 7
			      ? "week from|hosts a day|new|mails||"
			      : "four weeks from|hosts a day|new|mails||");
	for (uint32_t d = c->first; d <= last; d += c->step) {
		uint32_t n = quiet_rows(c, d);

		if (n >= QUIET_ROWS && d + n * c->step <= c->last) {
			add_quiet(&t, n * c->step);
			d += (n - 1) * c->step;
		} else {
			add_row(&t, c, d);
		}
	}
	text_table_print(&t, out);
	if (c->step > 1)
		text_paragraph(out, 2,
			       "Hosts a day: on the largest day of the row. "
			       "New: seen with it for the first time.");
	else
		text_paragraph(out, 2,
			       "New: hosts seen with it for the first "
			       "time.");
}

/* ---------------------------------------------------------- in plain words */

static void say_size(const struct chart *c, struct buf *out)
{
	const struct judge_family *f = c->f;

	text_paragraph(out, 2,
		       "%s from %s; on its largest day, %s, %s sent it.",
		       text_of(f->mails, "mail").s, text_of(f->hosts, "host").s,
		       day_text(c->j, (uint32_t)f->peak).s,
		       text_of(c->most, "host").s);
}

static void say_course(const struct chart *c, struct buf *out)
{
	const struct judge_family *f = c->f;
	struct text start = day_text(c->j, (uint32_t)f->start);
	struct text end = day_text(c->j, (uint32_t)f->end);
	bool goes_on = (uint32_t)f->end + 1 == c->j->window.days;

	if (f->duration == 1)
		text_paragraph(out, 2, "It lasted one day, %s.", start.s);
	else
		text_paragraph(
			out, 2,
			"It %s %s%s and %s %s: %s, from the first to the last "
			"with at least 5 %% of the peak's hosts.",
			f->start == 0 ? "was there when this time began,"
				      : "began on",
			start.s, f->start == 0 ? "," : "",
			goes_on ? "went on at its end," : "was last seen so on",
			end.s, text_of(f->duration, "day").s);
	if (f->doubling > f->duration)
		text_paragraph(out, 2,
			       "It hardly grew: to double, its hosts would "
			       "have taken %s days at that pace.",
			       text_ratio(f->doubling).s);
	else if (has_value(f->doubling))
		text_paragraph(out, 2,
			       "On its way up, its hosts doubled every %s "
			       "days.",
			       text_ratio(f->doubling).s);
	if (f->cliff >= 0)
		text_paragraph(out, 2,
			       "A cliff: on %s its hosts fell to a tenth of "
			       "the days before and stayed down. A virus that "
			       "is only cleaned up fades over weeks; one that "
			       "falls in a day was built to stop.",
			       day_text(c->j, (uint32_t)f->cliff).s);
}

static const char *sequel_of(const struct judge_family *f)
{
	if (!has_value(f->q))
		return "Too few hosts or networks to say whether that is "
		       "chance.";
	if (f->q >= 0.05)
		return "That is not beyond chance.";
	return f->ratio.value > 1 ? "More spam follows this virus, and it is "
				    "not chance."
				  : "Less spam follows this virus, and it is "
				    "not chance.";
}

static uint64_t spammers_of(const struct judge_family *f)
{
	return f->order[TALLY_FIRST] + f->order[TALLY_SECOND] +
	       f->order[TALLY_TIE];
}

static void say_spammers(const struct judge_family *f, struct buf *out)
{
	uint64_t first = f->order[TALLY_FIRST], tie = f->order[TALLY_TIE];
	uint64_t second = f->order[TALLY_SECOND];

	if (spammers_of(f) == 0)
		text_paragraph(out, 2,
			       "What followed: it was the first virus of %s, "
			       "and no spam came from there.",
			       text_of(f->first_hosts, "host").s);
	else
		text_paragraph(
			out, 2,
			"What followed: it was the first virus of %s. Of them, "
			"%s sent spam too: %s after this virus, %s before "
			"it%s%s%s.",
			text_of(f->first_hosts, "host").s,
			text_count(spammers_of(f)).s, text_count(first).s,
			text_count(second).s, tie ? ", " : "",
			tie ? text_count(tie).s : "",
			tie ? " in the same second" : "");
}

static void say_sequel(const struct judge_family *f, struct buf *out)
{
	say_spammers(f, out);
	if (f->first_hosts == 0 ||
	    (!has_value(f->ratio.value) && spammers_of(f) == 0))
		return;
	if (!has_value(f->ratio.value)) {
		text_paragraph(out, 2,
			       "Their spam in the week after it cannot be held "
			       "against that of the two weeks before: there is "
			       "none before, or too little time.");
		return;
	}
	text_paragraph(out, 2,
		       "In the week after it they had %s times as many days "
		       "with spam as in the two weeks before, day for day "
		       "(%s%s). %s",
		       text_ratio(f->ratio.value).s,
		       has_interval(f->ratio) ? "95% interval " : "",
		       text_interval(f->ratio).s, sequel_of(f));
	if (has_value(f->q))
		text_paragraph(out, 2,
			       "(q%s: of all the families called like this "
			       "one, the share that is so by chance alone.)",
			       text_p(f->q).s + 1);
}

static void print_family(const struct judgement *j,
			 const struct judge_family *f, struct buf *out)
{
	struct chart c = chart_of(j, f);
	struct buf title = { 0 };

	utf8_add_clipped(&title, f->name, NAME_COLUMNS);
	buf_add_char(&title, '\0');
	text_title(out, title.ptr);
	buf_deinit(&title);
	if (c.first > c.last)
		return;
	say_size(&c, out);
	say_course(&c, out);
	buf_add_char(out, '\n');
	print_chart(&c, out);
	buf_add_char(out, '\n');
	say_sequel(f, out);
}

/* ---------------------------------------------------------------- the page */

static void print_all_families(const struct judgement *j, struct buf *out)
{
	if (j->n_families == 0) {
		text_paragraph(out, 0, "No virus with a name in this time.");
		return;
	}
	buf_add_char(out, '\n');
	text_family_curves(j, j->n_families, out);
	text_family_sequels(j, j->n_families,
			    j->n_families > MANY ? HOSTS_TO_TELL : 0, out);
	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "One in full, with all its days: rapsheet families "
		       "NAME.");
}

void report_families_text(const struct judgement *j, struct bytes name,
			  struct buf *out)
{
	text_paragraph(out, 0, "Virus families, %s", text_window(j).s);
	if (name.len == 0) {
		print_all_families(j, out);
		return;
	}
	for (size_t i = 0; i < j->n_families; i++)
		if (is_family(&j->families[i], name))
			print_family(j, &j->families[i], out);
}
