/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trial.c - walk, tally, judge
 *
 * Hosts are cut into more parts than threads, at borders of networks, and each
 * thread takes the next part until none is left. A host's events are turned
 * into the columns of a record's piece, sorted as a record sorts them: by
 * time, and in one second by kind.
 */
#include "trial.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "sys/sys.h"

#define PARTS_PER_THREAD 8
#define EVENTS_AT_ONCE	 4096

/* The rows of the host that is being walked */
struct life_rows {
	uint64_t host;
	struct event *events;
	size_t n, cap;
	uint32_t time[RECORD_PIECE_MAX];
	uint8_t kind[RECORD_PIECE_MAX];
	uint32_t label[RECORD_PIECE_MAX];
	uint32_t client[RECORD_PIECE_MAX];
};

struct crew {
	const struct world *world;
	const struct tally_options *options;
	uint64_t *first; /* [n_parts + 1] */
	size_t n_parts;
	atomic_size_t next;
	struct tally **tallies;	    /* one per thread */
	struct world_truth *truths; /* likewise */
};

/* ------------------------------------------------------------------- rows */

static bool is_before(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : a->kind < b->kind;
}

/* They come by time already: only what falls into one second can move. */
static void sort_rows(struct event *e, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct event x = e[i];
		size_t at = i;

		for (; at > 0 && is_before(&x, &e[at - 1]); at--)
			e[at] = e[at - 1];
		e[at] = x;
	}
}

static void add_piece(struct life_rows *l, size_t first, size_t n,
		      struct tally *t)
{
	struct record_piece piece = {
		.host = l->host,
		.n = n,
		.time = l->time,
		.kind = l->kind,
		.label = l->label,
		.client = l->client,
		.first = first == 0,
		.last = first + n == l->n,
	};

	for (size_t i = 0; i < n; i++) {
		const struct event *e = &l->events[first + i];

		l->time[i] = e->time;
		l->kind[i] = e->kind;
		l->label[i] = e->label;
		l->client[i] = e->client;
	}
	tally_add_piece(t, &piece);
}

static void end_host(struct life_rows *l, struct tally *t)
{
	sort_rows(l->events, l->n);
	for (size_t at = 0; at < l->n; at += RECORD_PIECE_MAX) {
		size_t left = l->n - at;

		add_piece(l, at,
			  left < RECORD_PIECE_MAX ? left : RECORD_PIECE_MAX, t);
	}
	l->n = 0;
}

static void add_event(struct life_rows *l, const struct event *e,
		      struct tally *t)
{
	if (e->host != l->host) {
		end_host(l, t);
		l->host = e->host;
	}
	MEM_GROW(l->events, l->n, l->cap);
	l->events[l->n++] = *e;
}

/* ------------------------------------------------------------------- parts */

/* The first host at or after this one that begins a network */
static uint64_t next_border(const struct world *w, uint64_t at)
{
	uint64_t n = world_n_hosts(w);

	while (at > 0 && at < n &&
	       host_network(world_host_key(w, at)) ==
		       host_network(world_host_key(w, at - 1)))
		at++;
	return at;
}

static uint64_t *cut(const struct world *w, size_t n_parts)
{
	uint64_t *first = mem_alloc(n_parts + 1, sizeof(*first));
	uint64_t n = world_n_hosts(w);

	for (size_t i = 0; i <= n_parts; i++)
		first[i] = next_border(w, n * i / n_parts);
	return first;
}

static void walk_part(struct crew *c, size_t part, struct life_rows *l,
		      struct tally *t, struct world_truth *truth)
{
	struct event *events = mem_alloc(EVENTS_AT_ONCE, sizeof(*events));
	struct world_walk *walk = mem_alloc(1, sizeof(*walk));
	size_t n;

	world_walk_init(walk, c->world, c->first[part], c->first[part + 1]);
	while ((n = world_walk_next(walk, events, EVENTS_AT_ONCE)) > 0)
		for (size_t i = 0; i < n; i++)
			add_event(l, &events[i], t);
	end_host(l, t);
	tally_finish(t);
	world_truth_add(truth, &walk->truth);
	free(walk);
	free(events);
}

static void work(void *ctx, unsigned i)
{
	struct crew *c = ctx;
	struct life_rows *l = mem_alloc(1, sizeof(*l));
	struct tally *t = c->tallies[i] = tally_new(c->options);
	size_t part;

	world_truth_init(&c->truths[i]);
	while ((part = atomic_fetch_add(&c->next, 1)) < c->n_parts)
		walk_part(c, part, l, t, &c->truths[i]);
	free(l->events);
	free(l);
}

/* ------------------------------------------------------------------- trial */

static struct tally *tally_world(const struct tally_options *options,
				 unsigned n_threads, struct trial *t)
{
	struct crew c = { .world = t->world, .options = options };
	struct tally *all;

	c.n_parts = (size_t)n_threads * PARTS_PER_THREAD;
	c.first = cut(t->world, c.n_parts);
	c.tallies = mem_alloc(n_threads, sizeof(*c.tallies));
	c.truths = mem_alloc(n_threads, sizeof(*c.truths));
	sys_run(n_threads, work, &c);
	all = c.tallies[0];
	t->truth = c.truths[0];
	for (unsigned i = 1; i < n_threads; i++) {
		tally_merge(all, c.tallies[i]);
		tally_free(c.tallies[i]);
		world_truth_add(&t->truth, &c.truths[i]);
	}
	free(c.first);
	free(c.tallies);
	free(c.truths);
	return all;
}

int trial_run(struct trial *t, const struct world_params *params,
	      uint32_t last_days, unsigned n_threads)
{
	struct tally_options options = { .labels = &t->labels };
	const struct world_params *p;
	struct tally *tally;
	int64_t from, to;
	int err;

	*t = (struct trial){ 0 };
	err = world_open(&t->world, params, &t->labels, &t->clients);
	if (err < 0) {
		trial_deinit(t);
		return err;
	}
	p = world_params(t->world);
	from = p->start;
	to = from + (int64_t)p->days * DAY_SECONDS;
	if (last_days > 0 && last_days < p->days)
		from = to - (int64_t)last_days * DAY_SECONDS;
	options.window = tally_window_of(from, to);
	tally = tally_world(&options, n_threads, t);
	t->judgement = judge_new(tally, &t->labels, &t->clients);
	tally_free(tally);
	return 0;
}

void trial_deinit(struct trial *t)
{
	judge_free(t->judgement);
	world_close(t->world);
	catalog_deinit(&t->labels);
	catalog_deinit(&t->clients);
	*t = (struct trial){ 0 };
}
