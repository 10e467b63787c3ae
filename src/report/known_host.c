/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known_host.c - whose ports were found open on a host
 *
 * A backdoor's label says which ports answered. That a family listens there
 * is worth saying only of the days on which it was about: ports are used
 * again. The event stays what it is; this is a name beside it.
 */
#include "report/host_parts.h"

#include <stdlib.h>

#include "report/text.h"

#define FAMILIES_MAX 16

void host_text_known(const struct report_host *h, const struct catalog *labels,
		     struct buf *out)
{
	struct report_host_label *sorted = host_labels_sorted(h);
	struct buf whose = { 0 };

	for (size_t i = 0; i < h->n_labels; i++) {
		const struct report_host_label *l = &sorted[i];
		struct bytes name = host_name_of(labels, l->label);

		whose.len = 0;
		if (indicators_tell_port(h->known, l->kind, name, l->first,
					 l->last, &whose))
			text_paragraph(out, 2, "%s %.*s (%.*s)",
				       kind_name(l->kind), BYTES_ARG(name),
				       BYTES_ARG(whose));
	}
	buf_deinit(&whose);
	free(sorted);
}

void host_json_known(struct json *w, const struct report_host *h,
		     enum kind kind, struct bytes label, int64_t first,
		     int64_t last)
{
	const struct indicator *found[FAMILIES_MAX];
	size_t n;

	if (h->known == NULL || kind != KIND_BACKDOOR)
		return;
	n = indicators_at_port(h->known, label, first, last, found,
			       FAMILIES_MAX);
	json_begin_array(w, "ports_of");
	for (size_t i = 0; i < n && i < FAMILIES_MAX; i++)
		json_put_text(w, NULL, bytes_of_text(found[i]->name));
	json_end_array(w);
}
