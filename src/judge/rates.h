/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rates.h - rate ratios of periods against the baseline (MEASURES 7)
 *
 * Conditional Poisson: given its number of outcome days, a host of class c
 * has them in period p with probability n_cp e^b_p / sum_q n_cq e^b_q, with
 * b = 0 in the baseline. Fitted by Newton's method.
 */
#pragma once

#include "tally/tally.h"

struct judge_fit {
	double ratio[TALLY_PERIODS]; /* [0] is 1; all NAN: no value */
};

/* Each period by itself, or with 1…3 and 4…7 as one (both then equal) */
enum judge_model { MODEL_PERIODS, MODEL_HEADLINE };

struct judge_fit judge_fit_rates(const struct tally_periods *y, uint32_t n_days,
				 enum judge_model model);

/* The headline: the rate ratio of days 1…7, or NAN */
double judge_fit_headline(const struct tally_periods *y, uint32_t n_days);

/* Sum of outcome days of a period over all classes */
uint64_t judge_outcome_days(const struct tally_periods *y, unsigned period);
