/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c - one input: chunks of any size -> units -> verdicts, counted
 *
 * A line that lies within one chunk is never copied; only what a chunk leaves
 * unfinished waits in `part`. A line that grows past READ_LINE_MAX is told and
 * counted once and then passed over to its newline without being held, so what
 * a hostile input costs is bounded. NUL is a byte like any other.
 *
 *	          newline
 *	 LINE ──────────────► LINE        (unit_fn)
 *	   │ too long
 *	   ▼      newline
 *	 SKIP ──────────────► LINE        (counted as bad when it began)
 */
#include "read/core.h"

#include <stdlib.h>

struct read_stream {
	struct read_unit unit; /* what the reader sees */
	const struct read_format *format;
	struct read_slot *slot;
	void *state;
	char *name;
	struct buf part; /* of a line, or the whole file so far */
	bool skips;	 /* past READ_LINE_MAX, to the next newline */
	bool too_long;	 /* a whole file past READ_FILE_MAX */
	bool is_broken;	 /* its end was never seen */
	unsigned n_complaints;
	enum read_verdict said; /* by read_ignore() or read_complain() */
};

/* ---------------------------------------------------- what a unit came to */

void read_add_printable(struct buf *out, struct bytes text, size_t max)
{
	size_t n = text.len < max ? text.len : max;

	for (size_t i = 0; i < n; i++)
		buf_add_char(out, text.ptr[i] >= 0x20 && text.ptr[i] < 0x7f
					  ? text.ptr[i]
					  : '?');
	if (n < text.len)
		buf_add_text(out, "...");
}

static void keep_sample(struct read_slot *slot, struct bytes text)
{
	struct buf b = { 0 };

	if (slot->n_samples == READ_SAMPLES)
		return;
	read_add_printable(&b, text, READ_SAMPLE_MAX);
	buf_add_char(&b, '\0');
	slot->account.samples[slot->n_samples++] = b.ptr;
}

static void assert_said(struct read_stream *s, enum read_verdict verdict)
{
	if (s->said != verdict)
		panic("format %s: a verdict without its reason",
		      s->format->name);
	s->said = READ_USED;
}

void read_count_unit(struct read_unit *u, enum read_verdict verdict,
		     struct bytes sample)
{
	struct read_stream *s = u->stream;
	struct read_account *a = &s->slot->account;

	if (verdict == READ_MORE)
		return;
	a->n_units++;
	switch (verdict) {
	case READ_USED:
		a->n_used++;
		break;
	case READ_IGNORED:
		assert_said(s, READ_IGNORED);
		a->n_ignored++;
		break;
	case READ_BAD:
		assert_said(s, READ_BAD);
		a->n_bad++;
		break;
	default:
		a->n_unknown++;
		keep_sample(s->slot, sample);
	}
}

#define N_RECENT 256

static size_t find_template(struct read_slot *slot, const char *name,
			    const char *reason)
{
	struct read_account *a = &slot->account;
	size_t i;

	for (i = 0; i < a->n_templates; i++)
		if (!strcmp(a->ignored[i].name, name) &&
		    !strcmp(a->ignored[i].reason, reason))
			return i;
	MEM_GROW(a->ignored, a->n_templates, slot->ignored_cap);
	a->ignored[a->n_templates++] =
		(struct read_ignored){ .name = name, .reason = reason };
	return i;
}

/* Names are literals, so an address mostly says which template it is. */
enum read_verdict read_ignore(struct read_unit *u, const char *name,
			      const char *reason)
{
	struct read_slot *slot = u->stream->slot;
	size_t at = hash_mix((uintptr_t)name) % N_RECENT, i;

	if (slot->recent == NULL)
		slot->recent = mem_alloc(N_RECENT, 1);
	i = slot->recent[at];
	if (i == 0 || slot->account.ignored[i - 1].name != name ||
	    slot->account.ignored[i - 1].reason != reason) {
		i = find_template(slot, name, reason) + 1;
		slot->recent[at] = i <= UINT8_MAX ? (uint8_t)i : 0;
	}
	slot->account.ignored[i - 1].n++;
	u->stream->said = READ_IGNORED;
	return READ_IGNORED;
}

