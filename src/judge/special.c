/* SPDX-License-Identifier: Apache-2.0 */
#include "judge/special.h"

#include <math.h>
#include <stdbool.h>

#define HALF_LOG_2PI 0.91893853320467274178
#define TWO_PI	     6.28318530717958647693

/*
 * log(x!) - log(sqrt(2 pi x) (x/e)^x), x > 0: how far Stirling's formula is
 * off. Small numbers by lgamma(), large ones by the series.
 */
static double stirling_error(double x)
{
	double r = 1 / (x * x);

	if (x < 16)
		return lgamma(x + 1) - (x + 0.5) * log(x) + x - HALF_LOG_2PI;
	return (1.0 / 12 -
		(1.0 / 360 -
		 (1.0 / 1260 -
		  (1.0 / 1680 - (1.0 / 1188 - 691.0 / 360360 * r) * r) * r) *
			 r) *
			r) /
	       x;
}

/* x log(x / m) + m - x, without cancellation near x = m; x, m > 0 */
static double deviance(double x, double m)
{
	double v = (x - m) / (x + m), sum, term;

	if (fabs(x - m) >= 0.1 * (x + m))
		return x * log(x / m) + m - x;
	sum = (x - m) * v;
	term = 2 * x * v;
	for (int j = 3;; j += 2) {
		double next;

		term *= v * v;
		next = sum + term / j;
		if (next == sum)
			return sum;
		sum = next;
	}
}

/* exp(-m) m^x / Gamma(x + 1), x >= 0 whole or half, m > 0 */
static double poisson_term(double x, double m)
{
	if (x == 0)
		return exp(-m);
	return exp(-stirling_error(x) - deviance(x, m)) / sqrt(TWO_PI * x);
}

double normal_p(double z)
{
	return erfc(fabs(z) / sqrt(2));
}

/*
 * P(X >= x) with h = x/2 is the sum of exp(-h) h^s / Gamma(s + 1) for s = 0, 1,
 * … df/2 - 1, or, df odd, for s = 1/2, 3/2, … df/2 - 1 and erfc(sqrt(h)).
 * The sum runs both ways from its largest term.
 */
double chi_square_p(double x, uint32_t df)
{
	double h = x / 2, low = df % 2 ? 0.5 : 0, high = df / 2.0 - 1;
	double start, peak, sum = 0, term;

	if (isnan(x) || df == 0)
		return NAN;
	if (x <= 0)
		return 1;
	if (df % 2)
		sum = erfc(sqrt(h));
	if (high < low)
		return sum;
	start = fmin(high, fmax(low, floor(h) + low));
	peak = term = poisson_term(start, h);
	for (double s = start; s >= low && term > 0; s--) {
		sum += term;
		term *= s / h;
	}
	term = peak;
	for (double s = start + 1; s <= high && term > 0; s++) {
		term *= h / s;
		sum += term;
	}
	return fmin(sum, 1);
}

double binomial_term(uint64_t k, uint64_t n, double p, double q)
{
	double x = (double)k, m = (double)n, y = (double)(n - k);
	double e;

	if (k > n || (p == 0 && k > 0) || (q == 0 && k < n))
		return 0;
	if (p == 0 || q == 0)
		return 1;
	if (k == 0)
		return p < 0.1 ? exp(m * log1p(-p)) : exp(m * log(q));
	if (k == n)
		return q < 0.1 ? exp(m * log1p(-q)) : exp(m * log(p));
	e = stirling_error(m) - stirling_error(x) - stirling_error(y) -
	    deviance(x, m * p) - deviance(y, m * q);
	return exp(e) * sqrt(m / (TWO_PI * x * y));
}

double hypergeometric_term(uint64_t k, uint64_t marked, uint64_t drawn,
			   uint64_t all)
{
	double p, q;

	if (k > marked || k > drawn || drawn - k > all - marked)
		return 0;
	if (drawn == 0 || drawn == all)
		return 1;
	p = (double)drawn / (double)all;
	q = (double)(all - drawn) / (double)all;
	return binomial_term(k, marked, p, q) *
	       binomial_term(drawn - k, all - marked, p, q) /
	       binomial_term(drawn, all, p, q);
}

double sign_test_p(uint64_t a, uint64_t b)
{
	uint64_t n = a + b, k = a < b ? a : b;
	double term = binomial_term(k, n, 0.5, 0.5), sum = 0;

	if (n == 0)
		return NAN;
	for (;; k--) {
		double next = sum + term;

		if (next == sum)
			break;
		sum = next;
		if (k == 0)
			break;
		term *= (double)k / (double)(n - k + 1);
	}
	return fmin(2 * sum, 1);
}

/* How much likelier k + 1 is than k */
static double step_up(uint64_t k, uint64_t a, uint64_t b, uint64_t n)
{
	return (double)(a - k) * (double)(b - k) /
	       ((double)(k + 1) * (double)(n + k + 1 - a - b));
}

/* The tail that begins at k and goes away from the mode */
static double tail(uint64_t k, bool up, uint64_t a, uint64_t b, uint64_t n)
{
	uint64_t least = a + b > n ? a + b - n : 0, most = a < b ? a : b;
	double term = hypergeometric_term(k, a, b, n), sum = term;

	while (k != (up ? most : least) && term > sum * 1e-18) {
		term = up ? term * step_up(k, a, b, n)
			  : term / step_up(k - 1, a, b, n);
		k += up ? 1 : UINT64_MAX;
		sum += term;
	}
	return sum;
}

/*
 * All tables on one side of the mode that are no likelier than the limit. The
 * likelihood falls away from the mode, so the innermost is found by bisection.
 */
static double side(bool up, uint64_t mode, double limit, uint64_t a, uint64_t b,
		   uint64_t n)
{
	uint64_t least = a + b > n ? a + b - n : 0, most = a < b ? a : b;
	uint64_t in = mode, out = up ? most : least;

	if (hypergeometric_term(out, a, b, n) > limit)
		return 0;
	while (in != out) { /* `in` is too likely or next to the mode */
		uint64_t mid = up ? in + (out - in) / 2 : in - (in - out) / 2;

		if (hypergeometric_term(mid, a, b, n) <= limit)
			out = mid;
		else
			in = up ? mid + 1 : mid - 1;
	}
	return tail(out, up, a, b, n);
}

double fisher_p(uint64_t both, uint64_t a, uint64_t b, uint64_t n)
{
	uint64_t least = a + b > n ? a + b - n : 0, most = a < b ? a : b;
	double limit = hypergeometric_term(both, a, b, n) * (1 + 1e-7);
	uint64_t mode =
		(uint64_t)(((double)a + 1) * ((double)b + 1) / ((double)n + 2));

	if (n == 0)
		return NAN;
	mode = mode < least ? least : mode > most ? most : mode;
	if (hypergeometric_term(mode, a, b, n) <= limit)
		return 1;
	return fmin(side(false, mode, limit, a, b, n) +
			    side(true, mode, limit, a, b, n),
		    1);
}
