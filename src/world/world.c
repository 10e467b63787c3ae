/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.c - laying out a world, and making it as large as was asked
 *
 * The expected number of events is known machine by machine before there are
 * any: rate times time. One pass over the machines gives the scale that turns
 * it into what was asked. Chance alone then misses by 1/sqrt(n), which is too
 * much for small worlds: these are made and counted, and scaled again.
 */
#include "world/model.h"

#include <stdio.h>
#include <stdlib.h>

#define END_OF_SUMMER 12309 /* 2003-09-14 as days since 1970 */
#define PLAGUE_BEFORE 30u   /* days of infections before the window */
#define LATE_BEFORE   60u   /* more of them, where cleaning is slow */
#define COUNT_AT_MOST 4000000u
#define COUNT_TRIES   12
#define EVENTS_MIN    100u
#define PER_HOST_MIN  4u
#define EVENTS_MAX    ((uint64_t)1 << 40)

struct world_params world_defaults(enum world_kind world)
{
	return (struct world_params){
		.world = world,
		.seed = 1,
		.n_events = 1000000,
		.days = 90,
		.n_clients = 50,
		.ipv6 = 0.02,
		.infected = 0.12,
		.spammers = 0.10,
		.entering = 0.15,
		.nat = 1,
	};
}

static const char *const names[N_WORLDS] = { "causal", "confounded", "reverse",
					     "null" };

const char *world_kind_name(enum world_kind k)
{
	return names[k];
}

int world_kind_parse(struct bytes name, enum world_kind *out)
{
	for (int i = 0; i < N_WORLDS; i++) {
		if (!bytes_is(name, names[i]))
			continue;
		*out = (enum world_kind)i;
		return 0;
	}
	return E_SYNTAX;
}

/* ------------------------------------------------------------------ params */

static bool is_share(double x)
{
	return x >= 0 && x <= 1;
}

static int64_t time_end(const struct world_params *p)
{
	return p->start + (int64_t)p->days * DAY_SECONDS;
}

static bool is_world(const struct world_params *p)
{
	return (unsigned)p->world < N_WORLDS && p->n_events >= EVENTS_MIN &&
	       p->n_events <= EVENTS_MAX && p->n_hosts >= 1 &&
	       p->n_hosts <= WORLD_HOSTS_MAX &&
	       p->n_events / PER_HOST_MIN >= p->n_hosts && p->days >= 1 &&
	       p->days <= WORLD_DAYS_MAX && p->start >= 0 &&
	       p->start % DAY_SECONDS == 0 && time_end(p) <= TIME_MAX &&
	       p->n_clients >= 1 && p->n_clients <= WORLD_CLIENTS_MAX &&
	       is_share(p->ipv6) && is_share(p->infected) &&
	       is_share(p->spammers) && is_share(p->entering) &&
	       p->lag_days <= WORLD_DAYS_MAX && p->nat >= 1 &&
	       p->nat <= WORLD_NAT_MAX && p->n_families >= 1 &&
	       p->n_families <= WORLD_MAX_FAMILIES;
}

/* Leave out those that open something and are about until too late. */
static void make_late(struct world *w)
{
	int64_t last =
		time_end(&w->params) - (int64_t)WORLD_LATE_DAYS * DAY_SECONDS;
	size_t n = 0;

	for (size_t i = 0; i < w->params.n_families; i++) {
		struct world_family f = w->families[i];

		if (f.opens != KIND_CLEAN) {
			if (f.stop == 0 || f.stop > last)
				continue;
			f.clean_days *= 3;
		}
		w->families[n++] = f;
	}
	w->params.n_families = n;
}

static int settle_params(struct world *w, const struct world_params *asked)
{
	struct world_params *p = &w->params;

	*p = *asked;
	if (p->families == NULL)
		p->families = world_families(&p->n_families);
	if (p->n_hosts == 0)
		p->n_hosts = p->n_events / WORLD_EVENTS_PER_HOST;
	if (p->n_hosts == 0)
		p->n_hosts = 1;
	if (p->start == 0)
		p->start = ((int64_t)END_OF_SUMMER - p->days) * DAY_SECONDS;
	if (!is_world(p))
		return E_RANGE;
	memcpy(w->families, p->families, p->n_families * sizeof(*p->families));
	p->families = w->families;
	if (p->late)
		make_late(w);
	w->duration = p->days * DAY;
	return 0;
}

/* ------------------------------------------------------------------- names */

static uint32_t add_name(struct catalog *c, const char *name)
{
	return catalog_add(c, bytes_of_text(name));
}

static void add_labels(struct world *w, struct catalog *labels)
{
	for (size_t i = 0; i < w->params.n_families; i++)
		w->family_labels[i] = add_name(labels, w->families[i].name);
	w->proxy_label = add_name(labels, "http");
	w->relay_label = add_name(labels, "smtp");
	w->backdoor_label = add_name(labels, "backdoor");
	w->list_labels[0] = add_name(labels, "spam.dnsbl.example");
	w->list_labels[1] = add_name(labels, "proxies.dnsbl.example");
}

