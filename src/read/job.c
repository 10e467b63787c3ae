/* SPDX-License-Identifier: Apache-2.0 */
/*
 * job.c - one import: events on their way out, and the accounts
 *
 * Events leave in batches, happenings and states each in one of their own, and
 * all of them at the end of each input, so that the caller can say which input
 * they came from. An error of the sink is kept: the streams ask for it.
 */
#include "read/core.h"

#include <stdlib.h>

#define BATCH 4096

struct batch {
	int (*send)(void *ctx, const struct event *e, size_t n);
	size_t n;
	struct event events[BATCH];
};

struct read_job {
	struct read_options options;
	struct read_sink sink;
	uint32_t client; /* options' client as a number */
	struct sys_zone *zone;
	int zone_err;
	int err; /* the first one of the sink */
	struct read_slot *slots;
	struct read_account *accounts; /* of the formats met, at the end */
	size_t n_accounts;
	struct batch events;
	struct batch news;
};

struct read_job *read_job_new(const struct read_options *options,
			      const struct read_sink *sink)
{
	struct read_job *job = mem_alloc(1, sizeof(*job));

	job->options = *options;
	job->sink = *sink;
	job->events.send = sink->events;
	job->news.send = sink->news;
	if (options->client != NULL)
		job->client = catalog_add(sink->clients,
					  bytes_of_text(options->client));
	if (options->timezone != NULL)
		job->zone_err = sys_zone_open(&job->zone, options->timezone);
	job->accounts = mem_alloc(read_n_formats(), sizeof(*job->accounts));
	job->slots = mem_alloc(read_n_formats(), sizeof(*job->slots));
	for (size_t i = 0; i < read_n_formats(); i++) {
		const struct read_format *f = read_format_at(i);

		job->slots[i].format = f;
		job->slots[i].account.format = f->name;
		job->slots[i].account.unit = f->unit;
	}
	return job;
}

static void free_slot(struct read_slot *slot)
{
	if (slot->is_met && slot->format->job_free != NULL)
		slot->format->job_free(slot->state);
	for (size_t i = 0; i < slot->n_samples; i++)
		free(slot->account.samples[i]);
	free(slot->account.ignored);
	free(slot->recent);
}

void read_job_free(struct read_job *job)
{
	if (job == NULL)
		return;
	for (size_t i = 0; i < read_n_formats(); i++)
		free_slot(&job->slots[i]);
	sys_zone_close(job->zone);
	free(job->slots);
	free(job->accounts);
	free(job);
}

const struct read_options *read_job_options(const struct read_job *job)
{
	return &job->options;
}

const struct read_sink *read_job_sink(const struct read_job *job)
{
	return &job->sink;
}

struct sys_zone *read_job_zone(const struct read_job *job)
{
	return job->zone;
}

struct catalog *read_job_labels(struct read_job *job)
{
	return job->sink.labels;
}

struct catalog *read_job_clients(struct read_job *job)
{
	return job->sink.clients;
}

uint32_t read_job_client_of(struct read_job *job, struct bytes domain)
{
	char lower[NAME_MAX_BYTES];

	if (bytes_ends(domain, "."))
		domain.len--;
	if (domain.len > sizeof(lower))
		return 0;
	for (size_t i = 0; i < domain.len; i++)
		lower[i] = ascii_lower(domain.ptr[i]);
	domain.ptr = lower;
	if (job->options.client_of != NULL)
		domain =
			job->options.client_of(job->options.client_ctx, domain);
	return catalog_add(job->sink.clients, domain);
}

int read_job_error(const struct read_job *job)
{
	return job->err < 0 ? job->err : job->zone_err;
}

int read_job_check(const struct read_job *job)
{
	const char *name = job->options.format;

	if (name != NULL &&
	    read_format_detect(&job->options, "", (struct bytes){ 0 }) == NULL)
		return E_NOT_FOUND;
	return job->zone_err;
}

