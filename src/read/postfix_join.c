/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_join.c - the tables of what is open, and what becomes of it
 *
 * All tables are bounded; the oldest entry of a full one is given out as it is.
 *
 * A year that turns out wrong (syslog.h) moves the held events and the open
 * messages of that input. Events are held only for inputs whose stamps have no
 * year and where none was given, and at most MAIL_MAX_HELD of them: what comes
 * before is then settled.
 */
#include "read/postfix_join.h"

#include <stdlib.h>

#include "host/host.h"
#include "read/table.h"

#define LINGER_SECONDS	60
#define LISTING_SECONDS 3600
#define MAX_HOPS	4 /* copies of copies */

struct done {
	uint64_t serial;
	int64_t time;
};

struct mail_join {
	struct read_job *job;
	struct table *messages; /* by age of their opening */
	struct table *sessions;
	struct table *closed; /* keys of messages, by age of their closing */
	struct table *done;   /* refusals and listings */
	struct table *peers;  /* serial of a host's latest connection */
	uint64_t scopes[MAIL_MAX_SCOPES];
	uint64_t scope_hosts[MAIL_MAX_SCOPES];
	size_t n_scopes;
	uint64_t last_log_host, last_instance, last_scope;
	uint64_t serial;
	uint32_t n_streams;
};

struct mail_join *mail_join_new(struct read_job *job)
{
	struct mail_join *j = mem_alloc(1, sizeof(*j));

	j->job = job;
	j->messages = table_new(sizeof(struct mail_message), MAIL_MAX_MESSAGES);
	j->closed = table_new(1, MAIL_MAX_MESSAGES);
	j->sessions = table_new(sizeof(struct mail_session), MAIL_MAX_SESSIONS);
	j->done = table_new(sizeof(struct done), MAIL_MAX_DONE);
	j->peers = table_new(sizeof(struct done), MAIL_MAX_DONE);
	return j;
}

void mail_join_free(struct mail_join *j)
{
	struct mail_message *m = table_oldest(j->messages);

	for (; m != NULL; m = table_next(j->messages, m))
		free(m->parts);
	table_free(j->messages);
	table_free(j->closed);
	table_free(j->sessions);
	table_free(j->done);
	table_free(j->peers);
	free(j);
}

uint32_t mail_next_stream(struct mail_join *j)
{
	return ++j->n_streams;
}

/* ------------------------------------------------------------------- scope */

static uint64_t hash2(uint64_t a, uint64_t b)
{
	return hash_mix(a * 0x9e3779b97f4a7c15u + b);
}

static uint64_t hash3(uint64_t a, uint64_t b, uint64_t c)
{
	return hash2(hash2(a, b), c);
}

static void scope_remember(struct mail_join *j, uint64_t scope,
			   uint64_t log_host)
{
	for (size_t i = 0; i < j->n_scopes; i++)
		if (j->scopes[i] == scope)
			return;
	if (j->n_scopes == MAIL_MAX_SCOPES)
		return;
	j->scopes[j->n_scopes] = scope;
	j->scope_hosts[j->n_scopes++] = log_host;
}

uint64_t mail_scope(struct mail_join *j, struct bytes log_host,
		    struct bytes instance, uint64_t *log_host_hash)
{
	uint64_t h = hash_bytes(log_host), i = hash_bytes(instance);

	*log_host_hash = h;
	if (h == j->last_log_host && i == j->last_instance)
		return j->last_scope;
	j->last_log_host = h;
	j->last_instance = i;
	j->last_scope = hash2(h, i);
	scope_remember(j, j->last_scope, h);
	return j->last_scope;
}

uint64_t mail_key(uint64_t scope, struct bytes id)
{
	return hash2(scope, hash_bytes(id));
}

/* ------------------------------------------------------------------ events */

static void emit(struct mail_join *j, struct mail_stream *s, struct event e)
{
	if (s == NULL || !s->holds) {
		read_emit(j->job, &read_postfix, e);
		return;
	}
	if (s->n_held == MAIL_MAX_HELD) {
		for (size_t i = 0; i < s->n_held; i++)
			read_emit(j->job, &read_postfix, s->held[i]);
		s->n_held = 0;
	}
	MEM_GROW(s->held, s->n_held, s->cap_held);
	s->held[s->n_held++] = e;
}

void mail_stream_end(struct mail_join *j, struct mail_stream *s)
{
	for (size_t i = 0; i < s->n_held; i++)
		read_emit(j->job, &read_postfix, s->held[i]);
	free(s->held);
	s->held = NULL;
	s->n_held = s->cap_held = 0;
	s->holds = false;
}

