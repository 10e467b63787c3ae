/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int bytes_compare(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.ptr, b.ptr, n) : 0;

	if (order != 0)
		return order;
	return (a.len > b.len) - (a.len < b.len);
}

static bool same_letters(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

bool bytes_equal_nocase(struct bytes a, struct bytes b)
{
	return a.len == b.len && same_letters(a.ptr, b.ptr, a.len);
}

bool bytes_starts_nocase(struct bytes b, const char *prefix)
{
	size_t n = strlen(prefix);

	return b.len >= n && same_letters(b.ptr, prefix, n);
}

size_t bytes_find_char(struct bytes b, char c)
{
	const char *p = b.len ? memchr(b.ptr, c, b.len) : NULL;

	return p ? (size_t)(p - b.ptr) : b.len;
}

size_t bytes_find_text(struct bytes b, const char *text)
{
	size_t n = strlen(text);
	const char *p = b.len ? memmem(b.ptr, b.len, text, n) : NULL;

	return p ? (size_t)(p - b.ptr) : b.len;
}

struct bytes bytes_trim(struct bytes b)
{
	while (b.len > 0 && is_space(b.ptr[0]))
		b = bytes_from(b, 1);
	while (b.len > 0 && is_space(b.ptr[b.len - 1]))
		b.len--;
	return b;
}

struct bytes bytes_cut(struct bytes *rest, char c)
{
	size_t n = bytes_find_char(*rest, c);
	struct bytes head = { rest->ptr, n };

	*rest = bytes_from(*rest, n < rest->len ? n + 1 : n);
	return head;
}

int bytes_to_u64(struct bytes b, uint64_t max, uint64_t *out)
{
	uint64_t x = 0;

	if (b.len == 0)
		return E_SYNTAX;
	for (size_t i = 0; i < b.len; i++) {
		unsigned digit = (unsigned char)b.ptr[i] - (unsigned)'0';

		if (digit > 9)
			return E_SYNTAX;
		if (x > (UINT64_MAX - digit) / 10)
			return E_RANGE;
		x = x * 10 + digit;
	}
	if (x > max)
		return E_RANGE;
	*out = x;
	return 0;
}
