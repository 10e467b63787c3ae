/* SPDX-License-Identifier: Apache-2.0 */
/* report.c - rapsheet report [FILE...], the main job */
#include "judged.h"

#include <stdlib.h>

#include "report/report.h"

/* One of two parts that are compared: its name is what the person wrote. */
struct side {
	const char *name;
	struct judged_part part;
};

static int report_on(struct judged *log)
{
	struct judgement *j = judged_part(log, &log->options.part);
	struct buf out = { 0 };

	if (j == NULL)
		return judged_close(log);
	if (log->options.json)
		report_json_known(j, log->known, &out);
	else
		report_text_known(j, log->known, &out);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	judge_free(j);
	return judged_close(log);
}

/* ----------------------------------------------------------------- compare */

/* One end of a window; empty: as without --compare */
static void parse_end(struct bytes text, int64_t *t)
{
	char *copy;

	if (text.len == 0)
		return;
	copy = mem_text(text);
	*t = parse_time_option("--compare", copy);
	free(copy);
}

/* "client:NAME" or "FROM..TO", over what the other options say */
static void parse_side(struct side *side, const char *text)
{
	struct bytes rest = bytes_of_text(text);
	size_t dots = bytes_find_text(rest, "..");

	side->name = text;
	if (bytes_skip(&rest, "client:") && rest.len > 0) {
		side->part.client = text + strlen("client:");
		return;
	}
	if (dots >= rest.len || rest.len == 2)
		fatal("--compare: expected FROM..TO, such as "
		      "2003-06-01..2003-07-01, or client:NAME, not \"%s\"",
		      text);
	parse_end(bytes_of(rest.ptr, dots), &side->part.from);
	parse_end(bytes_from(rest, dots + 2), &side->part.to);
	if (side->part.from >= 0 && side->part.to >= 0 &&
	    side->part.from >= side->part.to)
		fatal("--compare: nothing is between the ends of \"%s\"", text);
}

static void print_compared(const struct judged *log, const struct side *sides,
			   struct judgement **j)
{
	struct report_side a = { sides[0].name, j[0] };
	struct report_side b = { sides[1].name, j[1] };
	struct buf out = { 0 };

	if (log->options.json)
		report_compare_json(&a, &b, log->known, &out);
	else
		report_compare_text(&a, &b, &out);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
}

static int compare(struct judged *log, const struct side *sides)
{
	struct judgement *j[2] = { NULL, NULL };

	j[0] = judged_part(log, &sides[0].part);
	if (j[0] != NULL)
		j[1] = judged_part(log, &sides[1].part);
	if (j[1] != NULL)
		print_compared(log, sides, j);
	for (size_t i = 0; i < 2; i++)
		if (j[i] != NULL)
			judge_free(j[i]);
	return judged_close(log);
}

/* Named once, it is held against what the other options choose. */
static void parse_sides(struct side *sides, const struct judged_part *base,
			const char *const *compared, size_t n)
{
	bool whole = base->from < 0 && base->to < 0 && base->client == NULL;

	sides[0] = (struct side){ whole ? "the whole log" : "the part chosen",
				  *base };
	sides[1] = sides[0];
	for (size_t i = 0; i < n; i++)
		parse_side(&sides[n == 1 ? 1 : i], compared[i]);
}

/* ----------------------------------------------------------------- command */

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		JUDGED_OPTIONS,
		{ "compare", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct judged_options o = judged_defaults();
	const char *compared[2];
	struct side sides[2];
	struct judged log;
	size_t n_compared = 0;
	int option;

	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		if (option != 'c')
			judged_option(&o, option, optarg);
		else if (n_compared < 2)
			compared[n_compared++] = optarg;
		else
			return command_usage(app->command,
					     "only two can be compared");
	parse_sides(sides, &o.part, compared, n_compared);
	o.backtest = n_compared == 0 || o.json;
	judged_open(&log, app, &o, argv + optind, (size_t)(argc - optind));
	return n_compared > 0 ? compare(&log, sides) : report_on(&log);
}

const struct command command_report = {
	.name = "report",
	.synopsis = "[OPTION...] [FILE...]",
	.about = "the main job: what the log says, with a verdict",
	.options = "  --compare PART   PART is FROM..TO or client:NAME; given "
		   "twice, the two side by\n"
		   "                   side; once, it and the log without "
		   "it\n" JUDGED_HELP,
	.run = run,
};
