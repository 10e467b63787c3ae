/* SPDX-License-Identifier: Apache-2.0 */
/* truth.c - adding up what was generated, and telling it as JSON */
#include "world/model.h"

void world_truth_init(struct world_truth *t)
{
	*t = (struct world_truth){ 0 };
	for (int i = 0; i < WORLD_MAX_FAMILIES; i++) {
		t->families[i].first = INT64_MAX;
		t->families[i].last = INT64_MIN;
	}
}

static void add_pair(struct world_pair *a, const struct world_pair *b)
{
	a->a += b->a;
	a->b += b->b;
	a->both += b->both;
}

static void add_order(struct world_order *a, const struct world_order *b)
{
	a->first += b->first;
	a->second += b->second;
	a->tie += b->tie;
}

static void add_family(struct world_family_truth *a,
		       const struct world_family_truth *b)
{
	a->mails += b->mails;
	a->hosts += b->hosts;
	a->first_hosts += b->first_hosts;
	a->first = b->first < a->first ? b->first : a->first;
	a->last = b->last > a->last ? b->last : a->last;
	a->planted += b->planted;
	a->opened += b->opened;
}

void world_truth_add(struct world_truth *sum, const struct world_truth *part)
{
	for (int i = 0; i < N_KINDS; i++)
		sum->events[i] += part->events[i];
	sum->hosts_all += part->hosts_all;
	sum->hosts_virus += part->hosts_virus;
	sum->hosts_spam += part->hosts_spam;
	sum->hosts_clean += part->hosts_clean;
	sum->hosts_open += part->hosts_open;
	sum->hosts_listed += part->hosts_listed;
	add_pair(&sum->virus_open, &part->virus_open);
	add_pair(&sum->virus_spam, &part->virus_spam);
	add_pair(&sum->open_spam, &part->open_spam);
	add_pair(&sum->virus_openspam, &part->virus_openspam);
	add_order(&sum->order_virus_spam, &part->order_virus_spam);
	add_order(&sum->order_virus_open, &part->order_virus_open);
	sum->spam_from_open += part->spam_from_open;
	sum->spam_from_virus += part->spam_from_virus;
	sum->spam_after_virus += part->spam_after_virus;
	for (int i = 0; i < WORLD_MAX_FAMILIES; i++)
		add_family(&sum->families[i], &part->families[i]);
	sum->machines += part->machines;
	sum->infected += part->infected;
	sum->opened += part->opened;
	sum->spammers += part->spammers;
	sum->neglected += part->neglected;
}

/* -------------------------------------------------------------------- JSON */

static void write_number(struct buf *b, const char *key, uint64_t x,
			 const char *after)
{
	buf_printf(b, "\"%s\": %llu%s", key, (unsigned long long)x, after);
}

static void write_date(struct buf *b, const char *key, int64_t t,
		       const char *after)
{
	char text[TIME_TEXT_MAX];

	date_format(t, text);
	buf_printf(b, "\"%s\": \"%s\"%s", key, text, after);
}

static void write_params(const struct world_params *p, struct buf *b)
{
	buf_printf(b, "  \"params\": {\"world\": \"%s\", ",
		   world_kind_name(p->world));
	write_number(b, "seed", p->seed, ", ");
	write_number(b, "events", p->n_events, ", ");
	write_number(b, "hosts", p->n_hosts, ", ");
	write_number(b, "days", p->days, ", ");
	write_date(b, "start", p->start, ", ");
	write_number(b, "clients", p->n_clients, ", ");
	buf_printf(b, "\"ipv6\": %g, \"infected\": %g, ", p->ipv6, p->infected);
	buf_printf(b, "\"spammers\": %g, \"entering\": %g, ", p->spammers,
		   p->entering);
	write_number(b, "lag_days", p->lag_days, ", ");
	write_number(b, "nat", p->nat, ", ");
	buf_printf(b, "\"churn\": %s, \"late\": %s},\n",
		   p->churn ? "true" : "false", p->late ? "true" : "false");
}

/*
 * What a right report must say of this world, given enough hosts. Where the
 * way that we look at it is made hard on purpose, nothing is promised.
 */
static void write_planted(const struct world_params *p,
			  const struct world_truth *t, struct buf *b)
{
	static const char *const verdicts[N_WORLDS] = {
		"smoking gun", "association only", "association only", "no link"
	};

	buf_add_text(b, "  \"planted\": {\"verdict\": ");
	if (p->lag_days > 0 || p->nat > 1 || p->churn)
		buf_add_text(b, "null, ");
	else
		buf_printf(b, "\"%s\", ", verdicts[p->world]);
	write_number(b, "machines", t->machines, ", ");
	write_number(b, "infected", t->infected, ", ");
	write_number(b, "opened", t->opened, ", ");
	write_number(b, "spammers", t->spammers, ", ");
	write_number(b, "neglected", t->neglected, "},\n");
}

