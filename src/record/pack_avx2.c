/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack_avx2.c - the twins of pack.c, eight words or thirty-two bytes at once
 *
 * Every width has its own straight run of instructions: with the width known
 * to the compiler, all shifts are constants and words are loaded once.
 */
#include "record/pack.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2   __attribute__((target("avx2")))
#define INLINE static inline __attribute__((always_inline, target("avx2")))

INLINE __m256i load(const unsigned char *in, unsigned k)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)(in + 32 * k));
}

INLINE void unpack_row(const unsigned char *in, const unsigned width,
		       uint32_t *out, const unsigned row)
{
	const unsigned bit = row * width, shift = bit % 32;
	const __m256i mask =
		_mm256_set1_epi32((int)(UINT32_MAX >> (32 - width)));
	__m256i v = _mm256_srli_epi32(load(in, bit / 32), (int)shift);

	if (shift + width > 32)
		v = _mm256_or_si256(v, _mm256_slli_epi32(load(in, bit / 32 + 1),
							 (int)(32 - shift)));
	_mm256_storeu_si256((__m256i *)(void *)(out + 8 * row),
			    _mm256_and_si256(v, mask));
}

INLINE void unpack_4_rows(const unsigned char *in, const unsigned width,
			  uint32_t *out, const unsigned row)
{
	unpack_row(in, width, out, row);
	unpack_row(in, width, out, row + 1);
	unpack_row(in, width, out, row + 2);
	unpack_row(in, width, out, row + 3);
}

INLINE void unpack_width(const unsigned char *in, const unsigned width,
			 uint32_t *out)
{
	unpack_4_rows(in, width, out, 0);
	unpack_4_rows(in, width, out, 4);
	unpack_4_rows(in, width, out, 8);
	unpack_4_rows(in, width, out, 12);
	unpack_4_rows(in, width, out, 16);
	unpack_4_rows(in, width, out, 20);
	unpack_4_rows(in, width, out, 24);
	unpack_4_rows(in, width, out, 28);
}

#define WIDTH(w)                          \
	case w:                           \
		unpack_width(in, w, out); \
		break;
#define WIDTHS_4(w) WIDTH(w) WIDTH((w) + 1) WIDTH((w) + 2) WIDTH((w) + 3)

AVX2 void unpack_words_avx2(const unsigned char *in, unsigned width,
			    uint32_t out[PACK_GROUP])
{
	switch (width) {
		WIDTHS_4(1)
		WIDTHS_4(5)
		WIDTHS_4(9)
		WIDTHS_4(13)
		WIDTHS_4(17)
		WIDTHS_4(21)
		WIDTHS_4(25)
		WIDTHS_4(29)
	default:
		memset(out, 0, PACK_GROUP * sizeof(*out));
	}
}

/* Shifting bytes is shifting 16-bit words and masking off the neighbour. */
AVX2 void unpack_codes_avx2(const unsigned char *in, unsigned width,
			    const uint8_t table[16], uint8_t out[PACK_GROUP])
{
	const __m256i mask = _mm256_set1_epi8((char)((1u << width) - 1));
	const __m256i names = _mm256_broadcastsi128_si256(
		_mm_loadu_si128((const __m128i *)(const void *)table));

	if (width == 0) {
		memset(out, table[0], PACK_GROUP);
		return;
	}
	for (unsigned row = 0; row < 8; row++) {
		unsigned bit = row * width, shift = bit % 8;
		__m256i v = _mm256_srl_epi16(load(in, bit / 8),
					     _mm_cvtsi32_si128((int)shift));

		if (shift + width > 8) {
			__m256i low = _mm256_set1_epi8((char)(0xff >> shift));
			__m256i next = _mm256_sll_epi16(
				load(in, bit / 8 + 1),
				_mm_cvtsi32_si128((int)(8 - shift)));

			v = _mm256_or_si256(_mm256_and_si256(low, v),
					    _mm256_andnot_si256(low, next));
		}
		v = _mm256_shuffle_epi8(names, _mm256_and_si256(v, mask));
		_mm256_storeu_si256((__m256i *)(void *)(out + 32 * row), v);
	}
}

#else

void unpack_words_avx2(const unsigned char *in, unsigned width,
		       uint32_t out[PACK_GROUP])
{
	unpack_words_portable(in, width, out);
}

void unpack_codes_avx2(const unsigned char *in, unsigned width,
		       const uint8_t table[16], uint8_t out[PACK_GROUP])
{
	unpack_codes_portable(in, width, table, out);
}

#endif
