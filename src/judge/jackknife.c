/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/jackknife.h"

/* On the scale on which errors are symmetric; log 0 has no value */
static double to_scale(double x, enum judge_scale scale)
{
	if (scale == SCALE_SHARE || isnan(x))
		return x;
	return x > 0 ? log(x) : NAN;
}

/* SE of MEASURES 1; NAN where an estimate without a group has no value */
static double standard_error(judge_estimator estimate, const void *ctx,
			     uint64_t groups, unsigned n,
			     enum judge_scale scale)
{
	double theta[TALLY_GROUPS], mean = 0, sum = 0;
	unsigned at = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		if (groups >> g & 1)
			theta[at++] = to_scale(estimate(ctx, g), scale);
	for (unsigned i = 0; i < n; i++) /* exact where all are the same */
		mean += theta[i] - theta[0];
	mean = theta[0] + mean / n;
	for (unsigned i = 0; i < n; i++)
		sum += (theta[i] - mean) * (theta[i] - mean);
	return sqrt((n - 1.0) / n * sum);
}

struct figure judge_jackknife(judge_estimator estimate, const void *ctx,
			      uint64_t groups, enum judge_scale scale,
			      double *se_out)
{
	struct figure f = figure_none();
	double se = NAN, value;

	f.groups = (unsigned)__builtin_popcountll(groups);
	f.value = estimate(ctx, WITHOUT_NONE);
	value = to_scale(f.value, scale);
	if (!isnan(value) && f.groups >= JUDGE_GROUPS_MIN)
		se = standard_error(estimate, ctx, groups, f.groups, scale);
	if (se_out != NULL)
		*se_out = se;
	if (isnan(se))
		return f;
	f.low = value - JUDGE_Z * se;
	f.high = value + JUDGE_Z * se;
	if (scale == SCALE_RATIO) {
		f.low = exp(f.low);
		f.high = exp(f.high);
	} else {
		f.low = fmax(f.low, 0);
		f.high = fmin(f.high, 1);
	}
	return f;
}
