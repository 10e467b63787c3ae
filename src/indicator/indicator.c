/* SPDX-License-Identifier: Apache-2.0 */
/*
 * indicator.c - asking the rows: by name, by date, by port
 *
 * A few dozen rows are looked through; a report asks once for each family and
 * a rap sheet once for each label.
 */
#include "indicator/indicator.h"

#include <math.h>

#include "indicator/series.h"

static const char *const scope_names[] = { "spread", "download", "all" };

const char *indicator_scope_name(enum indicator_scope s)
{
	return scope_names[s];
}

static bool has_alias(const struct indicator *i, struct bytes name)
{
	for (size_t k = 0; k < i->aliases.n; k++)
		if (bytes_equal_nocase(bytes_of_text(i->aliases.items[k]),
				       name))
			return true;
	return false;
}

/* Names before aliases, so that no alias can hide a family. */
const struct indicator *indicators_find(const struct indicators *set,
					struct bytes name)
{
	if (set == NULL || name.len == 0)
		return NULL;
	for (size_t k = 0; k < set->n; k++)
		if (bytes_equal_nocase(bytes_of_text(set->rows[k].name), name))
			return &set->rows[k];
	for (size_t k = 0; k < set->n; k++)
		if (has_alias(&set->rows[k], name))
			return &set->rows[k];
	return NULL;
}

/* -------------------------------------------------------------------- dates */

/* Whatever stops: midnight of the first day without it, or -1 */
static int64_t stopped_from(const struct indicator *i)
{
	if (i->stop_date < 0)
		return -1;
	return i->stop_date + (i->stop_is_last_day ? DAY_SECONDS : 0);
}

int64_t indicator_silent_from(const struct indicator *i)
{
	return i->stop_scope == INDICATOR_DOWNLOAD ? -1 : stopped_from(i);
}

bool indicator_covers(const struct indicator *i, int64_t t)
{
	int64_t stopped = stopped_from(i);

	if (t < i->first_seen)
		return false;
	return stopped < 0 || t < stopped + (int64_t)i->tail_days * DAY_SECONDS;
}

bool indicator_stop_error(const struct indicator *i, int64_t found,
			  int64_t *days)
{
	int64_t known = indicator_silent_from(i);

	if (known < 0 || found < 0)
		return false;
	*days = (found - known) / DAY_SECONDS;
	return true;
}

/* Which of the delays the n-th day after the last spreading day is of */
static size_t delay_of(int64_t n)
{
	return n <= 7 ? 0 : n <= 30 ? 1 : 2;
}

struct indicator_leak indicator_leak(const struct indicator *i,
				     int64_t first_day, const uint64_t *mails,
				     size_t n_days)
{
	struct indicator_leak leak = { .share = NAN };
	uint64_t after[INDICATOR_DELAYS] = { 0 };
	bool has_day[INDICATOR_DELAYS] = { false };
	int64_t silent = indicator_silent_from(i);

	for (size_t d = 0; silent >= 0 && d < n_days; d++) {
		int64_t day = first_day + (int64_t)d * DAY_SECONDS;
		int64_t n = (day - silent) / DAY_SECONDS + 1;

		if (day < silent) {
			leak.before += mails[d];
			continue;
		}
		leak.after += mails[d];
		after[delay_of(n)] += mails[d];
		has_day[delay_of(n)] = true;
	}
	if (leak.before > 0 && (has_day[0] || has_day[1] || has_day[2]))
		leak.share = (double)leak.after / (double)leak.before;
	for (size_t k = 0; k < INDICATOR_DELAYS; k++)
		leak.delay[k] = leak.before > 0 && has_day[k]
					? (double)after[k] / (double)leak.before
					: NAN;
	return leak;
}

/* -------------------------------------------------------------------- ports */

int series_parse(struct bytes text, struct series *out)
{
	struct bytes first, last;
	uint64_t a, b;

	if (bytes_skip(&text, "udp/"))
		out->is_udp = true;
	else if (bytes_skip(&text, "tcp/"))
		out->is_udp = false;
	else
		return E_SYNTAX;
	last = text;
	first = bytes_cut(&last, '-');
	if (first.len == text.len)
		last = first;
	if (bytes_to_u64(first, UINT16_MAX, &a) < 0 ||
	    bytes_to_u64(last, UINT16_MAX, &b) < 0 || a == 0 || b < a)
		return E_SYNTAX;
	out->first = (uint16_t)a;
	out->last = (uint16_t)b;
	return 0;
}

static bool port_is(const struct indicator_port *p, const struct series *s)
{
	if (!p->listens || p->ambiguous || p->is_udp != s->is_udp)
		return false;
	if (p->one_of && p->first <= s->first && s->last <= p->last)
		return true;
	return p->first == s->first && p->last == s->last;
}

static bool listens_on(const struct indicator *i, const struct series *s)
{
	for (size_t k = 0; k < i->n_ports; k++)
		if (port_is(&i->ports[k], s))
			return true;
	return false;
}

size_t indicators_at_port(const struct indicators *set, struct bytes label,
			  int64_t first, int64_t last,
			  const struct indicator **found, size_t cap)
{
	struct series s;
	size_t n = 0;

	if (set == NULL || series_parse(label, &s) < 0)
		return 0;
	for (size_t k = 0; k < set->n; k++) {
		const struct indicator *i = &set->rows[k];

		if (!listens_on(i, &s) || !indicator_covers(i, first) ||
		    !indicator_covers(i, last))
			continue;
		if (n < cap)
			found[n] = i;
		n++;
	}
	return n;
}

#define NAMES_TOLD 4

static void tell_names(const struct indicator *const *found, size_t n,
		       const char *seen, struct buf *out)
{
	if (n == 1) {
		buf_printf(out, "%s's ports, %s inside its dates",
			   found[0]->name, seen);
		return;
	}
	buf_add_text(out, "ports of ");
	for (size_t k = 0; k < n && k < NAMES_TOLD; k++)
		buf_printf(out, "%s%s", k > 0 ? " or " : "", found[k]->name);
	buf_printf(out, "%s, %s inside their dates",
		   n > NAMES_TOLD ? " or others" : "", seen);
}

bool indicators_tell_port(const struct indicators *set, enum kind kind,
			  struct bytes label, int64_t first, int64_t last,
			  struct buf *out)
{
	const struct {
		int64_t first, last;
		const char *seen;
	} spans[] = { { first, last, "seen" },
		      { first, first, "first seen" },
		      { last, last, "last seen" } };
	const struct indicator *found[NAMES_TOLD];

	if (kind != KIND_BACKDOOR)
		return false;
	for (size_t s = 0; s < sizeof(spans) / sizeof(spans[0]); s++) {
		size_t n = indicators_at_port(set, label, spans[s].first,
					      spans[s].last, found, NAMES_TOLD);

		if (n > 0) {
			tell_names(found, n, spans[s].seen, out);
			return true;
		}
	}
	return false;
}
