/* SPDX-License-Identifier: Apache-2.0 */
/* Many events, dealt out and sorted on all CPUs, against a plain sort */
#include "test.h"

#include "record/sort.h"

#include <stdlib.h>

static uint64_t roll(uint64_t *dice)
{
	*dice += 0x9e3779b97f4a7c15u;
	return hash_mix(*dice);
}

static int by_month_then_all(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	uint32_t mx = month_of_time(x->time), my = month_of_time(y->time);

	if (mx != my)
		return mx < my ? -1 : 1;
	return event_compare(a, b);
}

enum shape { SPREAD, ONE_NETWORK, ONE_HOST, MIXED, TIES };

static struct event make_event(enum shape shape, uint64_t *dice,
			       uint32_t n_days)
{
	uint64_t x = roll(dice), y = roll(dice);
	struct event e = {
		.host = x >> 32,
		.time = 1057017600u + (uint32_t)(y % n_days) * DAY_SECONDS +
			(uint32_t)(y >> 40) % DAY_SECONDS,
		.kind = (uint8_t)(y >> 60) % 4,
		.label = (uint32_t)(y >> 50) & 3,
		.client = (uint32_t)(y >> 55) & 3,
	};

	if (shape == ONE_NETWORK)
		e.host = 0x0a010000 | (x & 0xffff);
	if (shape == ONE_HOST && x % 8 != 0)
		e.host = 0x0a010203;
	if (shape == MIXED && x % 2 == 0)
		e.host = (uint64_t)0x20010db8 << 32 | (x >> 40);
	if (shape == TIES) {
		e.host = 0x0a010203 + (x & 1);
		e.time = 1057017600u + (uint32_t)(y & 1);
	}
	return e;
}

static void test_order(void **state)
{
	static const struct {
		const char *name;
		enum shape shape;
		size_t n;
		uint32_t n_days;
	} table[] = {
		{ "spread", SPREAD, 200000, 100 },
		{ "within a month", SPREAD, 100001, 20 },
		{ "one network", ONE_NETWORK, 100000, 70 },
		{ "one host with most", ONE_HOST, 100000, 40 },
		{ "both families", MIXED, 150000, 100 },
		{ "ties", TIES, 70000, 1 },
		{ "as many months as are dealt", SPREAD, 80000, 950 },
		{ "too many months", SPREAD, 80000, 3000 },
		{ "the fewest to be dealt", SPREAD, 65536, 40 },
		{ "one less", SPREAD, 65535, 40 },
		{ "one", SPREAD, 1, 40 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(table); i++) {
		size_t n = table[i].n;
		struct event *e = mem_alloc(n, sizeof(*e));
		struct event *want = mem_alloc(n, sizeof(*e));
		struct event *scratch = mem_alloc(n, sizeof(*e));
		uint64_t dice = i;

		row_is(table[i].name);
		for (size_t k = 0; k < n; k++)
			want[k] = e[k] = make_event(table[i].shape, &dice,
						    table[i].n_days);
		qsort(want, n, sizeof(*want), by_month_then_all);
		events_sort_months(e, n, scratch);
		for (size_t k = 0; k < n; k++)
			assert_true(event_compare(&e[k], &want[k]) == 0);
		free(e);
		free(want);
		free(scratch);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
