/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.c - packing, and unpacking without help of the processor
 *
 *	lane      0      1      2   …   7
 *	row 0    v[0]   v[1]   v[2] … v[7]      bits 0 … w-1 of each lane
 *	row 1    v[8]   v[9]     …   v[15]      bits w … 2w-1
 *	…
 *	row 31                      v[255]
 *
 * Each lane is a string of 32-bit words; word k of all eight lanes lies
 * together, 32 bytes. For codes the lanes are 32 strings of bytes.
 */
#include "record/pack.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "packed words are little-endian and used as they are");

#define LANES	   8
#define ROWS	   32
#define BYTE_LANES 32
#define BYTE_ROWS  8
#define STRIDE	   32 /* bytes of one word, or byte, of all lanes */
#define CODE_BITS  4
#define GROUP_MAX  (32 * STRIDE)

static size_t n_groups_of(size_t n)
{
	return (n + PACK_GROUP - 1) / PACK_GROUP;
}

/* Bytes of a group of n numbers */
static size_t words_size(size_t n, unsigned width)
{
	size_t rows = (n + LANES - 1) / LANES;

	return (rows * width + 31) / 32 * STRIDE;
}

static size_t bytes_size(size_t n, unsigned width)
{
	size_t rows = (n + BYTE_LANES - 1) / BYTE_LANES;

	return (rows * width + 7) / 8 * STRIDE;
}

static unsigned bit_width(uint32_t x)
{
	return x == 0 ? 0 : 32 - (unsigned)__builtin_clz(x);
}

static size_t at_most_group(size_t n)
{
	return n < PACK_GROUP ? n : PACK_GROUP;
}

/* ----------------------------------------------------------------- packing */

static void pack_word_group(struct buf *out, const uint32_t *v, size_t n,
			    unsigned width)
{
	uint32_t words[GROUP_MAX / 4 + LANES] = { 0 };

	for (size_t i = 0; i < n; i++) {
		size_t bit = i / LANES * width;
		size_t at = bit / 32 * LANES + i % LANES;
		unsigned shift = bit % 32;

		words[at] |= v[i] << shift;
		if (shift + width > 32)
			words[at + LANES] |= v[i] >> (32 - shift);
	}
	buf_add(out, words, words_size(n, width));
}

static unsigned width_of_words(const uint32_t *v, size_t n)
{
	uint32_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= v[i];
	return bit_width(all);
}

void pack_words(struct buf *out, const uint32_t *v, size_t n)
{
	size_t widths = out->len;

	for (size_t i = 0; i < n; i += PACK_GROUP)
		buf_add_u8(out, (uint8_t)width_of_words(v + i,
							at_most_group(n - i)));
	for (size_t i = 0; i < n; i += PACK_GROUP)
		pack_word_group(out, v + i, at_most_group(n - i),
				(uint8_t)out->ptr[widths + i / PACK_GROUP]);
}

static void pack_byte_group(struct buf *out, const uint8_t *v, size_t n,
			    unsigned width)
{
	uint8_t bytes[9 * STRIDE] = { 0 };

	for (size_t i = 0; i < n; i++) {
		size_t bit = i / BYTE_LANES * width;
		size_t at = bit / 8 * STRIDE + i % BYTE_LANES;
		unsigned x = (unsigned)v[i] << bit % 8;

		bytes[at] |= (uint8_t)x;
		bytes[at + STRIDE] |= (uint8_t)(x >> 8);
	}
	buf_add(out, bytes, bytes_size(n, width));
}

static unsigned width_of_bytes(const uint8_t *v, size_t n)
{
	uint32_t all = 0;

	for (size_t i = 0; i < n; i++)
		all |= v[i];
	return bit_width(all);
}

void pack_bytes(struct buf *out, const uint8_t *v, size_t n)
{
	size_t widths = out->len;

	for (size_t i = 0; i < n; i += PACK_GROUP)
		buf_add_u8(out, (uint8_t)width_of_bytes(v + i,
							at_most_group(n - i)));
	for (size_t i = 0; i < n; i += PACK_GROUP)
		pack_byte_group(out, v + i, at_most_group(n - i),
				(uint8_t)out->ptr[widths + i / PACK_GROUP]);
}

