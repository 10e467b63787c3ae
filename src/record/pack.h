/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pack.h - numbers at the width they need
 *
 * Numbers are cut into groups of 256, each stored with as many bits as its
 * largest needs. In a group, number i stands in lane i % 8 of 32-bit words
 * (or lane i % 32 of bytes), so that one instruction unpacks a whole row of
 * lanes. A stream is the widths, a byte for each group, and then the groups;
 * the last is cut after the last row of lanes in use.
 *
 * Streams do not say how many numbers they hold: who reads one knows.
 *
 * Source: doc/format/run.md, "Packed numbers"; the layout follows Lemire and
 * Boytsov, "Decoding billions of integers per second through vectorization".
 */
#pragma once

#include "base/base.h"

#define PACK_GROUP 256

/* Room that an array must have for n unpacked numbers */
static inline size_t pack_room(size_t n)
{
	return (n + PACK_GROUP - 1) / PACK_GROUP * PACK_GROUP;
}

void pack_words(struct buf *out, const uint32_t *v, size_t n);
void pack_bytes(struct buf *out, const uint8_t *v, size_t n);

/*
 * Read n numbers; out has pack_room(n). What is past n is undefined. Errors
 * stay in the reader.
 */
void unpack_words(struct reader *r, uint32_t *out, size_t n);

/*
 * The same for codes of at most 4 bits, each replaced by table[code].
 */
void unpack_codes(struct reader *r, uint8_t *out, size_t n,
		  const uint8_t table[16]);

/*
 * The twins: one group, of `width` bits, from width * 32 bytes. Both give the
 * same; the second one may only be called where the processor has AVX2.
 */
void unpack_words_portable(const unsigned char *in, unsigned width,
			   uint32_t out[PACK_GROUP]);
void unpack_words_avx2(const unsigned char *in, unsigned width,
		       uint32_t out[PACK_GROUP]);
void unpack_codes_portable(const unsigned char *in, unsigned width,
			   const uint8_t table[16], uint8_t out[PACK_GROUP]);
void unpack_codes_avx2(const unsigned char *in, unsigned width,
		       const uint8_t table[16], uint8_t out[PACK_GROUP]);
bool pack_has_avx2(void);
