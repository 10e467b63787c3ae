/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_json.c - the report as one JSON object, "rapsheet/report/1"
 *
 * A function per measure, in the order of the keys. The keys are a promise to
 * pages, tests and other engines: add some, never change one.
 */
#include "report/report.h"

#include <stdio.h>

#include "report/family.h"
#include "report/known.h"

static void put_figure(struct json *w, const char *key, struct figure f)
{
	json_begin_object(w, key);
	json_put_number(w, "value", f.value);
	json_put_number(w, "low", f.low);
	json_put_number(w, "high", f.high);
	json_end_object(w);
}

static void put_numbers(struct json *w, const char *key, const double *x,
			size_t n)
{
	json_begin_array(w, key);
	for (size_t i = 0; i < n; i++)
		json_put_number(w, NULL, x[i]);
	json_end_array(w);
}

static void put_counts(struct json *w, const char *key, const uint64_t *x,
		       size_t n)
{
	json_begin_array(w, key);
	for (size_t i = 0; i < n; i++)
		json_put_count(w, NULL, x[i]);
	json_end_array(w);
}

/* A window day; -1 is none */
static void put_day(struct json *w, const char *key, int32_t day)
{
	if (day < 0)
		json_put_null(w, key);
	else
		json_put_integer(w, key, day);
}

/* Open the object of a measure, or say that it was not measured. */
static bool begin_measure(struct json *w, const char *key,
			  const struct judgement *j, unsigned section)
{
	if (!judge_measured(j, section)) {
		json_put_null(w, key);
		return false;
	}
	json_begin_object(w, key);
	return true;
}

static void put_schema(struct json *w, const char *name)
{
	json_put_text(w, "schema", bytes_of_text(name));
}

static void put_window(struct json *w, const struct judgement *j)
{
	json_begin_object(w, "window");
	json_put_time(w, "from", j->window.from);
	json_put_time(w, "to", j->window.to);
	json_put_count(w, "days", j->window.days);
	json_end_object(w);
}

static void put_totals(struct json *w, const struct judgement *j)
{
	json_begin_object(w, "events");
	for (int k = 0; k < N_KINDS; k++) {
		/* in the order of the design, which is not that on disk */
		static const enum kind order[N_KINDS] = {
			KIND_CLEAN,  KIND_SPAM,	     KIND_VIRUS,
			KIND_POLICY, KIND_UNSCANNED, KIND_RELAY,
			KIND_PROXY,  KIND_BACKDOOR,  KIND_LISTED,
		};

		json_put_count(w, kind_name(order[k]), j->events[order[k]]);
	}
	json_end_object(w);
	json_put_count(w, "events_moved", j->n_moved);
	json_begin_object(w, "hosts");
	json_put_count(w, "all", j->hosts.all);
	json_put_count(w, "virus", j->hosts.virus);
	json_put_count(w, "spam", j->hosts.spam);
	json_put_count(w, "clean", j->hosts.clean);
	json_put_count(w, "open", j->hosts.open);
	json_put_count(w, "listed", j->hosts.listed);
	json_end_object(w);
}

static void put_traffic_shares(struct json *w, const struct judge_traffic *t)
{
	json_put_number(w, "spam_of_mail", t->spam_of_mail);
	json_put_number(w, "virus_of_mail", t->virus_of_mail);
	json_put_number(w, "spam_from_open", t->spam_from_open);
	json_put_number(w, "spam_from_virus", t->spam_from_virus);
	json_put_number(w, "spam_after_virus", t->spam_after_virus);
}

static void put_traffic(struct json *w, const struct judge_traffic *t)
{
	for (int k = 0; k < N_MAIL_KINDS; k++)
		json_put_count(w, kind_name((enum kind)k), t->mail[k]);
	put_traffic_shares(w, t);
}

