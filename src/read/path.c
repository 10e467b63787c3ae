/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.c - files, directories, archives and stdin -> streams
 *
 *	collect  walk the paths; what can be read once only is spooled
 *	order    peek at the head of each, put those with times oldest first
 *	hash     each file: a first pass over its bytes, member by member
 *	parse    a second one, of as many bytes as were hashed
 *
 * Rotated logs of one call thus come in their order of time, and the joins of
 * queue ids see a message begin before it ends. Memory: the names of the
 * files, some bytes a member of the archive at hand, and one chunk.
 */
#include "read/crew.h"

#include <stdlib.h>

#define CHUNK ((size_t)4 << 20)

struct source {
	char *path;  /* where the bytes are */
	char *shown; /* what a person calls it */
	bool is_copy;
	bool has_time;
	int64_t first_time;
};

/* What the first pass knows of one member */
struct member {
	const struct read_format *format; /* NULL: none fits */
	uint64_t hash;
	uint64_t len;
	int err; /* that ended it */
};

struct paths {
	struct read_job *job;
	const struct read_caller *caller;
	struct read_totals *totals;
	struct source *sources;
	size_t n, cap;
	struct member *members; /* of the file at hand */
	size_t n_members, members_cap;
	char *chunk;
	char *next_chunk;
	struct read_crew *crew; /* NULL: one thread */
	struct buf name;
};

/* -------------------------------------------------------------- complaints */

static void complain(struct paths *p, const char *name, uint64_t line,
		     const char *expected, int err)
{
	const struct read_sink *sink = read_job_sink(p->job);
	struct buf text = { 0 };

	p->totals->n_failed++;
	buf_add_text(&text, expected);
	if (err == E_IO)
		buf_printf(&text, " (%s)", error_text(err));
	buf_add_char(&text, '\0');
	if (sink->complain != NULL)
		sink->complain(sink->ctx, name, line, text.ptr);
	buf_deinit(&text);
}

static const char *expected_instead_of(int err)
{
	if (err == E_NOT_FOUND)
		return "a file or directory that exists";
	if (err == E_CORRUPT)
		return "more: the compressed data is damaged or ends too early";
	return "a file that can be read";
}

/* ----------------------------------------------------------------- collect */

static int collect(void *ctx, const char *path)
{
	struct paths *p = ctx;
	struct buf copy = { 0 };
	struct source s = { 0 };
	int rc = sys_spool(path, &copy);
	const char *shown = strcmp(path, "-") == 0 ? "(stdin)" : path;

	if (rc < 0) {
		complain(p, shown, 0, expected_instead_of(rc), rc);
	} else {
		s.is_copy = rc > 0;
		s.shown = mem_text(bytes_of_text(shown));
		s.path = mem_text(bytes_of_text(rc > 0 ? copy.ptr : path));
		MEM_GROW(p->sources, p->n, p->cap);
		p->sources[p->n++] = s;
	}
	buf_deinit(&copy);
	return 0;
}

static void collect_failed(void *ctx, const char *path, int err)
{
	complain(ctx, path, 0, expected_instead_of(err), err);
}

static void free_sources(struct paths *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->sources[i].is_copy)
			sys_spool_remove(p->sources[i].path);
		free(p->sources[i].path);
		free(p->sources[i].shown);
	}
	free(p->sources);
}

/* ------------------------------------------------------------------- input */

/* A full chunk but at the end, where it is shorter; *err tells a bad one. */
static size_t fill(struct sys_input *in, char *out, size_t cap, int *err)
{
	size_t n = 0;

	*err = 0;
	while (n < cap) {
		long got = sys_input_read(in, out + n, cap - n);

		if (got < 0)
			*err = (int)got;
		if (got <= 0)
			break;
		n += (size_t)got;
	}
	return n;
}

static struct bytes head_of(const char *chunk, size_t n)
{
	return bytes_of(chunk, n < READ_HEAD_MAX ? n : READ_HEAD_MAX);
}

/* As the person gave it: not the copy's name, but what follows it. */
static const char *shown_name(struct paths *p, const struct source *s,
			      const char *name)
{
	size_t n = strlen(s->path);

	if (!s->is_copy || strncmp(name, s->path, n))
		return name;
	p->name.len = 0;
	buf_printf(&p->name, "%s%s", s->shown, name + n);
	buf_add_char(&p->name, '\0');
	return p->name.ptr;
}

/* ------------------------------------------------------------------- order */

