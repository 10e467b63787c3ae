/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - rapsheet record stat|verify|export|expire|forget|compact */
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
	bool has_before;
	int64_t before;
	const char *address; /* or NULL */
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

/* Of large runs the files are counted too. */
static void print_months(const struct record *r)
{
	struct record_month *m;
	size_t n = record_months(r, &m);

	for (size_t i = 0; i < n; i++) {
		struct civil c = time_to_civil(m[i].start);

		printf("  %04d-%02d    %12" PRIu64 " in %" PRIu32
		       " run%s, %" PRIu32 " file%s, %" PRIu64 " bytes\n",
		       c.year, c.month, m[i].n_events, m[i].n_runs,
		       m[i].n_runs == 1 ? "" : "s", m[i].n_files,
		       m[i].n_files == 1 ? "" : "s", m[i].n_bytes);
	}
	free(m);
}

static void put_months(struct json *w, const struct record *r)
{
	struct record_month *m;
	size_t n = record_months(r, &m);

	json_begin_array(w, "months");
	for (size_t i = 0; i < n; i++) {
		struct civil c = time_to_civil(m[i].start);
		char name[16];

		snprintf(name, sizeof(name), "%04d-%02d", c.year % 10000,
			 c.month % 100);
		json_begin_object(w, NULL);
		json_put_text(w, "month", bytes_of_text(name));
		json_put_count(w, "events", m[i].n_events);
		json_put_count(w, "bytes", m[i].n_bytes);
		json_put_count(w, "runs", m[i].n_runs);
		json_put_count(w, "files", m[i].n_files);
		json_end_object(w);
	}
	json_end_array(w);
	free(m);
}

static void put_time(struct json *w, const char *key, bool has, int64_t t)
{
	if (has)
		json_put_time(w, key, t);
	else
		json_put_null(w, key);
}

static void print_stat_json(const struct record *r)
{
	const struct record_stat *s = record_stat(r);
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
	put_months(&w, r);
	json_end_object(&w);
	json_finish(&w);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
}

static int stat_record(struct record *r, const struct arguments *a)
{
	if (a->json)
		print_stat_json(r);
	else {
		print_stat_text(record_stat(r));
		print_months(r);
	}
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

/* ------------------------------------------------------------------ upkeep */

static void fail_upkeep(const struct app *app, int err,
			const struct record_upkeep *u)
{
	const char *what = u->what ? u->what : "";
	char *path;

	switch (err) {
	case E_CORRUPT:
		log_warn("damaged, and left as it is: %s; see rapsheet record "
			 "verify",
			 what);
		return;
	case E_EXISTS:
		log_warn("%s: nothing was erased. Restart that program (a "
			 "writer empties its journal when it ends), and call "
			 "this again",
			 what);
		return;
	case E_STATE:
		log_warn("others changed the record all the while; call this "
			 "again");
		return;
	}
	path = app_record_path(app);
	if (err == E_NOT_FOUND)
		fatal("%s: there is no record here; rapsheet import makes one",
		      path);
	fatal("%s: %s; what was done is not certain, call this again", path,
	      error_text(err));
}

static int tell_upkeep(const struct app *app, int err, struct record_upkeep *u,
		       const char *verb)
{
	if (err < 0)
		fail_upkeep(app, err, u);
	else
		printf("%s %" PRIu64 " events (files: %" PRIu32
		       " removed, %" PRIu32 " written)\n",
		       verb, u->n_events_gone, u->n_files_gone,
		       u->n_files_made);
	free(u->what);
	return err < 0 ? STATUS_BAD : STATUS_OK;
}

static int expire_record(struct app *app, struct sys_disk *disk,
			 const struct arguments *a)
{
	unsigned days = app->conf.retention_days;
	struct record_upkeep u = { 0 };
	int64_t before = a->before;

	if (!a->has_before && days == 0)
		return command_usage(app->command,
				     "say --before DATE, or set record { "
				     "retention = DAYS } in the configuration");
	if (!a->has_before)
		before = sys_now() - (int64_t)days * DAY_SECONDS;
	return tell_upkeep(app, record_expire(disk, before, &u), &u, "dropped");
}

static int forget_host(struct app *app, struct sys_disk *disk,
		       const struct arguments *a)
{
	struct record_upkeep u = { 0 };
	char text[HOST_TEXT_MAX];
	struct buf verb = { 0 };
	uint64_t host;
	int status;

	if (a->address == NULL)
		return command_usage(app->command, "forget whom? Say ADDRESS");
	if (host_parse(bytes_of_text(a->address), &host) < 0)
		return command_usage(app->command, "\"%s\" is not an address",
				     a->address);
	host_format(host, text);
	buf_printf(&verb, "forgot %s,%c", text, '\0');
	status = tell_upkeep(app, record_forget(disk, host, &u), &u, verb.ptr);
	buf_deinit(&verb);
	return status;
}

static int compact_record(struct app *app, struct sys_disk *disk,
			  const struct arguments *a)
{
	struct record_upkeep u = { 0 };

	(void)a;
	return tell_upkeep(app, record_compact(disk, &u), &u,
			   "merged; dropped");
}

/* ----------------------------------------------------------------- command */

/* Each reads a view of the record, or changes the record. */
static const struct {
	const char *name;
	int (*read)(struct record *r, const struct arguments *a);
	int (*change)(struct app *app, struct sys_disk *disk,
		      const struct arguments *a);
} actions[] = {
	{ "stat", stat_record, NULL },	   { "verify", verify_record, NULL },
	{ "export", export_record, NULL }, { "expire", NULL, expire_record },
	{ "forget", NULL, forget_host },   { "compact", NULL, compact_record },
};

static int read_record(struct app *app, struct sys_disk *disk,
		       int (*read)(struct record *r, const struct arguments *a),
		       const struct arguments *a)
{
	struct record *r = app_open_record(app, disk);
	int status = read(r, a);

	record_close(r);
	return status;
}

static int run_action(struct app *app, const char *name,
		      const struct arguments *a)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct sys_disk *disk;
		int status;

		if (strcmp(actions[i].name, name) != 0)
			continue;
		app_load_conf(app);
		disk = app_open_disk(app, false);
		status = actions[i].read
				 ? read_record(app, disk, actions[i].read, a)
				 : actions[i].change(app, disk, a);
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
		{ "before", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct arguments a = { .to = INT64_MAX };
	bool is_forget;
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
		case 'b':
			a.before = parse_time_option("--before", optarg);
			a.has_before = true;
			break;
		}
	is_forget = optind < argc && !strcmp(argv[optind], "forget");
	if (is_forget && optind + 1 < argc)
		a.address = argv[optind + 1];
	if (optind + 1 + (a.address != NULL) != argc)
		return command_usage(app->command,
				     "say one of stat, verify, export, expire, "
				     "forget ADDRESS, compact");
	return run_action(app, argv[optind], &a);
}

const struct command command_record = {
	.name = "record",
	.synopsis = "stat|verify|export|expire|forget ADDRESS|compact "
		    "[OPTION...]",
	.about = "look after the record",
	.options = "  stat              how much it holds, and since when\n"
		   "  verify            read everything, check every checksum\n"
		   "  export            all events as CSV\n"
		   "  expire            drop what is older than the retention\n"
		   "  forget ADDRESS    erase a host from every file\n"
		   "  compact           merge the runs of each month into one\n"
		   "\n"
		   "  --json            stat: as JSON\n"
		   "  --from, --to T    export: only from T on, only before T\n"
		   "  --before T        expire: drop what was before T\n",
	.run = run,
};