/* --------------------------------------------------------------- unpacking */

static void load_words(const unsigned char *in, size_t k, uint32_t words[LANES])
{
	memcpy(words, in + k * STRIDE, STRIDE);
}

void unpack_words_portable(const unsigned char *in, unsigned width,
			   uint32_t out[PACK_GROUP])
{
	uint32_t mask = width == 0 ? 0 : UINT32_MAX >> (32 - width);
	uint32_t low[LANES], high[LANES];

	if (width == 0) {
		memset(out, 0, PACK_GROUP * sizeof(*out));
		return;
	}
	for (unsigned row = 0; row < ROWS; row++) {
		unsigned bit = row * width, shift = bit % 32;

		load_words(in, bit / 32, low);
		for (unsigned i = 0; i < LANES; i++)
			low[i] >>= shift;
		if (shift + width > 32) {
			load_words(in, bit / 32 + 1, high);
			for (unsigned i = 0; i < LANES; i++)
				low[i] |= high[i] << (32 - shift);
		}
		for (unsigned i = 0; i < LANES; i++)
			out[row * LANES + i] = low[i] & mask;
	}
}

void unpack_codes_portable(const unsigned char *in, unsigned width,
			   const uint8_t table[16], uint8_t out[PACK_GROUP])
{
	unsigned mask = (1u << width) - 1;

	if (width == 0) {
		memset(out, table[0], PACK_GROUP);
		return;
	}
	for (unsigned row = 0; row < BYTE_ROWS; row++) {
		unsigned bit = row * width, shift = bit % 8;
		const unsigned char *p = in + bit / 8 * STRIDE;
		const unsigned char *q = shift + width > 8 ? p + STRIDE : p;

		for (unsigned i = 0; i < BYTE_LANES; i++) {
			unsigned x = p[i] | (unsigned)q[i] << 8;

			out[row * BYTE_LANES + i] = table[x >> shift & mask];
		}
	}
}

bool pack_has_avx2(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

static void unpack_word_group(const unsigned char *in, unsigned width,
			      uint32_t *out)
{
	if (pack_has_avx2())
		unpack_words_avx2(in, width, out);
	else
		unpack_words_portable(in, width, out);
}

static void unpack_code_group(const unsigned char *in, unsigned width,
			      const uint8_t table[16], uint8_t *out)
{
	if (pack_has_avx2())
		unpack_codes_avx2(in, width, table, out);
	else
		unpack_codes_portable(in, width, table, out);
}

/* The last group is shorter than what the unpackers read. */
static const unsigned char *whole_group(struct bytes group, size_t want,
					unsigned char space[GROUP_MAX])
{
	if (group.len == want)
		return (const unsigned char *)group.ptr;
	memset(space, 0, want);
	if (group.len > 0)
		memcpy(space, group.ptr, group.len);
	return space;
}

void unpack_words(struct reader *r, uint32_t *out, size_t n)
{
	struct bytes widths = read_bytes(r, n_groups_of(n));
	unsigned char space[GROUP_MAX];

	for (size_t i = 0; i < n && r->err == 0; i += PACK_GROUP) {
		unsigned width = (uint8_t)widths.ptr[i / PACK_GROUP];
		struct bytes group;

		if (width > 32) {
			r->err = E_CORRUPT;
			return;
		}
		group = read_bytes(r, words_size(at_most_group(n - i), width));
		if (r->err == 0)
			unpack_word_group(
				whole_group(group, width * STRIDE, space),
				width, out + i);
	}
}

void unpack_codes(struct reader *r, uint8_t *out, size_t n,
		  const uint8_t table[16])
{
	struct bytes widths = read_bytes(r, n_groups_of(n));
	unsigned char space[GROUP_MAX];

	for (size_t i = 0; i < n && r->err == 0; i += PACK_GROUP) {
		unsigned width = (uint8_t)widths.ptr[i / PACK_GROUP];
		struct bytes group;

		if (width > CODE_BITS) {
			r->err = E_CORRUPT;
			return;
		}
		group = read_bytes(r, bytes_size(at_most_group(n - i), width));
		if (r->err == 0)
			unpack_code_group(
				whole_group(group, width * STRIDE, space),
				width, table, out + i);
	}
}