static uint32_t label_number(struct mail_join *j, struct bytes label)
{
	return label.len ? catalog_add(read_job_labels(j->job), label) : 0;
}

/* Whose mail goes to this address */
static uint32_t client_number(struct mail_join *j, struct bytes address)
{
	return read_job_client_of(j->job, mail_domain(address));
}

/* ---------------------------------------------------------------- messages */

struct mail_message *mail_find(struct mail_join *j, uint64_t key)
{
	return table_find(j->messages, key);
}

struct mail_message *mail_find_any(const struct mail_at *at, struct bytes id,
				   bool other_hosts)
{
	struct mail_join *j = at->join;
	struct mail_message *m;

	for (size_t i = 0; i < j->n_scopes; i++) {
		if (j->scope_hosts[i] != at->log_host)
			continue;
		m = mail_find(j, mail_key(j->scopes[i], id));
		if (m != NULL)
			return m;
	}
	for (size_t i = 0; other_hosts && i < j->n_scopes; i++) {
		m = mail_find(j, mail_key(j->scopes[i], id));
		if (m != NULL)
			return m;
	}
	return NULL;
}

uint64_t mail_message_key(const struct mail_join *j,
			  const struct mail_message *m)
{
	return table_key(j->messages, m);
}

static void message_emit(struct mail_join *j, struct mail_stream *s,
			 const struct mail_message *m, struct mail_part p)
{
	struct event e = { .host = m->host, .time = (uint32_t)m->time };

	if (!p.judged)
		p.kind = KIND_CLEAN;
	if (!m->accepted && p.kind == KIND_CLEAN)
		return; /* begun and never finished */
	e.kind = p.kind;
	e.label = p.label;
	e.client = p.client;
	if (m->submission)
		e.client = catalog_add(read_job_clients(j->job),
				       bytes_of_text("submission"));
	emit(j, s, e);
}

/* A message of many clients by one user is one event: of "submission". */
static bool is_repeated(const struct mail_message *m, uint32_t i)
{
	for (uint32_t k = 0; m->submission && k < i; k++)
		if (m->parts[k].kind == m->parts[i].kind)
			return true;
	return false;
}

static int gravity(const struct mail_part *p)
{
	static const int rank[N_MAIL_KINDS] = {
		[KIND_CLEAN] = 0, [KIND_UNSCANNED] = 1, [KIND_POLICY] = 2,
		[KIND_SPAM] = 3,  [KIND_VIRUS] = 4,
	};

	return p->judged ? rank[p->kind] : -1;
}

static void message_give_out(struct mail_join *j, struct mail_stream *s,
			     struct mail_message *m)
{
	if (s != NULL && s->number != m->stream)
		s = NULL;
	for (uint32_t i = 0; i < m->n_parts; i++)
		if (gravity(&m->whole) > gravity(&m->parts[i])) {
			m->parts[i].kind = m->whole.kind;
			m->parts[i].label = m->whole.label;
			m->parts[i].judged = true;
		}
	if (!m->has_host || m->same_as != 0)
		return;
	if (m->n_parts == 0)
		message_emit(j, s, m, m->whole);
	for (uint32_t i = 0; i < m->n_parts; i++)
		if (!is_repeated(m, i))
			message_emit(j, s, m, m->parts[i]);
}

static void message_forget(struct mail_join *j, struct mail_message *m)
{
	void *closed = table_find(j->closed, table_key(j->messages, m));

	if (closed != NULL)
		table_remove(j->closed, closed);
	free(m->parts);
	table_remove(j->messages, m);
}

static void message_end(struct mail_join *j, struct mail_stream *s,
			struct mail_message *m)
{
	message_give_out(j, s, m);
	message_forget(j, m);
}

struct mail_message *mail_open(const struct mail_at *at, uint64_t key)
{
	struct mail_join *j = at->join;
	struct mail_message *m = mail_find(j, key);

	if (m != NULL)
		message_end(j, at->stream, m);
	if (table_is_full(j->messages))
		message_end(j, at->stream, table_oldest(j->messages));
	m = table_add(j->messages, key);
	m->time = at->time;
	m->stream = at->stream->number;
	return m;
}

struct mail_message *mail_resolve(struct mail_join *j, struct mail_message *m)
{
	for (int i = 0; m != NULL && m->same_as != 0 && i < MAX_HOPS; i++) {
		struct mail_message *next = mail_find(j, m->same_as);

		if (next == NULL)
			break;
		m = next;
	}
	return m;
}

