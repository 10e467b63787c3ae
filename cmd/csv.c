/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

/* Quotes where there is something to be hidden by them */
static void add_field(struct buf *out, struct bytes field)
{
	if (bytes_find_char(field, ',') == field.len &&
	    bytes_find_char(field, '"') == field.len) {
		buf_add_bytes(out, field);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < field.len; i++) {
		if (field.ptr[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, field.ptr[i]);
	}
	buf_add_char(out, '"');
}

/* An IPv6 host as the first address of its /64, for any program to read */
static void add_host(struct buf *out, uint64_t host)
{
	char text[HOST_TEXT_MAX];
	size_t len = host_format(host, text);

	if (!host_is_ipv4(host))
		len -= strlen("/64");
	buf_add(out, text, len);
}

void csv_add_event(struct buf *out, const struct event *e,
		   const struct catalog *labels, const struct catalog *clients)
{
	char when[TIME_TEXT_MAX];

	buf_add(out, when, time_format(e->time, when));
	buf_add_char(out, ',');
	add_host(out, e->host);
	buf_add_char(out, ',');
	buf_add_text(out, kind_name((enum kind)e->kind));
	buf_add_char(out, ',');
	add_field(out, catalog_name(labels, e->label));
	buf_add_char(out, ',');
	add_field(out, catalog_name(clients, e->client));
	buf_add_char(out, '\n');
}
