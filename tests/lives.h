/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lives.h - small worlds for the tests of tally and judge, without a record
 *
 * A world is a line for each host: its address, then what it did,
 *
 *	10.0.0.1  v3 s5.100 s5.100 c6:2 v3/2
 *
 * a letter for the kind (c s v p u, r relay, x proxy, b backdoor, l listed), a
 * window day, ".seconds" of that day, ":client" and "/label". Hosts and rows
 * may come in any order.
 */
#pragma once

#include "tally/tally.h"

#include <assert.h>
#include <stdlib.h>

#define LIVES_DAY_0 12000 /* of 1970: 2002-11-09 */

struct lives {
	struct event *events;
	size_t n;
	size_t cap;
};

static inline void lives_add(struct lives *l, struct event e)
{
	MEM_GROW(l->events, l->n, l->cap);
	l->events[l->n++] = e;
}

static inline void lives_deinit(struct lives *l)
{
	free(l->events);
	*l = (struct lives){ 0 };
}

static inline uint32_t lives_time(uint32_t day, uint32_t second)
{
	return (LIVES_DAY_0 + day) * DAY_SECONDS + second;
}

static inline void lives_add_line(struct lives *l, const char *line)
{
	static const char letters[] = "csvpurxbl";
	struct bytes rest = bytes_of_text(line);
	struct event e = { 0 };

	assert(host_parse(bytes_cut(&rest, ' '), &e.host) == 0);
	while (rest.len > 0) {
		char *word = mem_text(bytes_cut(&rest, ' ')), *at = word;

		if (*at == 0) {
			free(word);
			continue;
		}
		assert(strchr(letters, *at) != NULL);
		e.kind = (uint8_t)(strchr(letters, *at) - letters);
		e.time = lives_time((uint32_t)strtoul(at + 1, &at, 10), 0);
		e.label = e.client = 0;
		while (*at != 0) {
			char sign = *at;
			uint32_t x = (uint32_t)strtoul(at + 1, &at, 10);

			assert(strchr(".:/", sign) != NULL);
			e.time += sign == '.' ? x : 0;
			e.client = sign == ':' ? x : e.client;
			e.label = sign == '/' ? x : e.label;
		}
		lives_add(l, e);
		free(word);
	}
}

static inline struct lives lives_of(const char *const *lines)
{
	struct lives l = { 0 };

	while (*lines != NULL)
		lives_add_line(&l, *lines++);
	return l;
}

static inline int lives_compare(const void *a, const void *b)
{
	return event_compare(a, b);
}

/* rows [lo, hi) of one host as pieces of at most max rows */
static inline void lives_feed_host(struct tally *t, const struct event *e,
				   size_t n, size_t max)
{
	uint32_t *columns = mem_alloc(3 * n, sizeof(*columns));
	uint8_t *kinds = mem_alloc(n, 1);

	for (size_t i = 0; i < n; i++) {
		columns[i] = e[i].time;
		columns[n + i] = e[i].label;
		columns[2 * n + i] = e[i].client;
		kinds[i] = e[i].kind;
	}
	for (size_t i = 0; i < n; i += max) {
		struct record_piece p = {
			.host = e->host,
			.n = n - i < max ? n - i : max,
			.time = columns + i,
			.kind = kinds + i,
			.label = columns + n + i,
			.client = columns + 2 * n + i,
			.first = i == 0,
			.last = i + max >= n,
		};

		tally_add_piece(t, &p);
	}
	free(columns);
	free(kinds);
}

/*
 * Tally all, cut into n_parts by network in turn, in pieces of at most
 * piece_max rows, merged from the last part to the first.
 */
static inline struct tally *lives_tally(struct lives *l,
					const struct tally_options *o,
					unsigned n_parts, size_t piece_max)
{
	struct tally **parts = mem_alloc(n_parts, sizeof(struct tally *));
	struct tally *all;
	unsigned part = 0;
	size_t end;

	if (l->n > 0)
		qsort(l->events, l->n, sizeof(struct event), lives_compare);
	for (unsigned i = 0; i < n_parts; i++)
		parts[i] = tally_new(o);
	for (size_t i = 0; i < l->n; i = end) {
		uint64_t host = l->events[i].host;

		for (end = i; end < l->n && l->events[end].host == host; end++)
			;
		if (i > 0 &&
		    host_network(l->events[i - 1].host) != host_network(host))
			part = (part + 1) % n_parts;
		lives_feed_host(parts[part], l->events + i, end - i, piece_max);
	}
	all = parts[n_parts - 1];
	for (unsigned i = n_parts - 1; i-- > 0;) {
		tally_merge(all, parts[i]);
		tally_free(parts[i]);
	}
	free(parts);
	tally_finish(all);
	return all;
}

static inline struct tally_options lives_options(uint32_t n_days)
{
	struct tally_options o = {
		.window = tally_window_of(lives_time(0, 0),
					  lives_time(n_days, 0)),
		.backtest = true,
	};

	return o;
}
