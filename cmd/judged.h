/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judged.h - a log and what is judged of it: what `report`, `families` and
 * `backtest` have in common
 *
 * The log is the record, or files read into a temporary one. Any number of its
 * parts (a window, a client) are judged, each with a scan of its own.
 */
#pragma once

#include "intake.h"
#include "indicator/indicator.h"
#include "judge/judge.h"

/* Rows for getopt_long(), and their lines of --help */
enum {
	OPTION_FROM = 1100,
	OPTION_TO,
	OPTION_CLIENT,
	OPTION_THREADS,
	OPTION_JSON,
};

#define JUDGED_OPTIONS                                                    \
	INTAKE_OPTIONS, { "from", required_argument, NULL, OPTION_FROM }, \
		{ "to", required_argument, NULL, OPTION_TO },             \
		{ "client", required_argument, NULL, OPTION_CLIENT },     \
		{ "threads", required_argument, NULL, OPTION_THREADS },   \
	{                                                                 \
		"json", no_argument, NULL, OPTION_JSON                    \
	}

#define JUDGED_HELP                                                  \
	"  --from, --to T   only from T on, only before T\n"         \
	"  --client NAME    only the mail of this client\n"          \
	"  --json           as JSON, numbers unrounded\n"            \
	"  --threads N      use N threads; the result is the same\n" \
	"\n"                                                         \
	"With files, they are read into a temporary record "         \
	"first:\n" INTAKE_HELP

/* A part of a log */
struct judged_part {
	int64_t from, to;   /* -1: by default */
	const char *client; /* NULL: all */
};

struct judged_options {
	struct read_options how; /* to read files */
	struct judged_part part;
	unsigned n_threads;
	bool json;
	bool backtest; /* measure 13 too; for the command to say */
};

struct judged_options judged_defaults(void);

/* Take one of the options above; what is wrong with it ends the program. */
void judged_option(struct judged_options *o, int option, const char *argument);

/* A log that lies open */
struct judged {
	struct app *app;
	struct judged_options options;
	struct sys_disk *disk;
	struct record *record;
	struct indicators *known; /* what is public of families */
	struct buf temporary;	  /* its folder; empty: it is the record */
	int status;		  /* the worst so far */
};

/*
 * Open the record, or read the files; their accounting is told on stdout, with
 * --json on stderr. A log that cannot be opened ends the program.
 */
void judged_open(struct judged *log, struct app *app,
		 const struct judged_options *options, char **paths, size_t n);

/*
 * Judge a part; judge_free() it before the log is closed. NULL: there is no
 * such part; the person was told, and the status says so.
 */
struct judgement *judged_part(struct judged *log,
			      const struct judged_part *part);

/* Tell of damage, close it, and return the exit status. */
int judged_close(struct judged *log);
