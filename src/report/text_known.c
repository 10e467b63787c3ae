/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_known.c - [9] the families once more, beside what is publicly known:
 * found stop against known stop, the leak, the ports they open
 */
#include "report/known.h"
#include "report/sections.h"

#define FAMILIES_SHOWN 20
#define NAME_COLUMNS   18

static void say_stop(struct buf *cell, const struct indicator *i)
{
	static const char *const what[] = { "spreading", "downloads",
					    "all of it" };

	buf_printf(cell, "Known since %s", text_date(i->first_seen).s);
	if (i->stop_date < 0)
		buf_add_text(cell, ", with no stop date built in.");
	else
		buf_printf(cell, "; built to stop (%s) with %s as its %s.",
			   what[i->stop_scope], text_date(i->stop_date).s,
			   i->stop_is_last_day ? "last spreading day"
					       : "first silent day");
}

/* "2 days later than it was built to" */
static void say_error(struct buf *cell, int64_t error)
{
	if (error == 0)
		buf_add_text(cell, "the very day");
	else
		buf_printf(
			cell, "%s %s than that",
			text_of((uint64_t)(error < 0 ? -error : error), "day")
				.s,
			error < 0 ? "earlier" : "later");
}

/* What the log shows of it; only where there is a date to hold it against */
static void say_found(struct buf *cell, const struct judgement *j,
		      const struct known *k)
{
	int64_t known = indicator_silent_from(k->facts);
	int64_t end = day_of(j, j->window.days - 1);

	if (known < 0)
		return;
	if (k->has_error) {
		buf_printf(cell, " Found: silent from %s, ",
			   text_date(k->found).s);
		say_error(cell, k->error);
		buf_add_char(cell, '.');
	} else if (end < known) {
		buf_add_text(cell, " This log ends before that.");
	} else {
		buf_add_text(cell, " Found: no end by the log's last day.");
	}
}

static void say_leak(struct buf *cell, const struct indicator_leak *l)
{
	static const char *const when[] = { "in days 1-7", "in days 8-30",
					    "later" };
	const char *sep = ": ";

	if (!has_value(l->share))
		return;
	if (l->after == 0) {
		buf_add_text(cell, " Leak: none.");
		return;
	}
	buf_printf(cell, " Leak: %s sent after it, %s of the %s before",
		   text_of(l->after, "mail").s, text_share(l->share).s,
		   text_count(l->before).s);
	for (size_t d = 0; d < INDICATOR_DELAYS; d++) {
		if (!has_value(l->delay[d]))
			continue;
		buf_printf(cell, "%s%s %s", sep, text_share(l->delay[d]).s,
			   when[d]);
		sep = ", ";
	}
	buf_add_char(cell, '.');
}

static void say_ports(struct buf *cell, const struct indicator *i)
{
	for (size_t k = 0; k < i->n_ports; k++) {
		const struct indicator_port *p = &i->ports[k];

		buf_printf(cell, " %s %s%s (%s%s).",
			   p->listens ? "Opens" : "Calls out to",
			   p->one_of ? "one port of " : "", p->series,
			   p->meaning,
			   p->ambiguous ? "; others use this port too" : "");
	}
	if (i->conflicts.n > 0)
		buf_add_text(cell, " Sources differ; JSON has what they say.");
}

static void add_family(struct text_table *t, const struct judgement *j,
		       const struct judge_family *f, const struct known *k)
{
	struct buf *cell;

	text_cell_bytes(t, f->name, NAME_COLUMNS);
	cell = text_cell_begin(t);
	say_stop(cell, k->facts);
	say_found(cell, j, k);
	say_leak(cell, &k->leak);
	say_ports(cell, k->facts);
	text_cell_end(t);
}

static void say_meaning(struct buf *out, bool has_leak)
{
	text_paragraph(out, 2,
		       "Known: from the indicator file, and no part of any "
		       "figure above. Found: the cliff, or the day after the "
		       "end.");
	if (has_leak)
		text_paragraph(out, 2,
			       "Leak: what was sent after the last spreading "
			       "day. A virus that asks the clock of its host "
			       "goes on where the clock is slow or wrong, so "
			       "it tells how many infected machines have such "
			       "a clock.");
}

void text_known(const struct judgement *j, const struct indicators *set,
		struct buf *out)
{
	struct text_table t = text_table_of("lw");
	bool has_leak = false, has_any = false;

	if (set == NULL || !judge_measured(j, 9))
		return;
	for (size_t i = 0; i < j->n_families && i < FAMILIES_SHOWN; i++) {
		struct known k = known_of(set, j, &j->families[i]);

		if (k.facts == NULL)
			continue;
		add_family(&t, j, &j->families[i], &k);
		has_leak |= has_value(k.leak.share);
		has_any = true;
	}
	if (has_any)
		text_title(out, "What is known of these families");
	text_table_print(&t, out);
	if (has_any)
		say_meaning(out, has_leak);
}
