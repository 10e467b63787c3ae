/* SPDX-License-Identifier: Apache-2.0 */
#include "record/source.h"

struct bounds bounds_of(const struct record_query *q)
{
	int64_t from = q->time_from < 0 ? 0 : q->time_from;
	int64_t to = q->time_to > (int64_t)TIME_MAX + 1 ? (int64_t)TIME_MAX + 1
							: q->time_to;
	struct bounds b = { .host_first = q->host_first,
			    .host_last = q->host_last,
			    .columns = q->columns };

	b.is_empty = from >= to || q->host_first > q->host_last;
	if (!b.is_empty) {
		b.time_first = (uint32_t)from;
		b.time_last = (uint32_t)(to - 1);
	}
	return b;
}

/* The first block whose last host is not before the one wanted */
static uint32_t find_block(const struct run *run, uint64_t host)
{
	uint32_t lo = 0, hi = run->facts.n_blocks;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (run_block_last_host(run, mid) < host)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t find_host(const struct block_rows *b, uint64_t host)
{
	size_t lo = 0, hi = b->n_hosts;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (b->host[mid] < host)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool source_init(struct source *s, struct view *v, const struct run *run,
		 const struct bounds *q, struct block_space *space)
{
	*s = (struct source){ .view = v, .run = run, .bounds = q };
	s->space = space;
	s->key = q->host_first;
	if (q->is_empty)
		return false;
	if (run == NULL) {
		s->b = &v->memory;
		s->at_host = find_host(s->b, q->host_first);
		return v->memory.n_rows > 0;
	}
	if (run->facts.host_first > s->key)
		s->key = run->facts.host_first;
	return run->facts.host_first <= q->host_last &&
	       run->facts.host_last >= q->host_first &&
	       run->facts.time_first <= q->time_last &&
	       run->facts.time_last >= q->time_first;
}

void source_deinit(struct source *s)
{
	block_rows_deinit(&s->blocks[0]);
	block_rows_deinit(&s->blocks[1]);
	s->now = s->ahead = (struct slice){ 0 };
	s->b = NULL;
}

/* Between blocks of one run: rows must go on where they ended. */
static bool follows(struct source *s, const struct block_rows *b)
{
	uint64_t host = b->host[0];
	bool ok = !s->has_previous || host > s->previous_host ||
		  (host == s->previous_host && b->time[0] >= s->previous_time);

	s->has_previous = true;
	s->previous_host = b->host[b->n_hosts - 1];
	s->previous_time = b->time[b->n_rows - 1];
	return ok;
}

static bool load_block(struct source *s, uint32_t i,
		       const struct block_index *x)
{
	struct block_rows *b = &s->blocks[s->now.b == &s->blocks[0]];
	const char *why;

	if (b->host == NULL)
		block_rows_init(b, BLOCK_ROWS_MAX);
	if (run_decode(s->run, x, s->bounds->columns, b, s->space, &why) < 0) {
		view_note_damage(s->view, "%s: block %u: %s",
				 s->run->facts.name, i, why);
		return false;
	}
	if (!follows(s, b)) {
		view_note_damage(s->view, "%s: block %u: not in order",
				 s->run->facts.name, i);
		return false;
	}
	s->b = b;
	s->at_row = 0;
	s->at_host = x->host_first >= s->bounds->host_first
			     ? 0
			     : find_host(b, s->bounds->host_first);
	return true;
}

/* The next block that may hold rows asked for */
static bool next_block(struct source *s)
{
	const struct bounds *q = s->bounds;

	s->b = NULL;
	while (s->run != NULL && s->next_block < s->run->facts.n_blocks) {
		uint32_t i = s->next_block++;
		struct block_index x = run_block(s->run, i);

		if (x.host_first > q->host_last)
			break;
		if (x.time_first > q->time_last || x.time_last < q->time_first)
			continue;
		if (load_block(s, i, &x))
			return true;
	}
	s->run = NULL;
	return false;
}

/* The first row of [lo, hi) at or after t */
static uint32_t find_time(const uint32_t *time, uint32_t lo, uint32_t hi,
			  uint64_t t)
{
	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (time[mid] < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Rows of the host at hand that lie in the window */
static struct slice cut(struct source *s)
{
	const struct bounds *q = s->bounds;
	const struct block_rows *b = s->b;
	size_t i = s->at_host;
	struct slice x = { b->host[i], b, b->start[i], b->start[i + 1] };

	if (b->time[x.lo] < q->time_first)
		x.lo = find_time(b->time, x.lo, x.hi, q->time_first);
	if (x.lo < x.hi && b->time[x.hi - 1] > q->time_last)
		x.hi = find_time(b->time, x.lo, x.hi,
				 (uint64_t)q->time_last + 1);
	if (x.lo < s->at_row)
		x.lo = s->at_row;
	if (x.lo < x.hi && x.hi - x.lo > RECORD_PIECE_MAX) {
		x.hi = x.lo + RECORD_PIECE_MAX;
		s->at_row = x.hi;
	} else {
		s->at_host++;
	}
	return x;
}

static struct slice next_slice(struct source *s)
{
	for (;;) {
		struct slice x;

		if ((s->b == NULL || s->at_host == s->b->n_hosts) &&
		    !next_block(s))
			return (struct slice){ 0 };
		if (s->at_host == s->b->n_hosts)
			continue;
		if (s->b->host[s->at_host] > s->bounds->host_last)
			return (struct slice){ 0 };
		x = cut(s);
		if (x.lo < x.hi)
			return x;
	}
}

void source_step(struct source *s)
{
	s->now = s->ahead;
	if (s->now.b == NULL)
		return;
	s->key = s->now.host;
	s->ahead = next_slice(s);
}

void source_start(struct source *s)
{
	s->is_started = true;
	if (s->run != NULL)
		s->next_block = find_block(s->run, s->bounds->host_first);
	s->ahead = next_slice(s);
	s->now = s->ahead;
	source_step(s);
}
