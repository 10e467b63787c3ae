/* SPDX-License-Identifier: Apache-2.0 */
/*
 * walk.c - the events of one host after the other
 *
 * Every spell of a machine is a Poisson process: the next event comes after
 * an exponential wait. The streams of all machines behind an address run side
 * by side, and the one whose next event is the earliest goes on. As a Poisson
 * process has no memory, it can be cut at any time and begun anew: where
 * machines change their addresses, a life is made of one piece for each day.
 *
 * Most hosts have one stream; an event costs one random number.
 */
#include "world/model.h"

enum { SEED_WALK = 32 };

enum source {
	SOURCE_CLEAN,
	SOURCE_SPAM,
	SOURCE_VIRUS,
	SOURCE_RELAY,
	SOURCE_PROXY,
	SOURCE_BACKDOOR,
	SOURCE_LISTED,
	SOURCE_FIXED, /* one clean mail at a given time */
};

#define NO_TIME INT64_MAX
#define NEVER	1e18

/* ----------------------------------------------------------------- streams */

/* Cut the spell to [from, to) and wait for its first event. */
static struct world_stream *add_stream(struct world_walk *k, struct spell s,
				       enum source source, double from,
				       double to)
{
	struct world_stream *x = &k->streams[k->n_streams];

	if (s.begin < from)
		s.begin = from;
	if (s.end > to)
		s.end = to;
	if (s.begin >= s.end || s.per_day <= 0)
		return NULL;
	*x = (struct world_stream){ s.begin,	     s.end, DAY / s.per_day,
				    (uint8_t)source, 0,	    0 };
	x->next += draw_wait(&k->world->table, &k->rng) * x->mean_gap;
	if (x->next >= x->end)
		return NULL;
	k->n_streams++;
	return x;
}

static void add_evidence(struct world_walk *k, const struct machine *m,
			 double from, double to)
{
	static const enum source sources[N_KINDS] = {
		[KIND_RELAY] = SOURCE_RELAY,
		[KIND_PROXY] = SOURCE_PROXY,
		[KIND_BACKDOOR] = SOURCE_BACKDOOR,
	};
	struct world_stream *x;

	for (int i = 0; i < 2; i++) {
		x = add_stream(k, m->open[i], sources[m->open_kind[i]], from,
			       to);
		if (x != NULL)
			x->label = m->open_label[i];
		x = add_stream(k, m->listed[i], SOURCE_LISTED, from, to);
		if (x != NULL)
			x->label = k->world->list_labels[i];
	}
}

static void add_machine(struct world_walk *k, const struct machine *m,
			double from, double to)
{
	double scale = k->world->scale;
	struct spell s = m->clean;
	struct world_stream *x;

	s.per_day *= scale;
	add_stream(k, s, SOURCE_CLEAN, from, to);
	for (int i = 0; i < 2; i++) {
		s = m->spam[i];
		s.per_day *= scale;
		add_stream(k, s, SOURCE_SPAM, from, to);
	}
	x = add_stream(k, m->virus, SOURCE_VIRUS, from, to);
	if (x != NULL) {
		x->family = m->family;
		x->label = k->world->family_labels[m->family];
	}
	add_evidence(k, m, from, to);
}

/* One mail at an hour's middle, so that the window's ends are known */
static void add_fixed(struct world_walk *k, double at)
{
	k->streams[k->n_streams++] = (struct world_stream){
		at, k->world->duration, NEVER, SOURCE_FIXED, 0, 0
	};
}

/* ------------------------------------------------------------------- truth */

static void count_machine(struct world_truth *t, const struct machine *m)
{
	t->machines++;
	t->infected += m->is_infected;
	t->opened += m->is_opened;
	t->spammers += m->is_spammer;
	t->neglected += m->is_neglected;
	t->families[m->family].planted += m->is_infected;
	t->families[m->family].opened += m->is_opened;
}

static void begin_life(struct world_walk *k)
{
	for (int i = 0; i < N_KINDS; i++) {
		k->n_kind[i] = 0;
		k->first[i] = NO_TIME;
	}
	k->first_open = NO_TIME;
	k->n_spam_after = 0;
	k->families = 0;
	k->first_family = 0;
}

