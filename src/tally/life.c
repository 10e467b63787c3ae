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
	free(l->filter.time);
	free(l->filter.kind);
	free(l->filter.label);
	free(l->filter.client);
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
	l->has_family = false;
	l->family = 0;
	l->spam = l->clean = (struct life_recent){ 0 };
	l->n_days = 0;
	assert(l->n_spam_clients == 0);
}

uint32_t life_first_day_of(const struct life *l, uint32_t kind_bits)
{
	for (uint32_t i = 0; i < l->n_days; i++)
		if (l->days[i].kinds & kind_bits)
			return l->days[i].day;
	return DAY_NONE;
}

/* ------------------------------------------------------------ every row */

/*
 * Counts of all kinds in one register: 7 bits for each, so for at most 127
 * rows. Counters in memory would wait for each other: the next row mostly
 * is of the same kind.
 */
#define PACKED_BITS 7
#define PACKED_MAX  127

_Static_assert(N_KINDS *PACKED_BITS <= 64, "kinds do not fit into a word");

/*
 * The kinds and days of a host's mail are a toss-up to the processor, and a
 * wrong guess costs as much as all the rest of a row. So there is no branch
 * on them: evidence adds 0 to the counter of clean mail, and the last day is
 * written anew with every row. Returns the packed counts.
 */
static uint64_t add_rows(struct tally *t, struct life *l,
			 const struct record_piece *p, size_t lo, size_t hi)
{
	const uint32_t first_day = t->options.window.first_day;
	struct tally_traffic *by_day = t->shares.by_day;
	struct tally_traffic *by_client = t->shares.by_client;
	struct life_day *d = l->days + l->n_days; /* past the last one */
	struct life_day now = { .day = DAY_NONE };
	uint64_t counts = 0;

	if (l->n_days > 0)
		now = d[-1];
	for (size_t i = lo; i < hi; i++) {
		unsigned kind = p->kind[i];
		unsigned is_mail = kind_is_mail(kind);
		unsigned slot = kind & (0 - is_mail);
		uint32_t day = p->time[i] / DAY_SECONDS - first_day;
		bool same = day == now.day;

		now.day = day;
		now.kinds = (same ? now.kinds : 0) | KIND_BIT(kind);
		now.spam = (same ? now.spam : 0) + (kind == KIND_SPAM);
		d += !same;
		d[-1] = now;
		counts += (uint64_t)1 << PACKED_BITS * kind;
		by_day[day].mail[slot] += is_mail;
		if (p->client != NULL)
			by_client[p->client[i]].mail[slot] += is_mail;
	}
	l->n_days = (uint32_t)(d - l->days);
	return counts;
}

static void add_packed(struct tally *t, struct life *l, uint64_t counts,
		       bool has_clients)
{
	for (unsigned k = 0; k < N_KINDS; k++) {
		uint64_t n = counts >> PACKED_BITS * k & PACKED_MAX;

		l->n[k] += n;
		l->kinds |= n > 0 ? KIND_BIT(k) : 0;
		if (k < N_MAIL_KINDS && !has_clients)
			t->shares.by_client[0].mail[k] += n;
	}
}

/*
 * Of each kind the first second. Backwards, what is written last is what came
 * first, and there is nothing to ask.
 */
static void note_first(struct life *l, const struct record_piece *p, size_t lo,
		       size_t hi, uint32_t kinds_before)
{
	uint32_t first[N_KINDS] = { 0 };

	for (size_t i = hi; i-- > lo;)
		first[p->kind[i]] = p->time[i];
	for (unsigned k = 0; k < N_KINDS; k++)
		l->first[k] =
			kinds_before & KIND_BIT(k) ? l->first[k] : first[k];
}

static void reserve_clients(struct tally *t, const struct record_piece *p,
			    size_t lo, size_t hi)
{
	uint32_t most = 0;

	for (size_t i = lo; p->client != NULL && i < hi; i++)
		most = p->client[i] > most ? p->client[i] : most;
	if (most >= t->shares.n_clients)
		shares_reserve_client(t, most);
}

/* -------------------------------------------- rows of hosts that stand out */

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
	if (!l->has_family)
		l->family = label;
	else if (time == l->first[KIND_VIRUS] && label != l->family &&
		 name_is_before(t->options.labels, label, l->family))
		l->family = label;
	l->has_family = true;
	l->last_virus = time;
	if (label > 0)
		families_add_row(t, &t->families, label,
				 window_day(&t->options.window, time));
}

/* Where no label says "reputation", those of refusals tell us nothing. */
static uint32_t kinds_with_labels(const struct tally *t)
{
	bool has_moved = t->shares.moved != UINT32_MAX;

	return KIND_BIT(KIND_VIRUS) | KIND_BIT(KIND_BACKDOOR) |
	       (has_moved ? KIND_BIT(KIND_POLICY) : 0);
}

static void add_labels(struct tally *t, struct life *l,
		       const struct record_piece *p, size_t lo, size_t hi)
{
	for (size_t i = lo; i < hi; i++) {
		uint32_t label = p->label != NULL ? p->label[i] : 0;

		if (p->kind[i] == KIND_VIRUS)
			add_virus(t, l, p->time[i], label);
		if (p->kind[i] == KIND_POLICY && p->label != NULL)
			t->shares.n_moved += label == t->shares.moved;
		if (p->kind[i] == KIND_BACKDOOR && label > 0)
			families_add_row(
				t, &t->ports, label,
				window_day(&t->options.window, p->time[i]));
	}
}

/*
 * Whose spam it was: by client until the host's end, and what came after its
 * first virus at once. No branch on what is spam.
 */