enum read_verdict read_complain(struct read_unit *u, const char *expected, ...)
{
	struct read_stream *s = u->stream;
	const struct read_sink *sink = read_job_sink(u->job);
	va_list args;
	struct buf text = { 0 }, clean = { 0 };

	s->said = READ_BAD;
	if (sink->complain == NULL || s->n_complaints == READ_N_COMPLAINTS)
		return READ_BAD;
	va_start(args, expected);
	buf_vprintf(&text, expected, args);
	va_end(args);
	read_add_printable(&clean, buf_bytes(&text), 4 * READ_SAMPLE_MAX);
	buf_add_char(&clean, '\0');
	s->n_complaints++;
	sink->complain(sink->ctx, s->name, u->line, clean.ptr);
	buf_deinit(&text);
	buf_deinit(&clean);
	return READ_BAD;
}

void read_stream_complain(struct read_stream *s, uint64_t line,
			  const char *expected)
{
	const struct read_sink *sink = read_job_sink(s->unit.job);

	if (sink->complain == NULL || s->n_complaints == READ_N_COMPLAINTS)
		return;
	s->n_complaints++;
	sink->complain(sink->ctx, s->name, s->unit.line + line, expected);
}

/* ------------------------------------------------------------------- lines */

static int do_unit(struct read_stream *s, struct bytes text)
{
	read_count_unit(&s->unit, s->format->unit_fn(&s->unit, text), text);
	return read_job_error(s->unit.job);
}

static void tell_too_long(struct read_stream *s)
{
	s->unit.line++;
	s->skips = true;
	s->part.len = 0;
	read_count_unit(&s->unit,
			read_complain(&s->unit, "a line of at most %zu bytes",
				      READ_LINE_MAX),
			(struct bytes){ 0 });
}

/* A piece that ends a line; what went before it may be in `part`. */
static int end_line(struct read_stream *s, struct bytes piece)
{
	struct bytes line = piece;

	if (!s->skips && piece.len > READ_LINE_MAX - s->part.len)
		tell_too_long(s);
	if (s->skips) {
		s->skips = false;
		return 0;
	}
	if (s->part.len > 0) {
		buf_add_bytes(&s->part, piece);
		line = buf_bytes(&s->part);
		s->part.len = 0;
	}
	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	s->unit.line++;
	return do_unit(s, line);
}

static void keep_part(struct read_stream *s, struct bytes piece)
{
	if (s->skips)
		return;
	if (piece.len > READ_LINE_MAX - s->part.len)
		tell_too_long(s);
	else
		buf_add_bytes(&s->part, piece);
}

static int feed_lines(struct read_stream *s, struct bytes chunk)
{
	int err = read_job_error(s->unit.job);

	while (err >= 0 && chunk.len > 0) {
		size_t n = bytes_find_char(chunk, '\n');

		if (n == chunk.len) {
			keep_part(s, chunk);
			return 0;
		}
		err = end_line(s, bytes_of(chunk.ptr, n));
		chunk = bytes_from(chunk, n + 1);
	}
	return err;
}

static int feed_file(struct read_stream *s, struct bytes chunk)
{
	if (s->too_long || chunk.len > READ_FILE_MAX - s->part.len) {
		s->too_long = true;
		buf_deinit(&s->part);
	} else {
		buf_add_bytes(&s->part, chunk);
	}
	return read_job_error(s->unit.job);
}

int read_stream_feed(struct read_stream *s, struct bytes chunk)
{
	return s->format->whole_file ? feed_file(s, chunk)
				     : feed_lines(s, chunk);
}

/* ------------------------------------------------------------ open, close */

int read_stream_open(struct read_stream **out, struct read_job *job,
		     const char *name, int64_t mtime, struct bytes head)
{
	const struct read_options *o = read_job_options(job);
	const struct read_format *f = read_format_detect(o, name, head);
	struct read_stream *s;

	if (read_job_error(job) < 0)
		return read_job_error(job);
	if (f == NULL)
		return o->format != NULL ? E_NOT_FOUND : E_SYNTAX;
	s = mem_alloc(1, sizeof(*s));
	s->format = f;
	s->slot = read_job_meet(job, f);
	s->name = mem_text(bytes_of_text(name));
	if (f->stream_new != NULL)
		s->state = f->stream_new(job, s->slot->state, s->name, mtime,
					 head);
	s->unit = (struct read_unit){
		.stream = s,
		.job = job,
		.job_state = s->slot->state,
		.stream_state = s->state,
		.input = s->name,
	};
	*out = s;
	return 0;
}

