/* SPDX-License-Identifier: Apache-2.0 */
/* judgement_dump.h - every bit of a judgement as text, to compare two of them
 */
#pragma once

#include "judge/judge.h"

static inline void dump_x(struct buf *b, double x)
{
	if (isnan(x))
		buf_add_text(b, " -");
	else if (isinf(x))
		buf_add_text(b, " INFINITE");
	else
		buf_printf(b, " %a", x);
}

static inline void dump_n(struct buf *b, uint64_t n)
{
	buf_printf(b, " %llu", (unsigned long long)n);
}

static inline void dump_figure(struct buf *b, struct figure f)
{
	dump_x(b, f.value);
	dump_x(b, f.low);
	dump_x(b, f.high);
	dump_n(b, f.groups);
}

static inline void dump_array(struct buf *b, const uint64_t *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dump_n(b, x[i]);
}

static inline void dump_doubles(struct buf *b, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		dump_x(b, x[i]);
}

static inline void dump_traffic(struct buf *b, const struct judge_traffic *t)
{
	dump_array(b, t->mail, N_MAIL_KINDS);
	dump_n(b, t->n_mail);
	dump_x(b, t->spam_of_mail);
	dump_x(b, t->virus_of_mail);
	dump_x(b, t->spam_from_open);
	dump_x(b, t->spam_from_virus);
	dump_x(b, t->spam_after_virus);
}

static inline void dump_shares(struct buf *b, const struct judgement *j)
{
	buf_add_text(b, "\nshares");
	dump_traffic(b, &j->shares.total);
	for (size_t i = 0; i < j->shares.n_clients; i++) {
		buf_add_text(b, "\nclient ");
		buf_add_bytes(b, j->shares.by_client[i].name);
		dump_traffic(b, &j->shares.by_client[i].traffic);
	}
	for (uint32_t i = 0; i < j->window.days; i++) {
		buf_printf(b, "\nday %u", i);
		dump_traffic(b, &j->shares.by_day[i]);
	}
}

static inline void dump_overlap(struct buf *b, const struct judge_overlap *o)
{
	buf_add_text(b, "\noverlap");
	dump_n(b, o->a);
	dump_n(b, o->b);
	dump_n(b, o->both);
	dump_x(b, o->share_a);
	dump_x(b, o->share_b);
	dump_x(b, o->expected);
	dump_x(b, o->lift);
	dump_x(b, o->odds);
	dump_x(b, o->phi);
	dump_x(b, o->chi2);
	dump_x(b, o->p);
	dump_x(b, o->fisher_p);
}

static inline void dump_adjust(struct buf *b, const struct judge_adjust *a)
{
	buf_add_text(b, "\nadjusted");
	dump_figure(b, a->odds);
	dump_x(b, a->cmh);
	dump_x(b, a->p);
	dump_n(b, a->strata);
}

static inline void dump_order(struct buf *b, const struct judge_order *o)
{
	buf_add_text(b, "\norder");
	dump_n(b, o->first);
	dump_n(b, o->second);
	dump_n(b, o->tie);
	dump_figure(b, o->share);
	dump_x(b, o->p);
	for (size_t i = 0; i < o->n_lags; i++) {
		buf_printf(b, " %d:", o->lag_days[i].days);
		dump_n(b, o->lag_days[i].hosts);
	}
}

static inline void dump_hazard(struct buf *b, const struct judge_hazard *h)
{
	buf_add_text(b, "\nhazard");
	dump_figure(b, h->ratio);
	dump_x(b, h->logrank);
	dump_n(b, h->exposed_days);
	dump_n(b, h->events_exposed);
	dump_n(b, h->events_unexposed);
}

static inline void dump_rate(struct buf *b, const struct judge_rate *r)
{
	buf_add_text(b, "\nrate");
	dump_figure(b, r->ratio);
	dump_doubles(b, r->periods, 4);
	dump_array(b, r->days, 5);
}

static inline void dump_self(struct buf *b, const struct judge_self *s)
{
	dump_rate(b, &s->spam);
	dump_rate(b, &s->clean);
	buf_add_text(b, "\nself");
	dump_figure(b, s->relative);
	dump_figure(b, s->apart);
	dump_figure(b, s->mirror);
	dump_figure(b, s->arrow);
}

