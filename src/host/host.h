/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.h - who mails us: addresses as 64-bit keys
 *
 * A host is an IPv4 address or an IPv6 /64, the smallest thing that one
 * subscriber has. Its key:
 *
 *	IPv4	0 … 2^32-1, the address
 *	IPv6	the top 64 bits of the address, 2^32 and above
 *
 * An IPv4 address inside ::ffff:0:0/96 (RFC 4291) or 64:ff9b::/96 (RFC 6052)
 * is that IPv4 address. Keys sort by address, so that networks are ranges.
 * ::/32 is reserved and holds no hosts; of it only ::1 is taken, as 127.0.0.1.
 *
 * Source: MEASURES 1; text forms RFC 4291 and RFC 5952.
 */
#pragma once

#include "base/base.h"

#define HOST_TEXT_MAX 48 /* a printed host or prefix with its NUL */
#define HOST_N_GROUPS 64

/*
 * An address as text, all of it: "192.0.2.7", "2001:db8::1". No port, no
 * brackets, no zone. E_SYNTAX; E_RANGE for an IPv6 address in ::/32.
 */
int host_parse(struct bytes text, uint64_t *key);

/* From the 16 bytes of an IPv6 address in network order. E_RANGE as above. */
int host_from_ipv6(const unsigned char addr[16], uint64_t *key);

/*
 * "192.0.2.7" or "2001:db8:0:1::/64", NUL-terminated; returns the length.
 */
size_t host_format(uint64_t key, char out[HOST_TEXT_MAX]);

static inline bool host_is_ipv4(uint64_t key)
{
	return key >> 32 == 0;
}

/* 127.0.0.0/8, and with it ::1 */
static inline bool host_is_loopback(uint64_t key)
{
	return key >> 24 == 127;
}

/* The IPv4 /16 or IPv6 /32 (MEASURES 1, "network") */
static inline uint64_t host_network(uint64_t key)
{
	return host_is_ipv4(key) ? key >> 16 : key >> 32;
}

/* 0 … 63: all hosts of a network fall in one group (MEASURES 1, "group") */
static inline unsigned host_group(uint64_t key)
{
	return (unsigned)(hash_mix(host_network(key)) >> 58);
}

/* The first key past the network of `key`, or 0 past the last one */
static inline uint64_t host_network_end(uint64_t key)
{
	return host_is_ipv4(key) ? ((key >> 16) + 1) << 16
				 : ((key >> 32) + 1) << 32;
}

/* A prefix as the range of hosts it holds, both ends included. */
struct host_prefix {
	uint64_t first;
	uint64_t last;
	unsigned bits; /* of the address: 0 … 32 or 0 … 128 */
	bool is_ipv4;
};

/*
 * "192.0.2.0/24", "2001:db8::/32", or an address alone. Bits past the length
 * are taken as 0. IPv6 prefixes longer than /64 are the one host they lie in.
 * E_SYNTAX, E_RANGE.
 */
int host_prefix_parse(struct bytes text, struct host_prefix *out);
size_t host_prefix_format(struct host_prefix p, char out[HOST_TEXT_MAX]);

/*
 * A set of prefixes. Add in any order; the first look-up sorts them, so one
 * thread must look once before several do.
 */
struct host_set {
	struct host_prefix *ranges; /* sorted and disjoint once is_sorted */
	size_t n;
	size_t cap;
	bool is_sorted;
};

void host_set_add(struct host_set *s, struct host_prefix p);
bool host_set_has(struct host_set *s, uint64_t key);
void host_set_deinit(struct host_set *s);
