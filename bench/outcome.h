/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outcome.h - what was asked of a world, and what a report said of it
 */
#pragma once

#include "trial.h"

#define ANY_RESULT (-1)

/* A kind of world, and what a right report must say of it */
struct experiment {
	const char *name;
	const char *about;
	enum world_kind world;
	int want;	    /* enum judge_result, or ANY_RESULT */
	uint32_t days;	    /* 0: as asked for */
	uint32_t last_days; /* 0: all of it */
	uint32_t nat;
	bool churn, late;
	bool has_carriers; /* the families that carry it are those planted */
	bool has_arrow;	   /* the arrow of the hazards points backwards */
	bool has_stop; /* a stop is planted; those found are those planted */
};

#define STOP_NAME "Planted.A"

/* A family as planted and as found */
struct outcome_family {
	char name[WORLD_NAME_MAX];
	bool opens;	/* it was planted to, and did */
	int32_t stop;	/* window day of the planted stop; -1: none in it */
	int32_t cliff;	/* window day of the one found; -1: none */
	uint64_t hosts; /* whose first virus it was */
	bool carries;	/* lower bound > 1.5, as specificity asks it */
	struct figure ratio;
};

struct outcome {
	uint64_t seed;
	enum judge_result result;
	enum judge_call calls[N_CRITERIA];
	struct figure figures[N_CRITERIA];
	struct figure hazard_arrow, apart, self_arrow, clean;
	uint64_t hosts, virus, spam, events;
	struct outcome_family families[WORLD_MAX_FAMILIES];
	size_t n_families; /* those with mail in the log */
	bool is_right;
};

/* Make the world of this seed, judge it, and compare. E_RANGE: no such world */
int outcome_find(struct outcome *o, const struct experiment *x,
		 const struct world_params *base, unsigned n_threads);
