/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shares.c - [2] mail by kind, day and client, and whose spam it was
 *
 * Whether a host is open, or ever sends a virus, is known only at its end. Its
 * spam by day and by client therefore waits in its life until then.
 */
#include "tally/measure.h"

#include <stdlib.h>

/* What readers label so was spam by the host's address alone [1]. */
static uint32_t find_moved(const struct catalog *labels)
{
	uint32_t n = 0;

	if (labels != NULL)
		n = catalog_find(labels, bytes_of_text("reputation"));
	return n > 0 ? n : UINT32_MAX;
}

static void shares_open(struct tally *t)
{
	t->shares.moved = find_moved(t->options.labels);
	t->shares.by_day =
		mem_alloc(t->options.window.n_days, sizeof(*t->shares.by_day));
}

static void *grow_zeroed(void *old, size_t n_old, size_t n, size_t size)
{
	char *p = mem_resize(old, n, size);

	memset(p + n_old * size, 0, (n - n_old) * size);
	return p;
}

void shares_reserve_client(struct tally *t, uint32_t client)
{
	struct tally_shares *s = &t->shares;
	struct life *l = t->life;
	uint32_t n = client < 8 ? 16 : client * 2;

	s->by_client = grow_zeroed(s->by_client, s->n_clients, n,
				   sizeof(*s->by_client));
	l->client_spam = grow_zeroed(l->client_spam, s->n_clients, n,
				     sizeof(*l->client_spam));
	l->spam_clients =
		mem_resize(l->spam_clients, n + 1, sizeof(*l->spam_clients));
	s->n_clients = n;
}

static void add_spam(struct tally_traffic *into, const struct life *l,
		     uint64_t n)
{
	if (life_has(l, KIND_BITS_OPEN))
		into->spam_open += n;
	if (life_has(l, KIND_BIT(KIND_VIRUS)))
		into->spam_virus += n;
}

static void shares_add(struct tally *t, const struct life *l)
{
	struct tally_shares *s = &t->shares;
	struct life *own = t->life;

	add_counts(s->events, l->n, N_KINDS);
	for (uint32_t i = 0; i < l->n_spam_clients; i++) {
		uint32_t client = l->spam_clients[i];

		add_spam(&s->by_client[client], l, l->client_spam[client]);
		own->client_spam[client] = 0;
	}
	own->n_spam_clients = 0;
	if (!life_has(l, KIND_BIT(KIND_SPAM)) ||
	    !life_has(l, KIND_BITS_OPEN | KIND_BIT(KIND_VIRUS)))
		return;
	for (uint32_t i = 0; i < l->n_days; i++)
		if (l->days[i].spam > 0)
			add_spam(&s->by_day[l->days[i].day], l,
				 l->days[i].spam);
}

static void add_traffic(struct tally_traffic *into,
			const struct tally_traffic *from, size_t n)
{
	add_counts((uint64_t *)into, (const uint64_t *)from,
		   n * (sizeof(*into) / sizeof(uint64_t)));
}

static void shares_merge(struct tally *into, const struct tally *from)
{
	uint32_t n = from->shares.n_clients;

	ADD_COUNTS(into->shares.events, from->shares.events);
	into->shares.n_moved += from->shares.n_moved;
	add_traffic(into->shares.by_day, from->shares.by_day,
		    into->options.window.n_days);
	if (n > into->shares.n_clients)
		shares_reserve_client(into, n - 1);
	add_traffic(into->shares.by_client, from->shares.by_client, n);
}

static void shares_free(struct tally *t)
{
	free(t->shares.by_day);
	free(t->shares.by_client);
}

const struct measure measure_shares = {
	.open = shares_open,
	.add = shares_add,
	.merge = shares_merge,
	.free = shares_free,
};