static void add_text(struct buf *b, const char *text)
{
	buf_add_u8(b, text != NULL);
	if (text != NULL)
		buf_add_string(b, bytes_of_text(text));
}

uint64_t read_job_hash(const struct read_job *job, const struct read_format *f,
		       uint64_t bytes_hash)
{
	const struct read_options *o = &job->options;
	struct buf b = { 0 };
	uint64_t hash;

	buf_add_u64(&b, bytes_hash);
	add_text(&b, f->name);
	buf_add_u32(&b, (uint32_t)o->kind);
	add_text(&b, o->label);
	add_text(&b, o->client);
	add_text(&b, o->map);
	buf_add_u32(&b, (uint32_t)o->year);
	add_text(&b, o->timezone);
	hash = hash_bytes(buf_bytes(&b));
	buf_deinit(&b);
	return hash;
}

struct read_slot *read_job_slot(struct read_job *job,
				const struct read_format *f)
{
	for (size_t i = 0; i < read_n_formats(); i++)
		if (job->slots[i].format == f)
			return &job->slots[i];
	panic("the format %s is not in the table", f->name);
}

struct read_slot *read_job_meet(struct read_job *job,
				const struct read_format *f)
{
	struct read_slot *slot = read_job_slot(job, f);

	if (!slot->is_met && f->job_new != NULL)
		slot->state = f->job_new(job);
	slot->is_met = true;
	slot->account.n_inputs++;
	return slot;
}

/* ------------------------------------------------------------------ events */

static void flush_batch(struct read_job *job, struct batch *b)
{
	size_t n = b->n;

	b->n = 0;
	if (n > 0 && job->err == 0 && b->send != NULL) {
		int err = b->send(job->sink.ctx, b->events, n);

		job->err = err < 0 ? err : 0;
	}
}

int read_job_flush(struct read_job *job)
{
	flush_batch(job, &job->events);
	flush_batch(job, &job->news);
	return job->err;
}

int read_job_send(struct read_job *job, const struct event *e, size_t n)
{
	if (n > 0 && job->err == 0 && job->events.send != NULL) {
		int err = job->events.send(job->sink.ctx, e, n);

		job->err = err < 0 ? err : 0;
	}
	return job->err;
}

static bool emit(struct read_job *job, struct batch *b,
		 const struct read_format *f, struct event e)
{
	struct host_set *servers = job->options.servers;

	if (host_is_loopback(e.host) ||
	    (servers != NULL && host_set_has(servers, e.host)))
		return false;
	if (job->client != 0)
		e.client = job->client;
	b->events[b->n++] = e;
	if (b->n == BATCH)
		flush_batch(job, b);
	read_job_slot(job, f)->account.n_events++;
	return true;
}

bool read_emit(struct read_job *job, const struct read_format *f,
	       struct event e)
{
	return emit(job, &job->events, f, e);
}

bool read_emit_news(struct read_job *job, const struct read_format *f,
		    struct event e)
{
	return emit(job, &job->news, f, e);
}

void read_count_moved(struct read_job *job, const struct read_format *f)
{
	read_job_slot(job, f)->account.n_moved++;
}

/* ---------------------------------------------------------------- accounts */

int read_job_finish(struct read_job *job)
{
	for (size_t i = 0; i < read_n_formats(); i++) {
		struct read_slot *slot = &job->slots[i];
		int (*finish)(struct read_job *, void *) =
			slot->format->job_finish;

		if (!slot->is_met || finish == NULL || job->err < 0)
			continue;
		int err = finish(job, slot->state);

		if (err < 0 && job->err == 0)
			job->err = err;
	}
	return read_job_flush(job);
}

size_t read_job_accounts(const struct read_job *job,
			 const struct read_account **out)
{
	struct read_job *j = (struct read_job *)job; /* only a copy is made */

	j->n_accounts = 0;
	for (size_t i = 0; i < read_n_formats(); i++)
		if (job->slots[i].is_met)
			j->accounts[j->n_accounts++] = job->slots[i].account;
	*out = j->accounts;
	return j->n_accounts;
}
