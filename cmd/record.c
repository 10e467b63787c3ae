/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - rapsheet record stat|verify|export */
#include "cmd.h"
#include "csv.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPORT_FLUSH ((size_t)1 << 20)

struct arguments {
	bool json;
	int64_t from, to; /* [from, to) */
};

/* -------------------------------------------------------------------- stat */

static void print_stat_text(const struct record_stat *s)
{
	char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];

	printf("%" PRIu64 " events in %" PRIu32 " run%s and %" PRIu32
	       " journal%s, %" PRIu64 " bytes",
	       s->n_events, s->n_runs, s->n_runs == 1 ? "" : "s", s->n_journals,
	       s->n_journals == 1 ? "" : "s", s->n_bytes);
	if (s->n_events > 0)
		printf(" (%.2f an event)",
		       (double)s->n_bytes / (double)s->n_events);
	putchar('\n');
	printf("%" PRIu32 " inputs in the import ledger\n", s->n_inputs);
	if (s->n_events == 0)
		return;
	time_format(s->first, first);
	time_format(s->last, last);
	printf("from %s to %s\n", first, last);
	for (unsigned k = 0; k < N_KINDS; k++)
		if (s->n_by_kind[k] > 0)
			printf("  %-10s %12" PRIu64 "\n",
			       kind_name((enum kind)k), s->n_by_kind[k]);
}

static void put_time(struct json *w, const char *key, bool has, int64_t t)
{
	if (has)
		json_put_time(w, key, t);
	else
		json_put_null(w, key);
}

static void print_stat_json(const struct record_stat *s)
{
	struct buf out = { 0 };
	struct json w = json_to(&out);

	json_begin_object(&w, NULL);
	json_put_text(&w, "schema", bytes_of_text("rapsheet/record-stat/1"));
	json_put_count(&w, "events", s->n_events);
	json_put_count(&w, "bytes", s->n_bytes);
	json_put_count(&w, "blocks", s->n_blocks);
	json_put_count(&w, "runs", s->n_runs);
	json_put_count(&w, "journals", s->n_journals);
	json_put_count(&w, "inputs", s->n_inputs);
	put_time(&w, "first", s->n_events > 0, s->first);
	put_time(&w, "last", s->n_events > 0, s->last);
	json_begin_object(&w, "kinds");
	for (unsigned k = 0; k < N_KINDS; k++)
		json_put_count(&w, kind_name((enum kind)k), s->n_by_kind[k]);
	json_end_object(&w);
	json_end_object(&w);
	json_finish(&w);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
}

static int stat_record(struct record *r, const struct arguments *a)
{
	if (a->json)
		print_stat_json(record_stat(r));
	else
		print_stat_text(record_stat(r));
	return app_tell_damage(r);
}

/* ------------------------------------------------------------------ verify */

static int verify_record(struct record *r, const struct arguments *a)
{
	const struct record_stat *s = record_stat(r);
	int err = record_verify(r);
	int status = app_tell_damage(r);

	(void)a;
	if (err == 0)
		printf("good: %" PRIu64 " events in %" PRIu32
		       " runs and %" PRIu32 " journals\n",
		       s->n_events, s->n_runs, s->n_journals);
	else if (status == STATUS_OK)
		log_warn("the record cannot be verified: %s", error_text(err));
	return err == 0 ? status : STATUS_BAD;
}

/* ------------------------------------------------------------------ export */

static void add_rows(struct buf *out, const struct record *r,
		     const struct record_piece *p)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct event e = { p->host, p->time[i], p->label[i],
					 p->client[i], p->kind[i] };

		csv_add_event(out, &e, record_labels(r), record_clients(r));
	}
}

static int export_record(struct record *r, const struct arguments *a)
{
	struct record_query query = RECORD_EVERYTHING;
	struct record_cursor *cursor;
	struct record_piece piece;
	struct buf out = { 0 };
	int err;

	query.time_from = a->from;
	query.time_to = a->to;
	err = record_cursor_open(&cursor, r, &query);
	if (err < 0)
		fatal("cannot read the record: %s", error_text(err));
	buf_add_text(&out, CSV_HEADER);
	while ((err = record_cursor_next(cursor, &piece)) > 0) {
		add_rows(&out, r, &piece);
		if (out.len >= EXPORT_FLUSH) {
			print_all(buf_bytes(&out));
			out.len = 0;
		}
	}
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	record_cursor_close(cursor);
	if (err < 0) {
		log_warn("the export is not complete: %s", error_text(err));
		return STATUS_BAD;
	}
	return app_tell_damage(r);
}

/* ----------------------------------------------------------------- command */

static const struct {
	const char *name;
	int (*run)(struct record *r, const struct arguments *a);
} actions[] = {
	{ "stat", stat_record },
	{ "verify", verify_record },
	{ "export", export_record },
};

static int run_action(struct app *app, const char *name,
		      const struct arguments *a)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct sys_disk *disk;
		struct record *r;
		int status;

		if (strcmp(actions[i].name, name) != 0)
			continue;
		app_load_conf(app);
		disk = app_open_disk(app, false);
		r = app_open_record(app, disk);
		status = actions[i].run(r, a);
		record_close(r);
		disk->ops->free(disk);
		return status;
	}
	return command_usage(app->command, "there is no \"record %s\"", name);
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct arguments a = { false, 0, INT64_MAX };
	int option;

	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		switch (option) {
		case 'j':
			a.json = true;
			break;
		case 'f':
			a.from = parse_time_option("--from", optarg);
			break;
		case 't':
			a.to = parse_time_option("--to", optarg);
			break;
		}
	if (optind + 1 != argc)
		return command_usage(app->command,
				     "say one of stat, verify, export");
	return run_action(app, argv[optind], &a);
}

const struct command command_record = {
	.name = "record",
	.synopsis = "stat|verify|export [OPTION...]",
	.about = "look after the record",
	.options =
		"  stat              how much it holds, and since when\n"
		"  verify            read everything, check every checksum\n"
		"  export            all events as CSV\n"
		"\n"
		"  --json            stat: as JSON\n"
		"  --from, --to T    export: only from T on, only before T\n",
	.run = run,
};