static void put_shares(struct json *w, const struct judgement *j)
{
	const struct judge_shares *s = &j->shares;

	if (!begin_measure(w, "shares", j, 2))
		return;
	put_traffic_shares(w, &s->total);
	json_begin_array(w, "by_client");
	for (size_t i = 0; i < s->n_clients; i++) {
		json_begin_object(w, NULL);
		if (s->by_client[i].name.len > 0)
			json_put_text(w, "name", s->by_client[i].name);
		else
			json_put_null(w, "name");
		put_traffic(w, &s->by_client[i].traffic);
		json_end_object(w);
	}
	json_end_array(w);
	json_begin_array(w, "by_day");
	for (uint32_t d = 0; d < j->window.days; d++) {
		json_begin_object(w, NULL);
		json_put_count(w, "day", d);
		put_traffic(w, &s->by_day[d]);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static void put_overlap(struct json *w, const char *key,
			const struct judge_overlap *o)
{
	json_begin_object(w, key);
	json_put_count(w, "a", o->a);
	json_put_count(w, "b", o->b);
	json_put_count(w, "both", o->both);
	json_put_number(w, "share_a", o->share_a);
	json_put_number(w, "share_b", o->share_b);
	json_put_number(w, "expected", o->expected);
	json_put_number(w, "lift", o->lift);
	json_put_number(w, "odds", o->odds);
	json_put_number(w, "phi", o->phi);
	json_put_number(w, "chi2", o->chi2);
	json_put_number(w, "p", o->p);
	json_put_number(w, "fisher_p", o->fisher_p);
	json_end_object(w);
}

static void put_overlaps(struct json *w, const struct judgement *j)
{
	if (!begin_measure(w, "overlap", j, 3))
		return;
	put_overlap(w, "virus_open", &j->overlap.virus_open);
	put_overlap(w, "virus_spam", &j->overlap.virus_spam);
	put_overlap(w, "open_spam", &j->overlap.open_spam);
	put_overlap(w, "virus_openspam", &j->overlap.virus_openspam);
	json_end_object(w);
}

static void put_adjust(struct json *w, const char *key,
		       const struct judge_adjust *a)
{
	json_begin_object(w, key);
	put_figure(w, "odds", a->odds);
	json_put_number(w, "cmh", a->cmh);
	json_put_number(w, "p", a->p);
	json_put_count(w, "strata", a->strata);
	json_end_object(w);
}

static void put_adjusted(struct json *w, const struct judgement *j)
{
	if (!begin_measure(w, "adjusted", j, 4))
		return;
	put_adjust(w, "virus_spam", &j->adjusted.virus_spam);
	put_adjust(w, "virus_open", &j->adjusted.virus_open);
	json_end_object(w);
}

static void put_order(struct json *w, const char *key,
		      const struct judge_order *o)
{
	char lag[16];

	json_begin_object(w, key);
	json_put_count(w, "first", o->first);
	json_put_count(w, "second", o->second);
	json_put_count(w, "tie", o->tie);
	put_figure(w, "share", o->share);
	json_put_number(w, "p", o->p);
	json_begin_object(w, "lag_days");
	for (size_t i = 0; i < o->n_lags; i++) {
		snprintf(lag, sizeof(lag), "%d", (int)o->lag_days[i].days);
		json_put_count(w, lag, o->lag_days[i].hosts);
	}
	json_end_object(w);
	json_end_object(w);
}

static void put_orders(struct json *w, const struct judgement *j)
{
	if (!begin_measure(w, "order", j, 5))
		return;
	put_order(w, "virus_spam", &j->order.virus_spam);
	put_order(w, "virus_open", &j->order.virus_open);
	json_end_object(w);
}

static void put_hazard(struct json *w, const char *key,
		       const struct judge_hazard *h)
{
	json_begin_object(w, key);
	put_figure(w, "ratio", h->ratio);
	json_put_number(w, "logrank", h->logrank);
	json_put_count(w, "exposed_days", h->exposed_days);
	json_put_count(w, "events_exposed", h->events_exposed);
	json_put_count(w, "events_unexposed", h->events_unexposed);
	json_end_object(w);
}

static void put_hazards(struct json *w, const struct judgement *j)
{
	if (!begin_measure(w, "hazard", j, 6))
		return;
	put_hazard(w, "virus_to_spam", &j->hazard.virus_to_spam);
	put_hazard(w, "spam_to_virus", &j->hazard.spam_to_virus);
	put_figure(w, "arrow", j->hazard.arrow);
	json_end_object(w);
}

static void put_rate(struct json *w, const char *key,
		     const struct judge_rate *r)
{
	json_begin_object(w, key);
	put_figure(w, "ratio", r->ratio);
	put_numbers(w, "periods", r->periods, 4);
	put_counts(w, "days", r->days, 5);
	json_end_object(w);
}

static void put_self_control(struct json *w, const struct judgement *j)
{
	const struct judge_self *s = &j->self_control;

	if (!begin_measure(w, "self_control", j, 7))
		return;
	put_rate(w, "spam", &s->spam);
	put_rate(w, "clean", &s->clean);
	put_figure(w, "relative", s->relative);
	put_figure(w, "apart", s->apart);
	put_figure(w, "mirror", s->mirror);
	put_figure(w, "arrow", s->arrow);
	json_end_object(w);
}

static void put_dose(struct json *w, const struct judgement *j)
{
	if (!begin_measure(w, "dose", j, 8))
		return;
	put_counts(w, "hosts", j->dose.hosts, 5);
	put_counts(w, "spam", j->dose.spam, 5);
	json_put_number(w, "z", j->dose.z);
	json_put_number(w, "p", j->dose.p);
	json_end_object(w);
}

static void put_family(struct json *w, const struct judgement *j,
		       const struct judge_family *f,
		       const struct indicators *known)
{
	json_begin_object(w, NULL);
	json_put_text(w, "name", f->name);
	json_put_count(w, "mails", f->mails);
	json_put_count(w, "hosts", f->hosts);
	json_put_count(w, "first_hosts", f->first_hosts);
	put_day(w, "start", f->start);
	put_day(w, "peak", f->peak);
	put_day(w, "end", f->end);
	json_put_count(w, "duration", f->duration);
	json_put_number(w, "doubling", f->doubling);
	put_day(w, "cliff", f->cliff);
	put_figure(w, "ratio", f->ratio);
	json_put_number(w, "p", f->p);
	json_put_number(w, "q", f->q);
	json_known(w, known, j, f);
	json_begin_array(w, "days");
	for (uint32_t d = 0; d < j->window.days; d++) {
		json_begin_array(w, NULL);
		json_put_count(w, NULL, f->days[d].mails);
		json_put_count(w, NULL, f->days[d].hosts);
		json_put_count(w, NULL, f->days[d].fresh);
		json_end_array(w);
	}
	json_end_array(w);
	json_end_object(w);
}

/* Those of this name; empty: all */
static void put_families(struct json *w, const struct judgement *j,
			 const struct indicators *known, struct bytes name)
{
	if (!judge_measured(j, 9)) {
		json_put_null(w, "families");
		json_put_null(w, "families_differ");
		return;
	}
	json_begin_array(w, "families");
	for (size_t i = 0; i < j->n_families; i++)
		if (is_family(&j->families[i], name))
			put_family(w, j, &j->families[i], known);
	json_end_array(w);
	json_begin_object(w, "families_differ");
	json_put_number(w, "q", j->families_differ.q);
	if (has_value(j->families_differ.q))
		json_put_count(w, "df", j->families_differ.df);
	else
		json_put_null(w, "df");
	json_put_number(w, "p", j->families_differ.p);
	json_end_object(w);
}

static void put_lookback(struct json *w, const struct judgement *j)
{
	const struct judge_lookback *l = &j->lookback;

	if (!begin_measure(w, "lookback", j, 10))
		return;
	json_put_count(w, "spammers", l->spammers);
	json_put_count(w, "controls", l->controls);
	put_numbers(w, "share_spammers", l->share_spammers, j->window.days);
	put_numbers(w, "share_controls", l->share_controls, j->window.days);
	put_numbers(w, "lift", l->lift, j->window.days);
	put_day(w, "enough_days", l->enough_days);
	json_put_bool(w, "too_short", l->too_short);
	json_end_object(w);
}

static void put_blocks(struct json *w, const char *key,
		       const struct judge_blocks *b)
{
	json_begin_array(w, key);
	for (size_t i = 0; i < TALLY_LEVELS; i++) {
		json_begin_object(w, NULL);
		json_put_count(w, "bits", b[i].bits);
		json_put_count(w, "blocks", b[i].blocks);
		json_put_number(w, "expected", b[i].expected);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_neighbourhood(struct json *w, const struct judgement *j)
{
	const struct judge_neighbourhood *n = &j->neighbourhood;

	if (!begin_measure(w, "neighbourhood", j, 11))
		return;
	put_blocks(w, "v4", n->v4);
	put_blocks(w, "v6", n->v6);
	json_begin_array(w, "prediction");
	for (size_t i = 0; i < JUDGE_PREDICTIONS; i++) {
		const struct judge_prediction *p = &n->prediction[i];

		json_begin_object(w, NULL);
		json_put_count(w, "version", p->version);
		json_put_count(w, "bits", p->bits);
		json_put_count(w, "blocks", p->blocks);
		json_put_count(w, "spammers", p->spammers);
		json_put_count(w, "clean", p->clean);
		json_put_number(w, "share_spammers", p->share_spammers);
		json_put_number(w, "share_clean", p->share_clean);
		put_figure(w, "ratio", p->ratio);
		json_end_object(w);
	}
	json_end_array(w);
	json_end_object(w);
}

static void put_population(struct json *w, const struct judgement *j)
{
	if (!begin_measure(w, "population", j, 12))
		return;
	json_put_count(w, "seen", j->population.seen);
	json_put_number(w, "chao", j->population.chao);
	json_end_object(w);
}

static void put_backtest(struct json *w, const struct judgement *j)
{
	if (!judge_measured(j, 13)) {
		json_put_null(w, "backtest");
		return;
	}
	json_begin_array(w, "backtest");
	for (size_t i = 0; i < j->n_backtest; i++) {
		const struct judge_rule *r = &j->backtest[i];

		json_begin_object(w, NULL);
		json_put_text(w, "trigger", bytes_of_text(r->trigger));
		json_put_text(w, "scope", bytes_of_text(r->scope));
		if (r->days > 0)
			json_put_count(w, "days", r->days);
		else
			json_put_null(w, "days");
		for (int k = 0; k < N_MAIL_KINDS; k++)
			json_put_count(w, kind_name((enum kind)k),
				       r->blocked[k]);
		json_end_object(w);
	}
	json_end_array(w);
}

static const char *call_of(enum judge_call call)
{
	return judge_call_text(call == CALL_NOT_MEASURED ? CALL_INCONCLUSIVE
							 : call);
}

static void put_criterion(struct json *w, const struct judge_criterion *c)
{
	json_begin_object(w, NULL);
	json_put_text(w, "name", bytes_of_text(c->name));
	json_put_text(w, "call", bytes_of_text(call_of(c->call)));
	put_figure(w, "figure", c->figure);
	if (c->call == CALL_NOT_MEASURED)
		json_put_text(w, "why", bytes_of_text("not measured"));
	else if (c->unseen)
		json_put_text(w, "why", bytes_of_text("unseen"));
	else
		json_put_null(w, "why");
	json_end_object(w);
}

static void put_verdict(struct json *w, const struct judgement *j)
{
	const struct judge_verdict *v = &j->verdict;

	json_begin_object(w, "verdict");
	json_put_text(w, "result", bytes_of_text(judge_result_text(v->result)));
	json_begin_array(w, "criteria");
	for (size_t i = 0; i < N_CRITERIA; i++)
		put_criterion(w, &v->criteria[i]);
	json_end_array(w);
	json_begin_array(w, "missing");
	for (size_t i = 0; i < v->n_missing; i++)
		json_put_text(w, NULL, bytes_of_text(v->missing[i]));
	json_end_array(w);
	json_end_object(w);
}

static void put_report(struct json *w, const char *key,
		       const struct judgement *j,
		       const struct indicators *known)
{
	json_begin_object(w, key);
	put_schema(w, "rapsheet/report/1");
	put_window(w, j);
	put_totals(w, j);
	put_shares(w, j);
	put_overlaps(w, j);
	put_adjusted(w, j);
	put_orders(w, j);
	put_hazards(w, j);
	put_self_control(w, j);
	put_dose(w, j);
	put_families(w, j, known, bytes_of_text(""));
	json_known_ports(w, known, j);
	put_lookback(w, j);
	put_neighbourhood(w, j);
	put_population(w, j);
	put_backtest(w, j);
	put_verdict(w, j);
	json_end_object(w);
}

void report_json_known(const struct judgement *j,
		       const struct indicators *known, struct buf *out)
{
	struct json w = json_to(out);

	put_report(&w, NULL, j, known);
	json_finish(&w);
}

/* ------------------------------------------------------- pages of their own */

void report_compare_json(const struct report_side *a,
			 const struct report_side *b,
			 const struct indicators *known, struct buf *out)
{
	struct json w = json_to(out);

	json_begin_object(&w, NULL);
	put_schema(&w, "rapsheet/compare/1");
	json_begin_array(&w, "names");
	json_put_text(&w, NULL, bytes_of_text(a->name));
	json_put_text(&w, NULL, bytes_of_text(b->name));
	json_end_array(&w);
	put_report(&w, "a", a->j, known);
	put_report(&w, "b", b->j, known);
	json_end_object(&w);
	json_finish(&w);
}

void report_families_json(const struct judgement *j, struct bytes name,
			  const struct indicators *known, struct buf *out)
{
	struct json w = json_to(out);

	json_begin_object(&w, NULL);
	put_schema(&w, "rapsheet/families/1");
	put_window(&w, j);
	put_families(&w, j, known, name);
	json_end_object(&w);
	json_finish(&w);
}

void report_json(const struct judgement *j, struct buf *out)
{
	report_json_known(j, NULL, out);
}
