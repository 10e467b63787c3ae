/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - [9] found stop and leak of a family, and all of it as JSON */
#include "report/known.h"

#include <stdlib.h>

#include "report/sections.h"

/* The cliff, or else the day after the end, unless the log ended first. */
static int64_t found_silent(const struct judgement *j,
			    const struct judge_family *f)
{
	if (f->cliff >= 0)
		return day_of(j, (uint32_t)f->cliff);
	if (f->end >= 0 && (uint32_t)f->end + 1 < j->window.days)
		return day_of(j, (uint32_t)f->end + 1);
	return -1;
}

static struct indicator_leak leak_of(const struct indicator *facts,
				     const struct judgement *j,
				     const struct judge_family *f)
{
	uint64_t *mails = mem_alloc(j->window.days + 1, sizeof(*mails));
	struct indicator_leak leak;

	for (uint32_t d = 0; d < j->window.days; d++)
		mails[d] = f->days[d].mails;
	leak = indicator_leak(facts, day_of(j, 0), mails, j->window.days);
	free(mails);
	return leak;
}

struct known known_of(const struct indicators *set, const struct judgement *j,
		      const struct judge_family *f)
{
	struct known k = { .facts = indicators_find(set, f->name) };

	if (k.facts == NULL)
		return k;
	k.found = found_silent(j, f);
	k.has_error = indicator_stop_error(k.facts, k.found, &k.error);
	k.leak = leak_of(k.facts, j, f);
	return k;
}

/* -------------------------------------------------------------------- JSON */

static void put_date(struct json *w, const char *key, int64_t t)
{
	char date[TIME_TEXT_MAX];

	if (t < 0) {
		json_put_null(w, key);
		return;
	}
	date_format(t, date);
	json_put_text(w, key, bytes_of_text(date));
}

static void put_word(struct json *w, const char *key, bool is, const char *word)
{
	if (is)
		json_put_text(w, key, bytes_of_text(word));
	else
		json_put_null(w, key);
}

static void put_texts(struct json *w, const char *key,
		      const struct indicator_texts *t)
{
	json_begin_array(w, key);
	for (size_t i = 0; i < t->n; i++)
		json_put_text(w, NULL, bytes_of_text(t->items[i]));
	json_end_array(w);
}

static void put_ports(struct json *w, const struct indicator *i)
{
	json_begin_array(w, "ports");
	for (size_t k = 0; k < i->n_ports; k++) {
		const struct indicator_port *p = &i->ports[k];

		json_begin_object(w, NULL);
		json_put_text(w, "series", bytes_of_text(p->series));
		json_put_text(w, "direction",
			      bytes_of_text(p->listens ? "in" : "out"));
		json_put_text(w, "meaning", bytes_of_text(p->meaning));
		json_put_bool(w, "one_of", p->one_of);
		json_put_bool(w, "ambiguous", p->ambiguous);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_leak(struct json *w, const struct indicator_leak *l)
{
	json_begin_object(w, "leak");
	json_put_count(w, "before", l->before);
	json_put_count(w, "after", l->after);
	json_put_number(w, "share", l->share);
	json_put_number(w, "days_1_7", l->delay[0]);
	json_put_number(w, "days_8_30", l->delay[1]);
	json_put_number(w, "days_31", l->delay[2]);
	json_end_object(w);
}

static void put_stop(struct json *w, const struct known *k)
{
	const struct indicator *i = k->facts;
	bool is = i->stop_date >= 0;

	put_date(w, "stop", i->stop_date);
	put_word(w, "stop_meaning", is,
		 i->stop_is_last_day ? "last spreading day"
				     : "first silent day");
	put_word(w, "stop_scope", is, indicator_scope_name(i->stop_scope));
	put_date(w, "found_stop", k->found);
	if (k->has_error)
		json_put_integer(w, "found_stop_minus_known_stop", k->error);
	else
		json_put_null(w, "found_stop_minus_known_stop");
	if (indicator_silent_from(i) >= 0)
		put_leak(w, &k->leak);
	else
		json_put_null(w, "leak");
}

void json_known(struct json *w, const struct indicators *set,
		const struct judgement *j, const struct judge_family *f)
{
	struct known k = known_of(set, j, f);

	if (k.facts == NULL) {
		json_put_null(w, "known");
		return;
	}
	json_begin_object(w, "known");
	json_put_text(w, "name", bytes_of_text(k.facts->name));
	put_texts(w, "aliases", &k.facts->aliases);
	put_date(w, "first_seen", k.facts->first_seen);
	put_stop(w, &k);
	put_ports(w, k.facts);
	put_texts(w, "constants", &k.facts->constants);
	put_texts(w, "volume", &k.facts->volume);
	json_put_text(w, "confidence", bytes_of_text(k.facts->confidence));
	put_texts(w, "sources", &k.facts->sources);
	put_texts(w, "conflicts", &k.facts->conflicts);
	json_end_object(w);
}
