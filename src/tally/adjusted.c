/* SPDX-License-Identifier: Apache-2.0 */
/*
 * adjusted.c - [4] the same network, the same activity: still more in both?
 *
 * Hosts come network by network, so the strata of one network are all that is
 * open at a time. When it ends, each stratum's terms are rounded once to fixed
 * point and added: the sums do not depend on the order of networks.
 */
#include "tally/measure.h"

#include <math.h>
#include <stdlib.h>

#define N_CLASSES 16

struct stratum {
	uint64_t n;
	uint64_t virus, spam, open;
	uint64_t virus_spam, virus_open;
};

struct strata {
	bool is_open;
	uint64_t host; /* any of the network's */
	struct stratum classes[N_CLASSES];
};

static void adjusted_open(struct tally *t)
{
	t->strata = mem_alloc(1, sizeof(*t->strata));
}

static tally_fixed to_fixed(double x)
{
	return (tally_fixed)rint(ldexp(x, TALLY_FIXED_BITS));
}

/* The 2x2 table of a stratum: hosts in V, in the other set, in both */
static void add_table(struct tally_strata *s, uint64_t virus, uint64_t other,
		      uint64_t both, uint64_t all)
{
	double a = (double)both, b = (double)(virus - both);
	double c = (double)(other - both);
	double d = (double)(all - virus - other + both);
	double n = (double)all;

	if (virus == 0 || other == 0 || virus == all || other == all)
		return; /* every term is 0 */
	s->ad += to_fixed(a * d / n);
	s->bc += to_fixed(b * c / n);
	s->excess += to_fixed((a * d - b * c) / n);
	s->variance += to_fixed((a + b) * (c + d) / n * (a + c) * (b + d) /
				(n * (n - 1)));
	s->n++;
}

static void adjusted_close(struct tally *t)
{
	struct strata *s = t->strata;
	unsigned g = host_group(s->host);

	if (!s->is_open)
		return;
	s->is_open = false;
	for (unsigned i = 0; i < N_CLASSES; i++) {
		const struct stratum *x = &s->classes[i];

		add_table(&t->adjusted.virus_spam[g], x->virus, x->spam,
			  x->virus_spam, x->n);
		add_table(&t->adjusted.virus_open[g], x->virus, x->open,
			  x->virus_open, x->n);
	}
	memset(s->classes, 0, sizeof(s->classes));
}

/* floor(log2(n + 1)), at most 15 */
static unsigned activity(uint64_t n)
{
	unsigned class = 63 - (unsigned)__builtin_clzll(n + 1);

	return class < N_CLASSES - 1 ? class : N_CLASSES - 1;
}

static bool same_network(uint64_t a, uint64_t b)
{
	return host_is_ipv4(a) == host_is_ipv4(b) &&
	       host_network(a) == host_network(b);
}

/* Hosts known by viruses alone stay out. */
static void adjusted_add(struct tally *t, const struct life *l)
{
	struct strata *s = t->strata;
	bool virus = life_has(l, KIND_BIT(KIND_VIRUS));
	bool spam = life_has(l, KIND_BIT(KIND_SPAM));
	bool open = life_has(l, KIND_BITS_OPEN);
	uint64_t n = 0;
	struct stratum *x;

	if (!life_has(l, KIND_BITS_CONTENT))
		return;
	if (s->is_open && !same_network(s->host, l->host))
		adjusted_close(t);
	for (unsigned k = 0; k < N_MAIL_KINDS; k++)
		n += k == KIND_VIRUS ? 0 : l->n[k];
	s->is_open = true;
	s->host = l->host;
	x = &s->classes[activity(n)];
	x->n++;
	x->virus += virus;
	x->spam += spam;
	x->open += open;
	x->virus_spam += virus && spam;
	x->virus_open += virus && open;
}

static void merge_strata(struct tally_strata *into,
			 const struct tally_strata *from)
{
	for (unsigned g = 0; g < TALLY_GROUPS; g++) {
		into[g].ad += from[g].ad;
		into[g].bc += from[g].bc;
		into[g].excess += from[g].excess;
		into[g].variance += from[g].variance;
		into[g].n += from[g].n;
	}
}

static void adjusted_merge(struct tally *into, const struct tally *from)
{
	merge_strata(into->adjusted.virus_spam, from->adjusted.virus_spam);
	merge_strata(into->adjusted.virus_open, from->adjusted.virus_open);
}

static void adjusted_free(struct tally *t)
{
	free(t->strata);
}

const struct measure measure_adjusted = {
	.open = adjusted_open,
	.add = adjusted_add,
	.close = adjusted_close,
	.merge = adjusted_merge,
	.free = adjusted_free,
};
