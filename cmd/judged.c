/* SPDX-License-Identifier: Apache-2.0 */
/* judged.c - from a command line to a judgement */
#include "judged.h"

#include <stdio.h>

/* ----------------------------------------------------------------- options */

struct judged_options judged_defaults(void)
{
	return (struct judged_options){ .how = intake_defaults(),
					.part = { -1, -1, NULL },
					.n_threads = sys_n_cpus() };
}

void judged_option(struct judged_options *o, int option, const char *argument)
{
	switch (option) {
	case OPTION_FROM:
		o->part.from = parse_time_option("--from", argument);
		break;
	case OPTION_TO:
		o->part.to = parse_time_option("--to", argument);
		break;
	case OPTION_CLIENT:
		o->part.client = argument;
		break;
	case OPTION_THREADS:
		o->n_threads = (unsigned)parse_count_option("--threads",
							    argument, 1, 256);
		break;
	case OPTION_JSON:
		o->json = true;
		break;
	default:
		intake_option(&o->how, option, argument);
	}
}

/* ----------------------------------------------------------------- the log */

static void worsen(struct judged *log, int status)
{
	if (status > log->status)
		log->status = status;
}

/* The accounting comes first; with --json it must not stand in the way. */
static void tell_intake(const struct intake *in, bool json)
{
	struct buf out = { 0 };

	intake_tell_text(in, false, &out);
	buf_add_char(&out, '\n');
	if (json)
		fwrite(out.ptr, 1, out.len, stderr);
	else
		print_all(buf_bytes(&out));
	buf_deinit(&out);
}

static void read_files(struct judged *log, char **paths, size_t n)
{
	struct intake intake;
	int err;

	err = sys_temp_dir(&log->temporary);
	if (err == 0)
		err = sys_disk_open(&log->disk, log->temporary.ptr, true);
	if (err < 0)
		fatal("no place for a temporary record: %s", error_text(err));
	worsen(log, intake_run(&intake, log->app, log->options.how, log->disk,
			       paths, n));
	tell_intake(&intake, log->options.json);
	intake_deinit(&intake);
}

void judged_open(struct judged *log, struct app *app,
		 const struct judged_options *options, char **paths, size_t n)
{
	*log = (struct judged){ .app = app, .options = *options };
	app_load_conf(app);
	log->known = app_load_indicators(app);
	if (n > 0)
		read_files(log, paths, n);
	else
		log->disk = app_open_disk(app, false);
	log->record = app_open_record(app, log->disk);
}

int judged_close(struct judged *log)
{
	worsen(log, app_tell_damage(log->record));
	record_close(log->record);
	indicators_free(log->known);
	log->disk->ops->free(log->disk);
	if (log->temporary.len > 0)
		sys_remove_tree(log->temporary.ptr);
	buf_deinit(&log->temporary);
	return log->status;
}

/* ------------------------------------------------------------------- parts */

/*
 * From and to, each on its own over the default window. False: there is
 * nothing between them, and the person was told.
 */
static bool choose_window(const struct judged *log,
			  const struct judged_part *part,
			  struct tally_window *out)
{
	struct tally_window all =
		tally_window_default(record_stat(log->record));
	int64_t from = part->from >= 0 ? part->from : all.from;
	int64_t to = part->to >= 0 ? part->to : all.to;
	char from_text[TIME_TEXT_MAX], to_text[TIME_TEXT_MAX];

	if (from < to) {
		*out = tally_window_of(from, to);
		return true;
	}
	time_format(from, from_text);
	time_format(to, to_text);
	command_usage(log->app->command, "no time lies from %s%s to %s%s",
		      from_text, part->from < 0 ? " (the first mail)" : "",
		      to_text, part->to < 0 ? " (the last mail)" : "");
	return false;
}

/* The window and the client, or the status that says why not */
static int choose_part(const struct judged *log, const struct judged_part *part,
		       struct tally_options *out)
{
	if (!choose_window(log, part, &out->window))
		return STATUS_USAGE;
	if (part->client == NULL)
		return STATUS_OK;
	out->client = catalog_find(record_clients(log->record),
				   bytes_of_text(part->client));
	if (out->client != 0)
		return STATUS_OK;
	log_warn("the record knows no client \"%s\"", part->client);
	return STATUS_BAD;
}

struct judgement *judged_part(struct judged *log,
			      const struct judged_part *part)
{
	struct tally_options options = { .labels = record_labels(log->record),
					 .backtest = log->options.backtest };
	struct judgement *j;
	struct tally *t;
	int err;

	err = choose_part(log, part, &options);
	if (err != STATUS_OK) {
		worsen(log, err);
		return NULL;
	}
	err = tally_scan(&t, log->record, &options, log->options.n_threads);
	if (err < 0)
		fatal("cannot read the record: %s", error_text(err));
	j = judge_new(t, record_labels(log->record),
		      record_clients(log->record));
	tally_free(t);
	return j;
}
