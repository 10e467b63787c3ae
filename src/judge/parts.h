/* SPDX-License-Identifier: Apache-2.0 */
/* parts.h - one function for each section of MEASURES, in files of their own */
#pragma once

#include "judge/judge.h"

void judge_find_shares(struct judgement *j, const struct tally *t,
		       const struct catalog *clients);
void judge_find_overlap(struct judgement *j, const struct tally *t);
void judge_find_adjusted(struct judgement *j, const struct tally *t);
void judge_find_order(struct judgement *j, const struct tally *t);
void judge_find_hazard(struct judgement *j, const struct tally *t);
void judge_find_self(struct judgement *j, const struct tally *t);
void judge_find_dose(struct judgement *j, const struct tally *t);
void judge_find_families(struct judgement *j, const struct tally *t,
			 const struct catalog *labels);
void judge_find_ports(struct judgement *j, const struct tally *t,
		      const struct catalog *labels);
void judge_find_lookback(struct judgement *j, const struct tally *t);
void judge_find_neighbourhood(struct judgement *j, const struct tally *t);
void judge_find_population(struct judgement *j, const struct tally *t);
void judge_find_backtest(struct judgement *j, const struct tally *t);
void judge_find_verdict(struct judgement *j, const struct tally *t);

/* Hosts of one group, or of all, by TALLY_IN_… */
void judge_add_cells(const struct tally *t, uint64_t cells[8]);
