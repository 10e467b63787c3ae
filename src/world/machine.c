/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine.c - what one machine is and does
 *
 *	             enters ├──────────── clean mail ────────────────▶
 *	           infected ├── virus mails ──┤ cleaned, or family's stop
 *	       proxy opened        ├── spam, open ───┤ cleaned
 *	  of its own accord   ├── spam, sometimes open ──┤
 *	             listed      ├── from soon after its spam to after it ──┤
 *
 * The worlds differ in three places only: who is infected when, whether a
 * virus opens anything, and who is neglected. Volumes are drawn alike for all
 * machines, so that nobody is seen better for being infected or a spammer.
 */
#include "world/model.h"

enum { SEED_MACHINE = 16, SEED_BADNESS_VIRUS, SEED_BADNESS_SPAM };

struct dice {
	const struct world *w;
	uint64_t rng;
};

static double wait_days(struct dice *d, double mean)
{
	return draw_wait(&d->w->table, &d->rng) * mean;
}

/* What a network has more or less of, evenly from 0.5 to 1.5 */
static double network_factor(const struct place *p, uint64_t of)
{
	uint64_t rng = draw_seed(p->seed, of, 0);

	return 0.5 + draw_unit(&rng);
}

static double network_neglect(const struct place *p)
{
	uint64_t rng = draw_seed(p->seed, SEED_BADNESS_VIRUS, 0);
	double u = draw_unit(&rng);

	return NEGLECT_FLOOR + NEGLECT_SLOPE * u * u * u;
}

/* How much likelier than others it is to be infected, and to send spam */
struct liability {
	double virus, spam;
};

static struct liability draw_liability(struct dice *d, const struct place *p,
				       struct machine *m)
{
	double x;

	if (d->w->params.world != WORLD_CONFOUNDED)
		return (struct liability){
			network_factor(p, SEED_BADNESS_VIRUS),
			network_factor(p, SEED_BADNESS_SPAM)
		};
	m->is_neglected = draw_chance(&d->rng, network_neglect(p));
	x = m->is_neglected ? NEGLECTED : KEPT_WELL;
	return (struct liability){ x, x };
}

/* Most machines send a handful, few send most of it (Pareto) */
static void draw_clean(struct dice *d, struct machine *m)
{
	const struct world_params *p = &d->w->params;
	double enters = 0;

	if (draw_chance(&d->rng, p->entering))
		enters = draw_unit(&d->rng) * d->w->duration;
	m->clean =
		(struct spell){ enters, d->w->duration,
				0.04 * draw_pareto(&d->w->table, &d->rng, 1.05,
						   9.9 /* ln 20,000 */) };
}

static double draw_spam_rate(struct dice *d)
{
	return 0.5 * draw_pareto(&d->w->table, &d->rng, 1.25, 6.2);
}

static void draw_own_spam(struct dice *d, double liability, struct machine *m)
{
	double days = d->w->params.days, starts = days + SPELL_AHEAD;
	double p = d->w->params.spammers * starts / (days + SPELL_DAYS);
	double begin;

	m->is_spammer = draw_chance(&d->rng, p * liability);
	if (!m->is_spammer)
		return;
	begin = draw_unit(&d->rng) * starts - SPELL_AHEAD;
	m->spam[0] = (struct spell){ begin * DAY,
				     (begin + wait_days(d, SPELL_DAYS)) * DAY,
				     draw_spam_rate(d) };
	if (draw_chance(&d->rng, 0.4)) {
		bool relay = draw_chance(&d->rng, 0.5);

		m->open[0] = m->spam[0];
		m->open[0].per_day = 0.05;
		m->open_kind[0] = relay ? KIND_RELAY : KIND_PROXY;
		m->open_label[0] =
			relay ? d->w->relay_label : d->w->proxy_label;
	}
}