static void count_virus(struct world_walk *k, const struct world_stream *x,
			int64_t time)
{
	struct world_family_truth *f = &k->truth.families[x->family];
	const struct world_family *all = k->world->families;

	f->mails++;
	f->first = time < f->first ? time : f->first;
	f->last = time > f->last ? time : f->last;
	k->families |= 1u << x->family;
	if (k->n_kind[KIND_VIRUS] == 0 ||
	    (time == k->first[KIND_VIRUS] &&
	     strcmp(all[x->family].name, all[k->first_family].name) < 0))
		k->first_family = x->family;
}

static void count_event(struct world_walk *k, const struct world_stream *x,
			enum kind kind, int64_t time)
{
	if (kind == KIND_VIRUS)
		count_virus(k, x, time);
	else if (kind == KIND_SPAM)
		k->n_spam_after += time > k->first[KIND_VIRUS];
	if (k->n_kind[kind]++ == 0) {
		k->first[kind] = time;
		if (kind_is_open(kind) && k->first_open == NO_TIME)
			k->first_open = time;
	}
}

static void count_order(struct world_order *o, int64_t a, int64_t b)
{
	if (a == NO_TIME || b == NO_TIME)
		return;
	o->first += a < b;
	o->second += b < a;
	o->tie += a == b;
}

static void count_pair(struct world_pair *p, bool a, bool b)
{
	p->a += a;
	p->b += b;
	p->both += a && b;
}

static void end_life(struct world_walk *k)
{
	struct world_truth *t = &k->truth;
	bool v = k->n_kind[KIND_VIRUS] > 0, s = k->n_kind[KIND_SPAM] > 0;
	bool r = k->first_open != NO_TIME, u = false;

	for (int i = 0; i < N_KINDS; i++) {
		t->events[i] += k->n_kind[i];
		u |= kind_is_mail((enum kind)i) && k->n_kind[i] > 0;
	}
	t->hosts_all += u;
	t->hosts_virus += v;
	t->hosts_spam += s;
	t->hosts_clean += k->n_kind[KIND_CLEAN] > 0;
	t->hosts_open += r;
	t->hosts_listed += k->n_kind[KIND_LISTED] > 0;
	if (u) {
		count_pair(&t->virus_open, v, r);
		count_pair(&t->virus_spam, v, s);
		count_pair(&t->open_spam, r, s);
		count_pair(&t->virus_openspam, v, r && s);
	}
	count_order(&t->order_virus_spam, k->first[KIND_VIRUS],
		    k->first[KIND_SPAM]);
	count_order(&t->order_virus_open, k->first[KIND_VIRUS], k->first_open);
	t->spam_from_open += r ? k->n_kind[KIND_SPAM] : 0;
	t->spam_from_virus += v ? k->n_kind[KIND_SPAM] : 0;
	t->spam_after_virus += k->n_spam_after;
	for (uint32_t f = 0; f < WORLD_MAX_FAMILIES; f++)
		t->families[f].hosts += k->families >> f & 1;
	if (v)
		t->families[k->first_family].first_hosts++;
}

/* ------------------------------------------------------------------- walk */

/* With churn, whoever had the next address of the block yesterday is here. */
static uint64_t tenant(const struct world *w, const struct place *p,
		       uint64_t index, uint32_t day)
{
	uint64_t first, last;

	if (!w->params.churn)
		return index;
	place_block(p, index, &first, &last);
	return first + (index - first + day) % (last - first);
}

static void begin_piece(struct world_walk *k)
{
	const struct world *w = k->world;
	const struct place *p = &w->places[k->net];
	double from = w->params.churn ? k->piece * DAY : 0;
	double to = w->params.churn ? from + DAY : w->duration;
	uint64_t seat = tenant(w, p, k->at, k->piece);
	struct machine m;

	for (uint32_t i = 0; i < w->params.nat; i++) {
		machine_make(w, p, seat * w->params.nat + i, &m);
		add_machine(k, &m, from, to);
		if (k->piece == 0)
			count_machine(&k->truth, &m);
	}
	k->piece++;
}

