/* SPDX-License-Identifier: Apache-2.0 */
/* backtest.c - rapsheet backtest, what block rules would have done */
#include "judged.h"

#include "report/report.h"

enum { OPTION_TRIGGER = 1200, OPTION_SCOPE, OPTION_DAYS, OPTION_SORT };

/* The texts of a list, NULL at its end: "a, b or c" */
static void list_texts(const char *const *texts, struct buf *out)
{
	for (size_t i = 0; texts[i] != NULL; i++)
		buf_printf(out, "%s%s",
			   i == 0		  ? ""
			   : texts[i + 1] == NULL ? " or "
						  : ", ",
			   texts[i]);
}

/* Which one it is; none of them is wrong usage, and ends the program. */
static size_t parse_choice(const char *option, const char *text,
			   const char *const *texts)
{
	struct buf list = { 0 };

	for (size_t i = 0; texts[i] != NULL; i++)
		if (strcmp(text, texts[i]) == 0)
			return i;
	list_texts(texts, &list);
	fatal("%s: expected %.*s, not \"%s\"", option,
	      BYTES_ARG(buf_bytes(&list)), text);
}

static void take_option(struct report_rules *pick, struct judged_options *o,
			int option, const char *text)
{
	static const char *const triggers[] = {
		"virus",   "open",     "virus+open", "spam>=1",
		"spam>=3", "spam>=10", NULL,
	};
	static const char *const scopes[] = { "host", "network", NULL };
	static const char *const days[] = { "1",  "3",	"7",  "14",   "21",
					    "30", "60", "90", "ever", NULL };
	static const char *const orders[] = { "clean", "spam", NULL };
	static const enum report_sort sorts[] = { SORT_CLEAN, SORT_SPAM };

	switch (option) {
	case OPTION_TRIGGER:
		pick->trigger =
			triggers[parse_choice("--trigger", text, triggers)];
		break;
	case OPTION_SCOPE:
		pick->scope = scopes[parse_choice("--scope", text, scopes)];
		break;
	case OPTION_DAYS:
		pick->has_days = true;
		pick->days =
			tally_span_days[parse_choice("--days", text, days)];
		break;
	case OPTION_SORT:
		pick->sort = sorts[parse_choice("--sort", text, orders)];
		break;
	default:
		judged_option(o, option, text);
	}
}

static int show(struct judged *log, const struct report_rules *pick)
{
	struct judgement *j = judged_part(log, &log->options.part);
	struct buf out = { 0 };

	if (j == NULL)
		return judged_close(log);
	if (log->options.json)
		report_backtest_json(j, pick, &out);
	else
		report_backtest_text(j, pick, &out);
	print_all(buf_bytes(&out));
	buf_deinit(&out);
	judge_free(j);
	return judged_close(log);
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		JUDGED_OPTIONS,
		{ "trigger", required_argument, NULL, OPTION_TRIGGER },
		{ "scope", required_argument, NULL, OPTION_SCOPE },
		{ "days", required_argument, NULL, OPTION_DAYS },
		{ "sort", required_argument, NULL, OPTION_SORT },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct judged_options o = judged_defaults();
	struct report_rules pick = { 0 };
	struct judged log;
	int option;

	o.backtest = true;
	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		take_option(&pick, &o, option, optarg);
	judged_open(&log, app, &o, argv + optind, (size_t)(argc - optind));
	return show(&log, &pick);
}

const struct command command_backtest = {
	.name = "backtest",
	.synopsis = "[OPTION...] [FILE...]",
	.about = "what block rules would have stopped, and lost",
	.options = "  --trigger T      virus, open, virus+open, spam>=1, "
		   "spam>=3 or spam>=10\n"
		   "  --scope S        host or network (IPv4 /24, IPv6 /48)\n"
		   "  --days N         1, 3, 7, 14, 21, 30, 60, 90 or ever\n"
		   "  --sort WHAT      clean: least clean mail lost first; "
		   "spam: most spam stopped\n"
		   "                   first\n" JUDGED_HELP,
	.run = run,
};