/* The proxy that a virus opened: found by some scan, used for spam */
static void draw_opened(struct dice *d, double infected_at, double cleaned_at,
			struct machine *m)
{
	const struct world_family *f = &d->w->families[m->family];
	double lag = d->w->params.lag_days;
	double opens = OPEN_AFTER + wait_days(d, OPEN_SPREAD);
	double begin = infected_at + (lag + opens) * DAY;
	double end = cleaned_at + lag * DAY;

	if (begin >= end || begin >= d->w->duration || end <= 0)
		return;
	m->is_opened = true;
	m->open_kind[1] = f->opens;
	m->open_label[1] = f->opens == KIND_PROXY ? d->w->proxy_label
						  : d->w->backdoor_label;
	if (draw_chance(&d->rng, 0.7))
		m->open[1] = (struct spell){ begin, end, 0.1 };
	if (draw_chance(&d->rng, USED_SHARE))
		m->spam[1] = (struct spell){ begin, end, draw_spam_rate(d) };
}

static void infect(struct dice *d, uint32_t family, double at,
		   struct machine *m)
{
	const struct world_family *f = &d->w->families[family];
	double cleaned = at + wait_days(d, f->clean_days) * DAY;
	double stop = (double)(f->stop - d->w->params.start);

	m->is_infected = true;
	m->family = family;
	m->virus = (struct spell){ at, cleaned, 0.5 + draw_unit(&d->rng) };
	if (f->stop != 0 && stop < cleaned)
		m->virus.end = stop;
	if (f->opens != KIND_CLEAN && d->w->params.world == WORLD_CAUSAL)
		draw_opened(d, at, cleaned, m);
}

static void draw_infection(struct dice *d, double liability, struct machine *m)
{
	const struct world *w = d->w;
	double p = w->params.infected * w->plague.all * liability, at;
	uint32_t family;

	/* the others fall ill at random, but fewer of them */
	if (w->params.world == WORLD_REVERSE)
		p *= UNCAUGHT;
	if (m->is_spammer && w->params.world == WORLD_REVERSE &&
	    draw_chance(&d->rng, CAUGHT_SHARE)) {
		at = m->spam[0].begin +
		     (CAUGHT_AFTER + wait_days(d, CAUGHT_SPREAD)) * DAY;
		family = plague_draw_at(&w->plague, &d->rng, at);
		if (family < w->plague.n)
			infect(d, family, at, m);
	} else if (draw_chance(&d->rng, p)) {
		family = plague_draw(&w->plague, &d->rng, &at);
		infect(d, family, at, m);
	}
}

/* Blocklists name about half of the spammers, and a few others by mistake */
static void draw_listed(struct dice *d, struct machine *m)
{
	for (int i = 0; i < 2; i++) {
		if (m->spam[i].per_day <= 0 || !draw_chance(&d->rng, 0.5))
			continue;
		m->listed[i] =
			(struct spell){ m->spam[i].begin + 2 * DAY,
					m->spam[i].end + 14 * DAY, 0.08 };
	}
	if (m->spam[0].per_day <= 0 && draw_chance(&d->rng, 0.01))
		m->listed[0] = (struct spell){ 0, d->w->duration, 0.02 };
}

static void clip(struct spell *s, double from, double to)
{
	if (s->begin < from)
		s->begin = from;
	if (s->end > to)
		s->end = to;
}

void machine_make(const struct world *w, const struct place *p, uint64_t q,
		  struct machine *m)
{
	struct dice d = { w, draw_seed(w->params.seed, SEED_MACHINE, q) };
	struct liability liable;

	*m = (struct machine){ 0 };
	liable = draw_liability(&d, p, m);
	draw_clean(&d, m);
	draw_own_spam(&d, liable.spam, m);
	draw_infection(&d, liable.virus, m);
	draw_listed(&d, m);
	clip(&m->virus, m->clean.begin, w->duration);
	for (int i = 0; i < 2; i++) {
		clip(&m->spam[i], m->clean.begin, w->duration);
		clip(&m->open[i], m->clean.begin, w->duration);
		clip(&m->listed[i], m->clean.begin, w->duration);
	}
}
