/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_run.h - feed bytes to a job in a test, and look at what came out
 *
 *	struct run run;
 *	run_init(&run);
 *	run.options.kind = KIND_SPAM;
 *	run_feed(&run, "a.csv", bytes_of_text(text), 7);
 *	run_finish(&run);
 *	... run.events, run.complaints, run_account(&run, "csv") ...
 *	run_deinit(&run);
 */
#pragma once

#include "read/read.h"

#include <stdio.h>
#include <stdlib.h>

struct run {
	struct read_options options; /* to be changed before the first feed */
	struct read_sink sink;
	struct read_job *job;
	struct catalog labels;
	struct catalog clients;
	struct malware_table *malware;
	struct event *events; /* happenings and news, as they came */
	size_t n, cap;
	size_t n_news;
	struct buf complaints; /* "input:line: expected\n" */
	size_t n_complaints;
	int fail_with; /* what the sink returns, 0 at first */
};

static inline int run_events(void *ctx, const struct event *e, size_t n)
{
	struct run *run = ctx;

	for (size_t i = 0; i < n; i++) {
		MEM_GROW(run->events, run->n, run->cap);
		run->events[run->n++] = e[i];
	}
	return run->fail_with;
}

static inline int run_news(void *ctx, const struct event *e, size_t n)
{
	struct run *run = ctx;

	run->n_news += n;
	return run_events(ctx, e, n);
}

static inline void run_complain(void *ctx, const char *input, uint64_t line,
				const char *expected)
{
	struct run *run = ctx;

	run->n_complaints++;
	buf_printf(&run->complaints, "%s:%llu: %s\n", input,
		   (unsigned long long)line, expected);
}

/* With a table of names that the caller keeps */
static inline void run_init_with(struct run *run,
				 const struct malware_table *malware)
{
	*run = (struct run){ .options.kind = -1 };
	run->options.malware = malware;
	run->options.now = 1800000000;
	run->sink = (struct read_sink){
		.ctx = run,
		.labels = &run->labels,
		.clients = &run->clients,
		.events = run_events,
		.news = run_news,
		.complain = run_complain,
	};
}

static inline void run_init(struct run *run)
{
	struct malware_table *t =
		malware_table_new((struct bytes){ 0 }, NULL, NULL);

	run_init_with(run, t);
	run->malware = t;
}

static inline struct read_job *run_job(struct run *run)
{
	if (run->job == NULL)
		run->job = read_job_new(&run->options, &run->sink);
	return run->job;
}

/* One input in chunks of that size (0: all at once) */
static inline int run_feed_at(struct run *run, const char *name, int64_t mtime,
			      struct bytes all, size_t chunk)
{
	struct bytes head = all;
	struct read_stream *s;
	int err, end;

	if (head.len > READ_HEAD_MAX)
		head.len = READ_HEAD_MAX;
	err = read_stream_open(&s, run_job(run), name, mtime, head);
	if (err < 0)
		return err;
	while (err >= 0 && all.len > 0) {
		size_t n = chunk > 0 && chunk < all.len ? chunk : all.len;

		err = read_stream_feed(s, bytes_of(all.ptr, n));
		all = bytes_from(all, n);
	}
	end = read_stream_close(s);
	return err < 0 ? err : end;
}

static inline int run_feed(struct run *run, const char *name, struct bytes all,
			   size_t chunk)
{
	return run_feed_at(run, name, 0, all, chunk);
}

static inline int run_finish(struct run *run)
{
	return read_job_finish(run_job(run));
}

/* NULL where the format was not met */
static inline const struct read_account *run_account(struct run *run,
						     const char *format)
{
	const struct read_account *a;
	size_t n = read_job_accounts(run_job(run), &a);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(a[i].format, format))
			return &a[i];
	return NULL;
}

/* units = used + ignored + not understood + bad, and the templates' sum */
static inline bool run_adds_up(struct run *run)
{
	const struct read_account *a;
	size_t n = read_job_accounts(run_job(run), &a);

	for (size_t i = 0; i < n; i++) {
		uint64_t sum = 0;

		for (size_t k = 0; k < a[i].n_templates; k++)
			sum += a[i].ignored[k].n;
		if (sum != a[i].n_ignored ||
		    a[i].n_units != a[i].n_used + a[i].n_ignored +
					    a[i].n_unknown + a[i].n_bad)
			return false;
	}
	return true;
}

/* "192.0.2.7 1970-01-01T00:00:10Z virus Sobig.E example.com\n", - if none */
static inline void run_print_event(const struct run *run, const struct event *e,
				   struct buf *out)
{
	char host[HOST_TEXT_MAX], time[TIME_TEXT_MAX];
	struct bytes label = catalog_name(&run->labels, e->label);
	struct bytes client = catalog_name(&run->clients, e->client);

	host_format(e->host, host);
	time_format(e->time, time);
	buf_printf(out, "%s %s %s ", host, time, kind_name(e->kind));
	buf_add_bytes(out, label.len ? label : bytes_of_text("-"));
	buf_add_char(out, ' ');
	buf_add_bytes(out, client.len ? client : bytes_of_text("-"));
	buf_add_char(out, '\n');
}

/* All events as they came, NUL-terminated; to be freed */
static inline char *run_print(const struct run *run)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < run->n; i++)
		run_print_event(run, &run->events[i], &out);
	buf_add_char(&out, '\0');
	return out.ptr;
}

/* The complaints as one text, NUL-terminated */
static inline const char *run_complaints(struct run *run)
{
	buf_reserve(&run->complaints, 1);
	run->complaints.ptr[run->complaints.len] = '\0';
	return run->complaints.ptr;
}

static inline void run_deinit(struct run *run)
{
	read_job_free(run->job);
	catalog_deinit(&run->labels);
	catalog_deinit(&run->clients);
	if (run->malware != NULL)
		malware_table_free(run->malware);
	free(run->events);
	buf_deinit(&run->complaints);
}
