/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known_ports.c - the ports found open, and how much of it was seen inside
 * the dates of a family that opens them
 */
#include "report/known.h"

#include <stdlib.h>

#include "report/sections.h"

#define OWNERS_MAX    8
#define PORTS_SHOWN   20
#define LABEL_COLUMNS 24

struct owners {
	const struct indicator *facts[OWNERS_MAX];
	uint64_t events[OWNERS_MAX]; /* inside its dates */
	size_t n;
};

static void count_owner(struct owners *o, const struct indicator *facts,
			uint64_t events)
{
	size_t i = 0;

	while (i < o->n && o->facts[i] != facts)
		i++;
	if (i == OWNERS_MAX)
		return;
	if (i == o->n) {
		o->facts[o->n] = facts;
		o->events[o->n++] = 0;
	}
	o->events[i] += events;
}

/* Dates are whole days, so a day is inside or it is not. */
static struct owners owners_of(const struct indicators *set,
			       const struct judgement *j,
			       const struct judge_port *p)
{
	struct owners o = { .n = 0 };

	for (uint32_t d = 0; d < j->window.days; d++) {
		const struct indicator *found[OWNERS_MAX];
		int64_t day = day_of(j, d);
		size_t n;

		if (p->days[d].mails == 0)
			continue;
		n = indicators_at_port(set, p->name, day, day, found,
				       OWNERS_MAX);
		for (size_t i = 0; i < n && i < OWNERS_MAX; i++)
			count_owner(&o, found[i], p->days[d].mails);
	}
	return o;
}

void json_known_ports(struct json *w, const struct indicators *set,
		      const struct judgement *j)
{
	if (set == NULL)
		return;
	json_begin_array(w, "ports");
	for (size_t i = 0; i < j->n_ports; i++) {
		struct owners o = owners_of(set, j, &j->ports[i]);

		json_begin_object(w, NULL);
		json_put_text(w, "label", j->ports[i].name);
		json_put_count(w, "events", j->ports[i].events);
		json_put_count(w, "hosts", j->ports[i].hosts);
		json_begin_array(w, "of");
		for (size_t k = 0; k < o.n; k++) {
			json_begin_object(w, NULL);
			json_put_text(w, "name",
				      bytes_of_text(o.facts[k]->name));
			json_put_count(w, "events", o.events[k]);
			json_end_object(w);
		}
		json_end_array(w);
		json_end_object(w);
	}
	json_end_array(w);
}

static void add_owners(struct buf *cell, const struct owners *o, uint64_t all)
{
	for (size_t k = 0; k < o->n; k++) {
		buf_printf(cell, "%s%s's ports, ", k > 0 ? "; " : "",
			   o->facts[k]->name);
		if (o->events[k] == all)
			buf_add_text(cell, "seen inside its dates");
		else
			buf_printf(cell, "%s of %s seen inside its dates",
				   text_count(o->events[k]).s,
				   text_count(all).s);
	}
	if (o->n == 0)
		buf_add_text(cell, "of no family that is known to open them "
				   "at that time");
}

void text_known_ports(const struct judgement *j, const struct indicators *set,
		      struct buf *out)
{
	struct text_table t = text_table_of("lrrw");

	if (set == NULL || j->n_ports == 0)
		return;
	text_title(out, "Backdoors found, and whose ports they are");
	text_head(&t, "label|hosts|events|");
	for (size_t i = 0; i < j->n_ports && i < PORTS_SHOWN; i++) {
		const struct judge_port *p = &j->ports[i];
		struct owners o = owners_of(set, j, p);

		text_cell_bytes(&t, p->name, LABEL_COLUMNS);
		text_cell(&t, "%s", text_count(p->hosts).s);
		text_cell(&t, "%s", text_count(p->events).s);
		add_owners(text_cell_begin(&t), &o, p->events);
		text_cell_end(&t);
	}
	text_table_print(&t, out);
	if (j->n_ports > PORTS_SHOWN)
		text_paragraph(out, 2, "and %s more labels",
			       text_count(j->n_ports - PORTS_SHOWN).s);
}
