/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

#include <arpa/inet.h>
#include <stdio.h>

#define TEXT_MAX 45 /* the longest IPv6 address (RFC 4291, 2.2.3) */

/*
 * Dotted decimal, four numbers. Leading zeros are refused: some programs read
 * them as octal, so that nobody knows which host is meant (RFC 6943, 3.1.1).
 */
static int parse_ipv4(struct bytes text, uint64_t *key)
{
	uint64_t address = 0;
	size_t at = 0;

	for (int i = 0; i < 4; i++) {
		unsigned octet = 0;
		size_t start;

		if (i > 0 && (at == text.len || text.ptr[at++] != '.'))
			return E_SYNTAX;
		start = at;
		while (at < text.len && at < start + 3 && text.ptr[at] >= '0' &&
		       text.ptr[at] <= '9')
			octet = octet * 10 + (unsigned)(text.ptr[at++] - '0');
		if (at == start || octet > 255 ||
		    (at > start + 1 && text.ptr[start] == '0'))
			return E_SYNTAX;
		address = address << 8 | octet;
	}
	if (at < text.len)
		return E_SYNTAX;
	*key = address;
	return 0;
}

static uint64_t load_be(const unsigned char *p, size_t n)
{
	uint64_t x = 0;

	for (size_t i = 0; i < n; i++)
		x = x << 8 | p[i];
	return x;
}

static int parse_ipv6_bytes(struct bytes text, unsigned char addr[16])
{
	char copy[TEXT_MAX + 1];

	if (text.len == 0 || text.len > TEXT_MAX ||
	    memchr(text.ptr, '\0', text.len))
		return E_SYNTAX;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return inet_pton(AF_INET6, copy, addr) == 1 ? 0 : E_SYNTAX;
}

int host_from_ipv6(const unsigned char addr[16], uint64_t *key)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char nat64[12] = { 0, 0x64, 0xff, 0x9b };
	static const unsigned char loopback[16] = { [15] = 1 };
	uint64_t top = load_be(addr, 8);

	if (!memcmp(addr, mapped, 12) || !memcmp(addr, nat64, 12))
		*key = load_be(addr + 12, 4);
	else if (!memcmp(addr, loopback, 16))
		*key = 0x7f000001;
	else if (host_is_ipv4(top))
		return E_RANGE;
	else
		*key = top;
	return 0;
}

int host_parse(struct bytes text, uint64_t *key)
{
	unsigned char addr[16];
	int err = parse_ipv4(text, key);

	if (err == 0 || bytes_find_char(text, ':') == text.len)
		return err;
	err = parse_ipv6_bytes(text, addr);
	return err < 0 ? err : host_from_ipv6(addr, key);
}

static void format_ipv6(uint64_t top, char out[HOST_TEXT_MAX])
{
	unsigned char addr[16] = { 0 };

	for (unsigned i = 0; i < 8; i++)
		addr[i] = (unsigned char)(top >> (56 - 8 * i));
	inet_ntop(AF_INET6, addr, out, HOST_TEXT_MAX);
}

static void format_ipv4(uint64_t key, char out[HOST_TEXT_MAX])
{
	unsigned a = (unsigned)key;

	snprintf(out, HOST_TEXT_MAX, "%u.%u.%u.%u", a >> 24, a >> 16 & 255,
		 a >> 8 & 255, a & 255);
}

size_t host_format(uint64_t key, char out[HOST_TEXT_MAX])
{
	if (host_is_ipv4(key)) {
		format_ipv4(key, out);
	} else {
		format_ipv6(key, out);
		strcat(out, "/64");
	}
	return strlen(out);
}
