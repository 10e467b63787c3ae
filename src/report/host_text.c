/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_text.c - the rap sheet: what is known of one host, as one would tell
 * it; then what it sent, when, and the latest as it was
 */
#include "report/host_parts.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/text.h"
#include "report/utf8.h"

#define BAR_COLUMNS    30
#define LABEL_COLUMNS  40
#define FAMILIES_SHOWN 3
#define LABELS_SHOWN   30
#define DAYS_SHOWN     62

/* ------------------------------------------------------------- the summary */

/* " (Sobig.F, Klez.H and 3 more)", most mails first */
static void add_families(const struct report_host *h,
			 const struct catalog *labels, struct buf *out)
{
	struct report_host_label *sorted = host_labels_sorted(h);
	size_t n = 0, shown = 0;

	/* Sorted by weight, so viruses stand first. */
	while (n < h->n_labels && sorted[n].kind == KIND_VIRUS)
		n++;
	for (size_t i = 0; i < n && shown < FAMILIES_SHOWN; i++) {
		struct bytes name = host_name_of(labels, sorted[i].label);

		if (name.len == 0)
			continue;
		buf_add_text(out, shown++ ? ", " : " (");
		utf8_add_clipped(out, name, LABEL_COLUMNS);
	}
	if (shown > 0 && n > shown)
		buf_printf(out, " and %zu more", n - shown);
	if (shown > 0)
		buf_add_char(out, ')');
	free(sorted);
}

static void add_mail(const struct report_host *h, const struct catalog *labels,
		     struct buf *out)
{
	bool virus = h->n[KIND_VIRUS] > 0, spam = h->n[KIND_SPAM] > 0;

	if (virus) {
		buf_add_text(out, "sent viruses");
		add_families(h, labels, out);
	}
	if (spam)
		buf_add_text(out, virus ? " and spam" : "sent spam");
	if (!virus && !spam)
		buf_add_text(out, "sent no virus and no spam that anyone saw");
}

static void add_evidence(const struct report_host *h, struct buf *out)
{
	static const struct {
		enum kind kind;
		const char *what;
	} finds[] = {
		{ KIND_PROXY, "an open proxy" },
		{ KIND_RELAY, "an open relay" },
		{ KIND_BACKDOOR, "a backdoor" },
	};
	size_t n = 0;

	for (size_t i = 0; i < sizeof(finds) / sizeof(finds[0]); i++)
		if (h->n[finds[i].kind] > 0)
			buf_printf(out, "%s%s", n++ ? ", " : "; found on it: ",
				   finds[i].what);
	if (h->n[KIND_LISTED] > 0)
		buf_add_text(out, "; a blocklist has named it");
}

static void say_charge(const struct report_host *h,
		       const struct catalog *labels, const char *host,
		       struct buf *out)
{
	struct buf deeds = { 0 };

	add_mail(h, labels, &deeds);
	add_evidence(h, &deeds);
	text_paragraph(out, 0, "%s %.*s.", host, BYTES_ARG(buf_bytes(&deeds)));
	buf_deinit(&deeds);
}

/* "3 days later", "the same day" */
static struct text distance(int64_t from, int64_t to)
{
	struct text t;
	int64_t days = (to - from) / DAY_SECONDS;

	if (to - from < 3600)
		snprintf(t.s, sizeof(t.s), "within an hour");
	else if (days == 0)
		snprintf(t.s, sizeof(t.s), "within a day");
	else
		snprintf(t.s, sizeof(t.s), "%.50s later",
			 text_of((uint64_t)days, "day").s);
	return t;
}

static void say_order(const struct report_host *h, struct buf *out)
{
	int64_t tv = h->first_by_kind[KIND_VIRUS];
	int64_t ts = h->first_by_kind[KIND_SPAM];

	if (h->n[KIND_VIRUS] == 0 || h->n[KIND_SPAM] == 0)
		return;
	if (tv == ts)
		text_paragraph(out, 0,
			       "Virus and spam began in the same second, %s.",
			       text_minute(tv).s);
	else if (tv < ts)
		text_paragraph(out, 0,
			       "The virus came first, on %s; the first spam "
			       "followed %s.",
			       text_date(tv).s, distance(tv, ts).s);
	else
		text_paragraph(out, 0,
			       "The spam came first, on %s; the first virus "
			       "followed %s.",
			       text_date(ts).s, distance(ts, tv).s);
}

static void say_span(const struct report_host *h, struct buf *out)
{
	text_paragraph(out, 0, "Seen from %s to %s (UTC): %s on %s.",
		       text_minute(h->first).s, text_minute(h->last).s,
		       text_of(h->n_events, "event").s,
		       text_of(h->n_days, "day").s);
}

/* ------------------------------------------------------------------- kinds */

static void table_of_labels(const struct report_host *h,
			    const struct catalog *labels, struct buf *out)
{
	struct report_host_label *sorted = host_labels_sorted(h);
	struct text_table t = text_table_of("llrll");

	text_title(out, "On the sheet");
	text_head(&t, "kind|label|events|first|last");
	for (size_t i = 0; i < h->n_labels && i < LABELS_SHOWN; i++) {
		text_cell(&t, "%s", kind_name(sorted[i].kind));
		text_cell_bytes(&t, host_name_of(labels, sorted[i].label),
				LABEL_COLUMNS);
		text_cell(&t, "%s", text_count(sorted[i].n).s);
		text_cell(&t, "%s", text_minute(sorted[i].first).s);
		text_cell(&t, "%s", text_minute(sorted[i].last).s);
	}
	text_table_print(&t, out);
	if (h->n_labels > LABELS_SHOWN)
		text_paragraph(out, 2, "and %s more",
			       text_of(h->n_labels - LABELS_SHOWN, "label").s);
	free(sorted);
}

