/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - rapsheet [--record DIR] [--config FILE] COMMAND */
#include "cmd.h"

#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "version.h"

static const struct command *const commands[] = {
	&command_report,   &command_import,	  &command_host,
	&command_families, &command_backtest,	  &command_record,
	&command_simulate, &command_check_config,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	puts("usage: rapsheet [--record DIR] [--config FILE] COMMAND [ARG...]\n"
	     "\n"
	     "The record of every machine that mails you: the viruses it sent, "
	     "the spam it\nsent, the proxies and relays found on it.\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		printf("  %-14s%s\n", commands[i]->name, commands[i]->about);
	puts("\n"
	     "rapsheet COMMAND --help tells of one; man rapsheet of all.");
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static int wrong_usage(const char *name)
{
	log_warn("there is no command \"%s\"; rapsheet --help lists them",
		 name);
	return STATUS_USAGE;
}

/* rapsheet help [COMMAND] */
static int help(int argc, char **argv)
{
	const struct command *c = argc > 1 ? find_command(argv[1]) : NULL;

	if (argc > 1 && c == NULL)
		return wrong_usage(argv[1]);
	if (c != NULL)
		command_help(c);
	else
		print_help();
	return STATUS_OK;
}

static int run_command(struct app *app, int argc, char **argv)
{
	int status;

	if (strcmp(argv[0], "help") == 0)
		return help(argc, argv);
	app->command = find_command(argv[0]);
	if (app->command == NULL)
		return wrong_usage(argv[0]);
	optind = 0; /* glibc: begin anew */
	status = app->command->run(app, argc, argv);
	conf_deinit(&app->conf);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "record", required_argument, NULL, 'r' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ 0 },
	};
	struct app app = { 0 };
	int option;

	setlocale(LC_CTYPE, "C.UTF-8");
	while ((option = getopt_long(argc, argv, "+hV", options, NULL)) != -1)
		switch (option) {
		case 'r':
			app.record_path = optarg;
			break;
		case 'c':
			app.conf_path = optarg;
			break;
		case 'h':
			print_help();
			return STATUS_OK;
		case 'V':
			puts("rapsheet " RAPSHEET_VERSION);
			return STATUS_OK;
		default:
			return STATUS_USAGE;
		}
	if (optind == argc) {
		print_help();
		return STATUS_USAGE;
	}
	return run_command(&app, argc - optind, argv + optind);
}
