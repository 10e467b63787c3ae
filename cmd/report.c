/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - rapsheet report [FILE...], the main job */
#include "intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/report.h"

struct arguments {
	struct read_options how; /* to read files */
	const char *client;	 /* NULL: all */
	int64_t from, to;	 /* -1: by default */
	unsigned n_threads;
	bool json;
};

/*
 * --from and --to, each on its own over the default window. False: there is
 * nothing between them.
 */
static bool choose_window(const struct arguments *a, const struct record *r,
			  struct tally_window *out)
{
	*out = tally_window_default(record_stat(r));
	if (a->from >= 0 || a->to >= 0) {
		int64_t from = a->from >= 0 ? a->from : out->from;
		int64_t to = a->to >= 0 ? a->to : out->to;

		if (from >= to)
			return false;
		*out = tally_window_of(from, to);
	}
	return true;
}

static void print_report(const struct app *app, struct tally *t,
			 const struct record *r, bool json)
{
	struct judgement *j = judge_new(t, record_labels(r), record_clients(r));
	struct indicators *known = app_load_indicators(app);
	struct buf out = { 0 };

	if (json)
		report_json_known(j, known, &out);
	else
		report_text_known(j, known, &out);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	indicators_free(known);
	judge_free(j);
}

static int report_on(struct app *app, struct record *r,
		     const struct arguments *a)
{
	struct tally_options options = { .labels = record_labels(r),
					 .backtest = true };
	struct tally *t;
	int err;

	if (!choose_window(a, r, &options.window))
		return command_usage(app->command, "--from is not before --to");
	if (a->client != NULL) {
		options.client = catalog_find(record_clients(r),
					      bytes_of_text(a->client));
		if (options.client == 0) {
			log_warn("the record knows no client \"%s\"",
				 a->client);
			return STATUS_BAD;
		}
	}
	err = tally_scan(&t, r, &options, a->n_threads);
	if (err < 0)
		fatal("cannot read the record: %s", error_text(err));
	print_report(app, t, r, a->json);
	tally_free(t);
	return app_tell_damage(r);
}

static int report_on_disk(struct app *app, struct sys_disk *disk,
			  const struct arguments *a)
{
	struct record *r = app_open_record(app, disk);
	int status = report_on(app, r, a);

	record_close(r);
	return status;
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

static int report_on_files(struct app *app, char **paths, size_t n,
			   const struct arguments *a)
{
	struct buf dir = { 0 };
	struct sys_disk *disk;
	struct intake intake;
	int status, report_status, err;

	err = sys_temp_dir(&dir);
	if (err == 0)
		err = sys_disk_open(&disk, dir.ptr, true);
	if (err < 0)
		fatal("no place for a temporary record: %s", error_text(err));
	status = intake_run(&intake, app, a->how, disk, paths, n);
	tell_intake(&intake, a->json);
	intake_deinit(&intake);
	report_status = report_on_disk(app, disk, a);
	disk->ops->free(disk);
	sys_remove_tree(dir.ptr);
	buf_deinit(&dir);
	return report_status > status ? report_status : status;
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		INTAKE_OPTIONS,
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "client", required_argument, NULL, 'c' },
		{ "threads", required_argument, NULL, 'n' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct arguments a = { .how = intake_defaults(),
			       .from = -1,
			       .to = -1,
			       .n_threads = sys_n_cpus() };
	struct sys_disk *disk;
	int option, status;

	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		switch (option) {
		case 'f':
			a.from = parse_time_option("--from", optarg);
			break;
		case 't':
			a.to = parse_time_option("--to", optarg);
			break;
		case 'c':
			a.client = optarg;
			break;
		case 'n':
			a.n_threads = (unsigned)parse_count_option(
				"--threads", optarg, 1, 256);
			break;
		case 'j':
			a.json = true;
			break;
		default:
			intake_option(&a.how, option, optarg);
		}
	app_load_conf(app);
	if (optind < argc)
		return report_on_files(app, argv + optind,
				       (size_t)(argc - optind), &a);
	disk = app_open_disk(app, false);
	status = report_on_disk(app, disk, &a);
	disk->ops->free(disk);
	return status;
}

const struct command command_report = {
	.name = "report",
	.synopsis = "[OPTION...] [FILE...]",
	.about = "the main job: what the log says, with a verdict",
	.options = "  --from, --to T   only from T on, only before T\n"
		   "  --client NAME    only the mail of this client\n"
		   "  --json           as JSON, numbers unrounded\n"
		   "  --threads N      use N threads; the result is the same\n"
		   "\n"
		   "With files, they are read into a temporary record "
		   "first:\n" INTAKE_HELP,
	.run = run,
};
