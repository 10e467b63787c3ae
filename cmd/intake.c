/* SPDX-License-Identifier: Apache-2.0 */
#include "intake.h"

#include <inttypes.h>
#include <stdlib.h>

struct read_options intake_defaults(void)
{
	return (struct read_options){ .kind = -1, .now = sys_now() };
}

static int parse_kind(const char *text)
{
	enum kind kind;

	if (kind_parse(bytes_of_text(text), &kind) < 0)
		fatal("--kind: expected clean, spam, virus, policy, "
		      "unscanned, relay, proxy, backdoor or listed, not "
		      "\"%s\"",
		      text);
	return (int)kind;
}

bool intake_option(struct read_options *o, int option, const char *argument)
{
	switch (option) {
	case OPTION_FORMAT:
		o->format = argument;
		return true;
	case OPTION_KIND:
		o->kind = parse_kind(argument);
		return true;
	case OPTION_LABEL:
		o->label = argument;
		return true;
	case OPTION_MAP:
		if (!read_map_is_valid(argument))
			fatal("--map: expected such as host=src_ip,time=ts "
			      "(time, host, kind, label, client), not \"%s\"",
			      argument);
		o->map = argument;
		return true;
	case OPTION_YEAR:
		o->year =
			(int)parse_count_option("--year", argument, 1970, 2105);
		return true;
	case OPTION_TIMEZONE:
		o->timezone = argument;
		return true;
	}
	return false;
}

/* ----------------------------------------------------------------- reading */

/* What the callbacks of one run need */
struct flow {
	struct record_import *import;
	struct progress progress;
	const struct read_totals *totals;
};

static int take_events(void *ctx, const struct event *e, size_t n)
{
	struct flow *flow = ctx;

	progress_step_bytes(&flow->progress, flow->totals->n_bytes,
			    flow->totals->n_bytes_all);
	return record_import_add(flow->import, e, n);
}

static int take_news(void *ctx, const struct event *e, size_t n)
{
	return record_import_add_news(((struct flow *)ctx)->import, e, n);
}

static void tell_complaint(void *ctx, const char *input, uint64_t line,
			   const char *expected)
{
	(void)ctx;
	if (line > 0)
		log_warn("%s:%" PRIu64 ": expected %s", input, line, expected);
	else
		log_warn("%s: expected %s", input, expected);
}

static int begin_input(void *ctx, const char *name, uint64_t hash)
{
	(void)name;
	return !record_import_has(((struct flow *)ctx)->import, hash);
}

static int end_input(void *ctx, const char *name, uint64_t hash, int err)
{
	(void)name;
	(void)err;
	record_import_note(((struct flow *)ctx)->import, hash);
	return 0;
}

static struct malware_table *load_malware_names(const struct app *app)
{
	const char *path = app->conf.malware_names;
	struct malware_table *table;
	struct buf text = { 0 };
	int err;

	if (path != NULL) {
		err = sys_read_file(path, MALWARE_NAMES_MAX, &text);
		if (err < 0)
			fatal("%s: %s", path, error_text(err));
	}
	table = malware_table_new(buf_bytes(&text), NULL, NULL);
	buf_deinit(&text);
	return table;
}

static struct bytes find_client(void *ctx, struct bytes domain)
{
	return conf_find_client(ctx, domain);
}

/* What the configuration adds to what the command line asked for */
static void complete_options(struct read_options *o, const struct app *app,
			     const struct malware_table *malware)
{
	struct conf *conf = (struct conf *)(uintptr_t)&app->conf;

	if (o->timezone == NULL)
		o->timezone = conf->timezone;
	o->servers = &conf->servers;
	o->trusted = &conf->trusted;
	o->client_of = find_client;
	o->client_ctx = conf;
	o->malware = malware;
}

/* NULL, "found by itself", is one. */
static bool is_format(const char *name)
{
	const char *known;

	for (size_t i = 0; name && (known = read_format_name(i)); i++)
		if (strcmp(known, name) == 0)
			return true;
	return name == NULL;
}

static void read_all(struct intake *in, const struct read_options *options,
		     struct flow *flow, char **paths, size_t n_paths)
{
	const struct read_sink sink = {
		.ctx = flow,
		.labels = record_import_labels(flow->import),
		.clients = record_import_clients(flow->import),
		.events = take_events,
		.news = take_news,
		.complain = tell_complaint,
	};
	const struct read_caller caller = { flow, begin_input, end_input };
	int err;

	in->job = read_job_new(options, &sink);
	err = read_paths(in->job, (const char *const *)paths, n_paths, &caller,
			 &in->totals);
	if (err == E_NOT_FOUND && !is_format(options->format))
		fatal("there is no format \"%s\"", options->format);
	if (err == E_NOT_FOUND)
		fatal("there is no time zone \"%s\"", options->timezone);
	if (err == 0)
		err = read_job_finish(in->job);
	if (err < 0)
		fatal("cannot write into the record: %s", error_text(err));
}

static bool has_bad_units(const struct read_job *job)
{
	const struct read_account *accounts;
	size_t n = read_job_accounts(job, &accounts);

	for (size_t i = 0; i < n; i++)
		if (accounts[i].n_bad > 0)
			return true;
	return false;
}

int intake_run(struct intake *in, const struct app *app,
	       struct read_options options, struct sys_disk *disk, char **paths,
	       size_t n_paths)
{
	struct flow flow = { .totals = &in->totals };
	int err;

	*in = (struct intake){ .malware = load_malware_names(app) };
	complete_options(&options, app, in->malware);
	err = record_import_open(&flow.import, disk, app_memory(app));
	if (err < 0)
		fatal("cannot open the record: %s", error_text(err));
	progress_begin(&flow.progress, "reading");
	read_all(in, &options, &flow, paths, n_paths);
	progress_end(&flow.progress);
	err = record_import_commit(flow.import);
	if (err == E_EXISTS)
		fatal("another import has just published one of these inputs; "
		      "nothing was added, run it again");
	if (err < 0)
		fatal("cannot publish in the record: %s", error_text(err));
	record_import_close(flow.import);
	return in->totals.n_failed > 0 || has_bad_units(in->job) ? STATUS_BAD
								 : STATUS_OK;
}

void intake_deinit(struct intake *in)
{
	read_job_free(in->job);
	malware_table_free(in->malware);
}
