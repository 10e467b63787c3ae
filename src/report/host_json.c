/* SPDX-License-Identifier: Apache-2.0 */
/* host_json.c - one host as JSON, "rapsheet/host/1"; README.md has its keys */
#include "report/host_parts.h"

#include <stdlib.h>

static void put_name(struct json *w, const char *key, struct bytes name)
{
	if (name.len > 0)
		json_put_text(w, key, name);
	else
		json_put_null(w, key);
}

static void put_time(struct json *w, const char *key, int64_t time, bool is)
{
	if (is)
		json_put_time(w, key, time);
	else
		json_put_null(w, key);
}

static void put_kinds(struct json *w, const struct report_host *h)
{
	json_begin_object(w, "events");
	for (int k = 0; k < N_KINDS; k++)
		json_put_count(w, kind_name((enum kind)k), h->n[k]);
	json_end_object(w);
	json_begin_object(w, "first_by_kind");
	for (int k = 0; k < N_KINDS; k++)
		put_time(w, kind_name((enum kind)k), h->first_by_kind[k],
			 h->n[k] > 0);
	json_end_object(w);
	json_begin_object(w, "last_by_kind");
	for (int k = 0; k < N_KINDS; k++)
		put_time(w, kind_name((enum kind)k), h->last_by_kind[k],
			 h->n[k] > 0);
	json_end_object(w);
}

static void put_labels(struct json *w, const struct report_host *h,
		       const struct catalog *labels)
{
	struct report_host_label *sorted = host_labels_sorted(h);

	json_begin_array(w, "labels");
	for (size_t i = 0; i < h->n_labels; i++) {
		const struct report_host_label *l = &sorted[i];

		json_begin_object(w, NULL);
		json_put_text(w, "kind", bytes_of_text(kind_name(l->kind)));
		put_name(w, "label", host_name_of(labels, l->label));
		json_put_count(w, "events", l->n);
		json_put_time(w, "first", l->first);
		json_put_time(w, "last", l->last);
		host_json_known(w, h, l->kind, host_name_of(labels, l->label),
				l->first, l->last);
		json_end_object(w);
	}
	json_end_array(w);
	free(sorted);
}

static void put_days(struct json *w, const struct report_host *h)
{
	char date[TIME_TEXT_MAX];

	json_begin_array(w, "days");
	for (size_t i = 0; i < h->n_days; i++) {
		json_begin_object(w, NULL);
		date_format(h->days[i].day * DAY_SECONDS, date);
		json_put_text(w, "date", bytes_of_text(date));
		for (int k = 0; k < N_KINDS; k++)
			if (h->days[i].n[k] > 0)
				json_put_count(w, kind_name((enum kind)k),
					       h->days[i].n[k]);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_latest(struct json *w, const struct report_host *h,
		       const struct catalog *labels,
		       const struct catalog *clients)
{
	json_begin_array(w, "latest");
	for (size_t i = 0; i < host_n_latest(h); i++) {
		const struct report_host_event *e = report_host_latest(h, i);

		json_begin_object(w, NULL);
		json_put_time(w, "time", e->time);
		json_put_text(w, "kind", bytes_of_text(kind_name(e->kind)));
		put_name(w, "label", host_name_of(labels, e->label));
		put_name(w, "client", host_name_of(clients, e->client));
		host_json_known(w, h, e->kind, host_name_of(labels, e->label),
				e->time, e->time);
		json_end_object(w);
	}
	json_end_array(w);
}

void report_host_json(const struct report_host *h, const struct catalog *labels,
		      const struct catalog *clients, struct buf *out)
{
	struct json w = json_to(out);
	char host[HOST_TEXT_MAX];

	host_format(h->host, host);
	json_begin_object(&w, NULL);
	json_put_text(&w, "schema", bytes_of_text("rapsheet/host/1"));
	json_put_text(&w, "host", bytes_of_text(host));
	put_time(&w, "first", h->first, h->n_events > 0);
	put_time(&w, "last", h->last, h->n_events > 0);
	put_kinds(&w, h);
	put_labels(&w, h, labels);
	put_days(&w, h);
	put_latest(&w, h, labels, clients);
	json_end_object(&w);
	json_finish(&w);
}
