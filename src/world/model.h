/* SPDX-License-Identifier: Apache-2.0 */
/*
 * model.h - the parts of a world, private to this folder
 *
 *	place    networks, and the address of host i in them
 *	plague   which family is caught on which day
 *	machine  what one machine is and does, out of its seed
 */
#pragma once

#include "world/draw.h"
#include "world/world.h"

#define DAY ((double)DAY_SECONDS)

/* ------------------------------------------------------------------- place */

/*
 * A network: an IPv4 /16 or an IPv6 /32, of which some blocks (/24 or /48)
 * are filled with `dense` hosts each, the last one with the rest.
 */
struct place {
	uint64_t base;	/* key of its first address */
	uint64_t first; /* index of its first host */
	uint64_t seed;
	uint32_t dense;
};

/* Fill places[0..n]: n networks, and an end mark with first = n_hosts. */
size_t place_count(uint64_t n_hosts);
void place_layout(struct place *places, size_t n, size_t n_ipv6,
		  uint64_t n_hosts, uint64_t seed, const struct draw_table *t);

/* The network of a host, and its key there */
uint32_t place_find(const struct place *places, size_t n, uint64_t index);
uint64_t place_key(const struct place *p, uint64_t index);

/* The hosts [first, last) that share a block with this one */
void place_block(const struct place *p, uint64_t index, uint64_t *first,
		 uint64_t *last);

/* ------------------------------------------------------------------ plague */

/*
 * Infections by day and family, cumulated: sum[(day + before) * n + family]
 * is the mass of all up to this one. Days count from the window's first and
 * begin `before` days earlier.
 */
struct plague {
	double *sum;
	uint32_t before;
	uint32_t n_days; /* with those before the window */
	uint32_t n;	 /* families */
	double all;	 /* mass in all, where that in the window is 1 */
};

/* E_RANGE: no family infects anybody in the window. */
int plague_init(struct plague *p, const struct world_params *params,
		uint32_t before);
void plague_deinit(struct plague *p);

/* One infection; returns the family, *when in seconds since the start */
uint32_t plague_draw(const struct plague *p, uint64_t *rng, double *when);

/* One on the day of `when`; returns n where no family is about. */
uint32_t plague_draw_at(const struct plague *p, uint64_t *rng, double when);

/* ----------------------------------------------------------------- machine */

/* Spam of one's own accord comes in spells, as even before as in the window */
#define SPELL_DAYS  30.0
#define SPELL_AHEAD 90.0

/* Causal: from the infection to the open proxy, and whether it is used */
#define OPEN_AFTER  2.0 /* days at least, and */
#define OPEN_SPREAD 4.0 /* so many more in the mean */
#define USED_SHARE  0.9

/* Confounded: a fifth or so of the machines is neglected, and has more */
#define NEGLECT_FLOOR 0.06
#define NEGLECT_SLOPE 0.5 /* times u^3: mean 0.185 */
#define NEGLECTED     3.6
#define KEPT_WELL     0.41

/* Reverse: spammers that are infected later, and what is left to others */
#define CAUGHT_SHARE  0.55
#define CAUGHT_AFTER  1.0
#define CAUGHT_SPREAD 10.0
#define UNCAUGHT      0.4

/* A rate that holds for some time; end <= begin: never */
struct spell {
	double begin, end; /* seconds since the start */
	double per_day;
};

struct machine {
	struct spell clean;
	struct spell virus;
	struct spell spam[2]; /* of its own accord, and by its virus */
	struct spell open[2]; /* evidence found, likewise */
	struct spell listed[2];
	uint32_t family;
	uint32_t open_label[2];
	enum kind open_kind[2];
	bool is_infected;
	bool is_opened;
	bool is_spammer;
	bool is_neglected;
};

struct world {
	struct world_params params;
	struct world_family families[WORLD_MAX_FAMILIES];
	struct draw_table table;
	struct plague plague;
	struct place *places;
	size_t n_places;
	double scale;	     /* of clean mail and spam */
	double duration;     /* seconds */
	uint16_t *client_of; /* Zipf by table: index by random bits */
	unsigned client_bits;
	uint32_t *client_numbers; /* in the caller's catalog */
	uint32_t family_labels[WORLD_MAX_FAMILIES];
	uint32_t proxy_label, relay_label, backdoor_label;
	uint32_t list_labels[2];
};

/* Machine q lives in network p. Rates are not yet scaled. */
void machine_make(const struct world *w, const struct place *p, uint64_t q,
		  struct machine *m);