static void add_spam(struct tally *t, struct life *l,
		     const struct record_piece *p, size_t lo, size_t hi)
{
	const struct tally_window *w = &t->options.window;
	int64_t virus = life_has(l, KIND_BIT(KIND_VIRUS)) ? l->first[KIND_VIRUS]
							  : INT64_MAX;

	for (size_t i = lo; i < hi; i++) {
		unsigned is_spam = p->kind[i] == KIND_SPAM;
		uint32_t client = p->client != NULL ? p->client[i] : 0;
		unsigned is_after = is_spam & (p->time[i] > virus);

		l->spam_clients[l->n_spam_clients] = client; /* if it is new */
		l->n_spam_clients += is_spam & (l->client_spam[client] == 0);
		l->client_spam[client] += is_spam;
		t->shares.by_day[window_day(w, p->time[i])].spam_after +=
			is_after;
		t->shares.by_client[client].spam_after += is_after;
	}
}

/* ----------------------------------------------------------- the last days */

/* The first row of this kind, hi if there is none */
static size_t find_kind(const struct record_piece *p, size_t lo, size_t hi,
			enum kind kind)
{
	while (lo < hi && p->kind[lo] != kind)
		lo++;
	return lo;
}

/* The first mail of a kind on the last days, and the last virus before it */
static void note_recent(struct life *l, struct life_recent *r,
			const struct record_piece *p, size_t lo, size_t recent,
			size_t hi, enum kind kind)
{
	size_t i = find_kind(p, recent, hi, kind);

	if (r->is_there || i == hi)
		return;
	r->is_there = true;
	r->time = p->time[i];
	r->has_virus = l->has_family; /* of earlier pieces */
	r->virus_time = l->last_virus;
	while (life_has(l, KIND_BIT(KIND_VIRUS)) && i-- > lo)
		if (p->kind[i] == KIND_VIRUS) {
			r->has_virus = true;
			r->virus_time = p->time[i];
			break;
		}
	r->has_virus = r->has_virus && r->virus_time < r->time;
}

static void add_recent(struct tally *t, struct life *l,
		       const struct record_piece *p, size_t lo, size_t hi)
{
	const struct tally_window *w = &t->options.window;
	uint32_t day = w->n_days > RECENT_DAYS ? w->n_days - RECENT_DAYS : 0;
	size_t i = hi;

	if (window_day(w, p->time[hi - 1]) < day)
		return;
	while (i > lo && window_day(w, p->time[i - 1]) >= day)
		i--;
	if (life_has(l, KIND_BIT(KIND_SPAM)))
		note_recent(l, &l->spam, p, lo, i, hi, KIND_SPAM);
	if (life_has(l, KIND_BIT(KIND_CLEAN)))
		note_recent(l, &l->clean, p, lo, i, hi, KIND_CLEAN);
}

/* ------------------------------------------------------------------- pieces */

/*
 * Every row is looked at by add_rows(). What else there is to do hangs on the
 * kinds that turned up: most hosts send clean mail, and that was all.
 *
 * Spam of hosts that are whole, and neither open nor with a virus, is nobody's
 * spam in particular.
 */
static void add_piece(struct tally *t, const struct record_piece *p, size_t lo,
		      size_t hi)
{
	struct life *l = t->life;
	uint32_t kinds_before = l->kinds;
	bool is_whole = p->first && p->last;

	reserve_clients(t, p, lo, hi);
	for (size_t i = lo; i < hi; i += PACKED_MAX) {
		size_t end = hi - i < PACKED_MAX ? hi : i + PACKED_MAX;

		add_packed(t, l, add_rows(t, l, p, i, end), p->client != NULL);
	}
	note_first(l, p, lo, hi, kinds_before);
	if (life_has(l, KIND_BIT(KIND_SPAM)) &&
	    (!is_whole || life_has(l, KIND_BITS_BAD)))
		add_spam(t, l, p, lo, hi);
	add_recent(t, l, p, lo, hi); /* before it forgets earlier viruses */
	if (life_has(l, kinds_with_labels(t)))
		add_labels(t, l, p, lo, hi);
	if (t->options.backtest)
		backtest_add_rows(t, p, lo, hi);
}

/* With a client asked for: a copy without the mail of the others */
static void add_filtered(struct tally *t, const struct record_piece *p,
			 size_t lo, size_t hi)
{
	struct life_filter *f = &t->life->filter;
	struct record_piece mine = *p;
	size_t n = 0;

	if (f->cap < hi - lo) {
		f->cap = hi - lo;
		f->time = mem_resize(f->time, f->cap, sizeof(*f->time));
		f->kind = mem_resize(f->kind, f->cap, sizeof(*f->kind));
		f->label = mem_resize(f->label, f->cap, sizeof(*f->label));
		f->client = mem_resize(f->client, f->cap, sizeof(*f->client));
	}
	for (size_t i = lo; i < hi; i++) {
		uint32_t client = p->client != NULL ? p->client[i] : 0;

		f->time[n] = p->time[i];
		f->kind[n] = p->kind[i];
		f->label[n] = p->label != NULL ? p->label[i] : 0;
		f->client[n] = client;
		n += client == t->options.client || !kind_is_mail(p->kind[i]);
	}
	mine.time = f->time;
	mine.kind = f->kind;
	mine.label = f->label;
	mine.client = f->client;
	if (n > 0)
		add_piece(t, &mine, 0, n);
}

void life_add_rows(struct tally *t, const struct record_piece *p, size_t lo,
		   size_t hi)
{
	if (lo == hi)
		return;
	if (t->options.client != 0)
		add_filtered(t, p, lo, hi);
	else
		add_piece(t, p, lo, hi);
}