static inline void dump_family(struct buf *b, const struct judge_family *f,
			       uint32_t n_days)
{
	buf_add_text(b, "\nfamily ");
	buf_add_bytes(b, f->name);
	dump_n(b, f->mails);
	dump_n(b, f->hosts);
	dump_n(b, f->first_hosts);
	buf_printf(b, " %d %d %d %u %d", f->start, f->peak, f->end, f->duration,
		   f->cliff);
	dump_x(b, f->doubling);
	dump_figure(b, f->ratio);
	dump_x(b, f->p);
	dump_x(b, f->q);
	dump_array(b, f->order, 3);
	dump_array(b, (const uint64_t *)f->days, 3 * (size_t)n_days);
}

static inline void dump_lookback(struct buf *b, const struct judgement *j)
{
	const struct judge_lookback *l = &j->lookback;

	buf_add_text(b, "\nlookback");
	dump_n(b, l->spammers);
	dump_n(b, l->controls);
	dump_doubles(b, l->share_spammers, j->window.days);
	dump_doubles(b, l->share_controls, j->window.days);
	dump_doubles(b, l->lift, j->window.days);
	buf_printf(b, " %d %d %d", l->enough_days, l->too_short, l->history);
	dump_x(b, l->excess);
}

static inline void dump_neighbourhood(struct buf *b,
				      const struct judge_neighbourhood *n)
{
	buf_add_text(b, "\nneighbourhood");
	for (unsigned i = 0; i < TALLY_LEVELS; i++) {
		dump_n(b, n->v4[i].blocks);
		dump_x(b, n->v4[i].expected);
		dump_n(b, n->v6[i].blocks);
		dump_x(b, n->v6[i].expected);
	}
	for (unsigned i = 0; i < JUDGE_PREDICTIONS; i++) {
		const struct judge_prediction *p = &n->prediction[i];

		dump_n(b, p->blocks);
		dump_n(b, p->spammers);
		dump_n(b, p->clean);
		dump_x(b, p->share_spammers);
		dump_x(b, p->share_clean);
		dump_figure(b, p->ratio);
	}
}

static inline void dump_verdict(struct buf *b, const struct judge_verdict *v)
{
	buf_printf(b, "\nverdict %s", judge_result_text(v->result));
	for (unsigned i = 0; i < N_CRITERIA; i++) {
		buf_printf(b, "\n%s: %s", v->criteria[i].name,
			   judge_call_text(v->criteria[i].call));
		dump_figure(b, v->criteria[i].figure);
	}
	for (size_t i = 0; i < v->n_missing; i++)
		buf_printf(b, "\nmissing: %s", v->missing[i]);
}

static inline void dump_backtest(struct buf *b, const struct judgement *j)
{
	for (size_t i = 0; i < j->n_backtest; i++) {
		const struct judge_rule *r = &j->backtest[i];

		buf_printf(b, "\n%s %s %u", r->trigger, r->scope, r->days);
		dump_array(b, r->blocked, N_MAIL_KINDS);
		dump_doubles(b, r->share, N_MAIL_KINDS);
	}
}

static inline void dump_judgement(struct buf *b, const struct judgement *j)
{
	buf_add_text(b, "events");
	dump_array(b, j->events, N_KINDS);
	dump_n(b, j->n_moved);
	buf_add_text(b, "\nhosts");
	dump_array(b, &j->hosts.all, 6);
	dump_shares(b, j);
	dump_overlap(b, &j->overlap.virus_open);
	dump_overlap(b, &j->overlap.virus_spam);
	dump_overlap(b, &j->overlap.open_spam);
	dump_overlap(b, &j->overlap.virus_openspam);
	dump_adjust(b, &j->adjusted.virus_spam);
	dump_adjust(b, &j->adjusted.virus_open);
	dump_order(b, &j->order.virus_spam);
	dump_order(b, &j->order.virus_open);
	dump_hazard(b, &j->hazard.virus_to_spam);
	dump_hazard(b, &j->hazard.spam_to_virus);
	dump_figure(b, j->hazard.arrow);
	dump_self(b, &j->self_control);
	buf_add_text(b, "\ndose");
	dump_array(b, j->dose.hosts, 5);
	dump_array(b, j->dose.spam, 5);
	dump_x(b, j->dose.z);
	dump_x(b, j->dose.p);
	for (size_t i = 0; i < j->n_families; i++)
		dump_family(b, &j->families[i], j->window.days);
	dump_x(b, j->families_differ.q);
	dump_x(b, j->families_differ.p);
	dump_lookback(b, j);
	dump_neighbourhood(b, &j->neighbourhood);
	dump_n(b, j->population.seen);
	dump_x(b, j->population.chao);
	dump_backtest(b, j);
	dump_verdict(b, &j->verdict);
	buf_add_char(b, '\n');
}
