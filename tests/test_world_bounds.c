/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_world_bounds.c - what must hold of every world, whatever is drawn
 */
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

struct seen {
	uint64_t n, n_ipv6_hosts, hosts;
	uint64_t hash;
	unsigned groups; /* how many of the 64 hold a host */
};

static struct world *open_world(const struct world_params *p)
{
	struct catalog labels = { 0 }, clients = { 0 };
	struct world *w = NULL;

	assert_int_equal(world_open(&w, p, &labels, &clients), 0);
	catalog_deinit(&labels);
	catalog_deinit(&clients);
	return w;
}

/* Not of private, reserved, loopback, multicast or example space */
static void assert_host_valid(uint64_t key)
{
	static const char *const taken[] = {
		"0.0.0.0/8",	  "10.0.0.0/8",	    "100.64.0.0/10",
		"127.0.0.0/8",	  "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24",	  "192.0.2.0/24",   "192.88.99.0/24",
		"192.168.0.0/16", "198.18.0.0/15",  "198.51.100.0/24",
		"203.0.113.0/24", "224.0.0.0/3",    "2001:db8::/32",
		"fc00::/7",	  "fe80::/10",	    "ff00::/8",
	};

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		struct host_prefix p;

		assert_int_equal(host_prefix_parse(bytes_of_text(taken[i]), &p),
				 0);
		if (key >= p.first && key <= p.last)
			fail_msg("a host in %s", taken[i]);
	}
	if (!host_is_ipv4(key) && key >> 61 != 1)
		fail_msg("an IPv6 host outside of 2000::/3");
	if (host_is_ipv4(key) && ((key & 255) == 0 || (key & 255) == 255))
		fail_msg("the network's or the broadcast address");
}

static void check_event(const struct world_params *p, const struct event *e,
			const struct event *last)
{
	int64_t end = p->start + (int64_t)p->days * DAY_SECONDS;
	enum kind kind = (enum kind)e->kind;
	bool has_label = kind == KIND_VIRUS || !kind_is_mail(kind);

	if (e->time < p->start || e->time >= end)
		fail_msg("an event outside of the window");
	if (e->kind >= N_KINDS || (e->label != 0) != has_label ||
	    (e->client != 0) != kind_is_mail(kind))
		fail_msg("an event that makes no sense");
	if (e->host < last->host ||
	    (e->host == last->host && e->time < last->time))
		fail_msg("events out of order");
}

static struct seen see(const struct world *w)
{
	struct world_walk *k = mem_alloc(1, sizeof(*k));
	bool groups[HOST_N_GROUPS] = { false };
	struct event e[512], last = { 0 };
	struct seen s = { 0 };
	size_t n;

	world_walk_init(k, w, 0, world_n_hosts(w));
	while ((n = world_walk_next(k, e, 512)) > 0) {
		s.n += n;
		for (size_t i = 0; i < n; i++) {
			check_event(world_params(w), &e[i], &last);
			if (s.hosts == 0 || e[i].host != last.host) {
				assert_host_valid(e[i].host);
				groups[host_group(e[i].host)] = true;
				s.hosts++;
				s.n_ipv6_hosts += !host_is_ipv4(e[i].host);
			}
			s.hash = hash_mix(s.hash ^ e[i].host) + e[i].time;
			s.hash = hash_mix(s.hash ^ e[i].label) + e[i].kind;
			s.hash = hash_mix(s.hash ^ e[i].client);
			last = e[i];
		}
	}
	for (int g = 0; g < HOST_N_GROUPS; g++)
		s.groups += groups[g];
	free(k);
	return s;
}

/* -------------------------------------------------------------------- size */

static const struct size_case {
	const char *name;
	enum world_kind world;
	uint64_t events, hosts;
	uint32_t days, nat;
	bool churn, late;
} size_cases[] = {
	{ "as small as it gets", WORLD_NULL, 100, 0, 1, 1, false, false },
	{ "one host", WORLD_CAUSAL, 10000, 1, 90, 1, false, false },
	{ "few events each", WORLD_CAUSAL, 20000, 5000, 90, 1, false, false },
	{ "many events each", WORLD_REVERSE, 300000, 100, 40, 1, false, false },
	{ "causal", WORLD_CAUSAL, 800000, 0, 90, 1, false, false },
	{ "confounded", WORLD_CONFOUNDED, 800000, 0, 90, 1, false, false },
	{ "reverse", WORLD_REVERSE, 800000, 0, 90, 1, false, false },
	{ "null", WORLD_NULL, 800000, 0, 90, 1, false, false },
	{ "past the counting", WORLD_CAUSAL, 4100000, 0, 90, 1, false, false },
	{ "150 days", WORLD_CAUSAL, 500000, 0, 150, 1, false, true },
	{ "NAT", WORLD_CAUSAL, 500000, 5000, 30, 8, false, false },
	{ "churn", WORLD_CAUSAL, 200000, 0, 30, 1, true, false },
};

