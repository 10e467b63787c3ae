/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trial.h - one world, judged as a report would judge it, without a record
 *
 * The events of a world are walked, tallied and judged in memory, on any
 * number of threads; the judgement is the same as that of a record into which
 * the world was written, and does not depend on the threads.
 */
#pragma once

#include "judge/judge.h"
#include "world/world.h"

struct trial {
	struct world *world;
	struct world_truth truth;
	struct catalog labels, clients;
	struct judgement *judgement;
};

/*
 * last_days: a log that holds only the last so many days; 0 for all of it.
 * The back-test is left out. E_RANGE: there is no such world.
 */
int trial_run(struct trial *t, const struct world_params *params,
	      uint32_t last_days, unsigned n_threads);
void trial_deinit(struct trial *t);
