/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include "test.h"

static void test_bytes_cut(void **state)
{
	struct bytes rest = bytes_of_text("a,,b");

	(void)state;
	assert_true(bytes_is(bytes_cut(&rest, ','), "a"));
	assert_true(bytes_is(bytes_cut(&rest, ','), ""));
	assert_true(bytes_is(bytes_cut(&rest, ','), "b"));
	assert_int_equal(rest.len, 0);
	assert_true(bytes_is(bytes_cut(&rest, ','), ""));
}

static void test_bytes_compare(void **state)
{
	static const struct {
		const char *a, *b;
		int want_sign;
	} rows[] = {
		{ "", "", 0 },	     { "", "a", -1 },  { "a", "", 1 },
		{ "a", "b", -1 },    { "ab", "a", 1 }, { "a\xff", "ab", 1 },
		{ "abc", "abc", 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		int got = bytes_compare(bytes_of_text(rows[i].a),
					bytes_of_text(rows[i].b));

		row_is(rows[i].a);
		assert_int_equal((got > 0) - (got < 0), rows[i].want_sign);
	}
}

static void test_bytes_nocase(void **state)
{
	(void)state;
	assert_true(bytes_equal_nocase(bytes_of_text("Received"),
				       bytes_of_text("rECEIVED")));
	assert_false(bytes_equal_nocase(bytes_of_text("Received"),
					bytes_of_text("Receive")));
	assert_false(
		bytes_equal_nocase(bytes_of_text("@"), bytes_of_text("`")));
	assert_true(bytes_starts_nocase(bytes_of_text("FROM: x"), "from:"));
	assert_false(bytes_starts_nocase(bytes_of_text("FRO"), "from"));
}

static void test_bytes_find_and_trim(void **state)
{
	struct bytes b = bytes_of_text("  left = right\t\r\n");

	(void)state;
	assert_true(bytes_is(bytes_trim(b), "left = right"));
	assert_int_equal(bytes_find_char(b, '='), 7);
	assert_int_equal(bytes_find_char(b, '#'), b.len);
	assert_int_equal(bytes_find_text(b, "= r"), 7);
	assert_int_equal(bytes_find_text(b, "=="), b.len);
	assert_int_equal(bytes_trim(bytes_of_text(" \n ")).len, 0);
}

static void test_bytes_to_u64(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		int want;
		uint64_t want_value;
	} rows[] = {
		{ "0", 10, 0, 0 },
		{ "10", 10, 0, 10 },
		{ "11", 10, E_RANGE, 0 },
		{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", UINT64_MAX, E_RANGE, 0 },
		{ "99999999999999999999999", UINT64_MAX, E_RANGE, 0 },
		{ "", 10, E_SYNTAX, 0 },
		{ "-1", 10, E_SYNTAX, 0 },
		{ "1 ", 10, E_SYNTAX, 0 },
		{ "0x1", 10, E_SYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		uint64_t value = 0;

		row_is(rows[i].text);
		assert_int_equal(bytes_to_u64(bytes_of_text(rows[i].text),
					      rows[i].max, &value),
				 rows[i].want);
		assert_int_equal(value, rows[i].want_value);
	}
}

static void test_arena_scratch_is_given_back(void **state)
{
	struct arena whole = arena_new(1 << 20), a = whole;
	char *first = ARENA_NEW(&a, char, 3);
	uint64_t *aligned = ARENA_NEW(&a, uint64_t, 2);
	struct arena scratch = a;
	char *temporary = ARENA_NEW(&scratch, char, 100);

	(void)state;
	assert_int_equal((uintptr_t)aligned % _Alignof(uint64_t), 0);
	assert_true((char *)aligned >= first + 3);
	memset(temporary, 'x', 100);
	/* what the copy took is taken again, and zeroed */
	assert_ptr_equal(ARENA_NEW(&a, char, 100), temporary);
	for (int i = 0; i < 100; i++)
		assert_int_equal(temporary[i], 0);
	arena_free(whole);
}

static void test_varint_round_trip(void **state)
{
	static const uint64_t values[] = {
		0,	   1,	       127,
		128,	   16383,      16384,
		1u << 31,  UINT32_MAX, UINT64_MAX - 1,
		UINT64_MAX
	};
	struct buf b = { 0 };
	struct reader r;

	(void)state;
	for (size_t i = 0; i < N_ROWS(values); i++)
		buf_add_varint(&b, values[i]);
	r = reader_of(buf_bytes(&b));
	for (size_t i = 0; i < N_ROWS(values); i++)
		assert_true(read_varint(&r) == values[i]);
	assert_int_equal(r.err, 0);
	assert_int_equal(reader_left(&r), 0);
	buf_deinit(&b);
}

static void test_reader_error_is_sticky(void **state)
{
	struct reader r = reader_of(bytes_of("\x01\x02\x03", 3));

	(void)state;
	assert_int_equal(read_u16(&r), 0x0201);
	assert_int_equal(read_u32(&r), 0);
	assert_int_equal(r.err, E_CORRUPT);
	assert_int_equal(read_u8(&r), 0); /* one is left, but not for us */
	assert_ptr_equal(read_bytes(&r, 1).ptr, NULL);
}

static void test_reader_refuses_long_varint(void **state)
{
	static const struct {
		const char *name;
		struct bytes bytes;
	} rows[] = {
		{ "no end", { "\x80\x80", 2 } },
		{ "65 bits",
		  { "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10 } },
		{ "eleven bytes",
		  { "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00", 11 } },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct reader r = reader_of(rows[i].bytes);

		row_is(rows[i].name);
		assert_int_equal(read_varint(&r), 0);
		assert_int_equal(r.err, E_CORRUPT);
	}
}

static void test_reader_string_longer_than_input(void **state)
{
	struct buf b = { 0 };
	struct reader r;

	(void)state;
	buf_add_varint(&b, UINT64_MAX);
	buf_add_text(&b, "abc");
	r = reader_of(buf_bytes(&b));
	assert_int_equal(read_string(&r).len, 0);
	assert_int_equal(r.err, E_CORRUPT);
	buf_deinit(&b);
}

static void test_buf_printf_grows(void **state)
{
	struct buf b = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "%d,", i);
	assert_int_equal(b.len, 10 * 2 + 90 * 3 + 900 * 4);
	assert_true(bytes_ends(buf_bytes(&b), "998,999,"));
	buf_deinit(&b);
}

/* From the algorithm's definition: the finaliser of splitmix64 at 1 */
static void test_hash_mix(void **state)
{
	(void)state;
	assert_true(hash_mix(0) == 0);
	assert_true(hash_mix(1) == 0x5692161d100b05e5u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes_cut),
		cmocka_unit_test(test_bytes_compare),
		cmocka_unit_test(test_bytes_nocase),
		cmocka_unit_test(test_bytes_find_and_trim),
		cmocka_unit_test(test_bytes_to_u64),
		cmocka_unit_test(test_arena_scratch_is_given_back),
		cmocka_unit_test(test_varint_round_trip),
		cmocka_unit_test(test_reader_error_is_sticky),
		cmocka_unit_test(test_reader_refuses_long_varint),
		cmocka_unit_test(test_reader_string_longer_than_input),
		cmocka_unit_test(test_buf_printf_grows),
		cmocka_unit_test(test_hash_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
