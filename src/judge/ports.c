/* SPDX-License-Identifier: Apache-2.0 */
/* ports.c - which ports were found open, on how many hosts, when */
#include "judge/parts.h"

#include <stdlib.h>

static int compare_ports(const void *pa, const void *pb)
{
	const struct judge_port *a = pa, *b = pb;

	if (a->hosts != b->hosts)
		return a->hosts > b->hosts ? -1 : 1;
	return bytes_compare(a->name, b->name);
}

void judge_find_ports(struct judgement *j, const struct tally *t,
		      const struct catalog *labels)
{
	j->n_ports = t->ports.n;
	j->ports = mem_alloc(j->n_ports + 1, sizeof(*j->ports));
	for (size_t i = 0; i < j->n_ports; i++) {
		const struct tally_family *row = &t->ports.rows[i];
		struct judge_port *p = &j->ports[i];

		p->name = catalog_name(labels, row->label);
		p->events = row->mails;
		p->hosts = row->hosts;
		p->days = mem_alloc(j->window.days + 1, sizeof(*p->days));
		for (uint32_t d = 0; d < j->window.days; d++)
			p->days[d] = tally_family_day(row, d);
	}
	qsort(j->ports, j->n_ports, sizeof(*j->ports), compare_ports);
}
