/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draw.c - logarithm and exponential out of + - * / alone
 *
 * IEEE 754 defines these four to the last bit, and -ffp-contract=off keeps
 * the compiler from joining them. A few last bits of the true value are lost,
 * which does not matter; that all machines lose the same ones does.
 */
#include "world/draw.h"

#define LN2 0.69314718055994530942

/* x = m * 2^e, m in [1, 2); ln m = 2 atanh((m - 1) / (m + 1)) as a series */
double draw_log(double x)
{
	uint64_t bits;
	double m, z, z2, term, sum = 0;
	int e;

	memcpy(&bits, &x, sizeof(bits));
	e = (int)(bits >> 52 & 0x7ff) - 1023;
	bits = (bits & 0xfffffffffffffu) | (uint64_t)1023 << 52;
	memcpy(&m, &bits, sizeof(m));
	z = (m - 1) / (m + 1);
	z2 = z * z;
	term = z;
	for (int i = 1; i < 40; i += 2) {
		sum += term / i;
		term *= z2;
	}
	return 2 * sum + e * LN2;
}

/* x = k ln 2 + r, |r| <= ln 2 / 2; a Taylor series for r */
double draw_exp(double x)
{
	int k = (int)(x / LN2 + (x < 0 ? -0.5 : 0.5));
	double r = x - k * LN2, term = 1, sum = 1, power;
	uint64_t bits;

	if (k < -1000)
		return 0;
	for (int i = 1; i < 16; i++) {
		term *= r / i;
		sum += term;
	}
	bits = (uint64_t)(k + 1023) << 52;
	memcpy(&power, &bits, sizeof(power));
	return sum * power;
}

void draw_table_init(struct draw_table *t)
{
	size_t n = 1u << DRAW_LOG_BITS;

	for (size_t i = 0; i <= n; i++)
		t->log_mantissa[i] = -draw_log(1 + (double)i / (double)n);
}

double draw_pareto(const struct draw_table *t, uint64_t *rng, double alpha,
		   double log_cap)
{
	double wait = draw_wait(t, rng), most = alpha * log_cap;

	while (wait > most)
		wait -= most;
	return draw_exp(wait / alpha);
}
