/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The back-test against its definition: for every mail, look at every event
 * of its scope and ask whether the trigger fired there in time.
 */
#include "lives.h"
#include "test.h"

static bool in_scope(unsigned scope, uint64_t a, uint64_t b)
{
	unsigned shift = host_is_ipv4(a) ? 8 : 16;

	if (scope == 0)
		return a == b;
	return host_is_ipv4(a) == host_is_ipv4(b) && a >> shift == b >> shift;
}

/* Spam events of the scope in [t - 7 days, t] */
static unsigned count_spam(const struct lives *l, unsigned scope,
			   const struct event *e)
{
	unsigned n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct event *x = &l->events[i];

		n += x->kind == KIND_SPAM && x->time <= e->time &&
		     x->time + 7 * DAY_SECONDS >= e->time &&
		     in_scope(scope, x->host, e->host);
	}
	return n;
}

static bool has_before(const struct lives *l, unsigned scope,
		       const struct event *e, bool virus)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct event *x = &l->events[i];

		if (x->time <= e->time && in_scope(scope, x->host, e->host) &&
		    (virus ? x->kind == KIND_VIRUS : kind_is_open(x->kind)))
			return true;
	}
	return false;
}

/* Does the trigger fire at this very event? */
static bool fires(const struct lives *l, unsigned trigger, unsigned scope,
		  const struct event *e)
{
	bool virus = e->kind == KIND_VIRUS, open = kind_is_open(e->kind);

	switch (trigger) {
	case TRIGGER_VIRUS:
		return virus;
	case TRIGGER_OPEN:
		return open;
	case TRIGGER_VIRUS_OPEN:
		return (virus || open) && has_before(l, scope, e, true) &&
		       has_before(l, scope, e, false);
	default:
		return e->kind == KIND_SPAM &&
		       count_spam(l, scope, e) >= (trigger == TRIGGER_SPAM_1 ? 1
						   : trigger == TRIGGER_SPAM_3
							   ? 3
							   : 10);
	}
}

/* Seconds since the last firing before the mail, or -1 */
static int64_t age_of(const struct lives *l, unsigned trigger, unsigned scope,
		      const struct event *mail)
{
	int64_t age = -1;

	for (size_t i = 0; i < l->n; i++) {
		const struct event *x = &l->events[i];

		if (x->time < mail->time &&
		    in_scope(scope, x->host, mail->host) &&
		    fires(l, trigger, scope, x) &&
		    (age < 0 || mail->time - x->time < age))
			age = mail->time - x->time;
	}
	return age;
}

static void add_by_definition(struct tally_backtest *b, const struct lives *l)
{
	for (unsigned trigger = 0; trigger < TALLY_TRIGGERS; trigger++)
		for (unsigned i = 0; i < 2 * l->n; i++) {
			const struct event *mail = &l->events[i / 2];
			int64_t age = age_of(l, trigger, i % 2, mail);
			unsigned span = 0;

			if (!kind_is_mail(mail->kind) || age < 0)
				continue;
			while (tally_span_days[span] != 0 &&
			       age > (int64_t)tally_span_days[span] *
					       DAY_SECONDS)
				span++;
			b->blocked[trigger][i % 2][span][mail->kind]++;
		}
}

static void test_by_definition(void **state)
{
	static const uint64_t hosts[] = {
		0x0a000001,	    0x0a000002,		0x0a0000ff,
		0x0a000100,	    0x0b000001,		0x20010db800010001,
		0x20010db80001ffff, 0x20010db800020001,
	};
	struct lives world = { 0 };
	uint64_t dice = 5;

	(void)state;
	for (unsigned i = 0; i < 260; i++) {
		struct event e = { 0 };

		dice = hash_mix(dice + i + 1);
		e.host = hosts[dice % 8];
		e.kind = (uint8_t)(dice >> 8 & 1 ? KIND_SPAM
						 : (dice >> 9) % N_KINDS);
		e.time = lives_time((uint32_t)(dice >> 20) % 120,
				    (uint32_t)(dice >> 40) % 2);
		lives_add(&world, e);
	}
	for (unsigned parts = 1; parts < 4; parts++) {
		struct tally_options o = lives_options(120);
		struct tally *t = lives_tally(&world, &o, parts, parts);
		struct tally_backtest want = { 0 };

		add_by_definition(&want, &world);
		assert_memory_equal(&t->backtest, &want, sizeof(want));
		tally_free(t);
	}
	lives_deinit(&world);
}

/* "days" x 86,400 s to the second, and never in the second of the firing */
static void test_limits(void **state)
{
	static const struct {
		const char *line;
		int want_span; /* of the policy event; -1: not blocked */
	} rows[] = {
		{ "10.0.0.1 v1 p1", -1 },   { "10.0.0.1 v1 p1.1", 0 },
		{ "10.0.0.1 v1 p2", 0 },    { "10.0.0.1 v1 p2.1", 1 },
		{ "10.0.0.1 v1 v5 p5", 2 }, { "10.0.0.1 v1 p91", 7 },
		{ "10.0.0.1 v1 p91.1", 8 }, { "10.0.0.1 p1 v2", -1 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		const char *lines[] = { rows[i].line, NULL };
		struct lives world = lives_of(lines);
		struct tally_options o = lives_options(120);
		struct tally *t = lives_tally(&world, &o, 1, 1);

		row_is(rows[i].line);
		for (int span = 0; span < TALLY_SPANS; span++)
			for (unsigned scope = 0; scope < 2; scope++)
				assert_int_equal(
					t->backtest
						.blocked[TRIGGER_VIRUS][scope]
							[span][KIND_POLICY],
					span == rows[i].want_span);
		tally_free(t);
		lives_deinit(&world);
	}
}

/* A block of many hosts and rows: the rows are merged, none is lost. */
static void test_busy_block(void **state)
{
	struct lives world = { 0 };
	struct tally_options o = lives_options(2);
	const uint64_t(*b)[TALLY_SPANS][N_MAIL_KINDS];
	struct tally *t;

	(void)state;
	for (uint32_t host = 0; host < 200; host++)
		for (uint32_t i = 0; i < 500; i++)
			lives_add(
				&world,
				(struct event){ .host = 0x0a000000 + host,
						.time = lives_time(0, i % 100),
						.kind = KIND_SPAM });
	t = lives_tally(&world, &o, 1, 100);
	b = t->backtest.blocked[TRIGGER_SPAM_10];
	assert_int_equal(b[1][0][KIND_SPAM], 200 * 500 - 200 * 5);
	assert_int_equal(b[0][0][KIND_SPAM], 200 * (500 - 2 * 5));
	tally_free(t);
	lives_deinit(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_by_definition),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_busy_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
