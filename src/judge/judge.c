/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c - all sections in turn, the verdict last */
#include "judge/jackknife.h"
#include "judge/parts.h"

#include <stdlib.h>

#define JUDGE_ALL 0x7ffcu /* sections 2 … 14 */

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

static void find_all(struct judgement *j, const struct tally *t,
		     const struct catalog *labels,
		     const struct catalog *clients)
{
	find_hosts(j, t);
	judge_find_shares(j, t, clients);
	judge_find_overlap(j, t);
	judge_find_adjusted(j, t);
	judge_find_order(j, t);
	judge_find_hazard(j, t);
	judge_find_self(j, t);
	judge_find_dose(j, t);
	judge_find_families(j, t, labels);
	judge_find_ports(j, t, labels);
	judge_find_lookback(j, t);
	judge_find_neighbourhood(j, t);
	judge_find_population(j, t);
	if (t->options.backtest)
		judge_find_backtest(j, t);
	j->measured = t->options.backtest ? JUDGE_ALL : JUDGE_ALL & ~(1u << 13);
	judge_find_verdict(j, t);
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
	j->n_moved = t->shares.n_moved;
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
	for (size_t i = 0; i < j->n_ports; i++)
		free(j->ports[i].days);
	free(j->ports);
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
