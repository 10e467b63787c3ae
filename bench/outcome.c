/* SPDX-License-Identifier: Apache-2.0 */
/* outcome.c - one world of one seed: made, judged, compared with the plan */
#include "outcome.h"

/* -------------------------------------------------------------------- plan */

/*
 * The families that ship with us, and one more that stops on a day that the
 * seed chooses, between a third and four fifths of the window.
 */
struct plan {
	struct world_params params;
	struct world_family families[WORLD_MAX_FAMILIES];
};

static int64_t window_start(const struct world_params *p)
{
	struct catalog labels = { 0 }, clients = { 0 };
	struct world_params small = *p;
	struct world *w;
	int64_t start = 0;

	small.n_hosts = 10;
	small.n_events = 1000;
	if (world_open(&w, &small, &labels, &clients) == 0) {
		start = world_params(w)->start;
		world_close(w);
	}
	catalog_deinit(&labels);
	catalog_deinit(&clients);
	return start;
}

static void plant_stop(struct plan *plan)
{
	struct world_params *p = &plan->params;
	size_t n;
	const struct world_family *all = world_families(&n);
	int64_t start = window_start(p), span = p->days * 7 / 15;
	int64_t day = p->days / 3 + (int64_t)(p->seed * 7 % (uint64_t)span);
	struct world_family f = {
		.name = STOP_NAME,
		.first = start,
		.peak = start + 5 * DAY_SECONDS,
		.stop = start + day * DAY_SECONDS,
		.weight = 20,
		.rise_days = 2,
		.fall_days = 20,
		.clean_days = 20,
		.opens = KIND_PROXY,
	};

	if (n == WORLD_MAX_FAMILIES)
		n--;
	memcpy(plan->families, all, n * sizeof(*all));
	plan->families[n] = f;
	p->families = plan->families;
	p->n_families = n + 1;
}

static void make_plan(struct plan *plan, const struct experiment *x,
		      const struct world_params *base)
{
	struct world_params *p = &plan->params;

	*p = *base;
	p->world = x->world;
	if (x->days > 0)
		p->days = x->days;
	if (x->nat > 0)
		p->nat = x->nat;
	p->churn = x->churn;
	p->late = x->late;
	if (x->has_stop)
		plant_stop(plan);
}

/* ---------------------------------------------------------------- families */

static const struct judge_family *family_of(const struct judgement *j,
					    const char *name)
{
	for (size_t i = 0; i < j->n_families; i++)
		if (bytes_is(j->families[i].name, name))
			return &j->families[i];
	return NULL;
}

/* A stop on the first day or after the last one cannot be seen. */
static int32_t stop_day(const struct world_family *f,
			const struct judge_window *w)
{
	int64_t day = (f->stop - w->from) / DAY_SECONDS;

	if (f->stop == 0 || f->stop <= w->from || day + 1 >= w->days)
		return -1;
	return (int32_t)day;
}

static void find_families(struct outcome *o, const struct trial *t)
{
	const struct world_params *p = world_params(t->world);
	const struct judgement *j = t->judgement;

	for (size_t i = 0; i < p->n_families; i++) {
		const struct world_family *planted = &p->families[i];
		const struct judge_family *f = family_of(j, planted->name);
		struct outcome_family *out = &o->families[o->n_families];

		if (f == NULL || f->mails == 0)
			continue;
		memcpy(out->name, planted->name, sizeof(out->name));
		out->opens = t->truth.families[i].opened > 0;
		out->stop = stop_day(planted, &j->window);
		out->cliff = f->cliff;
		out->hosts = f->first_hosts;
		out->ratio = f->ratio;
		out->carries = has_value(f->p) && f->ratio.low > 1.5;
		o->n_families++;
	}
}

static bool carriers_are_right(const struct outcome *o)
{
	for (size_t i = 0; i < o->n_families; i++)
		if (o->families[i].carries != o->families[i].opens)
			return false;
	return true;
}

static bool stops_are_right(const struct outcome *o)
{
	for (size_t i = 0; i < o->n_families; i++)
		if (o->families[i].cliff != o->families[i].stop)
			return false;
	return true;
}

/* ----------------------------------------------------------------- outcome */

static bool result_is_right(const struct outcome *o, const struct experiment *x)
{
	if (x->want != ANY_RESULT)
		return (int)o->result == x->want;
	return x->world == WORLD_CAUSAL || o->result != RESULT_SMOKING_GUN;
}

static bool is_right(const struct outcome *o, const struct experiment *x)
{
	return result_is_right(o, x) &&
	       (!x->has_carriers || carriers_are_right(o)) &&
	       (!x->has_arrow || o->hazard_arrow.high < 1) &&
	       (!x->has_stop || stops_are_right(o));
}

static void read_judgement(struct outcome *o, const struct judgement *j)
{
	o->result = j->verdict.result;
	for (int i = 0; i < N_CRITERIA; i++) {
		o->calls[i] = j->verdict.criteria[i].call;
		o->figures[i] = j->verdict.criteria[i].figure;
	}
	o->hazard_arrow = j->hazard.arrow;
	o->apart = j->self_control.apart;
	o->self_arrow = j->self_control.arrow;
	o->clean = j->self_control.clean.ratio;
	o->hosts = j->hosts.all;
	o->virus = j->hosts.virus;
	o->spam = j->hosts.spam;
	for (int i = 0; i < N_KINDS; i++)
		o->events += j->events[i];
}

int outcome_find(struct outcome *o, const struct experiment *x,
		 const struct world_params *base, unsigned n_threads)
{
	struct plan plan;
	struct trial trial;
	int err;

	*o = (struct outcome){ .seed = base->seed };
	make_plan(&plan, x, base);
	err = trial_run(&trial, &plan.params, x->last_days, n_threads);
	if (err < 0)
		return err;
	read_judgement(o, trial.judgement);
	find_families(o, &trial);
	o->is_right = is_right(o, x);
	trial_deinit(&trial);
	return 0;
}
