/* SPDX-License-Identifier: Apache-2.0 */
/*
 * families.c - rapsheet families [NAME] [FILE...], the outbreak curves
 *
 * The first argument is a file where there is one of this name, else a family.
 */
#include "judged.h"

#include <unistd.h>

#include "report/report.h"

static bool is_file(const char *text)
{
	return strcmp(text, "-") == 0 || strchr(text, '/') != NULL ||
	       access(text, F_OK) == 0;
}

static int tell_none(struct judged *log, const char *name, size_t n_families)
{
	if (n_families == 0)
		log_warn("no virus with a name is in this log, so no \"%s\"",
			 name);
	else
		log_warn("no family \"%s\" is among the %zu of this log; "
			 "rapsheet families lists them",
			 name, n_families);
	return judged_close(log) > STATUS_BAD ? STATUS_USAGE : STATUS_BAD;
}

static int show(struct judged *log, const char *name)
{
	struct judgement *j = judged_part(log, &log->options.part);
	struct bytes wanted = bytes_of_text(name ? name : "");
	struct buf out = { 0 };

	if (j == NULL)
		return judged_close(log);
	if (name != NULL && report_count_families(j, wanted) == 0) {
		size_t n = j->n_families;

		judge_free(j);
		return tell_none(log, name, n);
	}
	if (log->options.json)
		report_families_json(j, wanted, log->known, &out);
	else
		report_families_text(j, wanted, &out);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	judge_free(j);
	return judged_close(log);
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		JUDGED_OPTIONS,
		{ "family", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct judged_options o = judged_defaults();
	const char *name = NULL;
	struct judged log;
	int option;

	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		if (option == 'f')
			name = optarg;
		else
			judged_option(&o, option, optarg);
	if (name == NULL && optind < argc && !is_file(argv[optind]))
		name = argv[optind++];
	judged_open(&log, app, &o, argv + optind, (size_t)(argc - optind));
	return show(&log, name);
}

const struct command command_families = {
	.name = "families",
	.synopsis = "[OPTION...] [NAME] [FILE...]",
	.about = "outbreak curves: start, peak, stop, what followed",
	.options = "  --family NAME    as NAME, also where there is a file of "
		   "that name\n" JUDGED_HELP,
	.run = run,
};