static void begin_host(struct world_walk *k)
{
	const struct world *w = k->world;

	while (w->places[k->net + 1].first <= k->at)
		k->net++;
	k->key = place_key(&w->places[k->net], k->at);
	k->rng = draw_seed(w->params.seed, SEED_WALK, k->at);
	k->piece = 0;
	begin_life(k);
	begin_piece(k);
}

static uint32_t n_pieces(const struct world *w)
{
	return w->params.churn ? w->params.days : 1;
}

/*
 * Go on until there is a stream. The first host's two fixed mails belong to
 * its first and last piece.
 */
static bool refill(struct world_walk *k)
{
	const struct world *w = k->world;

	while (k->n_streams == 0) {
		if (k->piece != 0 && k->piece < n_pieces(w)) {
			begin_piece(k);
		} else {
			if (k->piece != 0) {
				end_life(k);
				k->at++;
				k->piece = 0;
			}
			if (k->at >= k->last)
				return false;
			begin_host(k);
		}
		if (k->at == 0 && k->piece == 1)
			add_fixed(k, 1800);
		if (k->at == 0 && k->piece == n_pieces(w))
			add_fixed(k, w->duration - 1800);
	}
	return true;
}

static size_t earliest(const struct world_walk *k)
{
	size_t at = 0;

	for (size_t i = 1; i < k->n_streams; i++)
		if (k->streams[i].next < k->streams[at].next)
			at = i;
	return at;
}

/* A few clean mails and spams are refused or passed for other reasons. */
static enum kind kind_of(enum source s, unsigned chance /* of 1024 */)
{
	switch (s) {
	case SOURCE_CLEAN:
		return chance < 31   ? KIND_POLICY
		       : chance < 41 ? KIND_UNSCANNED
				     : KIND_CLEAN;
	case SOURCE_SPAM:
		return chance < 41 ? KIND_POLICY : KIND_SPAM;
	case SOURCE_VIRUS:
		return KIND_VIRUS;
	case SOURCE_RELAY:
		return KIND_RELAY;
	case SOURCE_PROXY:
		return KIND_PROXY;
	case SOURCE_BACKDOOR:
		return KIND_BACKDOOR;
	case SOURCE_LISTED:
		return KIND_LISTED;
	case SOURCE_FIXED:
		return KIND_CLEAN;
	}
	panic("world: source %d", (int)s);
}

/* One random number: 32 bits for the wait, 10 the kind, the rest the client */
static struct event emit(struct world_walk *k, struct world_stream *x)
{
	const struct world *w = k->world;
	uint64_t bits = draw_u64(&k->rng);
	enum kind kind =
		kind_of((enum source)x->source, (unsigned)(bits >> 22 & 1023));
	uint64_t pick = bits & ((1u << w->client_bits) - 1);
	int64_t time = w->params.start + (int64_t)x->next;

	count_event(k, x, kind, time);
	x->next +=
		draw_wait_bits(&w->table, (uint32_t)(bits >> 32)) * x->mean_gap;
	return (struct event){
		.host = k->key,
		.time = (uint32_t)time,
		.label = x->label,
		.client = kind_is_mail(kind)
				  ? w->client_numbers[w->client_of[pick]]
				  : 0,
		.kind = (uint8_t)kind,
	};
}

void world_walk_init(struct world_walk *k, const struct world *w,
		     uint64_t first, uint64_t last)
{
	k->world = w;
	k->at = first;
	k->last = last;
	k->net = place_find(w->places, w->n_places, first);
	k->piece = 0;
	k->n_streams = 0;
	world_truth_init(&k->truth);
}

size_t world_walk_next(struct world_walk *k, struct event *out, size_t cap)
{
	size_t n = 0;

	while (n < cap && refill(k)) {
		size_t at = earliest(k);
		struct world_stream *x = &k->streams[at];

		out[n++] = emit(k, x);
		if (x->next >= x->end)
			*x = k->streams[--k->n_streams];
	}
	return n;
}
