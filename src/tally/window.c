/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/tally.h"

#include <assert.h>

struct tally_window tally_window_of(int64_t from, int64_t to)
{
	struct tally_window w = { .from = from, .to = to };

	assert(0 <= from && from < to && to <= (int64_t)TIME_MAX + 1);
	w.first_day = (uint32_t)(from / DAY_SECONDS);
	w.n_days = (uint32_t)((to - 1) / DAY_SECONDS) - w.first_day + 1;
	return w;
}

/* The last day of time is cut short by 32 bits. */
static struct tally_window whole_days(int64_t first, int64_t last)
{
	int64_t to = (last / DAY_SECONDS + 1) * DAY_SECONDS;
	int64_t limit = (int64_t)TIME_MAX + 1;

	return tally_window_of(first / DAY_SECONDS * DAY_SECONDS,
			       to < limit ? to : limit);
}

struct tally_window tally_window_default(const struct record_stat *stat)
{
	int64_t first = INT64_MAX, last = -1;

	for (unsigned k = 0; k < N_MAIL_KINDS; k++) {
		if (stat->first_by_kind[k] > stat->last_by_kind[k])
			continue;
		if (stat->first_by_kind[k] < first)
			first = stat->first_by_kind[k];
		if (stat->last_by_kind[k] > last)
			last = stat->last_by_kind[k];
	}
	if (first <= last)
		return whole_days(first, last);
	if (stat->first <= stat->last)
		return whole_days(stat->first, stat->last);
	return whole_days(0, 0);
}