static void test_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(size_cases) / sizeof(*size_cases); i++) {
		const struct size_case *c = &size_cases[i];
		struct world_params p = world_defaults(c->world);
		struct world *w;
		struct seen s;

		print_message("# %s\n", c->name);
		p.seed = 100 + i;
		p.n_events = c->events;
		p.n_hosts = c->hosts;
		p.days = c->days;
		p.nat = c->nat;
		p.churn = c->churn;
		p.late = c->late;
		w = open_world(&p);
		s = see(w);
		assert_in_range(s.n, c->events - c->events / 100,
				c->events + c->events / 100);
		assert_true(s.hosts <= world_n_hosts(w));
		if (c->hosts > 0)
			assert_int_equal(world_n_hosts(w), c->hosts);
		if (world_n_hosts(w) >= 20000)
			assert_int_equal(s.groups, HOST_N_GROUPS);
		world_close(w);
	}
}

static void test_keys(void **state)
{
	static const uint64_t hosts[] = { 1, 7, 100, 12345, 300000 };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(*hosts); i++) {
		struct world_params p = world_defaults(WORLD_NULL);
		struct world *w;
		uint64_t last = 0;

		p.n_hosts = hosts[i];
		p.n_events = 4 * hosts[i] + 400;
		p.ipv6 = 0.3;
		w = open_world(&p);
		for (uint64_t h = 0; h < hosts[i]; h++) {
			uint64_t key = world_host_key(w, h);

			if (key <= last)
				fail_msg("keys do not ascend");
			last = key;
		}
		world_close(w);
	}
}

/* ---------------------------------------------------------------- families */

static struct world_truth truth_of(const struct world *w)
{
	struct world_walk *k = mem_alloc(1, sizeof(*k));
	struct world_truth t;
	struct event e[512];

	world_walk_init(k, w, 0, world_n_hosts(w));
	while (world_walk_next(k, e, 512) > 0)
		;
	t = k->truth;
	free(k);
	return t;
}

/* Nothing before the first day or from the stop on; most of it at the peak */
static void test_families(void **state)
{
	struct world_params p = world_defaults(WORLD_CAUSAL);
	unsigned met = 0, stopped = 0;
	struct world_truth t;
	struct world *w;
	size_t n;

	(void)state;
	p.days = 400; /* from 2003-04-01 into 2004, so that all are met */
	assert_int_equal(time_from_civil(2003, 4, 1, 0, 0, 0) % DAY_SECONDS, 0);
	p.start = time_from_civil(2003, 4, 1, 0, 0, 0);
	w = open_world(&p);
	t = truth_of(w);
	world_families(&n);
	for (size_t i = 0; i < n; i++) {
		const struct world_family *f = &world_params(w)->families[i];

		assert_true(t.families[i].mails > 0);
		assert_true(t.families[i].first >= f->first);
		if (f->stop != 0) {
			assert_true(t.families[i].last < f->stop);
			assert_true(t.families[i].last >=
				    f->stop - 3 * DAY_SECONDS);
			stopped++;
		}
		assert_true((t.families[i].opened > 0) ==
			    (f->opens != KIND_CLEAN));
		met++;
	}
	assert_int_equal(met, 14);
	assert_int_equal(stopped, 8);
	world_close(w);
}

/* Elsewhere a virus opens nothing, and a late world has lost its openers. */
static void test_openers(void **state)
{
	struct world_params p = world_defaults(WORLD_CAUSAL);
	struct world *w;

	(void)state;
	for (int k = WORLD_CONFOUNDED; k <= WORLD_NULL; k++) {
		p.world = (enum world_kind)k;
		p.n_events = 200000;
		w = open_world(&p);
		assert_int_equal(truth_of(w).opened, 0);
		world_close(w);
	}
	p.world = WORLD_CAUSAL;
	p.late = true;
	p.days = 150;
	w = open_world(&p);
	for (size_t i = 0; i < world_params(w)->n_families; i++) {
		const struct world_family *f = &world_params(w)->families[i];

		assert_true(f->opens == KIND_CLEAN || f->stop != 0);
		assert_true(f->stop <=
			    world_params(w)->start + 105 * DAY_SECONDS);
	}
	world_close(w);
}

