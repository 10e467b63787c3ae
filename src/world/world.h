/* SPDX-License-Identifier: Apache-2.0 */
/*
 * world.h - made-up mail logs of which the truth is known
 *
 * A world is a multitude of machines that mail us for some days of the summer
 * of 2003. Which of them are infected, which send spam, and whether the one
 * makes the other, was decided by us; so a measure can be held against it.
 *
 *	causal      a virus opens a proxy, spam comes through it days later
 *	confounded  neglected machines catch viruses and send spam, no more
 *	reverse     machines that send spam are infected later
 *	null        the two have nothing to do with each other
 *
 * Hosts are generated one after the other, in order of their keys, each from
 * a seed of its own. So any number of threads, each walking a range of hosts,
 * make the same world: the pieces laid end to end are the same events.
 *
 * Everything is simulated. The families bear the names and dates of real
 * ones, the curves and rates are ours, the addresses belong to nobody we know.
 * There is no I/O here, and no libm: a seed means the same on every machine.
 *
 * Units:    times are seconds since 1970 UTC; rates are per day
 * Threads:  a world is read-only once open; a walk belongs to one thread
 * Source:   src/world/README.md for the model, doc/measures.md for the words
 */
#pragma once

#include "event/event.h"
#include "host/host.h"

/* ---------------------------------------------------------------- families */

#define WORLD_MAX_FAMILIES 16
#define WORLD_NAME_MAX	   24

/*
 * One family. New infections per day grow e-fold every rise_days up to the
 * peak and fall e-fold every fall_days after it; with both 0 they are even
 * from the first day on. From the stop on the machines send no more viruses,
 * but what was opened stays open until the machine is cleaned.
 */
struct world_family {
	char name[WORLD_NAME_MAX];
	int64_t first; /* midnight of the first day */
	int64_t peak;  /* midnight of the day with the most infections */
	int64_t stop;  /* first silent midnight; 0: none built in */
	double weight; /* size, against the other families */
	double rise_days;
	double fall_days;
	double clean_days; /* mean time until the machine is cleaned */
	enum kind opens;   /* PROXY or BACKDOOR; CLEAN: opens nothing */
};

/* The families of 2002 to 2004 that ship with us; *n of them */
const struct world_family *world_families(size_t *n);

/* ------------------------------------------------------------------ params */

enum world_kind {
	WORLD_CAUSAL,
	WORLD_CONFOUNDED,
	WORLD_REVERSE,
	WORLD_NULL,
};
#define N_WORLDS 4

const char *world_kind_name(enum world_kind k);
int world_kind_parse(struct bytes name, enum world_kind *out); /* E_SYNTAX */

#define WORLD_HOSTS_MAX	      150000000u
#define WORLD_DAYS_MAX	      1000u
#define WORLD_CLIENTS_MAX     10000u
#define WORLD_NAT_MAX	      8u
#define WORLD_LATE_DAYS	      45u
#define WORLD_EVENTS_PER_HOST 40u

/*
 * Begin with world_defaults() and change what is asked for.
 *
 * n_events is reached to within 1%, by scaling how much clean mail and spam
 * each machine sends; virus mails and evidence are not scaled. With less than
 * four events per host, or fewer than 100 in all, there is no such world.
 *
 * The default window ends with 2003-09-13, four days after Sobig.F fell
 * silent; where `start` is 0 it is days before that end.
 */
struct world_params {
	enum world_kind world;
	uint64_t seed;
	uint64_t n_events;
	uint64_t n_hosts;   /* 0: n_events / WORLD_EVENTS_PER_HOST */
	uint32_t days;	    /* 90 */
	int64_t start;	    /* midnight; 0: see above */
	uint32_t n_clients; /* 50, popular ones first (Zipf) */
	double ipv6;	    /* share of networks: 0.02 */
	double infected;    /* share of machines infected in the window: 0.12 */
	double spammers;    /* share that sends spam of its own accord: 0.10 */
	double entering; /* share first seen at some day of the window: 0.15 */

	/*
	 * For worlds that fool measures; off by default. Late: all families
	 * that open anything have stopped WORLD_LATE_DAYS before the end, and
	 * what they opened stays open for long. The last 40 days of such a
	 * world show spam without the virus behind it; 150 days show both.
	 */
	bool late;
	/*
	 * Between infection and spam, besides the usual six. Past 7 days or so
	 * the self-controlled measure cannot see the link any more.
	 */
	uint32_t lag_days;
	uint32_t nat; /* machines behind one address: 1 */
	bool churn;   /* machines of a /24 or /48 move on every midnight */

	/* NULL: those of world_families() */
	const struct world_family *families;
	size_t n_families;
};

