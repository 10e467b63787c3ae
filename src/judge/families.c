/* SPDX-License-Identifier: Apache-2.0 */
/* families.c - [9] the course of each outbreak, and what followed it */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/rates.h"
#include "judge/special.h"

#include <stdlib.h>

#define HOSTS_MIN	20 /* for a p of its own */
#define CLIFF_PEAK	10 /* hosts on the peak day */
#define CLIFF_BEFORE	5  /* hosts, median of the days before */
#define DOUBLING_POINTS 4  /* days with hosts */

/* One family of the tally with what the jackknife needs */
struct sample {
	const struct tally_family *family;
	uint32_t n_days;
};

static double estimate_rate(const void *ctx, unsigned without)
{
	const struct sample *s = ctx;
	struct tally_periods sum = { 0 };

	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		const struct tally_periods *x = s->family->spam[g];

		if (g == without || x == NULL)
			continue;
		for (unsigned c = 0; c < TALLY_DV_CLASSES; c++)
			for (unsigned p = 0; p < TALLY_PERIODS; p++)
				sum.y[c][p] += x->y[c][p];
	}
	return judge_fit_headline(&sum, s->n_days);
}

static uint64_t rate_groups(const struct tally_family *f)
{
	uint64_t groups = 0;

	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		for (unsigned p = 0; f->spam[g] != NULL && p < TALLY_PERIODS;
		     p++)
			if (judge_outcome_days(f->spam[g], p) > 0)
				groups |= (uint64_t)1 << g;
	return groups;
}

/* ------------------------------------------------------------ the curve */

static void find_span(struct judge_family *f, uint32_t n_days)
{
	uint64_t peak = 0;

	for (uint32_t d = 0; d < n_days; d++)
		if (f->days[d].hosts > peak) {
			peak = f->days[d].hosts;
			f->peak = (int32_t)d;
		}
	for (uint32_t d = 0; peak > 0 && d < n_days; d++) {
		if (f->days[d].hosts * 20 < peak)
			continue;
		if (f->start < 0)
			f->start = (int32_t)d;
		f->end = (int32_t)d;
	}
	if (f->start >= 0)
		f->duration = (uint32_t)(f->end - f->start + 1);
}

/* ln 2 over the least-squares slope of ln(hosts), start … peak */
static double doubling_time(const struct judge_family *f)
{
	double n = 0, mean_x = 0, mean_y = 0, xx = 0, xy = 0;

	for (int32_t d = f->start; d >= 0 && d <= f->peak; d++)
		if (f->days[d].hosts > 0) {
			n++;
			mean_x += d;
			mean_y += log((double)f->days[d].hosts);
		}
	if (n < DOUBLING_POINTS)
		return NAN;
	mean_x /= n;
	mean_y /= n;
	for (int32_t d = f->start; d <= f->peak; d++)
		if (f->days[d].hosts > 0) {
			double y = log((double)f->days[d].hosts);

			xx += (d - mean_x) * (d - mean_x);
			xy += (d - mean_x) * (y - mean_y);
		}
	return xy > 0 ? log(2) * xx / xy : NAN;
}

/* Twice the median of the up to three days before d >= 1 */
static uint64_t median_before(const struct judge_family *f, int32_t d)
{
	uint64_t a = f->days[d - 1].hosts, b, c, low, high;

	if (d == 1)
		return 2 * a;
	b = f->days[d - 2].hosts;
	if (d == 2)
		return a + b;
	c = f->days[d - 3].hosts;
	low = a < b ? a : b;
	high = a < b ? b : a;
	return 2 * (c < low ? low : c > high ? high : c);
}

static int32_t find_cliff(const struct judge_family *f, uint32_t n_days)
{
	int32_t last = (int32_t)n_days - 1, quiet_from = last + 1;
	uint64_t peak = f->peak < 0 ? 0 : f->days[f->peak].hosts;

	if (peak < CLIFF_PEAK)
		return -1;
	while (f->days[quiet_from - 1].hosts * 10 <= peak)
		quiet_from--; /* ends at the peak at the latest */
	for (int32_t d = quiet_from; d < last; d++) {
		uint64_t before = median_before(f, d);

		if (before >= 2 * CLIFF_BEFORE &&
		    f->days[d].hosts * 20 <= before)
			return d;
	}
	return -1;
}

