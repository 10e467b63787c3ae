/* SPDX-License-Identifier: Apache-2.0 */
/*
 * special.h - tails of the distributions that the measures need
 *
 * All are finite sums of positive terms started at an accurate one, so nothing
 * cancels: relative errors stay near 1e-13, also far out in a tail.
 *
 * Source: C. Loader, Fast and Accurate Computation of Binomial Probabilities
 * (2000), for the terms.
 */
#pragma once

#include <stdint.h>

/* P(|Z| >= |z|); NAN for NAN */
double normal_p(double z);

/* P(X >= x), chi-square with df >= 1 degrees of freedom; NAN for NAN */
double chi_square_p(double x, uint32_t df);

/* P(X = k), X ~ Binomial(n, p), with q = 1 - p */
double binomial_term(uint64_t k, uint64_t n, double p, double q);

/* P(X = k) marked when `drawn` of `all` are drawn and `marked` are marked */
double hypergeometric_term(uint64_t k, uint64_t marked, uint64_t drawn,
			   uint64_t all);

/* Exact two-sided sign test of a against b; NAN where both are 0 */
double sign_test_p(uint64_t a, uint64_t b);

/*
 * Fisher's exact two-sided p of a 2x2 table with `both` in the corner and
 * margins a and b of n: all tables at most 1 + 1e-7 times as likely.
 */
double fisher_p(uint64_t both, uint64_t a, uint64_t b, uint64_t n);
