/* SPDX-License-Identifier: Apache-2.0 */
/*
 * crew.c - one input read by several threads, as if by one
 *
 * A chunk is cut at line ends into a piece for each thread. A hand reads its
 * piece with a job, catalogs and a stream of its own, forked from the input's,
 * and keeps what comes of it. Then all is handed over in the order of the
 * pieces: names get their numbers in the order in which one thread would have
 * met them, complaints their line numbers, and of five samples the first five
 * stay. So nothing shows how many threads there were.
 *
 * Only formats whose lines stand for themselves can be forked; all others are
 * read by one thread, beside which `meanwhile` reads and unpacks the next
 * chunk.
 */
#include "read/crew.h"

#include <stdlib.h>

#define NAMES_MAX 65536 /* that a hand remembers */

struct complaint {
	uint64_t line;
	char *text;
};

/* A catalog of a hand's own, and what its names are called in the sink's */
struct names {
	struct catalog own;
	uint32_t *number_of;
	size_t n, cap; /* counts number 0, which stays 0 */
};

struct hand {
	struct read_job *job;
	struct names labels, clients;
	struct event *events;
	size_t n_events, events_cap;
	struct complaint complaints[READ_N_COMPLAINTS];
	unsigned n_complaints;
	struct bytes piece;
	struct read_stream *stream; /* of this piece */
	uint64_t n_lines;
};

struct read_crew {
	struct read_job *job;
	unsigned n_hands;
	size_t piece_min;
	struct hand *hands;
	/* of the chunk at hand */
	void (*meanwhile)(void *ctx);
	void *ctx;
	struct read_stream *stream;
	struct bytes chunk;
	int err;
};

/* ------------------------------------------------------- what a hand takes */

static int keep_events(void *ctx, const struct event *e, size_t n)
{
	struct hand *h = ctx;

	while (h->events_cap - h->n_events < n) {
		h->events_cap = h->events_cap ? h->events_cap * 2 : 32768;
		h->events = mem_resize(h->events, h->events_cap,
				       sizeof(*h->events));
	}
	memcpy(h->events + h->n_events, e, n * sizeof(*e));
	h->n_events += n;
	return 0;
}

static void keep_complaint(void *ctx, const char *input, uint64_t line,
			   const char *expected)
{
	struct hand *h = ctx;

	(void)input;
	if (h->n_complaints < READ_N_COMPLAINTS)
		h->complaints[h->n_complaints++] =
			(struct complaint){ line,
					    mem_text(bytes_of_text(expected)) };
}

static void hand_init(struct hand *h, const struct read_job *job)
{
	const struct read_sink *sink = read_job_sink(job);

	h->job = read_job_new(read_job_options(job),
			      &(struct read_sink){
				      .ctx = h,
				      .labels = &h->labels.own,
				      .clients = &h->clients.own,
				      .events = keep_events,
				      .complain = sink->complain != NULL
							  ? keep_complaint
							  : NULL,
			      });
}

static void names_deinit(struct names *n)
{
	catalog_deinit(&n->own);
	free(n->number_of);
}

static void hand_deinit(struct hand *h)
{
	read_job_free(h->job);
	names_deinit(&h->labels);
	names_deinit(&h->clients);
	free(h->events);
}

struct read_crew *read_crew_new(struct read_job *job, unsigned n_threads,
				size_t piece_min)
{
	struct read_crew *c = mem_alloc(1, sizeof(*c));
	struct host_set *servers = read_job_options(job)->servers;

	if (servers != NULL) /* it is sorted when it is first asked */
		host_set_has(servers, 0);
	c->job = job;
	c->n_hands = n_threads;
	c->piece_min = piece_min;
	c->hands = mem_alloc(n_threads, sizeof(*c->hands));
	return c;
}

void read_crew_free(struct read_crew *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < c->n_hands; i++)
		hand_deinit(&c->hands[i]);
	free(c->hands);
	free(c);
}

/* ------------------------------------------------------------ handing over */

static void join_names(struct names *n, struct catalog *to)
{
	if (n->n == 0) {
		MEM_GROW(n->number_of, n->n, n->cap);
		n->number_of[n->n++] = 0;
	}
	while (n->n <= n->own.n) {
		struct bytes name = catalog_name(&n->own, (uint32_t)n->n);

		MEM_GROW(n->number_of, n->n, n->cap);
		n->number_of[n->n++] = catalog_add(to, name);
	}
}

