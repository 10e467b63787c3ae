/* SPDX-License-Identifier: Apache-2.0 */
#include "tally/life.h"
#include "tally/measure.h"

#include <assert.h>
#include <stdlib.h>

#define RECENT_DAYS 7 /* "today" of MEASURES 10 */

struct life *life_new(uint32_t n_days)
{
	struct life *l = mem_alloc(1, sizeof(*l));

	l->days = mem_alloc(n_days, sizeof(*l->days));
	return l;
}

void life_free(struct life *l)
{
	if (l == NULL)
		return;
	free(l->days);
	free(l->client_spam);
	free(l->spam_clients);
	free(l);
}

void life_begin(struct life *l, uint64_t host)
{
	l->host = host;
	l->serial++;
	l->group = host_group(host);
	l->is_open = true;
	l->kinds = 0;
	memset(l->n, 0, sizeof(l->n));
	l->family = 0;
	l->spam = l->clean = (struct life_recent){ 0 };
	l->n_days = 0;
	l->day_end = 0;
	assert(l->n_spam_clients == 0);
}

uint32_t life_first_day_of(const struct life *l, uint32_t kind_bits)
{
	for (uint32_t i = 0; i < l->n_days; i++)
		if (l->days[i].kinds & kind_bits)
			return l->days[i].day;
	return DAY_NONE;
}

static void start_day(struct life *l, const struct tally_window *w,
		      uint32_t time)
{
	uint32_t day = time / DAY_SECONDS;

	l->days[l->n_days++] = (struct life_day){ day - w->first_day, 0, 0 };
	l->day_end = ((int64_t)day + 1) * DAY_SECONDS;
}

static struct life_day *today(struct life *l)
{
	return &l->days[l->n_days - 1];
}

/* On the last days: the first spam or clean mail there, and the virus before */
static void note_recent(struct life *l, enum kind kind, uint32_t time)
{
	struct life_recent *r = kind == KIND_SPAM ? &l->spam : &l->clean;

	if (r->is_there || (kind != KIND_SPAM && kind != KIND_CLEAN))
		return;
	r->is_there = true;
	r->time = time;
	r->has_virus = l->n[KIND_VIRUS] > 0 && l->last_virus < time;
	r->virus_time = l->last_virus;
}

/* Whether a mail is spam is a toss-up to the processor: no branches on it. */
static void add_mail(struct tally *t, struct life *l, enum kind kind,
		     uint32_t time, uint32_t client)
{
	struct life_day *d = today(l);
	struct tally_traffic *by_day = &t->shares.by_day[d->day];
	struct tally_traffic *by_client = &t->shares.by_client[client];
	unsigned is_spam = kind == KIND_SPAM;

	by_day->mail[kind]++;
	by_client->mail[kind]++;
	d->spam += is_spam;
	l->spam_clients[l->n_spam_clients] = client; /* if it is a new one */
	l->n_spam_clients += is_spam & (l->client_spam[client] == 0);
	l->client_spam[client] += is_spam;
	if (l->n[KIND_VIRUS] > 0 && time > l->first[KIND_VIRUS]) {
		by_day->spam_after += is_spam;
		by_client->spam_after += is_spam;
	}
}

/* By name in bytes, no name first: the numbers of a catalog do not matter. */
static bool name_is_before(const struct catalog *labels, uint32_t a, uint32_t b)
{
	if (labels == NULL)
		return a < b;
	return bytes_compare(catalog_name(labels, a), catalog_name(labels, b)) <
	       0;
}

static void add_virus(struct tally *t, struct life *l, uint32_t time,
		      uint32_t label)
{
	if (l->n[KIND_VIRUS] == 0)
		l->family = label;
	else if (time == l->first[KIND_VIRUS] && label != l->family &&
		 name_is_before(t->options.labels, label, l->family))
		l->family = label;
	l->last_virus = time;
	if (label > 0)
		families_add_row(t, &t->families, label, today(l)->day);
}

static void add_row(struct tally *t, struct life *l, enum kind kind,
		    uint32_t time)
{
	const struct tally_window *w = &t->options.window;
	uint32_t bit = KIND_BIT(kind);

	if (time >= l->day_end)
		start_day(l, w, time);
	today(l)->kinds |= bit;
	if (!(l->kinds & bit)) {
		l->kinds |= bit;
		l->first[kind] = time;
	}
	if (today(l)->day + RECENT_DAYS >= w->n_days)
		note_recent(l, kind, time);
}

void life_add_rows(struct tally *t, const struct record_piece *p, size_t lo,
		   size_t hi)
{
	const struct tally_options *o = &t->options;
	struct life *l = t->life;

	for (size_t i = lo; i < hi; i++) {
		uint32_t time = p->time[i];
		enum kind kind = p->kind[i];
		uint32_t client = p->client != NULL ? p->client[i] : 0;

		assert(kind < N_KINDS);
		if (o->client != 0 && client != o->client && kind_is_mail(kind))
			continue;
		add_row(t, l, kind, time);
		if (client >= t->shares.n_clients)
			shares_reserve_client(t, client);
		if (kind_is_mail(kind))
			add_mail(t, l, kind, time, client);
		if (kind == KIND_VIRUS)
			add_virus(t, l, time,
				  p->label != NULL ? p->label[i] : 0);
		if (kind == KIND_POLICY && p->label != NULL)
			t->shares.n_moved += p->label[i] == t->shares.moved;
		if (kind == KIND_BACKDOOR && p->label != NULL &&
		    p->label[i] > 0)
			families_add_row(t, &t->ports, p->label[i],
					 today(l)->day);
		if (o->backtest)
			backtest_add_row(t, kind, time);
		l->n[kind]++;
	}
}
