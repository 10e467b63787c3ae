/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.c - a record's rows as CSV in the order of time, as a log has them
 *
 *	rows RECORD numbers	host,time,kind,label,client as numbers
 *	rows RECORD text	the same as `rapsheet import` reads it
 *	rows RECORD names	"label" or "client", number and name, by tabs
 *
 * The record is in the order of hosts, so it is scanned once for every day:
 * memory is bounded by a day's events, whatever the record's size.
 */
#include "record/record.h"

#include <stdio.h>
#include <stdlib.h>

#include "host/host.h"

struct day {
	struct event *events;
	size_t n, cap;
};

static void read_day(struct day *d, struct record *r, int64_t from)
{
	struct record_query q = RECORD_EVERYTHING;
	struct record_cursor *c;
	struct record_piece p;

	d->n = 0;
	q.time_from = from;
	q.time_to = from + DAY_SECONDS;
	if (record_cursor_open(&c, r, &q) < 0)
		fatal("cannot read the record");
	while (record_cursor_next(c, &p) > 0)
		for (size_t i = 0; i < p.n; i++) {
			if (p.time[i] < q.time_from || p.time[i] >= q.time_to)
				continue;
			MEM_GROW(d->events, d->n, d->cap);
			d->events[d->n++] = (struct event){
				.host = p.host,
				.time = p.time[i],
				.kind = p.kind[i],
				.label = p.label[i],
				.client = p.client[i],
			};
		}
	record_cursor_close(c);
}

/* Places of the day's events by second; within a second as they came */
static size_t *order_day(const struct day *d, int64_t from)
{
	size_t *start = mem_alloc(DAY_SECONDS + 1, sizeof(*start));
	size_t *order = mem_alloc(d->n + 1, sizeof(*order));

	for (size_t i = 0; i < d->n; i++)
		start[d->events[i].time - from + 1]++;
	for (size_t s = 0; s < DAY_SECONDS; s++)
		start[s + 1] += start[s];
	for (size_t i = 0; i < d->n; i++)
		order[start[d->events[i].time - from]++] = i;
	free(start);
	return order;
}

static void print_number(const struct event *e)
{
	printf("%llu,%u,%u,%u,%u\n", (unsigned long long)e->host, e->time,
	       e->kind, e->label, e->client);
}

static void print_text(const struct record *r, const struct event *e)
{
	struct bytes label = catalog_name(record_labels(r), e->label);
	struct bytes client = catalog_name(record_clients(r), e->client);
	char host[HOST_TEXT_MAX];
	size_t len = host_format(e->host, host);

	printf("%u,%.*s,%s,%.*s,%.*s\n", e->time, (int)len, host,
	       kind_name(e->kind), BYTES_ARG(label), BYTES_ARG(client));
}

static void print_rows(struct record *r, bool numbers)
{
	const struct record_stat *s = record_stat(r);
	struct day d = { 0 };
	int64_t from = s->first - s->first % DAY_SECONDS;

	puts(numbers ? "host,time,kind,label,client"
		     : "time,host,kind,label,client");
	for (; from <= s->last; from += DAY_SECONDS) {
		size_t *order;

		read_day(&d, r, from);
		order = order_day(&d, from);
		for (size_t i = 0; i < d.n; i++) {
			const struct event *e = &d.events[order[i]];

			if (numbers)
				print_number(e);
			else
				print_text(r, e);
		}
		free(order);
	}
	free(d.events);
}

static void print_names(const char *what, const struct catalog *names)
{
	for (uint32_t i = 1; i <= names->n; i++) {
		struct bytes name = catalog_name(names, i);

		printf("%s\t%u\t%.*s\n", what, i, BYTES_ARG(name));
	}
}

int main(int argc, char **argv)
{
	struct sys_disk *disk;
	struct record *r;

	if (argc != 3)
		fatal("usage: rows RECORD numbers|text|names");
	if (sys_disk_open(&disk, argv[1], false) < 0 ||
	    record_open(&r, disk) < 0)
		fatal("%s: there is no record", argv[1]);
	if (strcmp(argv[2], "names") == 0) {
		print_names("label", record_labels(r));
		print_names("client", record_clients(r));
	} else {
		print_rows(r, strcmp(argv[2], "numbers") == 0);
	}
	if (fflush(stdout) != 0)
		fatal("cannot write the rows");
	record_close(r);
	disk->ops->free(disk);
	return 0;
}