static void peek(struct paths *p, struct source *s)
{
	const struct read_options *o = read_job_options(p->job);
	const struct read_format *f;
	struct sys_input *in;
	const char *name;
	int64_t mtime;
	int err;

	if (sys_input_open(&in, s->path) < 0)
		return;
	if (sys_input_next(in, &name, &mtime) == 1) {
		struct bytes head = { p->chunk, 0 };

		head.len = fill(in, p->chunk, READ_HEAD_MAX, &err);
		name = shown_name(p, s, name);
		f = read_format_detect(o, name, head);
		if (f != NULL && f->first_time != NULL)
			s->has_time = f->first_time(p->job, name, mtime, head,
						    &s->first_time) == 0;
	}
	sys_input_close(in);
}

/* A stable merge: of[i] are the sources that have a time, in given order. */
static void sort_by_time(const struct source **of, const struct source **tmp,
			 size_t n)
{
	size_t half = n / 2, a = 0, b = half;

	if (n < 2)
		return;
	sort_by_time(of, tmp, half);
	sort_by_time(of + half, tmp, n - half);
	for (size_t i = 0; i < n; i++)
		tmp[i] = b == n || (a < half &&
				    of[a]->first_time <= of[b]->first_time)
				 ? of[a++]
				 : of[b++];
	memcpy(of, tmp, n * sizeof(*of));
}

/* Those with a time change places among themselves; the others stay. */
static void order(struct paths *p)
{
	const struct source **timed, **tmp;
	struct source *sorted;
	size_t n = 0, at = 0;

	if (p->n < 2)
		return;
	timed = mem_alloc(p->n, sizeof(*timed));
	tmp = mem_alloc(p->n, sizeof(*tmp));
	sorted = mem_alloc(p->n, sizeof(*sorted));
	for (size_t i = 0; i < p->n; i++) {
		peek(p, &p->sources[i]);
		if (p->sources[i].has_time)
			timed[n++] = &p->sources[i];
	}
	sort_by_time(timed, tmp, n);
	for (size_t i = 0; i < p->n; i++)
		sorted[i] =
			p->sources[i].has_time ? *timed[at++] : p->sources[i];
	free(p->sources);
	p->sources = sorted;
	free(timed);
	free(tmp);
}

/* -------------------------------------------------------------------- hash */

static struct member hash_member(struct paths *p, struct sys_input *in,
				 const char *name)
{
	struct hash_stream *hash = hash_stream_new();
	struct member m = { 0 };

	for (;;) {
		size_t n = fill(in, p->chunk, CHUNK, &m.err);

		if (m.len == 0)
			m.format =
				read_format_detect(read_job_options(p->job),
						   name, head_of(p->chunk, n));
		hash_stream_add(hash, bytes_of(p->chunk, n));
		m.len += n;
		if (n < CHUNK || m.err < 0)
			break;
	}
	m.hash = hash_stream_value(hash);
	hash_stream_free(hash);
	return m;
}

/* What is broken is found again, and told, by the second pass. */
static void hash_source(struct paths *p, const struct source *s)
{
	struct sys_input *in;
	const char *name;
	int64_t mtime;

	p->n_members = 0;
	if (sys_input_open(&in, s->path) < 0)
		return;
	while (sys_input_next(in, &name, &mtime) == 1) {
		MEM_GROW(p->members, p->n_members, p->members_cap);
		p->members[p->n_members] =
			hash_member(p, in, shown_name(p, s, name));
		if (p->members[p->n_members++].err < 0)
			break;
	}
	sys_input_close(in);
}

/* ------------------------------------------------------------------- parse */

/* The next chunk, filled while the one before is being read */
struct ahead {
	struct sys_input *in;
	char *to;
	size_t n, most;
	int err;
};

static void fill_ahead(void *ctx)
{
	struct ahead *a = ctx;

	a->n = fill(a->in, a->to, a->most, &a->err);
}

static int feed_chunk(struct paths *p, struct read_stream *s, size_t n,
		      struct ahead *next)
{
	struct bytes chunk = bytes_of(p->chunk, n);
	char *swap = p->chunk;
	int err;

	if (p->crew == NULL) {
		err = read_stream_feed(s, chunk);
		if (next != NULL)
			fill_ahead(next);
	} else {
		err = read_crew_feed(p->crew, s, chunk,
				     next != NULL ? fill_ahead : NULL, next);
	}
	p->chunk = p->next_chunk;
	p->next_chunk = swap;
	return err;
}

/* *broken: why the input could not be read as far as it was hashed */
static int feed_member(struct paths *p, struct sys_input *in,
		       struct read_stream *s, size_t n, uint64_t left,
		       int *broken)
{
	for (;;) {
		struct ahead next = { .in = in, .to = p->next_chunk };
		bool is_last;
		int err;

		n = n < left ? n : (size_t)left;
		left -= n;
		p->totals->n_bytes += n;
		is_last = *broken < 0 || n < CHUNK || left == 0;
		next.most = left < CHUNK ? (size_t)left : CHUNK;
		err = feed_chunk(p, s, n, is_last ? NULL : &next);
		if (err < 0 || is_last)
			return err;
		n = next.n;
		*broken = next.err;
	}
}

