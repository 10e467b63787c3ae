/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

struct reader reader_of(struct bytes b)
{
	const unsigned char *p = (const unsigned char *)b.ptr;

	return (struct reader){ p, b.len ? p + b.len : p, E_OK };
}

static uint64_t read_little_endian(struct reader *r, size_t n_bytes)
{
	uint64_t x = 0;

	if (r->err < 0 || reader_left(r) < n_bytes) {
		r->err = E_CORRUPT;
		return 0;
	}
	for (size_t i = 0; i < n_bytes; i++)
		x |= (uint64_t)r->at[i] << (8 * i);
	r->at += n_bytes;
	return x;
}

uint8_t read_u8(struct reader *r)
{
	return (uint8_t)read_little_endian(r, 1);
}

uint16_t read_u16(struct reader *r)
{
	return (uint16_t)read_little_endian(r, 2);
}

uint32_t read_u32(struct reader *r)
{
	return (uint32_t)read_little_endian(r, 4);
}

uint64_t read_u64(struct reader *r)
{
	return read_little_endian(r, 8);
}

uint64_t read_varint(struct reader *r)
{
	uint64_t x = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint64_t byte = read_u8(r);

		if (shift == 63 && byte > 1)
			break;
		x |= (byte & 0x7f) << shift;
		if (byte < 0x80)
			return r->err < 0 ? 0 : x;
	}
	r->err = E_CORRUPT;
	return 0;
}

struct bytes read_bytes(struct reader *r, size_t len)
{
	struct bytes b = { (const char *)r->at, len };

	if (r->err < 0 || reader_left(r) < len) {
		r->err = E_CORRUPT;
		return (struct bytes){ 0 };
	}
	r->at += len;
	return b;
}

struct bytes read_string(struct reader *r)
{
	uint64_t len = read_varint(r);

	return read_bytes(r, (size_t)len);
}
