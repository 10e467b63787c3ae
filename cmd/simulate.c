/* SPDX-License-Identifier: Apache-2.0 */
/*
 * simulate.c - a world with a known truth, into the record or as CSV
 *
 * Threads make the events of some thousands of hosts each, then these are
 * written in the order of the hosts, and so on: the output is the same with
 * any number of threads.
 */
#include "cmd.h"
#include "csv.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "world/world.h"

#define HOSTS_AT_ONCE 4096

struct arguments {
	struct world_params params;
	bool has_world;
	const char *csv;   /* path or "-"; NULL: into the record */
	const char *truth; /* path, or NULL */
	unsigned n_threads;
};

/* Where the events go: one of the two */
struct output {
	struct record_import *import;
	FILE *csv;
	struct buf text;		/* of the CSV, not yet written */
	struct catalog labels, clients; /* of the CSV */
};

/* The hosts that one thread makes at a time */
struct share {
	const struct world *world;
	uint64_t first, last;
	struct event *events;
	size_t n, cap;
	struct world_truth truth;
};

static void make_share(void *ctx, unsigned i)
{
	struct share *s = (struct share *)ctx + i;
	struct world_walk *walk = mem_alloc(1, sizeof(*walk));
	size_t n;

	s->n = 0;
	world_walk_init(walk, s->world, s->first, s->last);
	do {
		if (s->cap - s->n < 65536) {
			s->cap = s->cap ? s->cap * 2 : 1 << 18;
			s->events = mem_resize(s->events, s->cap,
					       sizeof(*s->events));
		}
		n = world_walk_next(walk, s->events + s->n, s->cap - s->n);
		s->n += n;
	} while (n > 0);
	s->truth = walk->truth;
	free(walk);
}

static void write_csv(struct output *out, const struct share *s)
{
	out->text.len = 0;
	for (size_t i = 0; i < s->n; i++)
		csv_add_event(&out->text, &s->events[i], &out->labels,
			      &out->clients);
	if (fwrite(out->text.ptr, 1, out->text.len, out->csv) != out->text.len)
		fatal("cannot write the CSV: %s", strerror(errno));
}

static void write_share(struct output *out, const struct share *s)
{
	int err;

	if (out->csv != NULL) {
		write_csv(out, s);
		return;
	}
	err = record_import_add(out->import, s->events, s->n);
	if (err < 0)
		fatal("cannot write into the record: %s", error_text(err));
}

/* All hosts, by rounds of n_threads shares; the sum of what was generated */
static struct world_truth make_world(const struct world *world,
				     unsigned n_threads, struct output *out)
{
	struct share *shares = mem_alloc(n_threads, sizeof(*shares));
	uint64_t n_hosts = world_n_hosts(world), at = 0;
	struct world_truth truth;
	struct progress progress;

	world_truth_init(&truth);
	progress_begin(&progress, "simulate");
	while (at < n_hosts) {
		unsigned n = 0;

		while (n < n_threads && at < n_hosts) {
			uint64_t left = n_hosts - at;

			shares[n].world = world;
			shares[n].first = at;
			at += left < HOSTS_AT_ONCE ? left : HOSTS_AT_ONCE;
			shares[n++].last = at;
		}
		sys_run(n, make_share, shares);
		for (unsigned i = 0; i < n; i++) {
			write_share(out, &shares[i]);
			world_truth_add(&truth, &shares[i].truth);
		}
		progress_step(&progress, at, "hosts");
	}
	progress_end(&progress);
	for (unsigned i = 0; i < n_threads; i++)
		free(shares[i].events);
	free(shares);
	return truth;
}

static void write_truth(const char *path, const struct world *world,
			const struct world_truth *truth)
{
	struct buf text = { 0 };
	int err;

	world_truth_write(world, truth, &text);
	err = sys_write_file(path, buf_bytes(&text));
	if (err < 0)
		fatal("%s: %s", path, error_text(err));
	buf_deinit(&text);
}

static void generate(const struct arguments *a, struct output *out,
		     struct catalog *labels, struct catalog *clients)
{
	struct world *world;
	struct world_truth truth;

	if (world_open(&world, &a->params, labels, clients) < 0)
		fatal("there is no such world: it needs at least four events "
		      "for each host, and 100 in all");
	truth = make_world(world, a->n_threads, out);
	if (a->truth != NULL)
		write_truth(a->truth, world, &truth);
	world_close(world);
}

static void simulate_csv(const struct arguments *a)
{
	struct output out = { 0 };
	bool to_stdout = strcmp(a->csv, "-") == 0;

	out.csv = to_stdout ? stdout : fopen(a->csv, "w");
	if (out.csv == NULL)
		fatal("%s: %s", a->csv, strerror(errno));
	fputs(CSV_HEADER, out.csv);
	generate(a, &out, &out.labels, &out.clients);
	if (fflush(out.csv) != 0 || (!to_stdout && fclose(out.csv) != 0))
		fatal("%s: %s", a->csv, strerror(errno));
	catalog_deinit(&out.labels);
	catalog_deinit(&out.clients);
	buf_deinit(&out.text);
}

