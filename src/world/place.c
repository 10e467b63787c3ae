/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.c - where hosts live
 *
 * Real senders come in clumps: some networks have thousands, most a few, and
 * inside a network they sit close together. Host i's key must be found
 * without its neighbours, ascend with i, and be its own; so addresses are
 * stratified: the k-th of n in a range of r lies at random within the k-th of
 * n equal parts of the range.
 */
#include "world/model.h"

#include <stdlib.h>

enum { SEED_NETWORK = 1, SEED_BLOCK, SEED_SLOT, SEED_LAYOUT };

#define V4_NETWORKS 65536u
#define V6_NETWORKS (3u << 20) /* three /12, of /32 each */

/* The k-th of n in [0, range), n <= range */
static uint64_t spread(uint64_t rng, uint64_t k, uint64_t n, uint64_t range)
{
	uint64_t low = range * k / n, high = range * (k + 1) / n;

	return low + draw_below(&rng, high - low);
}

/* A /16 that ordinary hosts have: no private, reserved or multicast space */
static bool is_public(uint32_t net)
{
	uint32_t a = net >> 8, b = net & 255;

	if (a == 0 || a == 10 || a == 127 || a >= 224)
		return false;
	if ((a == 100 && b >= 64 && b < 128) || (a == 169 && b == 254) ||
	    (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168))
		return false;
	/* parts of these are set aside for protocols, examples and tests */
	return !((a == 192 && (b == 0 || b == 88)) ||
		 (a == 198 && (b == 18 || b == 19 || b == 51)) ||
		 (a == 203 && b == 0));
}

/* Knuth's algorithm S: each of those left is taken with need / left. */
static void choose_ipv4(struct place *places, size_t n, uint64_t *rng)
{
	uint64_t left = 0;
	size_t at = 0;

	for (uint32_t net = 0; net < V4_NETWORKS; net++)
		left += is_public(net);
	for (uint32_t net = 0; net < V4_NETWORKS && at < n; net++) {
		if (!is_public(net))
			continue;
		if (draw_below(rng, left--) < n - at)
			places[at++].base = (uint64_t)net << 16;
	}
}

/* 2400::/12, 2600::/12 and 2a00::/12, of three registries */
static void choose_ipv6(struct place *places, size_t n, uint64_t seed)
{
	static const uint64_t top[3] = { 0x24000000, 0x26000000, 0x2a000000 };

	for (size_t i = 0; i < n; i++) {
		uint64_t rng = draw_seed(seed, SEED_NETWORK, i);
		uint64_t x = spread(rng, i, n, V6_NETWORKS);

		places[i].base = (top[x >> 20] | (x & 0xfffff)) << 32;
	}
}

static void share_hosts(struct place *places, size_t n, uint64_t n_hosts,
			uint64_t *rng, const struct draw_table *t)
{
	double *weight = mem_alloc(n, sizeof(*weight));
	double all = 0, sum = 0;

	for (size_t i = 0; i < n; i++) {
		weight[i] = draw_pareto(t, rng, 1.2, draw_log(50));
		all += weight[i];
	}
	for (size_t i = 0; i < n; i++) {
		places[i].first = (uint64_t)(sum / all * (double)n_hosts);
		sum += weight[i];
	}
	places[n].first = n_hosts;
	free(weight);
}

size_t place_count(uint64_t n_hosts)
{
	size_t n = 8;

	while (n < 50000 && (uint64_t)n * n < 25 * n_hosts)
		n++;
	return n;
}

void place_layout(struct place *places, size_t n, size_t n_ipv6,
		  uint64_t n_hosts, uint64_t seed, const struct draw_table *t)
{
	uint64_t rng = draw_seed(seed, SEED_LAYOUT, 0);
	size_t n_ipv4 = n - n_ipv6;

	choose_ipv4(places, n_ipv4, &rng);
	choose_ipv6(places + n_ipv4, n_ipv6, seed);
	share_hosts(places, n, n_hosts, &rng, t);
	for (size_t i = 0; i < n; i++) {
		uint64_t hosts = places[i + 1].first - places[i].first;
		uint64_t dense = 8u << draw_below(&rng, 5);

		if (dense * 256 < hosts)
			dense = (hosts + 255) / 256;
		if (dense > 254)
			panic("world: network of %llu hosts",
			      (unsigned long long)hosts);
		places[i].dense = (uint32_t)dense;
		places[i].seed = draw_u64(&rng);
	}
}

/* The last network that begins at or before the host */
uint32_t place_find(const struct place *places, size_t n, uint64_t index)
{
	size_t low = 0, high = n;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (places[middle].first <= index)
			low = middle;
		else
			high = middle;
	}
	return (uint32_t)low;
}

void place_block(const struct place *p, uint64_t index, uint64_t *first,
		 uint64_t *last)
{
	uint64_t block = (index - p->first) / p->dense;

	*first = p->first + block * p->dense;
	*last = *first + p->dense;
	if (*last > p[1].first)
		*last = p[1].first;
}

uint64_t place_key(const struct place *p, uint64_t index)
{
	uint64_t hosts = p[1].first - p->first, first, last;
	uint64_t blocks = (hosts + p->dense - 1) / p->dense;
	uint64_t block = (index - p->first) / p->dense, at, slot;

	place_block(p, index, &first, &last);
	if (host_is_ipv4(p->base)) {
		at = spread(draw_seed(p->seed, SEED_BLOCK, block), block,
			    blocks, 256);
		slot = 1 + spread(draw_seed(p->seed, SEED_SLOT, index),
				  index - first, last - first, 254);
		return p->base | at << 8 | slot;
	}
	at = spread(draw_seed(p->seed, SEED_BLOCK, block), block, blocks,
		    65536);
	slot = spread(draw_seed(p->seed, SEED_SLOT, index), index - first,
		      last - first, 65536);
	return p->base | at << 16 | slot;
}
