/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/rates.h"

#include <math.h>

#define STEPS_MAX  50
#define STEP_END   1e-10
#define LOG_LIMIT  30
#define N_FREE_MAX (TALLY_PERIODS - 1)

/*
 * What is fitted: the classes with days and outcomes of the periods that take
 * part, the baseline as column 0.
 */
struct problem {
	double days[TALLY_DV_CLASSES][TALLY_PERIODS];
	double total[TALLY_DV_CLASSES]; /* outcomes of the class */
	double y[TALLY_PERIODS];	/* outcomes of the period */
	unsigned n;			/* columns without the baseline */
};

/* Column of each period: -1 leaves the fit, having no outcome */
static void choose_columns(const struct tally_periods *y,
			   enum judge_model model, int column[TALLY_PERIODS])
{
	unsigned n = 0;

	for (unsigned p = 0; p < TALLY_PERIODS; p++) {
		uint64_t sum = judge_outcome_days(y, p);

		if (model == MODEL_HEADLINE && p == 2)
			sum += judge_outcome_days(y, 3);
		if (model == MODEL_HEADLINE && p == 3)
			column[p] = column[2];
		else
			column[p] = sum > 0 || p == 0 ? (int)n++ : -1;
	}
}

static void pose(struct problem *q, const struct tally_periods *y,
		 uint32_t n_days, const int column[TALLY_PERIODS])
{
	*q = (struct problem){ 0 };
	for (unsigned c = 0; c < TALLY_DV_CLASSES && c < n_days; c++) {
		unsigned days[TALLY_PERIODS];

		tally_dv_days(n_days, c, days);
		for (unsigned p = 0; p < TALLY_PERIODS; p++) {
			if (column[p] < 0)
				continue;
			q->days[c][column[p]] += days[p];
			q->y[column[p]] += (double)y->y[c][p];
			q->total[c] += (double)y->y[c][p];
		}
	}
	for (unsigned p = 0; p < TALLY_PERIODS; p++)
		if (column[p] > (int)q->n)
			q->n = (unsigned)column[p];
}

/* Gradient and information of the log likelihood at b */
static void derive(const struct problem *q, const double b[N_FREE_MAX],
		   double g[N_FREE_MAX], double info[N_FREE_MAX][N_FREE_MAX])
{
	for (unsigned i = 0; i < q->n; i++) {
		g[i] = q->y[i + 1];
		for (unsigned k = 0; k < q->n; k++)
			info[i][k] = 0;
	}
	for (unsigned c = 0; c < TALLY_DV_CLASSES; c++) {
		double share[N_FREE_MAX], sum = q->days[c][0];

		if (q->total[c] == 0)
			continue;
		for (unsigned i = 0; i < q->n; i++)
			sum += share[i] = q->days[c][i + 1] * exp(b[i]);
		for (unsigned i = 0; i < q->n; i++)
			share[i] /= sum;
		for (unsigned i = 0; i < q->n; i++) {
			g[i] -= q->total[c] * share[i];
			info[i][i] += q->total[c] * share[i];
			for (unsigned k = 0; k < q->n; k++)
				info[i][k] -= q->total[c] * share[i] * share[k];
		}
	}
}

/* Solve a x = g by Cholesky, x over g; false where a is singular */
static bool solve(unsigned n, double a[N_FREE_MAX][N_FREE_MAX],
		  double g[N_FREE_MAX])
{
	for (unsigned i = 0; i < n; i++) {
		double least = a[i][i] * 1e-12;

		for (unsigned k = 0; k <= i; k++) {
			double s = a[i][k];

			for (unsigned m = 0; m < k; m++)
				s -= a[i][m] * a[k][m];
			if (k < i)
				a[i][k] = s / a[k][k];
			else if (!(s > least))
				return false;
			else
				a[i][i] = sqrt(s);
		}
	}
	for (unsigned i = 0; i < n; i++) {
		for (unsigned k = 0; k < i; k++)
			g[i] -= a[i][k] * g[k];
		g[i] /= a[i][i];
	}
	for (unsigned i = n; i-- > 0;) {
		for (unsigned k = i + 1; k < n; k++)
			g[i] -= a[k][i] * g[k];
		g[i] /= a[i][i];
	}
	return true;
}

/* True with b at the maximum */
static bool newton(const struct problem *q, double b[N_FREE_MAX])
{
	double g[N_FREE_MAX], info[N_FREE_MAX][N_FREE_MAX];

	for (unsigned i = 0; i < q->n; i++)
		b[i] = 0;
	for (unsigned step = 0; step < STEPS_MAX; step++) {
		bool is_end = true;

		derive(q, b, g, info);
		if (!solve(q->n, info, g))
			return false;
		for (unsigned i = 0; i < q->n; i++) {
			b[i] += g[i];
			is_end = is_end && fabs(g[i]) < STEP_END;
			if (!(fabs(b[i]) <= LOG_LIMIT))
				return false;
		}
		if (is_end)
			return true;
	}
	return false;
}

struct judge_fit judge_fit_rates(const struct tally_periods *y, uint32_t n_days,
				 enum judge_model model)
{
	struct judge_fit fit;
	struct problem q;
	int column[TALLY_PERIODS];
	double b[N_FREE_MAX];
	bool has_value;

	choose_columns(y, model, column);
	pose(&q, y, n_days, column);
	has_value = q.y[0] > 0 && newton(&q, b);
	fit.ratio[0] = has_value ? 1 : NAN;
	for (unsigned p = 1; p < TALLY_PERIODS; p++)
		fit.ratio[p] = !has_value      ? NAN
			       : column[p] < 0 ? 0
					       : exp(b[column[p] - 1]);
	return fit;
}

double judge_fit_headline(const struct tally_periods *y, uint32_t n_days)
{
	return judge_fit_rates(y, n_days, MODEL_HEADLINE).ratio[2];
}

uint64_t judge_outcome_days(const struct tally_periods *y, unsigned period)
{
	uint64_t sum = 0;

	for (unsigned c = 0; c < TALLY_DV_CLASSES; c++)
		sum += y->y[c][period];
	return sum;
}