/* Its job knows a number in the catalog too, and goes with it. */
static void forget_names(struct hand *h)
{
	read_job_free(h->job);
	h->job = NULL;
	catalog_deinit(&h->labels.own);
	catalog_deinit(&h->clients.own);
	h->labels.n = h->clients.n = 0;
}

static void renumber(struct hand *h)
{
	for (size_t i = 0; i < h->n_events; i++) {
		struct event *e = &h->events[i];

		e->label = h->labels.number_of[e->label];
		e->client = h->clients.number_of[e->client];
	}
}

static void hand_over(struct read_crew *c, struct hand *h)
{
	const struct read_sink *sink = read_job_sink(c->job);

	join_names(&h->labels, sink->labels);
	join_names(&h->clients, sink->clients);
	renumber(h);
	for (unsigned i = 0; i < h->n_complaints; i++) {
		read_stream_complain(c->stream, h->complaints[i].line,
				     h->complaints[i].text);
		free(h->complaints[i].text);
	}
	read_stream_join(c->stream, h->job, h->n_lines);
	if (c->err >= 0)
		c->err = read_job_send(c->job, h->events, h->n_events);
	h->n_events = 0;
	h->n_complaints = 0;
}

/* ----------------------------------------------------------------- threads */

static void read_piece(struct hand *h)
{
	if (h->piece.len > 0)
		read_stream_feed(h->stream, h->piece);
	h->n_lines = read_stream_line(h->stream);
	read_stream_close(h->stream); /* its piece ends a line */
}

/* 0 is the other work, if there is any; a new thread begins it at once. */
static void take_part(void *ctx, unsigned i)
{
	struct read_crew *c = ctx;

	if (c->meanwhile == NULL)
		read_piece(&c->hands[i]);
	else if (i == 0)
		c->meanwhile(c->ctx);
	else
		read_piece(&c->hands[i - 1]);
}

static void read_alone(void *ctx, unsigned i)
{
	struct read_crew *c = ctx;

	if (i == 0 && c->meanwhile != NULL)
		c->meanwhile(c->ctx);
	else
		c->err = read_stream_feed(c->stream, c->chunk);
}

/* A piece for each hand, ending with a line; the last ones may be empty. */
static void deal(struct read_crew *c, struct bytes lines)
{
	for (unsigned i = 0; i < c->n_hands; i++) {
		struct hand *h = &c->hands[i];
		size_t n = lines.len / (c->n_hands - i);

		if (i + 1 < c->n_hands && n > 0) {
			n += bytes_find_char(bytes_from(lines, n - 1), '\n');
			if (n > lines.len)
				n = lines.len;
		}
		h->piece = bytes_of(lines.ptr, n);
		lines = bytes_from(lines, n);
		if (h->labels.own.n + h->clients.own.n > NAMES_MAX)
			forget_names(h);
		if (h->job == NULL)
			hand_init(h, c->job);
		h->stream = read_stream_fork(c->stream, h->job);
	}
}

static int feed_all(struct read_crew *c, struct bytes chunk)
{
	c->chunk = chunk;
	c->err = 0;
	sys_run(c->meanwhile != NULL ? 2 : 1, read_alone, c);
	return c->err;
}

static int feed_pieces(struct read_crew *c, struct bytes lines)
{
	c->err = read_job_flush(c->job);
	deal(c, lines);
	sys_run(c->n_hands + (c->meanwhile != NULL), take_part, c);
	for (unsigned i = 0; i < c->n_hands; i++)
		hand_over(c, &c->hands[i]);
	return c->err;
}

int read_crew_feed(struct read_crew *c, struct read_stream *s,
		   struct bytes chunk, void (*meanwhile)(void *ctx), void *ctx)
{
	size_t first = bytes_find_char(chunk, '\n'), last = chunk.len;
	int err;

	c->stream = s;
	c->meanwhile = meanwhile;
	c->ctx = ctx;
	first += first < chunk.len;
	while (last > first && chunk.ptr[last - 1] != '\n')
		last--;
	if ((last - first) / c->n_hands < c->piece_min)
		return feed_all(c, chunk);
	/* What ends here began in an earlier chunk, or is the header. */
	err = read_stream_feed(s, bytes_of(chunk.ptr, first));
	if (err < 0 || !read_stream_can_fork(s)) {
		int rest = feed_all(c, bytes_from(chunk, first));

		return err < 0 ? err : rest;
	}
	err = feed_pieces(c, bytes_of(chunk.ptr + first, last - first));
	return err < 0 ? err : read_stream_feed(s, bytes_from(chunk, last));
}