static void simulate_record(struct app *app, const struct arguments *a)
{
	struct output out = { 0 };
	struct sys_disk *disk;
	int err;

	app_load_conf(app);
	disk = app_open_disk(app, true);
	err = record_import_open(&out.import, disk, app_memory(app));
	if (err < 0)
		fatal("cannot open the record: %s", error_text(err));
	generate(a, &out, record_import_labels(out.import),
		 record_import_clients(out.import));
	err = record_import_commit(out.import);
	if (err < 0)
		fatal("cannot publish in the record: %s", error_text(err));
	record_import_close(out.import);
	disk->ops->free(disk);
}

static void parse_world(struct arguments *a, const char *name)
{
	if (world_kind_parse(bytes_of_text(name), &a->params.world) < 0)
		fatal("--world: expected causal, confounded, reverse or null, "
		      "not \"%s\"",
		      name);
	a->has_world = true;
}

static uint32_t count_option(const char *name, const char *text, uint64_t min,
			     uint64_t max)
{
	return (uint32_t)parse_count_option(name, text, min, max);
}

static void read_option(struct arguments *a, int option, const char *text)
{
	struct world_params *p = &a->params;

	switch (option) {
	case 'w':
		parse_world(a, text);
		break;
	case 'e':
		p->n_events = parse_count_option("--events", text, 100,
						 UINT64_MAX / 2);
		break;
	case 'H':
		p->n_hosts =
			parse_count_option("--hosts", text, 1, WORLD_HOSTS_MAX);
		break;
	case 'd':
		p->days = count_option("--days", text, 1, WORLD_DAYS_MAX);
		break;
	case 's':
		p->seed = parse_count_option("--seed", text, 0, UINT64_MAX);
		break;
	case 'k':
		p->n_clients =
			count_option("--clients", text, 1, WORLD_CLIENTS_MAX);
		break;
	case 'L':
		p->lag_days =
			count_option("--lag-days", text, 0, WORLD_DAYS_MAX);
		break;
	case 'n':
		p->nat = count_option("--nat", text, 1, WORLD_NAT_MAX);
		break;
	case 'C':
		p->churn = true;
		break;
	case 'l':
		p->late = true;
		break;
	case 'c':
		a->csv = text;
		break;
	case 't':
		a->truth = text;
		break;
	case 'j':
		a->n_threads = count_option("--threads", text, 1, 256);
		break;
	}
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct option options[] = {
		{ "world", required_argument, NULL, 'w' },
		{ "events", required_argument, NULL, 'e' },
		{ "hosts", required_argument, NULL, 'H' },
		{ "days", required_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ "clients", required_argument, NULL, 'k' },
		{ "late", no_argument, NULL, 'l' },
		{ "lag-days", required_argument, NULL, 'L' },
		{ "nat", required_argument, NULL, 'n' },
		{ "churn", no_argument, NULL, 'C' },
		{ "csv", required_argument, NULL, 'c' },
		{ "truth", required_argument, NULL, 't' },
		{ "threads", required_argument, NULL, 'j' },
		{ "memory", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct arguments a = { .params = world_defaults(WORLD_NULL),
			       .n_threads = sys_n_cpus() };
	int option;

	a.params.n_events = 0;
	while ((option = command_getopt(app->command, argc, argv, options)) !=
	       -1)
		if (option == 'm')
			app->memory = parse_size_option("--memory", optarg);
		else
			read_option(&a, option, optarg);
	if (optind != argc)
		return command_usage(app->command, "unexpected \"%s\"",
				     argv[optind]);
	if (!a.has_world || a.params.n_events == 0)
		return command_usage(app->command,
				     "--world and --events are needed");
	if (a.csv != NULL)
		simulate_csv(&a);
	else
		simulate_record(app, &a);
	return STATUS_OK;
}

const struct command command_simulate = {
	.name = "simulate",
	.synopsis = "--world WORLD --events N [OPTION...]",
	.about = "make a world with a known truth, into the record or as CSV",
	.options = "  --world W        causal, confounded, reverse or null\n"
		   "  --events N       how many in all, to within 1%\n"
		   "  --hosts H        how many machines mail us (N / 40)\n"
		   "  --days D         for how long (90)\n"
		   "  --seed S         another world of the same kind (1)\n"
		   "  --clients K      whose mail it is (50)\n"
		   "  --late           what opens proxies stopped 45 days "
		   "before the end\n"
		   "  --lag-days N     so many days more from virus to spam\n"
		   "  --nat N          machines behind one address (1, at most "
		   "8)\n"
		   "  --churn          every midnight, machines change their "
		   "addresses\n"
		   "  --csv FILE       write CSV, - to stdout, and not the "
		   "record\n"
		   "  --truth FILE     write what was planted, as JSON\n"
		   "  --threads N      use N threads; the world is the same\n"
		   "  --memory SIZE    for sorting, before it goes to disk "
		   "(2G)\n",
	.run = run,
};