/* What makes what: the numbers behind the world, for the reader's interest */
static void write_effects(const struct world_params *p, struct buf *b)
{
	buf_add_text(b, "  \"effects\": {");
	switch (p->world) {
	case WORLD_CAUSAL:
		buf_printf(b,
			   "\"virus_to_spam\": {\"share\": %g, "
			   "\"days_least\": %g, \"days_mean\": %g}",
			   USED_SHARE, OPEN_AFTER + p->lag_days,
			   OPEN_AFTER + OPEN_SPREAD + p->lag_days);
		break;
	case WORLD_REVERSE:
		buf_printf(b,
			   "\"spam_to_virus\": {\"share\": %g, "
			   "\"days_least\": %g, \"days_mean\": %g}",
			   CAUGHT_SHARE, CAUGHT_AFTER,
			   CAUGHT_AFTER + CAUGHT_SPREAD);
		break;
	case WORLD_CONFOUNDED:
		buf_printf(b,
			   "\"neglect\": {\"virus_ratio\": %.4g, "
			   "\"spam_ratio\": %.4g}",
			   NEGLECTED / KEPT_WELL, NEGLECTED / KEPT_WELL);
		break;
	case WORLD_NULL:
		break;
	}
	buf_add_text(b, "},\n");
}

static void write_events(const struct world_truth *t, struct buf *b)
{
	buf_add_text(b, "  \"events\": {");
	for (int i = 0; i < N_KINDS; i++)
		write_number(b, kind_name((enum kind)i), t->events[i],
			     i + 1 < N_KINDS ? ", " : "},\n");
}

static void write_hosts(const struct world_truth *t, struct buf *b)
{
	buf_add_text(b, "  \"hosts\": {");
	write_number(b, "all", t->hosts_all, ", ");
	write_number(b, "virus", t->hosts_virus, ", ");
	write_number(b, "spam", t->hosts_spam, ", ");
	write_number(b, "clean", t->hosts_clean, ", ");
	write_number(b, "open", t->hosts_open, ", ");
	write_number(b, "listed", t->hosts_listed, "},\n");
}

static void write_pair(struct buf *b, const char *key,
		       const struct world_pair *p, const char *after)
{
	buf_printf(b, "\"%s\": {", key);
	write_number(b, "a", p->a, ", ");
	write_number(b, "b", p->b, ", ");
	write_number(b, "both", p->both, "}");
	buf_add_text(b, after);
}

static void write_order(struct buf *b, const char *key,
			const struct world_order *o, const char *after)
{
	buf_printf(b, "\"%s\": {", key);
	write_number(b, "first", o->first, ", ");
	write_number(b, "second", o->second, ", ");
	write_number(b, "tie", o->tie, "}");
	buf_add_text(b, after);
}

static void write_relations(const struct world_truth *t, struct buf *b)
{
	buf_add_text(b, "  \"overlap\": {");
	write_pair(b, "virus_open", &t->virus_open, ", ");
	write_pair(b, "virus_spam", &t->virus_spam, ", ");
	write_pair(b, "open_spam", &t->open_spam, ", ");
	write_pair(b, "virus_openspam", &t->virus_openspam, "},\n");
	buf_add_text(b, "  \"order\": {");
	write_order(b, "virus_spam", &t->order_virus_spam, ", ");
	write_order(b, "virus_open", &t->order_virus_open, "},\n");
	buf_add_text(b, "  \"spam\": {");
	write_number(b, "from_open", t->spam_from_open, ", ");
	write_number(b, "from_virus", t->spam_from_virus, ", ");
	write_number(b, "after_virus", t->spam_after_virus, "},\n");
}

static void write_time(struct buf *b, const char *key, int64_t t, bool any)
{
	char text[TIME_TEXT_MAX];

	if (!any) {
		buf_printf(b, "\"%s\": null, ", key);
		return;
	}
	time_format(t, text);
	buf_printf(b, "\"%s\": \"%s\", ", key, text);
}

static void write_family(const struct world_family *f,
			 const struct world_family_truth *t, bool opens,
			 struct buf *b)
{
	bool any = t->mails > 0;

	buf_printf(b, "    {\"name\": \"%s\", ", f->name);
	write_date(b, "first_seen", f->first, ", ");
	write_date(b, "most_infections", f->peak, ", ");
	if (f->stop != 0)
		write_date(b, "stop", f->stop, ", ");
	else
		buf_add_text(b, "\"stop\": null, ");
	buf_printf(b, "\"opens\": %s, ", opens ? "true" : "false");
	write_number(b, "planted", t->planted, ", ");
	write_number(b, "opened", t->opened, ",\n     ");
	write_number(b, "mails", t->mails, ", ");
	write_number(b, "hosts", t->hosts, ", ");
	write_time(b, "first", t->first, any);
	write_time(b, "last", t->last, any);
	write_number(b, "first_hosts", t->first_hosts, "}");
}

static void write_families(const struct world *w, const struct world_truth *t,
			   struct buf *b)
{
	bool causal = w->params.world == WORLD_CAUSAL;
	size_t n = w->params.n_families;

	buf_add_text(b, "  \"families\": [\n");
	for (size_t i = 0; i < n; i++) {
		write_family(&w->families[i], &t->families[i],
			     causal && w->families[i].opens != KIND_CLEAN, b);
		buf_add_text(b, i + 1 < n ? ",\n" : "\n");
	}
	buf_add_text(b, "  ]\n");
}

void world_truth_write(const struct world *w, const struct world_truth *t,
		       struct buf *out)
{
	buf_add_text(out, "{\n  \"schema\": \"rapsheet/truth/1\",\n");
	write_params(&w->params, out);
	write_planted(&w->params, t, out);
	write_effects(&w->params, out);
	write_events(t, out);
	write_hosts(t, out);
	write_relations(t, out);
	write_families(w, t, out);
	buf_add_text(out, "}\n");
}
