/* SPDX-License-Identifier: Apache-2.0 */
/*
 * draw.h - chance: cheap, and the same on every machine
 *
 * splitmix64 (Steele, Lea, Flood 2014): one word of state, so that every host
 * can have a generator of its own for nothing. No libm: its last bits differ
 * between systems, and a seed must not.
 */
#pragma once

#include "base/base.h"

static inline uint64_t draw_u64(uint64_t *rng)
{
	*rng += 0x9e3779b97f4a7c15u;
	return hash_mix(*rng);
}

/* A generator for thing number i of this kind, out of one for all of them */
static inline uint64_t draw_seed(uint64_t seed, uint64_t kind, uint64_t i)
{
	uint64_t z = hash_mix(seed ^ hash_mix(kind + 0x9e3779b97f4a7c15u));

	return hash_mix(z + i * 0xd1342543de82ef95u);
}

/* [0, 1) in steps of 2^-53 */
static inline double draw_unit(uint64_t *rng)
{
	return (double)(draw_u64(rng) >> 11) * 0x1p-53;
}

/* 0 … n - 1, n < 2^32 */
static inline uint64_t draw_below(uint64_t *rng, uint64_t n)
{
	return (draw_u64(rng) >> 32) * n >> 32;
}

static inline bool draw_chance(uint64_t *rng, double p)
{
	return draw_unit(rng) < p;
}

double draw_log(double x); /* x > 0 and normal */
double draw_exp(double x);

/*
 * An exponential draw of mean 1 from 32 random bits: -ln((bits + 1) / 2^32),
 * the logarithm by a table and a straight line between its entries.
 */
#define DRAW_LOG_BITS 10

struct draw_table {
	double log_mantissa[(1 << DRAW_LOG_BITS) + 1]; /* -ln(1 + i/2^10) */
};

void draw_table_init(struct draw_table *t);

static inline double draw_wait_bits(const struct draw_table *t, uint32_t bits)
{
	uint64_t x = (uint64_t)bits + 1;
	unsigned top = 63u - (unsigned)__builtin_clzll(x);
	uint64_t mantissa = (x << (63 - top)) & 0x7fffffffffffffffu;
	uint32_t i = (uint32_t)(mantissa >> (63 - DRAW_LOG_BITS));
	double part =
		(double)(mantissa << DRAW_LOG_BITS & 0x7fffffffffffffffu) *
		0x1p-63;
	double a = t->log_mantissa[i], b = t->log_mantissa[i + 1];

	return (32.0 - (double)top) * 0.69314718055994530942 + a +
	       (b - a) * part;
}

static inline double draw_wait(const struct draw_table *t, uint64_t *rng)
{
	return draw_wait_bits(t, (uint32_t)(draw_u64(rng) >> 32));
}

/*
 * Pareto from 1 to `cap`: P(x > y) falls as y^-alpha. An exponential draw
 * modulo m is one cut off at m, for it has no memory.
 */
double draw_pareto(const struct draw_table *t, uint64_t *rng, double alpha,
		   double log_cap);
