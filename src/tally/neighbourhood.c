/* SPDX-License-Identifier: Apache-2.0 */
/*
 * neighbourhood.c - [11] blocks of addresses, five sizes at once
 *
 * Blocks nest and hosts come by address, so at each size exactly one block is
 * open: the one that holds the last host. A host that lies elsewhere closes
 * it. The largest blocks are networks; none lies in two groups or tallies.
 */
#include "tally/measure.h"

#include <stdlib.h>

struct block {
	uint64_t hosts;
	bool has_virus;
	bool is_early;		 /* a first virus in the first half */
	struct tally_inside new; /* of the second half */
};

struct hood {
	bool is_open;
	uint64_t host; /* the last */
	struct block blocks[TALLY_LEVELS];
};

static const unsigned shifts[2][TALLY_LEVELS] = {
	{ 0, 4, 8, 12, 16 },
	{ 0, 8, 16, 24, 32 },
};

static void neighbourhood_open(struct tally *t)
{
	t->hood = mem_alloc(1, sizeof(*t->hood));
}

/* n more blocks of m hosts; most are small, and stand near the front */
static void count_blocks(struct tally_blocks *b, uint64_t m, uint64_t n)
{
	uint32_t lo = 0, hi = b->n;

	if (m <= b->n && b->counts[m - 1].m == m) {
		b->counts[m - 1].n += n;
		return;
	}
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (b->counts[mid].m < m)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo < b->n && b->counts[lo].m == m) {
		b->counts[lo].n += n;
		return;
	}
	MEM_GROW(b->counts, b->n, b->cap);
	memmove(&b->counts[lo + 1], &b->counts[lo],
		(b->n - lo) * sizeof(*b->counts));
	b->counts[lo] = (struct tally_block_count){ m, n };
	b->n++;
}

static void close_block(struct tally *t, unsigned version, unsigned level)
{
	struct tally_neighbourhood *h = &t->neighbourhood;
	struct tally_blocks *b = &h->blocks[version][level];
	struct block *x = &t->hood->blocks[level];

	count_blocks(b, x->hosts, 1);
	b->n_virus += x->has_virus;
	b->n_early += x->is_early;
	if (x->is_early) {
		unsigned g = host_group(t->hood->host);

		h->inside[g][version][level].spam += x->new.spam;
		h->inside[g][version][level].clean += x->new.clean;
	}
	*x = (struct block){ 0 };
}

/* Close the blocks of the last host that do not hold this one. */
static void close_left(struct tally *t, uint64_t host)
{
	uint64_t last = t->hood->host;
	unsigned version = host_is_ipv4(last) ? 0 : 1;

	for (unsigned i = 0; i < TALLY_LEVELS; i++) {
		unsigned shift = shifts[version][i];

		if (host_is_ipv4(host) == host_is_ipv4(last) &&
		    host >> shift == last >> shift)
			return;
		close_block(t, version, i);
	}
}

static void neighbourhood_close(struct tally *t)
{
	struct hood *h = t->hood;

	if (!h->is_open)
		return;
	h->is_open = false;
	for (unsigned i = 0; i < TALLY_LEVELS; i++)
		close_block(t, host_is_ipv4(h->host) ? 0 : 1, i);
}

static void neighbourhood_add(struct tally *t, const struct life *l)
{
	uint32_t half = t->options.window.n_days / 2;
	uint32_t dv = life_first_day(t, l, KIND_VIRUS);
	uint32_t ds = life_first_day(t, l, KIND_SPAM);
	uint32_t dc = life_first_day(t, l, KIND_CLEAN);
	bool new_spam = ds != DAY_NONE && ds >= half;
	bool new_clean = dc != DAY_NONE && dc >= half;
	struct tally_neighbourhood *n = &t->neighbourhood;
	unsigned version = host_is_ipv4(l->host) ? 0 : 1;

	if (!life_has(l, KIND_BITS_MAIL))
		return;
	if (t->hood->is_open)
		close_left(t, l->host);
	t->hood->is_open = true;
	t->hood->host = l->host;
	for (unsigned i = 0; i < TALLY_LEVELS; i++) {
		struct block *x = &t->hood->blocks[i];

		x->hosts++;
		x->has_virus |= dv != DAY_NONE;
		x->is_early |= dv < half;
		x->new.spam += new_spam;
		x->new.clean += new_clean;
	}
	n->n_hosts[version]++;
	n->n_virus[version] += dv != DAY_NONE;
	n->all[l->group][version].spam += new_spam;
	n->all[l->group][version].clean += new_clean;
}

static void merge_blocks(struct tally_blocks *into,
			 const struct tally_blocks *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		count_blocks(into, from->counts[i].m, from->counts[i].n);
	into->n_virus += from->n_virus;
	into->n_early += from->n_early;
}

static void neighbourhood_merge(struct tally *into, const struct tally *from)
{
	struct tally_neighbourhood *n = &into->neighbourhood;
	const struct tally_neighbourhood *m = &from->neighbourhood;

	ADD_COUNTS(n->n_hosts, m->n_hosts);
	ADD_COUNTS(n->n_virus, m->n_virus);
	ADD_COUNTS(n->inside, m->inside);
	ADD_COUNTS(n->all, m->all);
	for (unsigned i = 0; i < 2 * TALLY_LEVELS; i++)
		merge_blocks(&n->blocks[i / TALLY_LEVELS][i % TALLY_LEVELS],
			     &m->blocks[i / TALLY_LEVELS][i % TALLY_LEVELS]);
}

static void neighbourhood_free(struct tally *t)
{
	struct tally_neighbourhood *n = &t->neighbourhood;

	for (unsigned i = 0; i < 2 * TALLY_LEVELS; i++)
		free(n->blocks[i / TALLY_LEVELS][i % TALLY_LEVELS].counts);
	free(t->hood);
}

const struct measure measure_neighbourhood = {
	.open = neighbourhood_open,
	.add = neighbourhood_add,
	.close = neighbourhood_close,
	.merge = neighbourhood_merge,
	.free = neighbourhood_free,
};
