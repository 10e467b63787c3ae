/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd.h - what the subcommands share
 *
 * Each command is a file here and a row in main.c. A command gets its own
 * arguments (argv[0] is its name), parses them with getopt_long(), and returns
 * the exit status.
 */
#pragma once

#include "base/base.h"
#include "conf/conf.h"
#include "indicator/indicator.h"
#include "read/read.h"
#include "record/record.h"
#include "sys/sys.h"

enum status {
	STATUS_OK = 0,
	STATUS_BAD = 1,	  /* an input could not be read, or the answer is no */
	STATUS_USAGE = 2, /* wrong usage or broken set-up */
};

/* What stands before the command's name on the command line */
struct app {
	const char *record_path; /* --record, or NULL */
	const char *conf_path;	 /* --config, or NULL */
	size_t memory;		 /* --memory; 0: IMPORT_MEMORY */
	struct conf conf;	 /* app_load_conf() */
	const struct command *command;
};

struct command {
	const char *name;
	const char *synopsis; /* its arguments */
	const char *about;    /* one line */
	const char *options;  /* indented lines, for --help */
	int (*run)(struct app *app, int argc, char **argv);
};

extern const struct command command_backtest;
extern const struct command command_check_config;
extern const struct command command_families;
extern const struct command command_host;
extern const struct command command_import;
extern const struct command command_record;
extern const struct command command_report;
extern const struct command command_simulate;

/* Read the configuration; what is wrong with it ends the program. */
void app_load_conf(struct app *app);

/*
 * What is publicly known of families, ours and the configured file's. What is
 * wrong with that is told, and left out. indicators_free() it.
 */
struct indicators *app_load_indicators(const struct app *app);

/* Where the record is, by --record, RAPSHEET_RECORD, configuration, default */
char *app_record_path(const struct app *app); /* free() it */

/* Open the record's directory; what is wrong with it ends the program. */
struct sys_disk *app_open_disk(const struct app *app, bool create);

/*
 * A view of the record, for reading. Damage is told to stderr by
 * app_tell_damage(), which returns STATUS_BAD if there was any.
 */
struct record *app_open_record(const struct app *app, struct sys_disk *disk);
int app_tell_damage(struct record *r);

/* The lines of --help; and that usage was wrong: "rapsheet X: WHAT" */
void command_help(const struct command *c);
int command_usage(const struct command *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* getopt_long() with the help option; '?' has been told to the person. */
struct option;
int command_getopt(const struct command *c, int argc, char **argv,
		   const struct option *options);

/* Values of options: what is wrong ends the program with status 2. */
int64_t parse_time_option(const char *name, const char *text);
uint64_t parse_count_option(const char *name, const char *text, uint64_t min,
			    uint64_t max);

/* "512M", "2G", "67108864": at least a mebibyte */
size_t parse_size_option(const char *name, const char *text);

/* What an import holds in memory, if nobody says */
#define IMPORT_MEMORY ((size_t)2 << 30)
size_t app_memory(const struct app *app);

/* Write everything to stdout, or end the program. */
void print_all(struct bytes text);

/*
 * A line on a terminal that says how far we are, once a second at most and
 * never for what takes less than one.
 */
struct progress {
	const char *what;
	double began;
	double shown;
	bool is_on;
};
void progress_begin(struct progress *p, const char *what);
void progress_step(struct progress *p, uint64_t done, const char *unit);
/* "reading: 512 of 2048 MB, 310 MB/s, 5 s left"; all 0: nobody knows */
void progress_step_bytes(struct progress *p, uint64_t done, uint64_t all);
void progress_end(struct progress *p);
