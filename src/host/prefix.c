/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

#include <stdio.h>
#include <stdlib.h>

/* All ones in the low n bits, 0 <= n <= 64 */
static uint64_t low_ones(unsigned n)
{
	return n == 0 ? 0 : UINT64_MAX >> (64 - n);
}

/* The network of a prefix may lie in ::/32 only where it is an IPv4 one. */
static int prefix_of(uint64_t key, unsigned bits, struct host_prefix *out)
{
	unsigned width = host_is_ipv4(key) ? 32 : 64;
	unsigned used = bits < width ? bits : width;
	uint64_t rest = low_ones(width - used);

	*out = (struct host_prefix){ key & ~rest, key | rest, bits,
				     host_is_ipv4(key) };
	if (!out->is_ipv4 && host_is_ipv4(out->first))
		out->first = (uint64_t)1 << 32;
	return 0;
}

int host_prefix_parse(struct bytes text, struct host_prefix *out)
{
	struct bytes length = text;
	struct bytes address = bytes_cut(&length, '/');
	bool has_length = address.len < text.len;
	bool is_ipv6_text = bytes_find_char(address, ':') < address.len;
	uint64_t bits = is_ipv6_text ? 128 : 32;
	uint64_t key;
	int err = host_parse(address, &key);

	if (err == E_RANGE && has_length && bytes_is(address, "::")) {
		key = (uint64_t)1 << 32; /* ::/0 and its like */
		err = 0;
	}
	if (err < 0)
		return err;
	if (has_length)
		err = bytes_to_u64(length, bits, &bits);
	if (err < 0)
		return err;
	if (is_ipv6_text && host_is_ipv4(key)) {
		if (bits < 96) /* wider than the IPv4 part of ::ffff:0:0/96 */
			return E_RANGE;
		bits -= 96;
	}
	return prefix_of(key, (unsigned)bits, out);
}

size_t host_prefix_format(struct host_prefix p, char out[HOST_TEXT_MAX])
{
	size_t n = host_format(p.first, out);

	if (!p.is_ipv4)
		n -= strlen("/64");
	return n + (size_t)snprintf(out + n, HOST_TEXT_MAX - n, "/%u", p.bits);
}

void host_set_add(struct host_set *s, struct host_prefix p)
{
	MEM_GROW(s->ranges, s->n, s->cap);
	s->ranges[s->n++] = p;
	s->is_sorted = false;
}

static int by_first(const void *a, const void *b)
{
	uint64_t x = ((const struct host_prefix *)a)->first;
	uint64_t y = ((const struct host_prefix *)b)->first;

	return (x > y) - (x < y);
}

/* Sort, and join what overlaps, so that at most one range can hold a key. */
static void host_set_sort(struct host_set *s)
{
	size_t n = 0;

	if (s->n > 0)
		qsort(s->ranges, s->n, sizeof(*s->ranges), by_first);
	for (size_t i = 0; i < s->n; i++) {
		struct host_prefix p = s->ranges[i];

		if (n > 0 && p.first <= s->ranges[n - 1].last) {
			if (p.last > s->ranges[n - 1].last)
				s->ranges[n - 1].last = p.last;
		} else {
			s->ranges[n++] = p;
		}
	}
	s->n = n;
	s->is_sorted = true;
}

bool host_set_has(struct host_set *s, uint64_t key)
{
	size_t lo = 0, hi;

	if (!s->is_sorted)
		host_set_sort(s);
	hi = s->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (key < s->ranges[mid].first)
			hi = mid;
		else if (key > s->ranges[mid].last)
			lo = mid + 1;
		else
			return true;
	}
	return false;
}

void host_set_deinit(struct host_set *s)
{
	free(s->ranges);
	*s = (struct host_set){ 0 };
}
