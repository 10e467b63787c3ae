/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

/* Bytes of the character that begins with this one; 0: none does */
static size_t length_by_first(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

static bool is_scalar(uint32_t c, size_t len)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };

	return c >= least[len] && c <= 0x10ffff && !(c >> 11 == 0x1b);
}

uint32_t utf8_next(struct bytes *b)
{
	const unsigned char *p = (const unsigned char *)b->ptr;
	size_t len = length_by_first(p[0]);
	uint32_t c = p[0];

	if (len == 0 || len > b->len)
		goto bad;
	if (len > 1)
		c &= 0x7fu >> len;
	for (size_t i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			goto bad;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (!is_scalar(c, len))
		goto bad;
	*b = bytes_from(*b, len);
	return c;
bad:
	*b = bytes_from(*b, 1);
	return UTF8_REPLACEMENT;
}

void utf8_add(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_add_u8(out, (uint8_t)c);
		return;
	}
	if (c < 0x800) {
		buf_add_u8(out, (uint8_t)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		buf_add_u8(out, (uint8_t)(0xe0 | c >> 12));
		buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	} else {
		buf_add_u8(out, (uint8_t)(0xf0 | c >> 18));
		buf_add_u8(out, (uint8_t)(0x80 | (c >> 12 & 0x3f)));
		buf_add_u8(out, (uint8_t)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_add_u8(out, (uint8_t)(0x80 | (c & 0x3f)));
}
