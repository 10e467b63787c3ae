/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

void buf_deinit(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){ 0 };
}

void buf_reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 64;

	if (more <= b->cap - b->len)
		return;
	if (more > SIZE_MAX / 2 - b->len)
		fatal("out of memory: a text of %zu bytes", more);
	while (cap < b->len + more)
		cap *= 2;
	b->ptr = mem_resize(b->ptr, cap, 1);
	b->cap = cap;
}

void buf_add(struct buf *b, const void *ptr, size_t len)
{
	if (len == 0)
		return;
	buf_reserve(b, len);
	memcpy(b->ptr + b->len, ptr, len);
	b->len += len;
}

void buf_add_bytes(struct buf *b, struct bytes x)
{
	buf_add(b, x.ptr, x.len);
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

/* Format into the room there is; where that was too little, once more. */
void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	buf_reserve(b, 64);
	n = vsnprintf(b->ptr + b->len, b->cap - b->len, format, args);
	if (n < 0)
		panic("cannot format \"%s\"", format);
	if ((size_t)n >= b->cap - b->len) {
		buf_reserve(b, (size_t)n + 1);
		vsnprintf(b->ptr + b->len, (size_t)n + 1, format, again);
	}
	b->len += (size_t)n;
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

static void add_little_endian(struct buf *b, uint64_t x, size_t n_bytes)
{
	unsigned char out[8];

	for (size_t i = 0; i < n_bytes; i++)
		out[i] = (unsigned char)(x >> (8 * i));
	buf_add(b, out, n_bytes);
}

void buf_add_u8(struct buf *b, uint8_t x)
{
	add_little_endian(b, x, 1);
}

void buf_add_u16(struct buf *b, uint16_t x)
{
	add_little_endian(b, x, 2);
}

void buf_add_u32(struct buf *b, uint32_t x)
{
	add_little_endian(b, x, 4);
}

void buf_add_u64(struct buf *b, uint64_t x)
{
	add_little_endian(b, x, 8);
}

void buf_add_varint(struct buf *b, uint64_t x)
{
	while (x >= 0x80) {
		buf_add_u8(b, (uint8_t)(x | 0x80));
		x >>= 7;
	}
	buf_add_u8(b, (uint8_t)x);
}

void buf_add_string(struct buf *b, struct bytes x)
{
	buf_add_varint(b, x.len);
	buf_add_bytes(b, x);
}
