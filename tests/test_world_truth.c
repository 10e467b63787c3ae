/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_world_truth.c - what a world says of itself, against its events
 *
 * The events are recounted here the slow and plain way, from a sorted array,
 * and every counter of the truth must come out.
 */
#include "world/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#define NO_TIME INT64_MAX

struct made {
	struct world *w;
	struct catalog labels, clients;
	struct event *events; /* as they came */
	size_t n;
	struct world_truth truth;
};

/* Walk the world in `parts` ranges, taking at most `cap` events at a time. */
static void make(struct made *m, const struct world_params *p, unsigned parts,
		 size_t cap)
{
	struct world_walk *k = mem_alloc(1, sizeof(*k));
	uint64_t hosts;
	size_t n, room = 0;

	*m = (struct made){ 0 };
	world_truth_init(&m->truth);
	assert_int_equal(world_open(&m->w, p, &m->labels, &m->clients), 0);
	hosts = world_n_hosts(m->w);
	for (unsigned i = 0; i < parts; i++) {
		world_walk_init(k, m->w, hosts * i / parts,
				hosts * (i + 1) / parts);
		do {
			if (room - m->n < cap) {
				room = 2 * room + cap;
				m->events = mem_resize(m->events, room,
						       sizeof(*m->events));
			}
			n = world_walk_next(k, m->events + m->n, cap);
			m->n += n;
		} while (n > 0);
		world_truth_add(&m->truth, &k->truth);
	}
	free(k);
}

static void unmake(struct made *m)
{
	world_close(m->w);
	catalog_deinit(&m->labels);
	catalog_deinit(&m->clients);
	free(m->events);
}

static struct world_params small(enum world_kind world, uint64_t seed)
{
	struct world_params p = world_defaults(world);

	p.seed = seed;
	p.n_events = 200000;
	return p;
}

/* ----------------------------------------------------------------- recount */

static int by_order(const void *a, const void *b)
{
	return event_compare(a, b);
}

static bool before(struct bytes a, struct bytes b)
{
	return bytes_compare(a, b) < 0;
}

struct life {
	int64_t first[N_KINDS], open;
	uint64_t n[N_KINDS], after;
	uint32_t label; /* of the first virus second, first by name */
	uint32_t seen;	/* a bit for each family */
};

static uint32_t family_of(const struct made *m, uint32_t label)
{
	const struct world_params *p = world_params(m->w);
	struct bytes name = catalog_name(&m->labels, label);

	for (uint32_t f = 0; f < p->n_families; f++)
		if (bytes_is(name, p->families[f].name))
			return f;
	fail_msg("virus without a family");
	return 0;
}

static void live(const struct made *m, struct life *l, const struct event *e,
		 struct world_truth *t)
{
	enum kind kind = (enum kind)e->kind;
	uint32_t f;

	l->n[kind]++;
	t->events[kind]++;
	if (e->time < l->first[kind])
		l->first[kind] = e->time;
	if (kind_is_open(kind) && e->time < l->open)
		l->open = e->time;
	if (kind != KIND_VIRUS)
		return;
	f = family_of(m, e->label);
	t->families[f].mails++;
	if (e->time < t->families[f].first)
		t->families[f].first = e->time;
	if (e->time > t->families[f].last)
		t->families[f].last = e->time;
	l->seen |= 1u << f;
	if (l->label == 0 || (e->time == l->first[KIND_VIRUS] &&
			      before(catalog_name(&m->labels, e->label),
				     catalog_name(&m->labels, l->label))))
		l->label = e->label;
}

static void tell_order(struct world_order *o, int64_t a, int64_t b)
{
	if (a != NO_TIME && b != NO_TIME)
		(*(a < b ? &o->first : b < a ? &o->second : &o->tie))++;
}

static void tell_pair(struct world_pair *p, bool a, bool b)
{
	p->a += a;
	p->b += b;
	p->both += a & b;
}

static void tell(const struct made *m, const struct life *l,
		 struct world_truth *t)
{
	bool v = l->n[KIND_VIRUS], s = l->n[KIND_SPAM], r = l->open != NO_TIME;
	bool u = v || s || l->n[KIND_CLEAN] || l->n[KIND_POLICY] ||
		 l->n[KIND_UNSCANNED];

	t->hosts_all += u;
	t->hosts_virus += v;
	t->hosts_spam += s;
	t->hosts_clean += l->n[KIND_CLEAN] > 0;
	t->hosts_open += r;
	t->hosts_listed += l->n[KIND_LISTED] > 0;
	tell_pair(&t->virus_open, u & v, u & r);
	tell_pair(&t->virus_spam, u & v, u & s);
	tell_pair(&t->open_spam, u & r, u & s);
	tell_pair(&t->virus_openspam, u & v, u & r & s);
	tell_order(&t->order_virus_spam, l->first[KIND_VIRUS],
		   l->first[KIND_SPAM]);
	tell_order(&t->order_virus_open, l->first[KIND_VIRUS], l->open);
	t->spam_from_open += r * l->n[KIND_SPAM];
	t->spam_from_virus += v * l->n[KIND_SPAM];
	t->spam_after_virus += l->after;
	for (int f = 0; f < WORLD_MAX_FAMILIES; f++)
		t->families[f].hosts += l->seen >> f & 1;
	if (v)
		t->families[family_of(m, l->label)].first_hosts++;
}

static struct world_truth recount(const struct made *m)
{
	struct event *e = mem_alloc(m->n, sizeof(*e));
	struct world_truth t;

