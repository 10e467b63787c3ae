/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The additive rule: however hosts are cut by network, however long the pieces
 * of a life, and in whatever order the parts are merged, every figure is the
 * same to the last bit.
 */
#include "judgement_dump.h"
#include "lives.h"
#include "test.h"

#define N_DAYS 40

struct dice {
	uint64_t state;
};

static uint32_t roll(struct dice *d, uint32_t sides)
{
	d->state += 0x9e3779b97f4a7c15u;
	return (uint32_t)(hash_mix(d->state) % sides);
}

static uint64_t random_host(struct dice *d)
{
	uint32_t network = roll(d, 90);

	if (network < 20)
		return (uint64_t)(0x20010db8u + network) << 32 |
		       (uint64_t)roll(d, 3) << 16 | roll(d, 20);
	return (uint64_t)(0x0a00 + network * 7) << 16 | roll(d, 4) << 12 |
	       roll(d, 60);
}

/* Infected hosts send more spam after their virus; seconds often coincide. */
static void add_random_host(struct lives *l, struct dice *d)
{
	struct event e = { .host = random_host(d) };
	uint32_t n = 1 + roll(d, 25), dv = roll(d, 60);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t day = roll(d, N_DAYS + 4);
		bool is_after = day > dv && roll(d, 3) > 0;

		e.kind = (uint8_t)roll(d, N_KINDS);
		if (e.kind == KIND_VIRUS && day < dv)
			e.kind = KIND_CLEAN;
		if (is_after)
			e.kind = KIND_SPAM;
		e.time = lives_time(day, roll(d, 3) * 7);
		e.label = e.kind == KIND_VIRUS ? roll(d, 9) : 0;
		e.client = roll(d, 5);
		lives_add(l, e);
	}
}

static struct lives random_world(uint64_t seed, unsigned n_hosts)
{
	struct dice d = { seed };
	struct lives l = { 0 };

	for (unsigned i = 0; i < n_hosts; i++)
		add_random_host(&l, &d);
	return l;
}

static struct catalog some_names(const char *format)
{
	static const char order[] = "hcaebgdf";
	struct catalog c = { 0 };

	for (size_t i = 0; i < sizeof(order) - 1; i++) {
		char name[32];

		snprintf(name, sizeof(name), format, order[i]);
		catalog_add(&c, bytes_of_text(name));
	}
	return c;
}

static struct buf judge_world(struct lives *l, const struct tally_options *o,
			      unsigned n_parts, size_t piece_max)
{
	struct catalog clients = some_names("%c.example");
	struct tally *t = lives_tally(l, o, n_parts, piece_max);
	struct judgement *j = judge_new(t, o->labels, &clients);
	struct buf b = { 0 };

	dump_judgement(&b, j);
	judge_free(j);
	tally_free(t);
	catalog_deinit(&clients);
	return b;
}

static void assert_same(const char *name, const struct buf *got,
			const struct buf *want)
{
	size_t i = 0;

	row_is(name);
	while (i < got->len && i < want->len && got->ptr[i] == want->ptr[i])
		i++;
	if (i == got->len && i == want->len)
		return;
	print_error("differs at %zu: %.*s\n", i, 60, want->ptr + i);
	fail();
}

static void test_split(void **state)
{
	static const struct {
		const char *name;
		unsigned n_parts;
		size_t piece_max;
		uint32_t client;
	} rows[] = {
		{ "one part, short pieces", 1, 1, 0 },
		{ "two parts", 2, 65536, 0 },
		{ "seven parts", 7, 3, 0 },
		{ "more parts than networks", 200, 2, 0 },
		{ "two parts, one client", 2, 1, 2 },
	};
	struct lives world = random_world(17, 3000);
	struct catalog labels = some_names("Worm.%c");

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct tally_options o = lives_options(N_DAYS);
		struct buf want, got;

		o.labels = &labels;
		o.client = rows[i].client;
		want = judge_world(&world, &o, 1, 65536);
		got = judge_world(&world, &o, rows[i].n_parts,
				  rows[i].piece_max);
		assert_same(rows[i].name, &got, &want);
		assert_true(want.len > 10000);
		if (i == 0 && getenv("SHOW") != NULL)
			fwrite(want.ptr, 1, want.len, stdout);
		buf_deinit(&want);
		buf_deinit(&got);
	}
	lives_deinit(&world);
	catalog_deinit(&labels);
}

/* Worlds at the edge: nothing may crash, and nothing is invented. */
static void test_edges(void **state)
{
	static const struct {
		const char *name;
		const char *lines[4];
		uint32_t n_days;
	} rows[] = {
		{ "no event", { NULL }, 1 },
		{ "one host, one day", { "10.0.0.1 c0", NULL }, 1 },
		{ "all in one second", { "10.0.0.1 c0 s0 v0/1 x0", NULL }, 1 },
		{ "evidence without mail", { "10.0.0.1 x0 l1", NULL }, 3 },
		{ "IPv6 alone", { "2001:db8:: v0/1 s2", NULL }, 3 },
		{ "all outside", { "10.0.0.1 v9/1 s9", NULL }, 3 },
		{ "two hosts, long",
		  { "10.0.0.1 v0/1 s400", "ffff:ffff:ffff:ffff:: v3/1 s1",
		    NULL },
		  500 },
		{ "viruses alone", { "10.0.0.1 v0/1 v1/2 v2", NULL }, 20 },
	};
	struct catalog labels = some_names("Worm.%c");

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct lives world = lives_of(rows[i].lines);
		struct tally_options o = lives_options(rows[i].n_days);
		struct buf one, two;

		o.labels = &labels;
		one = judge_world(&world, &o, 1, 100);
		two = judge_world(&world, &o, 2, 1);
		assert_same(rows[i].name, &two, &one);
		assert_true(bytes_find_text(buf_bytes(&one), "INFINITE") ==
			    one.len);
		assert_true(bytes_find_text(buf_bytes(&one),
					    "too little data") < one.len);
		buf_deinit(&one);
		buf_deinit(&two);
		lives_deinit(&world);
	}
	catalog_deinit(&labels);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
