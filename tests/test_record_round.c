/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes in comes out: random events of many shapes, through one run and
 * through many, whole and by ranges, against a sorted array.
 */
#include "record_help.h"

#include "host/host.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

struct shape {
	const char *name;
	size_t n;
	uint64_t host_first, n_hosts;
	uint32_t time_first, time_span;
	unsigned n_kinds;
	uint32_t n_labels, n_clients;
	size_t n_imports; /* as many runs, or more */
	size_t memory;
};

#define JULY_2003 1057017600u
#define MONTH	  (31u * DAY_SECONDS)
#define IPV6	  ((uint64_t)0x20010db8 << 32)

static const struct shape shapes[] = {
	{ "one event", 1, 7, 1, JULY_2003, 1, 1, 0, 0, 1, 1 << 20 },
	{ "one host", 3000, 7, 1, JULY_2003, MONTH, 9, 5, 3, 1, 1 << 20 },
	{ "one host, many blocks", 1000000, 99, 1, JULY_2003, MONTH, 2, 1, 1, 1,
	  64 << 20 },
	{ "each its host", 20000, 0, UINT32_MAX, JULY_2003, MONTH, 9, 9, 9, 1,
	  64 << 20 },
	{ "full blocks", 4096 * 4, 0, 300, JULY_2003, 1000, 3, 0, 0, 1,
	  64 << 20 },
	{ "equal rows", 5000, 1, 2, JULY_2003, 3, 2, 1, 1, 3, 1 << 20 },
	{ "IPv6", 20000, IPV6, (uint64_t)1 << 40, JULY_2003, MONTH, 9, 3, 3, 2,
	  64 << 20 },
	{ "IPv6 far apart", 20000, (uint64_t)1 << 32, UINT64_MAX - (1ull << 33),
	  JULY_2003, MONTH, 9, 3, 3, 2, 64 << 20 },
	{ "both ends of hosts", 100, UINT64_MAX - 1, 2, JULY_2003, MONTH, 9, 3,
	  3, 2, 64 << 20 },
	{ "all of time", 150, 10, 5, 0, UINT32_MAX, 9, 3, 3, 1, 64 << 20 },
	{ "end of time", 2000, 10, 50, UINT32_MAX - 9, 10, 9, 3, 3, 2,
	  64 << 20 },
	{ "start of time", 2000, 10, 50, 0, 2, 9, 3, 3, 2, 64 << 20 },
	{ "many names", 30000, 10, 500, JULY_2003, MONTH, 9, 20000, 10000, 2,
	  64 << 20 },
	{ "three months", 60000, 10, 5000, JULY_2003, 3 * MONTH, 5, 10, 10, 3,
	  64 << 20 },
	{ "many runs", 60000, 10, 400, JULY_2003, MONTH, 5, 10, 10, 8,
	  64 << 20 },
	{ "many spills", 60000, 10, 40000, JULY_2003, 2 * MONTH, 5, 10, 10, 2,
	  1 << 18 },
	{ "merged imports", 40000, 10, 400, JULY_2003, MONTH, 9, 10, 10, 20,
	  64 << 20 },
};

static void make_events(struct event_list *out, const struct shape *s,
			uint64_t seed)
{
	struct dice d = { seed };

	for (size_t i = 0; i < s->n; i++) {
		struct event e = { 0 };
		/* few hosts have most of the events */
		uint64_t top = dice_below(&d, s->n_hosts) + 1;

		e.host = s->host_first + dice_below(&d, top);
		e.time = s->time_first + (uint32_t)dice_below(&d, s->time_span);
		e.kind = (uint8_t)dice_below(&d, s->n_kinds);
		e.label = (uint32_t)dice_below(&d, s->n_labels + 1u);
		if (e.kind % 2 == 1)
			e.label = 0;
		e.client = (uint32_t)dice_below(&d, s->n_clients + 1u);
		list_add(out, &e, 1);
	}
}

static void import_in_turn(struct sys_disk *disk, const struct event_list *l,
			   const struct shape *s)
{
	size_t part = l->n / s->n_imports;

	for (size_t i = 0; i < s->n_imports; i++) {
		size_t from = i * part;
		size_t n = i + 1 < s->n_imports ? part : l->n - from;

		assert_int_equal(import_events(disk, l->e + from, n, s->memory),
				 0);
	}
}

/* The rows of the reference that a query asks for */
static void filter(struct event_list *out, const struct event_list *all,
		   const struct record_query *q)
{
	for (size_t i = 0; i < all->n; i++) {
		struct event e = all->e[i];

		if (e.host < q->host_first || e.host > q->host_last ||
		    e.time < q->time_from || e.time >= q->time_to)
			continue;
		if (!(q->columns & RECORD_LABELS))
			e.label = 0;
		if (!(q->columns & RECORD_CLIENTS))
			e.client = 0;
		list_add(out, &e, 1);
	}
	list_sort(out);
}

static void check_query(struct record *r, const struct event_list *all,
			const struct record_query *q)
{
	struct event_list got = { 0 }, want = { 0 };

	read_query(&got, r, q);
	filter(&want, all, q);
	assert_same_events(&got, &want);
	list_deinit(&got);
	list_deinit(&want);
}

static void check_queries(struct record *r, const struct event_list *all,
			  uint64_t seed)
{
	struct dice d = { seed };

	check_query(r, all, &RECORD_EVERYTHING);
	for (unsigned i = 0; i < 12; i++) {
		const struct event *a = &all->e[dice_below(&d, all->n)];
		const struct event *b = &all->e[dice_below(&d, all->n)];
		struct record_query q = RECORD_EVERYTHING;

		q.columns = i & 3;
		if (i & 1) {
			q.host_first = a->host;
			q.host_last = i < 6 ? a->host : b->host;
		}
		if (i & 2) {
			q.time_from = a->time;
			q.time_to = b->time + (i & 1);
		}
		check_query(r, all, &q);
	}
}

static void check_shape(const struct shape *s, uint64_t seed)
{
	struct event_list all = { 0 };
	struct place p;
	struct record *r;

	place_init(&p);
	make_events(&all, s, seed);
	import_in_turn(p.disk, &all, s);
	list_sort(&all);
	assert_int_equal(record_open(&r, p.disk), 0);
	assert_no_damage(r);
	check_queries(r, &all, seed);
	assert_no_damage(r);
	record_close(r);
	list_deinit(&all);
	place_deinit(&p);
}

static void round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		print_message("# %s\n", shapes[i].name);
		check_shape(&shapes[i], 1000 + i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