/* A family of one's own with a stop planted on day 20 */
static void test_planted_stop(void **state)
{
	struct world_params p = world_defaults(WORLD_CAUSAL);
	int64_t start = time_from_civil(2010, 1, 1, 0, 0, 0);
	struct world_family f = { "Test.A", start, start,	 0, 1, 0,
				  0,	    30,	   KIND_BACKDOOR };
	struct world_truth t;
	struct world *w;

	(void)state;
	f.stop = start + 20 * DAY_SECONDS;
	p.start = start;
	p.families = &f;
	p.n_families = 1;
	p.n_events = 100000;
	w = open_world(&p);
	t = truth_of(w);
	assert_int_equal(t.families[0].mails, t.events[KIND_VIRUS]);
	assert_true(t.families[0].last < f.stop);
	assert_true(t.families[0].last >= f.stop - DAY_SECONDS);
	assert_true(t.events[KIND_BACKDOOR] > 0);
	world_close(w);
}

/* ------------------------------------------------------------------ params */

static void test_refused(void **state)
{
	static const struct {
		const char *name;
		uint64_t events, hosts;
		uint32_t days, clients, nat;
		double infected;
		int64_t start;
	} cases[] = {
		{ "no events", 0, 0, 90, 50, 1, 0.1, 0 },
		{ "more hosts than mail", 1000, 900, 90, 50, 1, 0.1, 0 },
		{ "no days", 1000, 0, 0, 50, 1, 0.1, 0 },
		{ "no clients", 1000, 0, 90, 0, 1, 0.1, 0 },
		{ "no machines", 1000, 0, 90, 50, 0, 0.1, 0 },
		{ "too many machines", 1000, 0, 90, 50, 9, 0.1, 0 },
		{ "more than all", 1000, 0, 90, 50, 1, 1.1, 0 },
		{ "not a midnight", 1000, 0, 90, 50, 1, 0.1, 86401 },
		{ "before all viruses", 1000, 0, 90, 50, 1, 0.1, 86400 },
		{ "after all time", 1000, 0, 90, 50, 1, 0.1,
		  (int64_t)49709 * DAY_SECONDS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world_params p = world_defaults(WORLD_NULL);
		struct catalog labels = { 0 }, clients = { 0 };
		struct world *w = NULL;

		print_message("# %s\n", cases[i].name);
		p.n_events = cases[i].events;
		p.n_hosts = cases[i].hosts;
		p.days = cases[i].days;
		p.n_clients = cases[i].clients;
		p.nat = cases[i].nat;
		p.infected = cases[i].infected;
		p.start = cases[i].start;
		assert_int_equal(world_open(&w, &p, &labels, &clients),
				 E_RANGE);
		assert_null(w);
		catalog_deinit(&labels);
		catalog_deinit(&clients);
	}
}

static void test_names(void **state)
{
	enum world_kind k;

	(void)state;
	for (int i = 0; i < N_WORLDS; i++) {
		const char *name = world_kind_name((enum world_kind)i);

		assert_int_equal(world_kind_parse(bytes_of_text(name), &k), 0);
		assert_int_equal((int)k, i);
	}
	assert_int_equal(world_kind_parse(bytes_of_text("Null"), &k), E_SYNTAX);
}

/* ------------------------------------------------------------------ golden */

/*
 * The same seed is the same world on every machine and for ever, or else a
 * figure that somebody noted means nothing. A change here is a change of all
 * worlds: say so in CHANGES.md.
 */
static void test_golden(void **state)
{
	static const uint64_t want[N_WORLDS] = { 0x0a06f25290e61e56u,
						 0x607d5c43efebf720u,
						 0xd03a2ad71f3cca21u,
						 0x84723219257f2731u };

	(void)state;
	for (int i = 0; i < N_WORLDS; i++) {
		struct world_params p = world_defaults((enum world_kind)i);
		struct world *w;
		struct seen s;

		p.seed = 2003;
		p.n_events = 40000;
		w = open_world(&p);
		s = see(w);
		if (s.hash != want[i])
			fail_msg("%s: 0x%016llx", world_kind_name(p.world),
				 (unsigned long long)s.hash);
		world_close(w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_families),
		cmocka_unit_test(test_openers),
		cmocka_unit_test(test_planted_stop),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_golden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
