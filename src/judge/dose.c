/* SPDX-License-Identifier: Apache-2.0 */
/* dose.c - [8] Cochran and Armitage's trend, and [12] Chao's lower bound */
#include "judge/jackknife.h"
#include "judge/parts.h"
#include "judge/special.h"

#define N_CLASSES 5

/*
 * With N hosts, R of them in S: A = N sum(s r) - R sum(s n) and B = N sum(s^2
 * n)
 * - sum(s n)^2 are whole numbers, and z = A / sqrt(R (N - R) B / N).
 */
void judge_find_dose(struct judgement *j, const struct tally *t)
{
	struct judge_dose *r = &j->dose;
	__int128 n = 0, spam = 0, sn = 0, ssn = 0, sr = 0;
	double a, b, root;

	for (unsigned i = 0; i < N_CLASSES; i++) {
		r->hosts[i] = t->dose.hosts[i];
		r->spam[i] = t->dose.spam[i];
		n += r->hosts[i];
		spam += r->spam[i];
		sn += (__int128)i * r->hosts[i];
		ssn += (__int128)(i * i) * r->hosts[i];
		sr += (__int128)i * r->spam[i];
	}
	a = (double)(n * sr - spam * sn);
	b = (double)(n * ssn - sn * sn);
	root = sqrt((double)spam * (double)(n - spam) * b / (double)n);
	r->z = ratio_of(a, root);
	r->p = normal_p(r->z);
}

void judge_find_population(struct judgement *j, const struct tally *t)
{
	double once = (double)t->population.n[0];
	double twice = (double)t->population.n[1];
	double n_days = t->options.window.n_days;
	double unseen =
		twice > 0 ? once * once / (2 * twice) : once * (once - 1) / 2;

	j->population.seen = j->hosts.virus;
	j->population.chao =
		(double)j->hosts.virus + (n_days - 1) / n_days * unseen;
}