struct world_params world_defaults(enum world_kind world);

/* ------------------------------------------------------------------- truth */

/* |A|, |B| and |A and B|, cut to hosts with mail (MEASURES 3) */
struct world_pair {
	uint64_t a, b, both;
};

/* Hosts by which of two firsts came first (MEASURES 5) */
struct world_order {
	uint64_t first, second, tie;
};

struct world_family_truth {
	uint64_t mails;
	uint64_t hosts;	      /* that sent one of them */
	uint64_t first_hosts; /* whose first virus it was */
	int64_t first, last;  /* times of its mails; first > last: none */
	uint64_t planted;     /* machines infected, seen to send or not */
	uint64_t opened;      /* of these, ever an open host by it */
};

/*
 * What was generated, counted while it was, in the words of MEASURES. For a
 * report on all of the world and its default window every number here is
 * exact: events, hosts, pairs, orders, spam_*, and of the families mails,
 * hosts and first_hosts. The first address of a world mails in the first and
 * in the last hour, so that the default window is [start, start + days).
 *
 * first_hosts: a host whose first virus second holds two families belongs to
 * the first by name in bytes, as MEASURES 9 says.
 *
 * All of it adds up: world_truth_add() over the parts of a world gives that
 * of the whole, in any order.
 */
struct world_truth {
	uint64_t events[N_KINDS];
	uint64_t hosts_all, hosts_virus, hosts_spam, hosts_clean, hosts_open,
		hosts_listed;
	struct world_pair virus_open, virus_spam, open_spam, virus_openspam;
	struct world_order order_virus_spam, order_virus_open;
	uint64_t spam_from_open, spam_from_virus, spam_after_virus;
	struct world_family_truth families[WORLD_MAX_FAMILIES];

	/* What was planted in machines (with churn, told once for each) */
	uint64_t machines;
	uint64_t infected; /* in the window or before */
	uint64_t opened;   /* by a virus, within the window */
	uint64_t spammers; /* of their own accord */
	uint64_t neglected;
};

void world_truth_init(struct world_truth *t);
void world_truth_add(struct world_truth *sum, const struct world_truth *part);

/* ------------------------------------------------------------------- world */

struct world;

/*
 * Lay out a world. The names in it are added to the two catalogs, whose
 * numbers the events will bear. Goes once over all machines (without making
 * their events), to learn how much mail they send.
 *
 * E_RANGE: the parameters make no world (the names may have been added).
 */
int world_open(struct world **out, const struct world_params *params,
	       struct catalog *labels, struct catalog *clients);
void world_close(struct world *w);

/* With nothing left to be defaulted; the start and the hosts are known. */
const struct world_params *world_params(const struct world *w);
uint64_t world_n_hosts(const struct world *w);

/* The key of host 0 … n - 1; they ascend. */
uint64_t world_host_key(const struct world *w, uint64_t index);

/*
 * The whole truth as one JSON object: the parameters, what was planted, and
 * the counters of t (which is to be that of all hosts).
 */
void world_truth_write(const struct world *w, const struct world_truth *t,
		       struct buf *out);

/* -------------------------------------------------------------------- walk */

/* Some events still to come: private, but in the caller's memory */
struct world_stream {
	double next, end, mean_gap; /* seconds since the start */
	uint8_t source;
	uint32_t label;
	uint32_t family;
};

#define WORLD_MACHINE_STREAMS 8
#define WORLD_MAX_STREAMS     (WORLD_MACHINE_STREAMS * WORLD_NAT_MAX + 2)

struct world_walk {
	const struct world *world;
	struct world_truth truth; /* of the hosts that are finished */

	uint64_t at, last; /* host being walked, and the end */
	uint32_t net;	   /* its network */
	uint32_t piece;	   /* day of it, where machines move on */
	uint64_t key;
	uint64_t rng;
	size_t n_streams;
	struct world_stream streams[WORLD_MAX_STREAMS];

	/* this host's life so far */
	uint64_t n_kind[N_KINDS];
	int64_t first[N_KINDS];
	int64_t first_open;
	uint64_t n_spam_after;
	uint32_t families;     /* a bit for each one it sent */
	uint32_t first_family; /* of its first virus second */
};

/* Walk hosts [first, last). */
void world_walk_init(struct world_walk *k, const struct world *w,
		     uint64_t first, uint64_t last);

/*
 * Up to cap events: by host, then by time, in one second in any but a fixed
 * order. Returns their number, 0 once all hosts are finished; then k->truth
 * is that of the whole range.
 */
size_t world_walk_next(struct world_walk *k, struct event *out, size_t cap);
