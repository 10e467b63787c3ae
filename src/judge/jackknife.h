/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jackknife.h - errors that survive clustering (MEASURES 1)
 *
 * An estimator is asked once for all groups and once without each group that
 * counts; it adds up the groups it is given in ascending order.
 */
#pragma once

#include "judge/judge.h"

/* The estimate without that group, or of all; NAN where it has no value */
#define WITHOUT_NONE TALLY_GROUPS
typedef double (*judge_estimator)(const void *ctx, unsigned without);

enum judge_scale {
	SCALE_SHARE, /* interval cut to 0 … 1 */
	SCALE_RATIO, /* jackknifed as logarithm */
};

/*
 * groups    bit g: a counter behind the estimate is not 0 in group g
 * se        of the share, or of the ratio's logarithm; NAN where there is no
 *           interval. May be NULL.
 */
struct figure judge_jackknife(judge_estimator estimate, const void *ctx,
			      uint64_t groups, enum judge_scale scale,
			      double *se);

#define JUDGE_Z 1.96 /* of a 95% interval */

static inline double ratio_of(double a, double b)
{
	return b == 0 ? NAN : a / b;
}

static inline struct figure figure_none(void)
{
	return (struct figure){ NAN, NAN, NAN, 0 };
}