/* -------------------------------------------------------------------- fork */

bool read_stream_can_fork(const struct read_stream *s)
{
	return s->format->stream_fork != NULL && s->part.len == 0 &&
	       !s->skips && s->format->stream_fork(s->state, NULL);
}

struct read_stream *read_stream_fork(const struct read_stream *s,
				     struct read_job *job)
{
	struct read_stream *child = mem_alloc(1, sizeof(*child));

	child->format = s->format;
	child->slot = read_job_slot(job, s->format);
	child->name = mem_text(bytes_of_text(s->name));
	child->n_complaints = s->n_complaints;
	s->format->stream_fork(s->state, &child->state);
	child->unit = (struct read_unit){
		.stream = child,
		.job = job,
		.stream_state = child->state,
		.input = child->name,
	};
	return child;
}

static void move_account(struct read_slot *to, struct read_slot *from)
{
	struct read_account *a = &to->account, *b = &from->account;

	a->n_units += b->n_units;
	a->n_used += b->n_used;
	a->n_ignored += b->n_ignored;
	a->n_unknown += b->n_unknown;
	a->n_bad += b->n_bad;
	a->n_events += b->n_events;
	a->n_moved += b->n_moved;
	b->n_units = b->n_used = b->n_ignored = b->n_unknown = 0;
	b->n_bad = b->n_events = b->n_moved = 0;
	for (size_t i = 0; i < b->n_templates; i++) {
		const struct read_ignored *t = &b->ignored[i];

		size_t at = find_template(to, t->name, t->reason);

		a->ignored[at].n += t->n;
	}
	b->n_templates = 0;
	if (from->recent != NULL)
		memset(from->recent, 0, N_RECENT);
}

static void move_samples(struct read_slot *to, struct read_slot *from)
{
	for (size_t i = 0; i < from->n_samples; i++) {
		char *sample = from->account.samples[i];

		from->account.samples[i] = NULL;
		if (to->n_samples < READ_SAMPLES)
			to->account.samples[to->n_samples++] = sample;
		else
			free(sample);
	}
	from->n_samples = 0;
}

void read_stream_join(struct read_stream *s, struct read_job *job,
		      uint64_t n_lines)
{
	struct read_slot *from = read_job_slot(job, s->format);

	move_account(s->slot, from);
	move_samples(s->slot, from);
	s->unit.line += n_lines;
}

/* --------------------------------------------------------------------- end */

static int end_file(struct read_stream *s)
{
	if (!s->too_long)
		return do_unit(s, buf_bytes(&s->part));
	read_count_unit(&s->unit,
			read_complain(&s->unit, "a file of at most %zu bytes",
				      READ_FILE_MAX),
			(struct bytes){ 0 });
	return 0;
}

static int end_input(struct read_stream *s)
{
	int err = read_job_error(s->unit.job);

	if (err >= 0 && s->format->whole_file && !s->is_broken)
		err = end_file(s);
	else if (err >= 0 && s->part.len > 0 && !s->is_broken)
		err = end_line(s, (struct bytes){ 0 });
	if (err >= 0 && s->format->stream_finish != NULL)
		err = s->format->stream_finish(s->unit.job, s->state);
	return err < 0 ? err : read_job_flush(s->unit.job);
}

int read_stream_close(struct read_stream *s)
{
	int err;

	if (s == NULL)
		return 0;
	err = end_input(s);
	if (s->format->stream_free != NULL)
		s->format->stream_free(s->state);
	buf_deinit(&s->part);
	free(s->name);
	free(s);
	return err;
}

int read_stream_break(struct read_stream *s)
{
	s->is_broken = true;
	return read_stream_close(s);
}

uint64_t read_stream_line(const struct read_stream *s)
{
	return s->unit.line;
}

const char *read_stream_format(const struct read_stream *s)
{
	return s->format->name;
}