	world_truth_init(&t);
	memcpy(e, m->events, m->n * sizeof(*e));
	qsort(e, m->n, sizeof(*e), by_order);
	for (size_t i = 0; i < m->n;) {
		struct life l = { .open = NO_TIME };
		size_t first = i;

		for (int k = 0; k < N_KINDS; k++)
			l.first[k] = NO_TIME;
		for (; i < m->n && e[i].host == e[first].host; i++)
			live(m, &l, &e[i], &t);
		for (size_t j = first; j < i; j++)
			l.after += e[j].kind == KIND_SPAM &&
				   e[j].time > l.first[KIND_VIRUS];
		tell(m, &l, &t);
	}
	free(e);
	return t;
}

/* What is planted cannot be recounted: take it as told. */
static void copy_planted(struct world_truth *to, const struct world_truth *t)
{
	to->machines = t->machines;
	to->infected = t->infected;
	to->opened = t->opened;
	to->spammers = t->spammers;
	to->neglected = t->neglected;
	for (int f = 0; f < WORLD_MAX_FAMILIES; f++) {
		to->families[f].planted = t->families[f].planted;
		to->families[f].opened = t->families[f].opened;
	}
}

static const struct truth_case {
	const char *name;
	enum world_kind world;
	uint64_t seed;
	uint32_t days, nat;
	bool churn;
} truth_cases[] = {
	{ "causal", WORLD_CAUSAL, 1, 90, 1, false },
	{ "confounded", WORLD_CONFOUNDED, 2, 90, 1, false },
	{ "reverse", WORLD_REVERSE, 3, 90, 1, false },
	{ "null", WORLD_NULL, 4, 90, 1, false },
	{ "one day", WORLD_CAUSAL, 5, 1, 1, false },
	{ "behind NAT", WORLD_CAUSAL, 6, 40, 5, false },
	{ "churn", WORLD_CAUSAL, 7, 40, 1, true },
	{ "both", WORLD_REVERSE, 8, 20, 3, true },
};

static void test_truth(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(truth_cases) / sizeof(*truth_cases);
	     i++) {
		const struct truth_case *c = &truth_cases[i];
		struct world_params p = small(c->world, c->seed);
		struct world_truth want;
		struct made m;

		print_message("# %s\n", c->name);
		p.days = c->days;
		p.nat = c->nat;
		p.churn = c->churn;
		make(&m, &p, 1, 4096);
		want = recount(&m);
		copy_planted(&want, &m.truth);
		assert_memory_equal(&want, &m.truth, sizeof(want));
		assert_int_equal(m.truth.machines, c->nat * world_n_hosts(m.w));
		unmake(&m);
	}
}

/* ------------------------------------------------------------- determinism */

static void assert_same(const struct made *a, const struct made *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++)
		assert_int_equal(event_compare(&a->events[i], &b->events[i]),
				 0);
	assert_memory_equal(&a->truth, &b->truth, sizeof(a->truth));
}

static void test_parts(void **state)
{
	static const struct {
		unsigned parts;
		size_t cap;
	} cuts[] = { { 1, 1 }, { 2, 4096 }, { 8, 100 }, { 997, 7 } };

	(void)state;
	for (int churn = 0; churn < 2; churn++) {
		struct world_params p = small(WORLD_CAUSAL, 11);
		struct made whole, part;

		p.churn = churn != 0;
		make(&whole, &p, 1, 65536);
		for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
			make(&part, &p, cuts[i].parts, cuts[i].cap);
			assert_same(&whole, &part);
			unmake(&part);
		}
		unmake(&whole);
	}
}

static void test_seed(void **state)
{
	struct world_params a = small(WORLD_NULL, 1), b = small(WORLD_NULL, 2);
	struct made x, y;

	(void)state;
	make(&x, &a, 1, 4096);
	make(&y, &b, 1, 4096);
	assert_int_not_equal(x.events[0].host, y.events[0].host);
	unmake(&x);
	unmake(&y);
}

/* -------------------------------------------------------------------- JSON */

static json_int_t number_at(const json_t *o, const char *a, const char *b,
			    const char *c)
{
	o = json_object_get(o, a);
	o = json_object_get(o, b);
	if (c != NULL)
		o = json_object_get(o, c);
	assert_true(json_is_integer(o));
	return json_integer_value(o);
}

static void test_json(void **state)
{
	struct buf text = { 0 };
	const json_t *family;
	json_error_t error;
	struct made m;
	json_t *o;

	(void)state;
	for (int i = 0; i < N_WORLDS; i++) {
		struct world_params p = small((enum world_kind)i, 12);

		make(&m, &p, 2, 4096);
		text.len = 0;
		world_truth_write(m.w, &m.truth, &text);
		o = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES,
			       &error);
		assert_non_null(o);
		assert_int_equal(number_at(o, "params", "events", NULL),
				 200000);
		assert_int_equal(number_at(o, "events", "spam", NULL),
				 m.truth.events[KIND_SPAM]);
		assert_int_equal(number_at(o, "hosts", "open", NULL),
				 m.truth.hosts_open);
		assert_int_equal(number_at(o, "overlap", "virus_spam", "both"),
				 m.truth.virus_spam.both);
		assert_int_equal(number_at(o, "order", "virus_open", "second"),
				 m.truth.order_virus_open.second);
		family = json_array_get(json_object_get(o, "families"), 9);
		assert_string_equal(
			json_string_value(json_object_get(family, "name")),
			"Sobig.F");
		assert_string_equal(
			json_string_value(json_object_get(family, "stop")),
			"2003-09-10");
		json_decref(o);
		unmake(&m);
	}
	buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_truth),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_seed),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