static int parse_member(struct paths *p, struct sys_input *in, const char *name,
			int64_t mtime, const struct member *m, int *broken)
{
	size_t n = fill(in, p->chunk, CHUNK, broken);
	struct read_stream *s;
	uint64_t line;
	int err, end;

	err = read_stream_open(&s, p->job, name, mtime, head_of(p->chunk, n));
	if (err == E_SYNTAX) { /* it has changed since it was hashed */
		*broken = E_SYNTAX;
		complain(p, name, 0, "a file that stays as it is", 0);
		return 0;
	}
	if (err < 0)
		return err;
	err = feed_member(p, in, s, n, m->len, broken);
	if (*broken == 0)
		*broken = m->err;
	line = read_stream_line(s);
	end = *broken < 0 ? read_stream_break(s) : read_stream_close(s);
	if (err == 0 && *broken < 0)
		complain(p, name, line, expected_instead_of(*broken), *broken);
	return err < 0 ? err : end;
}

static int ask_caller(const struct read_caller *c, const char *name,
		      uint64_t hash)
{
	return c && c->begin_input ? c->begin_input(c->ctx, name, hash) : 1;
}

static int tell_caller(const struct read_caller *c, const char *name,
		       uint64_t hash, int broken)
{
	return c && c->end_input ? c->end_input(c->ctx, name, hash, broken) : 0;
}

static int do_member(struct paths *p, struct sys_input *in, const char *name,
		     int64_t mtime, const struct member *m)
{
	uint64_t hash;
	int broken = 0, rc;

	if (m->format == NULL) {
		complain(p, name, 0,
			 m->err < 0 ? expected_instead_of(m->err)
				    : "a format that we know (--format names "
				      "one)",
			 m->err);
		return 0;
	}
	hash = read_job_hash(p->job, m->format, m->hash);
	rc = ask_caller(p->caller, name, hash);
	if (rc == 0) {
		p->totals->n_skipped++;
		if (p->totals->n_bytes_all >= m->len)
			p->totals->n_bytes_all -= m->len;
	}
	if (rc <= 0)
		return rc;
	rc = parse_member(p, in, name, mtime, m, &broken);
	if (rc < 0)
		return rc;
	p->totals->n_read += broken == 0;
	return tell_caller(p->caller, name, hash, broken);
}

static int parse_members(struct paths *p, const struct source *s,
			 struct sys_input *in)
{
	const char *name;
	int64_t mtime;
	size_t i = 0;
	int rc;

	while ((rc = sys_input_next(in, &name, &mtime)) == 1) {
		int err;

		if (i == p->n_members)
			return 0; /* appended since */
		err = do_member(p, in, shown_name(p, s, name), mtime,
				&p->members[i]);
		if (err < 0 || p->members[i].err < 0)
			return err;
		i++;
	}
	if (rc < 0)
		complain(p, s->shown, 0, expected_instead_of(rc), rc);
	return 0;
}

/* Once the last source is hashed */
static void count_all(struct paths *p)
{
	p->totals->n_bytes_all = p->totals->n_bytes;
	for (size_t i = 0; i < p->n_members; i++)
		p->totals->n_bytes_all += p->members[i].len;
}

static int do_source(struct paths *p, const struct source *s)
{
	struct sys_input *in;
	int err;

	hash_source(p, s);
	if (s == &p->sources[p->n - 1])
		count_all(p);
	err = sys_input_open(&in, s->path);
	if (err < 0) {
		complain(p, s->shown, 0, expected_instead_of(err), err);
		return 0;
	}
	err = parse_members(p, s, in);
	sys_input_close(in);
	return err;
}

int read_paths(struct read_job *job, const char *const *paths, size_t n,
	       const struct read_caller *caller, struct read_totals *totals)
{
	struct paths p = { .job = job, .caller = caller, .totals = totals };
	int err = read_job_check(job);
	unsigned n_threads = read_job_options(job)->n_threads;

	if (err < 0)
		return err;
	if (n_threads == 0)
		n_threads = sys_n_cpus();
	p.chunk = mem_alloc(CHUNK, 1);
	p.next_chunk = mem_alloc(CHUNK, 1);
	if (n_threads > 1)
		p.crew = read_crew_new(job, n_threads, READ_PIECE_MIN);
	for (size_t i = 0; i < n; i++)
		sys_walk(paths[i],
			 &(struct sys_walk){ &p, collect, collect_failed });
	order(&p);
	for (size_t i = 0; i < p.n && err == 0; i++)
		err = do_source(&p, &p.sources[i]);
	free_sources(&p);
	free(p.members);
	free(p.chunk);
	free(p.next_chunk);
	read_crew_free(p.crew);
	buf_deinit(&p.name);
	return err;
}
