/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.c - [3] two sets of hosts in U: more in both than by chance? */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/special.h"

#define SMALL_CELL 5 /* below it Pearson's chi-square is not to be trusted */

/* a and b of the 2x2 table's margins, n its sum */
struct table {
	uint64_t a, b, both, n;
};

void judge_add_cells(const struct tally *t, uint64_t cells[8])
{
	for (unsigned i = 0; i < 8; i++)
		cells[i] = 0;
	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		for (unsigned i = 0; i < 8; i++)
			cells[i] += t->overlap.cells[g][i];
}

/* A host is in A if it is in all the sets of that mask. */
static struct table table_of(const uint64_t cells[8], unsigned a, unsigned b)
{
	struct table t = { 0 };

	for (unsigned i = 0; i < 8; i++) {
		t.n += cells[i];
		t.a += (i & a) == a ? cells[i] : 0;
		t.b += (i & b) == b ? cells[i] : 0;
		t.both += (i & (a | b)) == (a | b) ? cells[i] : 0;
	}
	return t;
}

static double odds_of(struct table t)
{
	double a = (double)t.both, b = (double)(t.a - t.both);
	double c = (double)(t.b - t.both);
	double d = (double)(t.n + t.both - t.a - t.b);
	double half = a == 0 || b == 0 || c == 0 || d == 0 ? 0.5 : 0;

	return (a + half) * (d + half) / ((b + half) * (c + half));
}

/* The cell where both smaller margins meet */
static double smallest_expected(struct table t)
{
	uint64_t a = t.a < t.n - t.a ? t.a : t.n - t.a;
	uint64_t b = t.b < t.n - t.b ? t.b : t.n - t.b;

	return (double)a * (double)b / (double)t.n;
}

/* n both - a b, which is ad - bc, exactly */
static double cross(struct table t)
{
	return (double)((__int128)t.n * t.both - (__int128)t.a * t.b);
}

static struct judge_overlap overlap_of(struct table t)
{
	struct judge_overlap o = { .a = t.a, .b = t.b, .both = t.both };
	double a = (double)t.a, b = (double)t.b, n = (double)t.n;
	double root = sqrt(a * (n - a)) * sqrt(b * (n - b));

	o.share_a = ratio_of((double)t.both, a);
	o.share_b = ratio_of((double)t.both, b);
	o.expected = t.n == 0 ? NAN : a * b / n;
	o.lift = ratio_of((double)t.both, o.expected);
	o.odds = odds_of(t);
	o.phi = ratio_of(cross(t), root);
	o.chi2 = n * o.phi * o.phi;
	o.p = chi_square_p(o.chi2, 1);
	o.fisher_p = t.n > 0 && smallest_expected(t) < SMALL_CELL
			     ? fisher_p(t.both, t.a, t.b, t.n)
			     : NAN;
	return o;
}

void judge_find_overlap(struct judgement *j, const struct tally *t)
{
	struct judge_overlaps *o = &j->overlap;
	uint64_t cells[8];

	judge_add_cells(t, cells);
	o->virus_open = overlap_of(table_of(cells, TALLY_IN_V, TALLY_IN_R));
	o->virus_spam = overlap_of(table_of(cells, TALLY_IN_V, TALLY_IN_S));
	o->open_spam = overlap_of(table_of(cells, TALLY_IN_R, TALLY_IN_S));
	o->virus_openspam = overlap_of(
		table_of(cells, TALLY_IN_V, TALLY_IN_R | TALLY_IN_S));
}
