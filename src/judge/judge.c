/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c - all sections in turn; what is not computed has no value */
#include "judge/jackknife.h"
#include "judge/parts.h"

#include <stdlib.h>

static void find_hosts(struct judgement *j, const struct tally *t)
{
	struct judge_hosts *h = &j->hosts;
	uint64_t cells[8];

	judge_add_cells(t, cells);
	for (unsigned i = 0; i < 8; i++) {
		h->all += cells[i];
		h->virus += i & TALLY_IN_V ? cells[i] : 0;
		h->spam += i & TALLY_IN_S ? cells[i] : 0;
	}
	h->clean = t->overlap.n_clean;
	h->open = t->overlap.n_open;
	h->listed = t->overlap.n_listed;
}

/* Every double of a section that was never computed is NAN. */
static void forget_adjusted(struct judgement *j)
{
	struct judge_adjust none = { figure_none(), NAN, NAN, 0 };

	j->adjusted = (struct judge_adjusted){ none, none };
}

static void forget_hazard(struct judgement *j)
{
	struct judge_hazard none = { figure_none(), NAN, 0, 0, 0 };

	j->hazard = (struct judge_hazards){ none, none, figure_none() };
}

static void forget_self(struct judgement *j)
{
	struct judge_rate none = { figure_none(),
				   { NAN, NAN, NAN, NAN },
				   { 0 } };

	j->self_control = (struct judge_self){ none,	      none,
					       figure_none(), figure_none(),
					       figure_none(), figure_none() };
}

static void forget_neighbourhood(struct judgement *j)
{
	struct judge_neighbourhood *n = &j->neighbourhood;

	for (unsigned i = 0; i < TALLY_LEVELS; i++)
		n->v4[i].expected = n->v6[i].expected = NAN;
	for (unsigned i = 0; i < JUDGE_PREDICTIONS; i++) {
		n->prediction[i].share_spammers = NAN;
		n->prediction[i].share_clean = NAN;
		n->prediction[i].ratio = figure_none();
	}
}

static void forget_all(struct judgement *j)
{
	forget_adjusted(j);
	forget_hazard(j);
	forget_self(j);
	forget_neighbourhood(j);
	j->dose.z = j->dose.p = NAN;
	j->families_differ = (struct judge_differ){ NAN, 0, NAN };
	j->lookback.enough_days = -1;
	j->lookback.excess = NAN;
	j->population.chao = NAN;
}

static void mark(struct judgement *j, unsigned section)
{
	j->measured |= 1u << section;
}

static void find_all(struct judgement *j, const struct tally *t,
		     const struct catalog *labels,
		     const struct catalog *clients)
{
	find_hosts(j, t);
	judge_find_shares(j, t, clients);
	mark(j, 2);
	judge_find_overlap(j, t);
	mark(j, 3);
	judge_find_order(j, t);
	mark(j, 5);
	judge_find_self(j, t);
	mark(j, 7);
	judge_find_families(j, t, labels);
	mark(j, 9);
	judge_find_verdict(j, t);
	mark(j, 14);
}

struct judgement *judge_new(struct tally *t, const struct catalog *labels,
			    const struct catalog *clients)
{
	struct judgement *j = mem_alloc(1, sizeof(*j));

	tally_finish(t);
	j->window = (struct judge_window){ t->options.window.from,
					   t->options.window.to,
					   t->options.window.n_days };
	memcpy(j->events, t->shares.events, sizeof(j->events));
	forget_all(j);
	find_all(j, t, labels, clients);
	return j;
}

void judge_free(struct judgement *j)
{
	if (j == NULL)
		return;
	for (size_t i = 0; i < j->n_families; i++)
		free(j->families[i].days);
	free(j->families);
	free(j->shares.by_client);
	free(j->shares.by_day);
	free(j->order.virus_spam.lag_days);
	free(j->order.virus_open.lag_days);
	free(j->lookback.share_spammers);
	free(j->lookback.share_controls);
	free(j->lookback.lift);
	free(j->backtest);
	free(j);
}
