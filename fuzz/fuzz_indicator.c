/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of indicators of any bytes: what is taken of it has what a family
 * needs, and the shipped file still loads behind it.
 */
#include "indicator/indicator.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct indicators *set, const struct indicator *i)
{
	static const uint64_t mails[40] = { 3, 2, 1 };

	if (i->name[0] == '\0' || i->sources.n == 0 || i->first_seen < 0 ||
	    (i->stop_date >= 0 && i->stop_date < i->first_seen) ||
	    indicators_find(set, bytes_of_text(i->name)) != i)
		abort();
	if (indicator_leak(i, i->first_seen, mails, 40).after > 6)
		abort();
	for (size_t k = 0; k < i->n_ports; k++) {
		const struct indicator *found;
		struct bytes series = bytes_of_text(i->ports[k].series);
		size_t n = indicators_at_port(set, series, i->first_seen,
					      i->first_seen, &found, 1);

		if (i->ports[k].last < i->ports[k].first ||
		    (n == 0 && i->ports[k].listens && !i->ports[k].ambiguous))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct indicators *set;
	struct buf out = { 0 };

	if (size > INDICATORS_MAX_BYTES)
		return 0;
	set = indicators_new(bytes_of(data, size), NULL, NULL);
	for (size_t k = 0; k < set->n; k++)
		check(set, &set->rows[k]);
	indicators_tell_port(set, KIND_BACKDOOR, bytes_of(data, size), 0, 0,
			     &out);
	buf_deinit(&out);
	indicators_free(set);
	return 0;
}
