/* SPDX-License-Identifier: Apache-2.0 */
/* host.c - rapsheet host ADDRESS|NETWORK, the rap sheet */
#include "cmd.h"

#include <getopt.h>
#include <stdlib.h>

#include "report/report.h"

#define HOSTS_MAX 4096 /* of a network, each with its sheet or line */

static void print_sheet(struct report_host *h, const struct record *r,
			bool json, struct buf *out)
{
	if (json)
		report_host_json(h, record_labels(r), record_clients(r), out);
	else
		report_host_text(h, record_labels(r), record_clients(r), out);
}

/* A host of a network in one line */
static void print_line(const struct report_host *h, struct buf *out)
{
	char host[HOST_TEXT_MAX], first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];

	host_format(h->host, host);
	date_format(h->first, first);
	date_format(h->last, last);
	buf_printf(out, "%-24s %s to %s ", host, first, last);
	for (unsigned k = 0; k < N_KINDS; k++)
		if (h->n[k] > 0)
			buf_printf(out, " %llu %s", (unsigned long long)h->n[k],
				   kind_name((enum kind)k));
	buf_add_char(out, '\n');
}

struct sheets {
	const struct record *record;
	const struct indicators *known;
	bool json;
	bool is_network;
	size_t n;
	struct buf out;
};

static void finish_host(struct sheets *s, struct report_host *h)
{
	if (s->n++ >= HOSTS_MAX)
		return;
	if (s->json && s->n > 1)
		buf_add_text(&s->out, ",\n");
	if (s->is_network && !s->json)
		print_line(h, &s->out);
	else
		print_sheet(h, s->record, s->json, &s->out);
}

static int collect(struct sheets *s, struct record_cursor *cursor)
{
	struct record_piece piece;
	struct report_host h;
	int err;

	while ((err = record_cursor_next(cursor, &piece)) > 0) {
		if (piece.first)
			report_host_init(&h, piece.host);
		h.known = s->known;
		report_host_add(&h, &piece);
		if (!piece.last)
			continue;
		finish_host(s, &h);
		report_host_deinit(&h);
	}
	return err;
}

/* A network is a JSON array, a host alone an object. */
static void print_sheets(struct sheets *s)
{
	struct buf out = { 0 };
	bool brackets = s->json && s->is_network;

	if (brackets)
		buf_add_text(&out, "[\n");
	buf_add_bytes(&out, buf_bytes(&s->out));
	if (brackets)
		buf_add_text(&out, "]\n");
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	if (s->n > HOSTS_MAX)
		log_warn("%zu more hosts are not shown", s->n - HOSTS_MAX);
}

static int show_hosts(struct record *r, const struct indicators *known,
		      struct host_prefix p, bool json)
{
	struct record_query query = RECORD_EVERYTHING;
	struct sheets s = { .record = r,
			    .known = known,
			    .json = json,
			    .is_network = p.first != p.last };
	struct record_cursor *cursor;
	char text[HOST_TEXT_MAX];
	int err;

	query.host_first = p.first;
	query.host_last = p.last;
	err = record_cursor_open(&cursor, r, &query);
	if (err == 0) {
		err = collect(&s, cursor);
		record_cursor_close(cursor);
	}
	if (err < 0)
		fatal("cannot read the record: %s", error_text(err));
	if (s.n > 0) {
		print_sheets(&s);
	} else {
		if (s.is_network)
			host_prefix_format(p, text);
		else
			host_format(p.first, text);
		log_warn("the record knows nothing of %s", text);
	}
	buf_deinit(&s.out);
	return s.n > 0 ? app_tell_damage(r) : STATUS_BAD;
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct sys_disk *disk;
	struct host_prefix prefix;
	struct record *r;
	struct indicators *known;
	bool json = false;
	int option, status;

	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		json = option == 'j';
	if (optind + 1 != argc)
		return command_usage(app->command,
				     "say one address or network");
	if (host_prefix_parse(bytes_of_text(argv[optind]), &prefix) < 0)
		return command_usage(app->command,
				     "expected an address or a network such "
				     "as 192.0.2.0/24, not \"%s\"",
				     argv[optind]);
	app_load_conf(app);
	disk = app_open_disk(app, false);
	r = app_open_record(app, disk);
	known = app_load_indicators(app);
	status = show_hosts(r, known, prefix, json);
	indicators_free(known);
	record_close(r);
	disk->ops->free(disk);
	return status;
}

const struct command command_host = {
	.name = "host",
	.synopsis = "[--json] ADDRESS|NETWORK",
	.about = "the rap sheet of one host or network",
	.options = "  --json           as JSON\n",
	.run = run,
};
