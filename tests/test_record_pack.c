/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packed numbers at every width and many lengths; the two unpackers give the
 * same on any bytes.
 */
#include "record/pack.h"

#include "record_help.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

static const size_t lengths[] = { 0,  1,   7,	8,   9,	  31,  32,
				  33, 255, 256, 257, 511, 512, 8192 };
#define N_LENGTHS (sizeof(lengths) / sizeof(lengths[0]))

static void words_of_width(size_t n, unsigned width, struct dice *d)
{
	uint32_t *v = mem_alloc(pack_room(n), sizeof(*v));
	uint32_t *got = mem_alloc(pack_room(n), sizeof(*got));
	struct buf b = { 0 };
	struct reader r;

	for (size_t i = 0; i < n && width > 0; i++)
		v[i] = (uint32_t)(dice_next(d) >> (64 - width));
	pack_words(&b, v, n);
	r = reader_of(buf_bytes(&b));
	unpack_words(&r, got, n);
	assert_int_equal(r.err, 0);
	assert_int_equal(reader_left(&r), 0);
	assert_memory_equal(v, got, n * sizeof(*v));
	if (b.len > 0) {
		b.len--;
		r = reader_of(buf_bytes(&b));
		unpack_words(&r, got, n);
		assert_int_equal(r.err, E_CORRUPT);
	}
	buf_deinit(&b);
	free(v);
	free(got);
}

static void words(void **state)
{
	struct dice d = { 1 };

	(void)state;
	for (size_t i = 0; i < N_LENGTHS; i++)
		for (unsigned width = 0; width <= 32; width++)
			words_of_width(lengths[i], width, &d);
}

static void codes_of_width(size_t n, unsigned width, struct dice *d)
{
	uint8_t *v = mem_alloc(pack_room(n), 1);
	uint8_t *got = mem_alloc(pack_room(n), 1);
	uint8_t table[16];
	struct buf b = { 0 };
	struct reader r;

	for (unsigned i = 0; i < 16; i++)
		table[i] = (uint8_t)dice_next(d);
	for (size_t i = 0; i < n; i++)
		v[i] = (uint8_t)dice_below(d, (uint64_t)1 << width);
	pack_bytes(&b, v, n);
	r = reader_of(buf_bytes(&b));
	unpack_codes(&r, got, n, table);
	assert_int_equal(r.err, 0);
	assert_int_equal(reader_left(&r), 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(got[i], table[v[i]]);
	buf_deinit(&b);
	free(v);
	free(got);
}

static void codes(void **state)
{
	struct dice d = { 2 };

	(void)state;
	for (size_t i = 0; i < N_LENGTHS; i++)
		for (unsigned width = 0; width <= 4; width++)
			codes_of_width(lengths[i], width, &d);
}

static void too_wide(void **state)
{
	unsigned char bytes[2 * 33 * 32] = { 33 };
	uint32_t words_out[PACK_GROUP];
	uint8_t codes_out[PACK_GROUP], table[16] = { 0 };
	struct reader r = reader_of(bytes_of(bytes, sizeof(bytes)));

	(void)state;
	unpack_words(&r, words_out, 1);
	assert_int_equal(r.err, E_CORRUPT);
	bytes[0] = 5;
	r = reader_of(bytes_of(bytes, sizeof(bytes)));
	unpack_codes(&r, codes_out, 1, table);
	assert_int_equal(r.err, E_CORRUPT);
}

static void twins(void **state)
{
	struct dice d = { 3 };
	unsigned char in[32 * 32];
	uint32_t a[PACK_GROUP], b[PACK_GROUP];
	uint8_t table[16], x[PACK_GROUP], y[PACK_GROUP];

	(void)state;
	if (!pack_has_avx2()) {
		print_message("# no AVX2 here\n");
		skip();
	}
	for (unsigned round = 0; round < 50; round++) {
		for (size_t i = 0; i < sizeof(in); i++)
			in[i] = (unsigned char)dice_next(&d);
		for (unsigned i = 0; i < 16; i++)
			table[i] = (uint8_t)dice_next(&d);
		for (unsigned width = 0; width <= 32; width++) {
			unpack_words_portable(in, width, a);
			unpack_words_avx2(in, width, b);
			assert_memory_equal(a, b, sizeof(a));
		}
		for (unsigned width = 0; width <= 4; width++) {
			unpack_codes_portable(in, width, table, x);
			unpack_codes_avx2(in, width, table, y);
			assert_memory_equal(x, y, sizeof(x));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(codes),
		cmocka_unit_test(too_wide),
		cmocka_unit_test(twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