/*
 * Client number i of n has a share in proportion to 1 / (i + 1), and at least
 * one entry of the table that random bits choose from.
 */
static void add_clients(struct world *w, struct catalog *clients)
{
	uint32_t n = w->params.n_clients;
	double all = 0, sum = 0;
	size_t size, at = 0;

	w->client_bits = n <= 1000 ? 14 : 18;
	size = (size_t)1 << w->client_bits;
	w->client_of = mem_alloc(size, sizeof(*w->client_of));
	w->client_numbers = mem_alloc(n, sizeof(*w->client_numbers));
	for (uint32_t i = 0; i < n; i++)
		all += 1.0 / (i + 1);
	for (uint32_t i = 0; i < n; i++) {
		char name[32];
		size_t end;

		snprintf(name, sizeof(name), "client%u.example", i + 1);
		w->client_numbers[i] = add_name(clients, name);
		sum += 1.0 / (i + 1);
		end = 1 + i + (size_t)(sum / all * (double)(size - n));
		for (; at < end && at < size; at++)
			w->client_of[at] = (uint16_t)i;
	}
	for (; at < size; at++)
		w->client_of[at] = (uint16_t)(n - 1);
}

/* ------------------------------------------------------------------- scale */

struct volume {
	double scaled, fixed;
};

static double spell_events(struct spell s)
{
	return s.end > s.begin ? (s.end - s.begin) / DAY * s.per_day : 0;
}

static struct volume expect_events(const struct world *w)
{
	const struct world_params *p = &w->params;
	struct volume v = { 0, 2 };
	struct machine m;
	uint32_t net = 0;

	for (uint64_t q = 0; q < p->n_hosts * p->nat; q++) {
		while (w->places[net + 1].first <= q / p->nat)
			net++;
		machine_make(w, &w->places[net], q, &m);
		v.scaled += spell_events(m.clean);
		v.fixed += spell_events(m.virus);
		for (int i = 0; i < 2; i++) {
			v.scaled += spell_events(m.spam[i]);
			v.fixed += spell_events(m.open[i]) +
				   spell_events(m.listed[i]);
		}
	}
	return v;
}

static uint64_t count_events(const struct world *w)
{
	struct event e[256];
	struct world_walk k;
	uint64_t sum = 0;
	size_t n;

	world_walk_init(&k, w, 0, w->params.n_hosts);
	while ((n = world_walk_next(&k, e, 256)) > 0)
		sum += n;
	return sum;
}

/* The same dice fall for every scale, so that a few steps come close. */
static void refine_scale(struct world *w, struct volume v)
{
	double want = (double)w->params.n_events;

	for (int i = 0; i < COUNT_TRIES; i++) {
		double miss = want - (double)count_events(w);
		double step = miss / v.scaled;

		if (miss < 0.004 * want && miss > -0.004 * want)
			return;
		if (w->scale + step <= w->scale / 2)
			step = -w->scale / 2;
		w->scale += step;
	}
}

static int choose_scale(struct world *w)
{
	struct volume v = expect_events(w);

	w->scale = ((double)w->params.n_events - v.fixed) / v.scaled;
	if (!(w->scale > 0))
		return E_RANGE;
	if (w->params.n_events <= COUNT_AT_MOST)
		refine_scale(w, v);
	return 0;
}

/* -------------------------------------------------------------------- open */

/* How long an infection can lie before the window and still be felt in it */
static uint32_t plague_before(const struct world_params *p)
{
	return PLAGUE_BEFORE + p->lag_days + (p->late ? LATE_BEFORE : 0);
}

static void lay_out_places(struct world *w)
{
	const struct world_params *p = &w->params;
	size_t n = place_count(p->n_hosts);
	size_t n_ipv6 = (size_t)(p->ipv6 * (double)n + 0.5);

	w->n_places = n;
	w->places = mem_alloc(n + 1, sizeof(*w->places));
	place_layout(w->places, n, n_ipv6, p->n_hosts, p->seed, &w->table);
}

int world_open(struct world **out, const struct world_params *params,
	       struct catalog *labels, struct catalog *clients)
{
	struct world *w = mem_alloc(1, sizeof(*w));
	int err;

	err = settle_params(w, params);
	if (err < 0)
		goto failed;
	err = plague_init(&w->plague, &w->params, plague_before(&w->params));
	if (err < 0)
		goto failed;
	draw_table_init(&w->table);
	lay_out_places(w);
	add_labels(w, labels);
	add_clients(w, clients);
	err = choose_scale(w);
	if (err < 0)
		goto failed;
	*out = w;
	return 0;
failed:
	world_close(w);
	return err;
}

void world_close(struct world *w)
{
	if (w == NULL)
		return;
	plague_deinit(&w->plague);
	free(w->places);
	free(w->client_of);
	free(w->client_numbers);
	free(w);
}

const struct world_params *world_params(const struct world *w)
{
	return &w->params;
}

uint64_t world_n_hosts(const struct world *w)
{
	return w->params.n_hosts;
}

uint64_t world_host_key(const struct world *w, uint64_t index)
{
	uint32_t net = place_find(w->places, w->n_places, index);

	return place_key(&w->places[net], index);
}
