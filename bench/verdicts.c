/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdicts.c - does the verdict find what was planted?
 *
 *	verdicts [--seeds N] [--hosts H] [--days D] [--events E]
 *		 [--worlds LIST] [--first SEED] [--threads N] [--brief]
 *
 * Worlds of which the truth is known are made, judged as a report judges a
 * log, and the answers counted over the seeds. An experiment is passed when 19
 * of 20 seeds are right; the exit status is 1 when one is not.
 */
#include "tables.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>

#include "sys/sys.h"

#define NAT_MACHINES 4
#define LATE_DAYS    150
#define SHORT_DAYS   40

/* clang-format off */
static const struct experiment experiments[] = {
	{ .name = "causal", .world = WORLD_CAUSAL,
	  .about = "a virus opens a proxy, and spam comes through it days later",
	  .want = RESULT_SMOKING_GUN, .has_carriers = true },
	{ .name = "confounded", .world = WORLD_CONFOUNDED,
	  .about = "neglected machines catch viruses and send spam, no more",
	  .want = RESULT_ASSOCIATION_ONLY },
	{ .name = "reverse", .world = WORLD_REVERSE,
	  .about = "machines that send spam are infected later",
	  .want = RESULT_ASSOCIATION_ONLY, .has_arrow = true },
	{ .name = "null", .world = WORLD_NULL,
	  .about = "the two have nothing to do with each other",
	  .want = RESULT_NO_LINK },
	{ .name = "stop", .world = WORLD_CAUSAL,
	  .about = "causal, and one more family with a stop date of its own",
	  .want = RESULT_SMOKING_GUN, .has_stop = true },
	{ .name = "late-40", .world = WORLD_CAUSAL, .late = true,
	  .about = "what opens proxies has stopped 45 days ago; 40 days of log",
	  .want = RESULT_NO_LINK, .days = LATE_DAYS, .last_days = SHORT_DAYS },
	{ .name = "late-150", .world = WORLD_CAUSAL, .late = true,
	  .about = "the same worlds, and all 150 days of their log",
	  .want = RESULT_SMOKING_GUN, .days = LATE_DAYS },
	{ .name = "nat-causal", .world = WORLD_CAUSAL, .nat = NAT_MACHINES,
	  .about = "causal, with four machines behind each address",
	  .want = RESULT_SMOKING_GUN },
	{ .name = "nat-confounded", .world = WORLD_CONFOUNDED,
	  .about = "confounded, with four machines behind each address",
	  .want = RESULT_ASSOCIATION_ONLY, .nat = NAT_MACHINES },
	{ .name = "nat-reverse", .world = WORLD_REVERSE, .nat = NAT_MACHINES,
	  .about = "reverse, with four machines behind each address",
	  .want = RESULT_ASSOCIATION_ONLY, .has_arrow = true },
	{ .name = "nat-null", .world = WORLD_NULL, .nat = NAT_MACHINES,
	  .about = "null, with four machines behind each address",
	  .want = RESULT_NO_LINK },
	{ .name = "churn-causal", .world = WORLD_CAUSAL, .churn = true,
	  .about = "causal, and every midnight all addresses move by one",
	  .want = ANY_RESULT },
	{ .name = "churn-confounded", .world = WORLD_CONFOUNDED,
	  .about = "confounded, and every midnight all addresses move by one",
	  .want = ANY_RESULT, .churn = true },
	{ .name = "churn-reverse", .world = WORLD_REVERSE, .churn = true,
	  .about = "reverse, and every midnight all addresses move by one",
	  .want = ANY_RESULT },
	{ .name = "churn-null", .world = WORLD_NULL, .churn = true,
	  .about = "null, and every midnight all addresses move by one",
	  .want = ANY_RESULT },
};
/* clang-format on */

#define N_EXPERIMENTS (sizeof(experiments) / sizeof(*experiments))

struct arguments {
	uint64_t n_seeds, first_seed, hosts, days, events, n_threads;
	const char *worlds; /* NULL: all */
	bool brief;
};

/* ----------------------------------------------------------------- machine */

static void print_processor(void)
{
	struct buf b = { 0 };
	struct bytes rest, line;

	if (sys_read_file("/proc/cpuinfo", 1 << 20, &b) == 0) {
		rest = buf_bytes(&b);
		while (rest.len > 0) {
			line = bytes_cut(&rest, '\n');
			if (line.len < 10 ||
			    memcmp(line.ptr, "model name", 10) != 0)
				continue;
			bytes_cut(&line, ':');
			printf("%.*s,", (int)line.len, line.ptr);
			break;
		}
	}
	buf_deinit(&b);
}

static void print_head(const struct arguments *a)
{
	char date[TIME_TEXT_MAX];
	struct utsname system;

	date_format(sys_now(), date);
	printf("rapsheet verdicts, %s\nmachine:", date);
	print_processor();
	printf(" %u cores", sys_n_cpus());
	if (uname(&system) == 0)
		printf(", %s %s", system.sysname, system.machine);
	printf("; %llu threads; compiler %s\n",
	       (unsigned long long)a->n_threads, __VERSION__);
	printf("worlds: %llu hosts, %llu days, %llu events; seeds %llu to "
	       "%llu\n",
	       (unsigned long long)a->hosts, (unsigned long long)a->days,
	       (unsigned long long)a->events, (unsigned long long)a->first_seed,
	       (unsigned long long)(a->first_seed + a->n_seeds - 1));
	printf("low end and high end: the least lower and the greatest upper "
	       "bound of the seeds\n");
}