static void take_verdicts(struct mail_message *m,
			  const struct mail_message *from);

void mail_link(struct mail_join *j, struct mail_message *copy,
	       struct mail_message *m)
{
	m = mail_resolve(j, m);
	if (copy == m || copy->same_as != 0)
		return;
	take_verdicts(m, copy);
	copy->same_as = table_key(j->messages, m);
}

void mail_merge(struct mail_join *j, struct mail_message *m,
		struct mail_message *from)
{
	take_verdicts(m, from);
	message_forget(j, from);
}

void mail_close(const struct mail_at *at, struct mail_message *m)
{
	struct mail_join *j = at->join;

	if (m->closed)
		return;
	m->closed = true;
	m->closed_at = at->time;
	table_add(j->closed, table_key(j->messages, m));
}

/* ------------------------------------------------------------------- parts */

static struct mail_part *part_add(struct mail_message *m, uint32_t to,
				  uint32_t client)
{
	if (m->n_parts == MAIL_MAX_PARTS)
		return NULL;
	if (m->n_parts == m->cap_parts) {
		m->cap_parts = m->cap_parts ? 2 * m->cap_parts : 2;
		m->parts =
			mem_resize(m->parts, m->cap_parts, sizeof(*m->parts));
	}
	m->parts[m->n_parts] = (struct mail_part){ .to = to, .client = client };
	return &m->parts[m->n_parts++];
}

static struct mail_part *part_of_client(struct mail_message *m, uint32_t client)
{
	for (uint32_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].client == client)
			return &m->parts[i];
	return NULL;
}

static struct mail_part *part_of_domain(struct mail_message *m, uint32_t to)
{
	for (uint32_t i = 0; i < m->n_parts; i++)
		if (m->parts[i].to == to)
			return &m->parts[i];
	return NULL;
}

static void part_judge(struct mail_part *p, const struct mail_part *verdict)
{
	if (gravity(verdict) <= gravity(p))
		return;
	p->kind = verdict->kind;
	p->label = verdict->label;
	p->judged = true;
}

/*
 * A filter names the address delivered to, and the delivery line behind it both
 * that and the original one, whose domain is the client: so a part known by its
 * `to` alone is renamed.
 */
void mail_add_recipient(struct mail_join *j, struct mail_message *m,
			struct bytes to, struct bytes original)
{
	uint32_t domain = client_number(j, to);
	uint32_t client = client_number(j, original);
	struct mail_part *p, *known;

	m->accepted = true;
	if (client == 0)
		client = domain;
	if (part_of_client(m, client) != NULL)
		return;
	known = part_of_domain(m, domain);
	if (known != NULL && known->client == domain) {
		known->client = client;
		return;
	}
	p = part_add(m, domain, client);
	if (p != NULL && known != NULL)
		part_judge(p, known);
}

void mail_judge(struct mail_join *j, struct mail_message *m, enum kind kind,
		struct bytes label, struct bytes to)
{
	struct mail_part verdict = { .kind = (uint8_t)kind,
				     .label = label_number(j, label),
				     .judged = true };
	uint32_t domain = client_number(j, to);
	struct mail_part *p;

	if (to.len == 0) {
		part_judge(&m->whole, &verdict);
		return;
	}
	p = part_of_domain(m, domain);
	if (p == NULL)
		p = part_add(m, domain, domain);
	if (p != NULL)
		part_judge(p, &verdict);
}

static void take_verdicts(struct mail_message *m,
			  const struct mail_message *from)
{
	part_judge(&m->whole, &from->whole);
	m->filtered |= from->filtered;
	for (uint32_t i = 0; i < from->n_parts; i++) {
		const struct mail_part *f = &from->parts[i];
		struct mail_part *p;

		if (!f->judged)
			continue;
		p = part_of_domain(m, f->to);
		if (p == NULL)
			p = part_add(m, f->to, f->client);
		if (p != NULL)
			part_judge(p, f);
	}
}

/* ------------------------------------------------------- what was done once */

static bool done_before(struct mail_join *j, uint64_t key, uint64_t serial,
			int64_t time, int64_t seconds)
{
	struct done *d = table_find(j->done, key);
	bool before =
		d != NULL && d->serial == serial && time - d->time < seconds;

	if (before)
		return true;
	if (d == NULL) {
		if (table_is_full(j->done))
			table_remove(j->done, table_oldest(j->done));
		d = table_add(j->done, key);
	}
	d->serial = serial;
	d->time = time;
	table_touch(j->done, d);
	return false;
}

