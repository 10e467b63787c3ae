/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void print_complaint(void *ctx, const char *path, unsigned line,
			    const char *what)
{
	(void)ctx;
	printf("%s:%u: %s\n", path, line, what);
}

/* Files that the configuration names have lines of their own. */
struct names_check {
	const char *path;
	int n_complaints;
};

static void print_name_complaint(void *ctx, unsigned line, const char *expected)
{
	struct names_check *check = ctx;

	printf("%s:%u: expected %s\n", check->path, line, expected);
	check->n_complaints++;
}

static int check_malware_names(const char *path)
{
	struct names_check check = { path, 0 };
	struct buf text = { 0 };

	if (sys_read_file(path, MALWARE_NAMES_MAX, &text) == 0)
		malware_table_free(malware_table_new(
			buf_bytes(&text), print_name_complaint, &check));
	buf_deinit(&text);
	return check.n_complaints;
}

static void print_indicator_complaint(void *ctx, unsigned line,
				      const char *what)
{
	struct names_check *check = ctx;

	printf("%s:%u: %s\n", check->path, line, what);
	check->n_complaints++;
}

static int check_indicators(const char *path)
{
	struct names_check check = { path, 0 };
	struct buf text = { 0 };
	int err = sys_read_file(path, INDICATORS_MAX_BYTES, &text);

	if (err == 0) {
		indicators_free(indicators_new(
			buf_bytes(&text), print_indicator_complaint, &check));
	} else {
		printf("%s: %s\n", path, error_text(err));
		check.n_complaints++;
	}
	buf_deinit(&text);
	return check.n_complaints;
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const char *path = app->conf_path ? app->conf_path : CONF_DEFAULT_PATH;
	struct sys_zone *zone;
	char *record;
	int n;

	while (command_getopt(app->command, argc, argv, options) != -1)
		;
	if (optind != argc)
		return command_usage(app->command, "unexpected \"%s\"",
				     argv[optind]);
	n = conf_load(&app->conf, path, print_complaint, NULL);
	if (n < 0)
		fatal("%s: %s", path,
		      n == E_NOT_FOUND ? "no such file" : error_text(n));
	if (app->conf.timezone != NULL) {
		if (sys_zone_open(&zone, app->conf.timezone) == 0) {
			sys_zone_close(zone);
		} else {
			printf("%s: timezone: there is no zone \"%s\" on this "
			       "machine\n",
			       path, app->conf.timezone);
			n++;
		}
	}
	if (app->conf.malware_names != NULL)
		n += check_malware_names(app->conf.malware_names);
	if (app->conf.indicators != NULL)
		n += check_indicators(app->conf.indicators);
	if (n > 0)
		return STATUS_BAD;
	record = app_record_path(app);
	printf("%s: good; the record is in %s\n", path, record);
	free(record);
	return STATUS_OK;
}

const struct command command_check_config = {
	.name = "check-config",
	.synopsis = "",
	.about = "say what is wrong with the configuration, line by line",
	.run = run,
};
