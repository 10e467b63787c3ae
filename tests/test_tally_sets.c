/* SPDX-License-Identifier: Apache-2.0 */
/* The window, the sets of MEASURES 1, shares, overlap and order, by hand */
#include "lives.h"
#include "test.h"

static void test_window(void **state)
{
	static const struct {
		const char *name;
		int64_t from, to;
		uint32_t want_first, want_days;
	} rows[] = {
		{ "one day", 0, 86400, 0, 1 },
		{ "one second", 86399, 86400, 0, 1 },
		{ "across midnight", 86399, 86401, 0, 2 },
		{ "part days count", 100000, 300000, 1, 3 },
		{ "all of time", 0, (int64_t)1 << 32, 0, 49711 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct tally_window w =
			tally_window_of(rows[i].from, rows[i].to);

		row_is(rows[i].name);
		assert_int_equal(w.first_day, rows[i].want_first);
		assert_int_equal(w.n_days, rows[i].want_days);
	}
}

static struct record_stat stat_of(int64_t first, int64_t last, enum kind kind,
				  int64_t kind_first, int64_t kind_last)
{
	struct record_stat s = { .first = first, .last = last };

	for (unsigned k = 0; k < N_KINDS; k++) {
		s.first_by_kind[k] = 1;
		s.last_by_kind[k] = 0;
	}
	s.first_by_kind[kind] = kind_first;
	s.last_by_kind[kind] = kind_last;
	return s;
}

static void test_default_window(void **state)
{
	struct record_stat rows[] = {
		stat_of(5, 900000, KIND_POLICY, 90000, 180000),
		stat_of(90000, 180000, KIND_RELAY, 90000, 180000),
		stat_of(1, 0, KIND_CLEAN, 1, 0),
		stat_of(0, TIME_MAX, KIND_SPAM, TIME_MAX, TIME_MAX),
	};
	static const struct {
		const char *name;
		int64_t want_from, want_to;
	} want[] = {
		{ "mail decides", 86400, 259200 },
		{ "no mail", 86400, 259200 },
		{ "nothing", 0, 86400 },
		{ "the end of time", 4294944000, (int64_t)1 << 32 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct tally_window w = tally_window_default(&rows[i]);

		row_is(want[i].name);
		assert_true(w.from == want[i].want_from);
		assert_true(w.to == want[i].want_to);
	}
}

static uint64_t cell(const struct tally *t, unsigned sets)
{
	uint64_t n = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		n += t->overlap.cells[g][sets];
	return n;
}

static const char *const sets_world[] = {
	"10.0.0.1 v1 s3",		  /* V S */
	"10.0.0.2 s3 r2",		  /* R S */
	"10.1.0.3 v3 x3 s4 c4",		  /* V R S */
	"10.1.0.4 c0",			  /* none */
	"10.1.0.5 p0 u1 l2",		  /* none, listed */
	"10.2.0.6 b2 l2",		  /* not in U */
	"2001:db8::1 v9",		  /* V */
	"2001:db8:0:1:: v0 v1 s1.5 s1.5", /* V S */
	NULL,
};

static void test_sets(void **state)
{
	struct lives world = lives_of(sets_world);
	struct tally_options o = lives_options(10);
	struct tally *t = lives_tally(&world, &o, 1, 1000);

	(void)state;
	assert_int_equal(cell(t, 0), 2);
	assert_int_equal(cell(t, TALLY_IN_V), 1);
	assert_int_equal(cell(t, TALLY_IN_S), 0);
	assert_int_equal(cell(t, TALLY_IN_R), 0);
	assert_int_equal(cell(t, TALLY_IN_V | TALLY_IN_S), 2);
	assert_int_equal(cell(t, TALLY_IN_R | TALLY_IN_S), 1);
	assert_int_equal(cell(t, TALLY_IN_V | TALLY_IN_R | TALLY_IN_S), 1);
	assert_int_equal(t->overlap.n_clean, 2);
	assert_int_equal(t->overlap.n_open, 3);
	assert_int_equal(t->overlap.n_listed, 2);
	assert_int_equal(t->shares.events[KIND_VIRUS], 5);
	assert_int_equal(t->shares.events[KIND_SPAM], 5);
	assert_int_equal(t->shares.events[KIND_LISTED], 2);
	tally_free(t);
	lives_deinit(&world);
}

/* What lies outside the window counts nowhere; its ends cut to the second. */
static void test_window_cuts(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v1.99 v1.100 s4.99 s4.100",
		"10.0.0.2 s0 c9",
		"10.0.0.3 v0 s2",
		NULL,
	};
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(10);
	struct tally *t;

	(void)state;
	o.window = tally_window_of(lives_time(1, 100), lives_time(4, 100));
	assert_int_equal(o.window.n_days, 4);
	t = lives_tally(&world, &o, 1, 2);
	assert_int_equal(t->shares.events[KIND_VIRUS], 1);
	assert_int_equal(t->shares.events[KIND_SPAM], 2);
	assert_int_equal(t->shares.events[KIND_CLEAN], 0);
	assert_int_equal(cell(t, TALLY_IN_V | TALLY_IN_S), 1);
	assert_int_equal(cell(t, TALLY_IN_S), 1);
	assert_int_equal(cell(t, 0), 0);
	assert_int_equal(t->virus_spam.lag[4 + 3], 1);
	assert_int_equal(t->shares.by_day[0].mail[KIND_VIRUS], 1);
	assert_int_equal(t->shares.by_day[3].mail[KIND_SPAM], 1);
	tally_free(t);
	lives_deinit(&world);
}

/* Policy with label "reputation", in the window, of the client [1] */
static void test_moved(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 p0/2 p1/2 p2/2:1 p2/1 p2 s2/2 u2/2 l2/2 p9/2",
		"10.1.0.1 p3/2:1",
		NULL,
	};
	static const struct {
		const char *name;
		const char *label; /* of number 2 */
		uint32_t client;
		uint64_t want;
	} rows[] = {
		{ "all", "reputation", 0, 3 },
		{ "of a client", "reputation", 1, 2 },
		{ "another name", "reputation!", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct lives world = lives_of(lines);
		struct tally_options o = lives_options(10);
		struct catalog names = { 0 };
		struct tally *t;

		row_is(rows[i].name);
		assert_int_equal(
			catalog_add(&names, bytes_of_text("greylisted")), 1);
		catalog_add(&names, bytes_of_text(rows[i].label));
		o.labels = &names;
		o.client = rows[i].client;
		o.window = tally_window_of(lives_time(1, 0), lives_time(9, 0));
		t = lives_tally(&world, &o, 2, 2);
		assert_int_equal(t->shares.n_moved, rows[i].want);
		tally_free(t);
		catalog_deinit(&names);
		lives_deinit(&world);
	}
}

static void test_shares(void **state)
{
	static const char *const lines[] = {
		/* 2 of 5 spam after the first virus; open, seen only later */
		"10.0.0.1 s1:1 s2.7:1 v2.7:1 s2.8:2 s2.6:1 s5:2 x9",
		"10.0.0.2 s2:2 c2:2",
		NULL,
	};
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(10);
	struct tally *t = lives_tally(&world, &o, 1, 2);
	const struct tally_traffic *c = t->shares.by_client;
	const struct tally_traffic *d = t->shares.by_day;

	(void)state;
	assert_int_equal(c[1].mail[KIND_SPAM], 3);
	assert_int_equal(c[1].spam_open, 3);
	assert_int_equal(c[1].spam_virus, 3);
	assert_int_equal(c[1].spam_after, 0);
	assert_int_equal(c[2].mail[KIND_SPAM], 3);
	assert_int_equal(c[2].spam_open, 2);
	assert_int_equal(c[2].spam_after, 2);
	assert_int_equal(d[2].mail[KIND_SPAM], 4);
	assert_int_equal(d[2].spam_virus, 3);
	assert_int_equal(d[2].spam_after, 1);
	assert_int_equal(d[5].spam_after, 1);
	assert_int_equal(d[2].mail[KIND_CLEAN], 1);
	tally_free(t);
	lives_deinit(&world);
}

/* A report on one client keeps its mail and all evidence. */
static void test_client(void **state)
{
	static const char *const lines[] = {
		"10.0.0.1 v1:1 s2:2 x3",
		"10.0.0.2 c2:1 x3:1 s1:2",
		"10.0.0.3 c2:1",
		NULL,
	};
	struct lives world = lives_of(lines);
	struct tally_options o = lives_options(10);
	struct tally *t;

	(void)state;
	o.client = 2;
	t = lives_tally(&world, &o, 1, 1000);
	assert_int_equal(t->shares.events[KIND_VIRUS], 0);
	assert_int_equal(t->shares.events[KIND_SPAM], 2);
	assert_int_equal(t->shares.events[KIND_PROXY], 2);
	assert_int_equal(cell(t, TALLY_IN_R | TALLY_IN_S), 2);
	assert_int_equal(cell(t, 0), 0);
	tally_free(t);
	lives_deinit(&world);
}

static void test_order(void **state)
{
	static const struct {
		const char *line;
		enum tally_before want;
		int want_lag;
		bool is_open;
	} rows[] = {
		{ "10.0.0.1 v1 s3", TALLY_FIRST, 2, false },
		{ "10.0.0.1 s1 v3 s9", TALLY_SECOND, -2, false },
		{ "10.0.0.1 s1.5 v1.5", TALLY_TIE, 0, false },
		{ "10.0.0.1 v1.5 s1.6", TALLY_FIRST, 0, false },
		{ "10.0.0.1 v0 s9", TALLY_FIRST, 9, false },
		{ "10.0.0.1 v9 s0", TALLY_SECOND, -9, false },
		{ "10.0.0.1 v2 b7 x5 r6", TALLY_FIRST, 3, true },
		{ "2001:db8:: x5 v6", TALLY_SECOND, -1, true },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		const char *lines[] = { rows[i].line, NULL };
		struct lives world = lives_of(lines);
		struct tally_options o = lives_options(10);
		struct tally *t = lives_tally(&world, &o, 1, 1);
		const struct tally_order *p =
			rows[i].is_open ? &t->virus_open : &t->virus_spam;
		unsigned g = host_group(world.events[0].host);

		row_is(rows[i].line);
		assert_int_equal(p->n[g][rows[i].want], 1);
		assert_int_equal(p->n[g][0] + p->n[g][1] + p->n[g][2], 1);
		assert_int_equal(p->lag[10 + rows[i].want_lag], 1);
		tally_free(t);
		lives_deinit(&world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_default_window),
		cmocka_unit_test(test_sets),
		cmocka_unit_test(test_window_cuts),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