static struct done *peer_of(const struct mail_at *at, uint64_t host)
{
	struct table *t = at->join->peers;
	uint64_t key = hash2(at->log_host, host);
	struct done *d = table_find(t, key);

	if (d != NULL)
		return d;
	if (table_is_full(t))
		table_remove(t, table_oldest(t));
	return table_add(t, key);
}

/* A connection that postscreen passed on begins a second time at smtpd. */
#define PASSED INT64_MIN

void mail_host_connects(const struct mail_at *at, uint64_t host,
			bool postscreen)
{
	struct done *d = peer_of(at, host);

	table_touch(at->join->peers, d);
	if (postscreen || d->time != PASSED)
		d->serial++;
	d->time = at->time;
}

void mail_host_passes(const struct mail_at *at, uint64_t host)
{
	peer_of(at, host)->time = PASSED;
}

void mail_listed(const struct mail_at *at, uint64_t host, struct bytes list)
{
	struct mail_join *j = at->join;
	uint64_t key = hash3(at->log_host, host, hash_bytes(list));
	struct event e = { .host = host,
			   .time = (uint32_t)at->time,
			   .kind = KIND_LISTED };

	if (done_before(j, key, peer_of(at, host)->serial, at->time,
			LISTING_SECONDS))
		return;
	e.label = label_number(j, list);
	emit(j, at->stream, e);
}

/* ---------------------------------------------------------------- sessions */

struct mail_session *mail_session_find(const struct mail_at *at, uint64_t key)
{
	return table_find(at->join->sessions, key);
}

struct mail_session *mail_session_begin(const struct mail_at *at, uint64_t key,
					struct mail_peer peer)
{
	struct mail_join *j = at->join;
	struct mail_session *s = table_find(j->sessions, key);

	if (s != NULL)
		mail_session_end(at, s);
	if (table_is_full(j->sessions))
		mail_session_end(at, table_oldest(j->sessions));
	s = table_add(j->sessions, key);
	s->host = peer.host;
	s->has_host = peer.has_host;
	s->serial = ++j->serial;
	s->stream = at->stream->number;
	return s;
}

void mail_session_end(const struct mail_at *at, struct mail_session *s)
{
	table_remove(at->join->sessions, s);
}

void mail_refuse(const struct mail_at *at, struct mail_session *s,
		 uint64_t host, const struct mail_reason *r, struct bytes to)
{
	struct mail_join *j = at->join;
	struct event e = { .host = host,
			   .time = (uint32_t)at->time,
			   .kind = (uint8_t)r->kind };

	if (r->list.len > 0)
		mail_listed(at, host, r->list);
	if (!r->of_stranger)
		e.client = client_number(j, to);
	if (s != NULL) {
		s->refused = true;
		if (done_before(j, hash3(s->serial, host, e.client), s->serial,
				at->time, INT64_MAX))
			return;
	}
	if (r->by_address)
		read_count_moved(j->job, &read_postfix);
	e.label = label_number(j, r->label);
	emit(j, at->stream, e);
}

/* -------------------------------------------------------------------- time */

static void years_back(const struct mail_at *at, unsigned years)
{
	struct mail_stream *s = at->stream;
	struct mail_message *m = table_oldest(at->join->messages);

	for (; m != NULL; m = table_next(at->join->messages, m))
		for (unsigned k = 0; m->stream == s->number && k < years; k++)
			m->time = syslog_year_back(m->time);
	for (size_t i = 0; i < s->n_held; i++)
		for (unsigned k = 0; k < years; k++)
			s->held[i].time =
				(uint32_t)syslog_year_back(s->held[i].time);
}

void mail_advance(const struct mail_at *at)
{
	struct mail_join *j = at->join;
	void *c;

	if (at->stream->clock.n_moved > 0) {
		years_back(at, at->stream->clock.n_moved);
		at->stream->clock.n_moved = 0;
	}
	while ((c = table_oldest(j->closed)) != NULL) {
		struct mail_message *m = mail_find(j, table_key(j->closed, c));

		if (m->closed_at + LINGER_SECONDS >= at->time &&
		    m->closed_at <= at->time + LINGER_SECONDS)
			break;
		message_end(j, at->stream, m);
	}
}

int mail_finish(struct mail_join *j)
{
	struct mail_stream none = { 0 };
	struct mail_at at = { .join = j, .stream = &none };
	void *p;

	while ((p = table_oldest(j->sessions)) != NULL)
		mail_session_end(&at, p);
	while ((p = table_oldest(j->messages)) != NULL)
		message_end(j, NULL, p);
	return 0;
}