/* ---------------------------------------------------------------- timeline */

enum step { BY_DAY, BY_MONTH, BY_YEAR };

static enum step step_of(const struct report_host *h)
{
	int64_t days = (h->last - h->first) / DAY_SECONDS;

	if (h->n_days <= DAYS_SHOWN)
		return BY_DAY;
	return days <= 4 * 366 ? BY_MONTH : BY_YEAR;
}

static bool in_one_step(int64_t day_a, int64_t day_b, enum step step)
{
	struct civil a = time_to_civil(day_a * DAY_SECONDS);
	struct civil b = time_to_civil(day_b * DAY_SECONDS);

	if (a.year != b.year)
		return false;
	if (step == BY_YEAR)
		return true;
	return a.month == b.month && (step == BY_MONTH || a.day == b.day);
}

/* Days added up to days, months or years; free() it. */
static struct report_host_day *timeline(const struct report_host *h,
					enum step step, size_t *n)
{
	struct report_host_day *rows = mem_alloc(h->n_days + 1, sizeof(*rows));

	*n = 0;
	for (size_t i = 0; i < h->n_days; i++) {
		if (*n == 0 ||
		    !in_one_step(rows[*n - 1].day, h->days[i].day, step))
			rows[(*n)++].day = h->days[i].day;
		for (int k = 0; k < N_KINDS; k++)
			rows[*n - 1].n[k] += h->days[i].n[k];
	}
	return rows;
}

static uint64_t evidence_of(const struct report_host_day *d)
{
	return d->n[KIND_RELAY] + d->n[KIND_PROXY] + d->n[KIND_BACKDOOR] +
	       d->n[KIND_LISTED];
}

static uint64_t total_of(const struct report_host_day *d)
{
	uint64_t n = 0;

	for (int k = 0; k < N_KINDS; k++)
		n += d->n[k];
	return n;
}

/* An empty cell where there is none: the eye then finds what there is. */
static void add_count(struct text_table *t, uint64_t n)
{
	text_cell(t, "%s", n > 0 ? text_count(n).s : "");
}

static void add_step(struct text_table *t, const struct report_host_day *d,
		     enum step step, uint64_t most)
{
	static const int len[3] = { 10, 7, 4 }; /* of 2003-08-19 */

	text_cell(t, "%.*s", len[step], text_date(d->day * DAY_SECONDS).s);
	add_count(t, d->n[KIND_VIRUS]);
	add_count(t, d->n[KIND_SPAM]);
	add_count(t, d->n[KIND_CLEAN]);
	add_count(t, d->n[KIND_POLICY] + d->n[KIND_UNSCANNED]);
	add_count(t, evidence_of(d));
	text_bar(text_cell_begin(t), (double)total_of(d) / (double)most,
		 BAR_COLUMNS);
	text_cell_end(t);
}

static void table_of_steps(const struct report_host *h, struct buf *out)
{
	enum step step = step_of(h);
	struct text_table t = text_table_of("lrrrrrl");
	uint64_t most = 1;
	size_t n;
	struct report_host_day *rows = timeline(h, step, &n);

	text_title(out, step == BY_DAY	   ? "Day by day"
			: step == BY_MONTH ? "Month by month"
					   : "Year by year");
	for (size_t i = 0; i < n; i++)
		if (total_of(&rows[i]) > most)
			most = total_of(&rows[i]);
	text_head(&t, "|virus|spam|clean|other mail|evidence|");
	for (size_t i = 0; i < n; i++)
		add_step(&t, &rows[i], step, most);
	text_table_print(&t, out);
	free(rows);
}

/* ------------------------------------------------------------------ latest */

static void table_of_latest(const struct report_host *h,
			    const struct catalog *labels,
			    const struct catalog *clients, struct buf *out)
{
	struct text_table t = text_table_of("llll");
	char time[TIME_TEXT_MAX];

	text_title(out, "Latest");
	for (size_t i = 0; i < host_n_latest(h); i++) {
		const struct report_host_event *e = report_host_latest(h, i);

		time_format(e->time, time);
		text_cell(&t, "%s", time);
		text_cell(&t, "%s", kind_name(e->kind));
		text_cell_bytes(&t, host_name_of(labels, e->label), 30);
		text_cell_bytes(&t, host_name_of(clients, e->client), 30);
	}
	text_table_print(&t, out);
}

void report_host_text(const struct report_host *h, const struct catalog *labels,
		      const struct catalog *clients, struct buf *out)
{
	char host[HOST_TEXT_MAX];

	host_format(h->host, host);
	if (h->n_events == 0) {
		text_paragraph(out, 0, "%s has no record.", host);
		return;
	}
	say_charge(h, labels, host, out);
	say_order(h, out);
	say_span(h, out);
	table_of_labels(h, labels, out);
	host_text_known(h, labels, out);
	table_of_steps(h, out);
	table_of_latest(h, labels, clients, out);
}
