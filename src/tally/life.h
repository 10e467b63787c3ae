/* SPDX-License-Identifier: Apache-2.0 */
/*
 * life.h - one host, condensed while its rows stream by
 *
 * A host may have millions of rows, but on each day it matters only which
 * kinds it sent, and of each kind which second was the first. So a life is a
 * few counters and a list of the days on which anything happened, ascending,
 * at most one entry for each day of the window. Nothing is cleared or
 * allocated from host to host: the lists are just started over.
 */
#pragma once

#include "tally/tally.h"

#define DAY_NONE	  UINT32_MAX

#define KIND_BIT(k)	  (1u << (k))
#define KIND_BITS_SEEN	  0x07u /* clean, spam, virus: somebody looked */
#define KIND_BITS_MAIL	  0x1fu
#define KIND_BITS_OPEN	  0xe0u
#define KIND_BITS_BAD	  (KIND_BITS_OPEN | KIND_BIT(KIND_VIRUS))
#define KIND_BITS_CONTENT 0x1bu /* mail that is not virus */

struct life_day {
	uint32_t day;	/* window day */
	uint32_t kinds; /* KIND_BIT() of what was sent or found */
	uint64_t spam;	/* spam events */
};

/* Look-back [10]: the first such mail in the last days, and the virus before */
struct life_recent {
	bool is_there;
	bool has_virus;
	uint32_t time;
	uint32_t virus_time;
};

/* A piece without the mail of other clients, if one is asked for */
struct life_filter {
	uint32_t *time;
	uint8_t *kind;
	uint32_t *label;
	uint32_t *client;
	size_t cap;
};

struct life {
	uint64_t host;
	uint64_t serial; /* of hosts in this tally, from 1 */
	unsigned group;
	bool is_open;	/* between a first and a last piece */
	uint32_t kinds; /* KIND_BIT() of all days */
	uint64_t n[N_KINDS];
	uint32_t first[N_KINDS]; /* times; valid where n > 0 */
	bool has_family;	 /* a virus was met; its label … */
	uint32_t family;	 /* … that of the first one, or 0 */
	uint32_t last_virus;	 /* time */
	struct life_recent spam, clean;
	struct life_day *days;
	uint32_t n_days;
	uint64_t *client_spam;	/* [shares.n_clients], zero but where … */
	uint32_t *spam_clients; /* … these say so */
	uint32_t n_spam_clients;
	struct life_filter filter;
};

struct life *life_new(uint32_t n_days);
void life_free(struct life *l);
void life_begin(struct life *l, uint64_t host);

/* Rows lo … hi - 1 of a piece, all inside the window */
void life_add_rows(struct tally *t, const struct record_piece *p, size_t lo,
		   size_t hi);

static inline bool life_has(const struct life *l, uint32_t kind_bits)
{
	return (l->kinds & kind_bits) != 0;
}

static inline uint32_t window_day(const struct tally_window *w, uint32_t time)
{
	return time / DAY_SECONDS - w->first_day;
}

/* Day of the first event of a kind, DAY_NONE if there is none */
static inline uint32_t life_first_day(const struct tally *t,
				      const struct life *l, enum kind k)
{
	if (l->n[k] == 0)
		return DAY_NONE;
	return window_day(&t->options.window, l->first[k]);
}

/* The first day with any of these kinds, DAY_NONE if there is none */
uint32_t life_first_day_of(const struct life *l, uint32_t kind_bits);