/* --------------------------------------------------------------------- run */

static struct world_params params_of(const struct arguments *a)
{
	struct world_params p = world_defaults(WORLD_NULL);

	p.n_hosts = a->hosts;
	p.n_events = a->events;
	p.days = (uint32_t)a->days;
	return p;
}

/* False: fewer than 19 of 20 were right. */
static bool run_experiment(const struct experiment *x,
			   const struct arguments *a)
{
	struct outcome *o = mem_alloc(a->n_seeds, sizeof(*o));
	struct world_params p = params_of(a);
	double began = sys_monotonic();
	uint64_t right = 0;

	for (uint64_t i = 0; i < a->n_seeds; i++) {
		p.seed = a->first_seed + i;
		if (outcome_find(&o[i], x, &p, (unsigned)a->n_threads) < 0) {
			fprintf(stderr, "verdicts: there is no such world\n");
			exit(2);
		}
		right += o[i].is_right;
		if (a->brief)
			print_brief(x, &o[i]);
	}
	if (!a->brief)
		print_experiment(x, o, a->n_seeds, sys_monotonic() - began);
	free(o);
	return right * 20 >= a->n_seeds * 19;
}

/* "nat" is all that begin with "nat-" */
static bool is_named(const struct experiment *x, struct bytes name)
{
	size_t len = strlen(x->name);

	return name.len > 0 && name.len <= len &&
	       memcmp(x->name, name.ptr, name.len) == 0 &&
	       (name.len == len || x->name[name.len] == '-');
}

static bool is_chosen(const struct experiment *x, const char *worlds)
{
	struct bytes rest;

	if (worlds == NULL)
		return true;
	rest = bytes_of_text(worlds);
	while (rest.len > 0)
		if (is_named(x, bytes_cut(&rest, ',')))
			return true;
	return false;
}

static void refuse_unknown(const char *worlds)
{
	struct bytes rest = bytes_of_text(worlds);

	while (rest.len > 0) {
		struct bytes name = bytes_cut(&rest, ',');
		bool is_known = false;

		for (size_t i = 0; i < N_EXPERIMENTS; i++)
			is_known |= is_named(&experiments[i], name);
		if (is_known)
			continue;
		fprintf(stderr, "verdicts: no world \"%.*s\"; there are",
			(int)name.len, name.ptr);
		for (size_t i = 0; i < N_EXPERIMENTS; i++)
			fprintf(stderr, " %s", experiments[i].name);
		fputc('\n', stderr);
		exit(2);
	}
}

/* ----------------------------------------------------------------- options */

static int usage(void)
{
	fputs("usage: verdicts [--seeds N] [--hosts H] [--days D] "
	      "[--events E]\n"
	      "                [--worlds LIST] [--first SEED] [--threads N] "
	      "[--brief]\n",
	      stderr);
	return 2;
}

static bool parse(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	return bytes_to_u64(bytes_of_text(text), max, out) == 0 && *out >= min;
}

static bool parse_options(struct arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "seeds", required_argument, NULL, 's' },
		{ "hosts", required_argument, NULL, 'H' },
		{ "days", required_argument, NULL, 'd' },
		{ "events", required_argument, NULL, 'e' },
		{ "worlds", required_argument, NULL, 'w' },
		{ "first", required_argument, NULL, 'f' },
		{ "threads", required_argument, NULL, 't' },
		{ "brief", no_argument, NULL, 'b' },
		{ 0 },
	};
	bool ok = true;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 's')
			ok &= parse(optarg, 1, 1000, &a->n_seeds);
		else if (option == 'H')
			ok &= parse(optarg, 1, WORLD_HOSTS_MAX, &a->hosts);
		else if (option == 'd')
			ok &= parse(optarg, 15, WORLD_DAYS_MAX, &a->days);
		else if (option == 'e')
			ok &= parse(optarg, 100, UINT64_MAX / 2, &a->events);
		else if (option == 'f')
			ok &= parse(optarg, 0, UINT32_MAX, &a->first_seed);
		else if (option == 't')
			ok &= parse(optarg, 1, 256, &a->n_threads);
		else if (option == 'w')
			a->worlds = optarg;
		else if (option == 'b')
			a->brief = true;
		else
			ok = false;
	}
	return ok && optind == argc;
}

int main(int argc, char **argv)
{
	struct arguments a = { .n_seeds = 20,
			       .first_seed = 1,
			       .hosts = 200000,
			       .days = 90,
			       .n_threads = 2 };
	bool passed = true;

	if (!parse_options(&a, argc, argv))
		return usage();
	if (a.worlds != NULL)
		refuse_unknown(a.worlds);
	if (a.events == 0)
		a.events = a.hosts * WORLD_EVENTS_PER_HOST;
	if (!a.brief)
		print_head(&a);
	for (size_t i = 0; i < N_EXPERIMENTS; i++)
		if (is_chosen(&experiments[i], a.worlds))
			passed &= run_experiment(&experiments[i], &a);
	return passed ? 0 : 1;
}
