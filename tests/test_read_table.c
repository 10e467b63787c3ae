/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded table against an array that does the same slowly */
#include "read/table.h"

#include "test.h"

#define MAX 100

static uint64_t *oldest_of(struct table *t)
{
	return table_oldest(t);
}

static void test_order(void **state)
{
	struct table *t = table_new(sizeof(uint64_t), 3);
	uint64_t *p;

	(void)state;
	assert_null(table_oldest(t));
	for (uint64_t k = 1; k <= 3; k++)
		*(uint64_t *)table_add(t, k) = k * 10;
	assert_true(table_is_full(t));
	assert_int_equal(10, *oldest_of(t));
	table_touch(t, table_find(t, 1));
	assert_int_equal(20, *oldest_of(t));
	p = table_next(t, table_oldest(t));
	assert_int_equal(30, *p);
	assert_int_equal(3, table_key(t, p));
	table_remove(t, p);
	assert_null(table_find(t, 3));
	assert_false(table_is_full(t));
	p = table_add(t, 4);
	assert_int_equal(0, *p); /* zeroed, though used before */
	assert_int_equal(20, *oldest_of(t));
	assert_null(table_next(t, p));
	table_free(t);
}

/* Random adding, finding and removing, with the seed in the name */
static void test_against_array(void **state)
{
	struct table *t = table_new(sizeof(uint64_t), MAX);
	uint64_t keys[MAX], seed = 2003;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		uint64_t key = hash_mix(seed += 7) % 300;
		uint64_t *p = table_find(t, key);
		size_t at = 0;

		while (at < n && keys[at] != key)
			at++;
		assert_int_equal(at < n, p != NULL);
		if (p != NULL) {
			assert_int_equal(key + 1, *p);
			table_remove(t, p);
			for (n--; at < n; at++)
				keys[at] = keys[at + 1];
		} else if (n < MAX) {
			*(uint64_t *)table_add(t, key) = key + 1;
			keys[n++] = key;
		}
		if (n > 0)
			assert_int_equal(keys[0],
					 table_key(t, table_oldest(t)));
	}
	table_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_against_array),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
