/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan.c - a record, tallied on several threads
 *
 * The hosts are cut into more parts than threads, at borders of networks; each
 * thread takes the next part until none is left, all into one tally of its
 * own. The tallies add up to the same numbers whoever took what.
 */
#include "tally/tally.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PARTS_PER_THREAD 8

struct scan {
	struct record *record;
	const struct tally_options *options;
	uint64_t *first; /* [n_parts] */
	size_t n_parts;
	atomic_size_t next;
	atomic_int err;		/* the first, or 0 */
	struct tally **tallies; /* one per thread */
};

static int scan_part(struct scan *s, size_t part, struct tally *t)
{
	struct record_query q = {
		.host_first = s->first[part],
		.host_last = part + 1 < s->n_parts ? s->first[part + 1] - 1
						   : UINT64_MAX,
		.time_from = s->options->window.from,
		.time_to = s->options->window.to,
		.columns = RECORD_LABELS | RECORD_CLIENTS,
	};
	struct record_cursor *cursor;
	struct record_piece piece;
	int err = record_cursor_open(&cursor, s->record, &q);

	if (err < 0)
		return err;
	while ((err = record_cursor_next(cursor, &piece)) > 0)
		tally_add_piece(t, &piece);
	record_cursor_close(cursor);
	tally_finish(t);
	return err;
}

static void scan_thread(void *ctx, unsigned i)
{
	struct scan *s = ctx;
	struct tally *t = s->tallies[i] = tally_new(s->options);
	size_t part;

	while (atomic_load(&s->err) == 0 &&
	       (part = atomic_fetch_add(&s->next, 1)) < s->n_parts) {
		int none = 0, err = scan_part(s, part, t);

		if (err < 0)
			atomic_compare_exchange_strong(&s->err, &none, err);
	}
}

static struct tally *merge_all(struct tally **tallies, unsigned n)
{
	for (unsigned i = 1; i < n; i++) {
		tally_merge(tallies[0], tallies[i]);
		tally_free(tallies[i]);
	}
	return tallies[0];
}

int tally_scan(struct tally **out, struct record *r,
	       const struct tally_options *options, unsigned n_threads)
{
	unsigned n = n_threads ? n_threads : 1;
	struct scan s = { .record = r, .options = options };
	struct tally *all;

	s.first = mem_alloc((size_t)n * PARTS_PER_THREAD, sizeof(*s.first));
	s.n_parts = record_split(r, (size_t)n * PARTS_PER_THREAD, s.first);
	s.tallies = mem_alloc(n, sizeof(*s.tallies));
	sys_run(n, scan_thread, &s);
	all = merge_all(s.tallies, n);
	free(s.tallies);
	free(s.first);
	*out = NULL;
	if (s.err < 0) {
		tally_free(all);
		return s.err;
	}
	*out = all;
	return 0;
}
