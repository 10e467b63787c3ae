/* SPDX-License-Identifier: Apache-2.0 */
/* shares.c - [2] mail by kind, and whose spam it was */
#include "judge/jackknife.h"
#include "judge/parts.h"

#include <stdlib.h>

static struct judge_traffic traffic_of(const struct tally_traffic *x)
{
	struct judge_traffic r = { 0 };
	double n_spam = (double)x->mail[KIND_SPAM], n_mail;

	for (unsigned k = 0; k < N_MAIL_KINDS; k++) {
		r.mail[k] = x->mail[k];
		r.n_mail += x->mail[k];
	}
	n_mail = (double)r.n_mail;
	r.spam_of_mail = ratio_of(n_spam, n_mail);
	r.virus_of_mail = ratio_of((double)x->mail[KIND_VIRUS], n_mail);
	r.spam_from_open = ratio_of((double)x->spam_open, n_spam);
	r.spam_from_virus = ratio_of((double)x->spam_virus, n_spam);
	r.spam_after_virus = ratio_of((double)x->spam_after, n_spam);
	return r;
}

static void add_traffic(struct tally_traffic *sum,
			const struct tally_traffic *x)
{
	for (unsigned k = 0; k < N_MAIL_KINDS; k++)
		sum->mail[k] += x->mail[k];
	sum->spam_open += x->spam_open;
	sum->spam_virus += x->spam_virus;
	sum->spam_after += x->spam_after;
}

static int most_mail_first(const void *a, const void *b)
{
	const struct judge_client *x = a, *y = b;

	if (x->traffic.n_mail != y->traffic.n_mail)
		return x->traffic.n_mail < y->traffic.n_mail ? 1 : -1;
	return bytes_compare(x->name, y->name);
}

static void find_clients(struct judge_shares *s, const struct tally *t,
			 const struct catalog *clients)
{
	uint32_t n = t->shares.n_clients;

	s->by_client = mem_alloc(n, sizeof(*s->by_client));
	for (uint32_t i = 0; i < n; i++) {
		struct judge_client c = {
			.traffic = traffic_of(&t->shares.by_client[i]),
		};

		if (clients != NULL)
			c.name = catalog_name(clients, i);
		if (c.traffic.n_mail > 0)
			s->by_client[s->n_clients++] = c;
	}
	if (s->n_clients > 0)
		qsort(s->by_client, s->n_clients, sizeof(*s->by_client),
		      most_mail_first);
}

void judge_find_shares(struct judgement *j, const struct tally *t,
		       const struct catalog *clients)
{
	struct judge_shares *s = &j->shares;
	struct tally_traffic sum = { 0 };
	uint32_t n_days = t->options.window.n_days;

	s->by_day = mem_alloc(n_days, sizeof(*s->by_day));
	for (uint32_t d = 0; d < n_days; d++) {
		add_traffic(&sum, &t->shares.by_day[d]);
		s->by_day[d] = traffic_of(&t->shares.by_day[d]);
	}
	s->total = traffic_of(&sum);
	find_clients(s, t, clients);
}