static void find_curve(struct judge_family *f, const struct tally_family *x,
		       uint32_t n_days)
{
	f->start = f->peak = f->end = f->cliff = -1;
	f->days = mem_alloc(n_days, sizeof(*f->days));
	for (uint32_t d = 0; d < n_days; d++)
		f->days[d] = tally_family_day(x, d);
	find_span(f, n_days);
	f->doubling = doubling_time(f);
	f->cliff = find_cliff(f, n_days);
}

/* -------------------------------------------------- rates, and all of them */

/* One test: a family with a p */
struct test {
	struct judge_family *family;
	double log_ratio;
	double se;
};

/* Fill the family; *se of its log ratio where it takes part, else NAN */
static void find_family(struct judge_family *f, double *se,
			const struct tally_family *x, uint32_t n_days,
			const struct catalog *labels)
{
	struct sample s = { x, n_days };

	*f = (struct judge_family){ .mails = x->mails,
				    .hosts = x->hosts,
				    .first_hosts = x->first_hosts,
				    .p = NAN,
				    .q = NAN };
	f->name = catalog_name(labels, x->label);
	memcpy(f->order, x->order, sizeof(f->order));
	find_curve(f, x, n_days);
	f->ratio = judge_jackknife(estimate_rate, &s, rate_groups(x),
				   SCALE_RATIO, se);
	if (f->first_hosts < HOSTS_MIN || !has_interval(f->ratio) || *se == 0)
		*se = NAN;
	else
		f->p = normal_p(log(f->ratio.value) / *se);
}

static int by_p(const void *a, const void *b)
{
	double x = (*(struct judge_family *const *)a)->p;
	double y = (*(struct judge_family *const *)b)->p;

	return (x > y) - (x < y);
}

/* Benjamini and Hochberg: q_i = min over j >= i of p_j n / j */
static void adjust(struct judge_family **tested, size_t n)
{
	double least = 1;

	if (n > 0)
		qsort(tested, n, sizeof(*tested), by_p);
	for (size_t i = n; i-- > 0;) {
		least = fmin(least, tested[i]->p * (double)n / (double)(i + 1));
		tested[i]->q = least;
	}
}

/* Cochran's Q over log ratios, each weighed by its precision */
static struct judge_differ differ(struct judge_family *const *tested,
				  const double *se, size_t n)
{
	struct judge_differ r = { NAN, 0, NAN };
	double weight = 0, mean = 0, q = 0;

	if (n < 2)
		return r;
	for (size_t i = 0; i < n; i++) {
		weight += 1 / (se[i] * se[i]);
		mean += log(tested[i]->ratio.value) / (se[i] * se[i]);
	}
	mean /= weight;
	for (size_t i = 0; i < n; i++) {
		double x = (log(tested[i]->ratio.value) - mean) / se[i];

		q += x * x;
	}
	r.q = q;
	r.df = (uint32_t)(n - 1);
	r.p = chi_square_p(q, r.df);
	return r;
}

struct ranked {
	const struct tally_family *row;
	struct bytes name;
};

static int most_hosts_first(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->row->hosts != y->row->hosts)
		return x->row->hosts < y->row->hosts ? 1 : -1;
	return bytes_compare(x->name, y->name);
}

/* So that the numbers of the catalog, and the order of rows, do not matter */
static struct ranked *rank_families(const struct tally_families *f,
				    const struct catalog *labels)
{
	struct ranked *r = mem_alloc(f->n, sizeof(*r));

	for (uint32_t i = 0; i < f->n; i++)
		r[i] = (struct ranked){
			&f->rows[i], catalog_name(labels, f->rows[i].label)
		};
	if (f->n > 0)
		qsort(r, f->n, sizeof(*r), most_hosts_first);
	return r;
}

void judge_find_families(struct judgement *j, const struct tally *t,
			 const struct catalog *labels)
{
	struct ranked *ranked = rank_families(&t->families, labels);
	size_t n = t->families.n, n_tested = 0;
	struct judge_family **tested = mem_alloc(n, sizeof(*tested));
	double *se = mem_alloc(n, sizeof(*se));

	j->families = mem_alloc(n, sizeof(*j->families));
	j->n_families = n;
	for (size_t i = 0; i < n; i++) {
		find_family(&j->families[i], &se[n_tested], ranked[i].row,
			    t->options.window.n_days, labels);
		if (has_value(se[n_tested]))
			tested[n_tested++] = &j->families[i];
	}
	j->families_differ = differ(tested, se, n_tested);
	adjust(tested, n_tested);
	free(se);
	free(tested);
	free(ranked);
}
