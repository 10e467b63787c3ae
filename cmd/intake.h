/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intake.h - files into a record, with the accounting told: what `import` and
 * `report FILE...` have in common
 */
#pragma once

#include <getopt.h>

#include "cmd.h"

/* Rows for getopt_long(), and their lines of --help */
enum {
	OPTION_FORMAT = 1000,
	OPTION_KIND,
	OPTION_LABEL,
	OPTION_MAP,
	OPTION_YEAR,
	OPTION_TIMEZONE,
};

#define INTAKE_OPTIONS                                               \
	{ "format", required_argument, NULL, OPTION_FORMAT },        \
		{ "kind", required_argument, NULL, OPTION_KIND },    \
		{ "label", required_argument, NULL, OPTION_LABEL },  \
		{ "map", required_argument, NULL, OPTION_MAP },      \
		{ "year", required_argument, NULL, OPTION_YEAR },    \
	{                                                            \
		"timezone", required_argument, NULL, OPTION_TIMEZONE \
	}

#define INTAKE_HELP                                                       \
	"  --format NAME    how to read; else the format is found by "    \
	"itself\n"                                                        \
	"  --kind KIND      lists, corpora: what each one is\n"           \
	"  --label TEXT     lists: instead of the list's own name\n"      \
	"  --map F=COL,...  CSV, JSON: other names of columns\n"          \
	"  --year YEAR      of the first stamp, where stamps have none\n" \
	"  --timezone ZONE  of stamps that name none\n"

struct read_options intake_defaults(void);

/* Take one of the options above; false: it is not of these. */
bool intake_option(struct read_options *o, int option, const char *argument);

/* What was read; told by intake_tell_...() */
struct intake {
	struct read_job *job;
	struct read_totals totals;
	struct malware_table *malware;
};

/*
 * Read the paths into the record on this disk and publish. Complaints go to
 * stderr. Returns STATUS_OK, or STATUS_BAD where something could not be read;
 * a broken record ends the program.
 */
int intake_run(struct intake *in, const struct app *app,
	       struct read_options options, struct sys_disk *disk, char **paths,
	       size_t n_paths);
void intake_tell_text(const struct intake *in, bool with_ignored,
		      struct buf *out);
void intake_tell_json(const struct intake *in, struct buf *out);
void intake_deinit(struct intake *in);
