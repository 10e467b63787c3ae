/* SPDX-License-Identifier: Apache-2.0 */
/* import.c - rapsheet import FILE... */
#include "intake.h"

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		INTAKE_OPTIONS,
		{ "client", required_argument, NULL, 'c' },
		{ "ignored", no_argument, NULL, 'i' },
		{ "memory", required_argument, NULL, 'm' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct read_options how = intake_defaults();
	bool json = false, with_ignored = false;
	struct intake intake;
	struct sys_disk *disk;
	struct buf out = { 0 };
	int option, status;

	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		if (option == 'c')
			how.client = optarg;
		else if (option == 'i')
			with_ignored = true;
		else if (option == 'm')
			app->memory = parse_size_option("--memory", optarg);
		else if (option == 'j')
			json = true;
		else
			intake_option(&how, option, optarg);
	if (optind == argc)
		return command_usage(app->command, "no file is named");
	app_load_conf(app);
	disk = app_open_disk(app, true);
	status = intake_run(&intake, app, how, disk, argv + optind,
			    (size_t)(argc - optind));
	if (json)
		intake_tell_json(&intake, &out);
	else
		intake_tell_text(&intake, with_ignored, &out);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	intake_deinit(&intake);
	disk->ops->free(disk);
	return status;
}

const struct command command_import = {
	.name = "import",
	.synopsis = "[OPTION...] FILE...",
	.about = "read logs, corpora and lists into the record",
	.options = INTAKE_HELP
	"  --client NAME    whose mail it was\n"
	"  --ignored        tell also what was known and ignored\n"
	"  --memory SIZE    for sorting, before it goes to disk (2G)\n"
	"  --json           the accounting as JSON\n"
	"\n"
	"A directory is all files under it, - is stdin; compressed "
	"files and archives are\nread as they are.\n",
	.run = run,
};
