/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backtest.c - [13] every block rule, as text and JSON, and which of them to
 * look at first
 */
#include "report/report.h"

#include <stdlib.h>

#include "report/sections.h"

static size_t n_unbeaten(const struct judgement *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->n_backtest; i++)
		n += judge_rule_is_unbeaten(j, &j->backtest[i]);
	return n;
}

/* --------------------------------------------------------------- selection */

struct picked {
	const struct judge_rule **rules;
	size_t n;
};

static bool is_picked(const struct report_rules *p, const struct judge_rule *r)
{
	return (p->trigger == NULL || !strcmp(p->trigger, r->trigger)) &&
	       (p->scope == NULL || !strcmp(p->scope, r->scope)) &&
	       (!p->has_days || p->days == r->days);
}

static int compare_counts(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* Rows lie in an array: where all is equal, the address keeps their order. */
static int by_clean(const void *x, const void *y)
{
	const struct judge_rule *a = *(const struct judge_rule *const *)x;
	const struct judge_rule *b = *(const struct judge_rule *const *)y;
	int order =
		compare_counts(a->blocked[KIND_CLEAN], b->blocked[KIND_CLEAN]);

	if (order == 0)
		order = compare_counts(b->blocked[KIND_SPAM],
				       a->blocked[KIND_SPAM]);
	return order ? order : (a > b) - (a < b);
}

static int by_spam(const void *x, const void *y)
{
	const struct judge_rule *a = *(const struct judge_rule *const *)x;
	const struct judge_rule *b = *(const struct judge_rule *const *)y;
	int order =
		compare_counts(b->blocked[KIND_SPAM], a->blocked[KIND_SPAM]);

	if (order == 0)
		order = compare_counts(a->blocked[KIND_CLEAN],
				       b->blocked[KIND_CLEAN]);
	return order ? order : (a > b) - (a < b);
}

static struct picked pick_rules(const struct judgement *j,
				const struct report_rules *pick)
{
	struct picked p = { mem_alloc(j->n_backtest + 1, sizeof(*p.rules)), 0 };

	for (size_t i = 0; i < j->n_backtest; i++)
		if (is_picked(pick, &j->backtest[i]))
			p.rules[p.n++] = &j->backtest[i];
	if (pick->sort != SORT_NONE && p.n > 1)
		qsort(p.rules, p.n, sizeof(*p.rules),
		      pick->sort == SORT_CLEAN ? by_clean : by_spam);
	return p;
}

/* -------------------------------------------------------------------- text */

/* "3.2", clean mails lost being the unit; nothing lost has no ratio */
static struct text trade_of(const struct judge_rule *r)
{
	uint64_t clean = r->blocked[KIND_CLEAN];

	return text_ratio(clean ? (double)r->blocked[KIND_SPAM] / (double)clean
				: NAN);
}

/* "21 days"; 0 is ever */
static struct text span_of(const struct judge_rule *r)
{
	return r->days > 0 ? text_of(r->days, "day") : (struct text){ "ever" };
}

/* Nine columns at most: exact to ten millions */
static struct text count_of(uint64_t n)
{
	return n < 10000000 ? text_count(n) : text_brief(n);
}

static void add_rule(struct text_table *t, const struct judge_rule *r,
		     bool with_viruses)
{
	text_cell(t, "%s", text_trigger(r->trigger).s);
	text_cell(t, "%s", r->scope);
	if (r->days > 0)
		text_cell(t, "%u", r->days);
	else
		text_cell(t, "ever");
	text_cell(t, "%s", count_of(r->blocked[KIND_SPAM]).s);
	text_cell(t, "%s", text_share(r->share[KIND_SPAM]).s);
	if (with_viruses)
		text_cell(t, "%s", text_share(r->share[KIND_VIRUS]).s);
	text_cell(t, "%s", count_of(r->blocked[KIND_CLEAN]).s);
	text_cell(t, "%s", text_share(r->share[KIND_CLEAN]).s);
	text_cell(t, "%s", trade_of(r).s);
}

static void table_of_rules(const struct judgement *j, const struct picked *p,
			   struct buf *out)
{
	struct text_table t = text_table_of("lllrrrrrrr");

	text_title(out, "The rules");
	text_head(&t, "|seen with|refuse|days|spam|stopped|viruses|clean mail|"
		      "lost|per lost");
	for (size_t i = 0; i < p->n; i++) {
		text_cell(&t, "%s",
			  judge_rule_is_unbeaten(j, p->rules[i]) ? "★" : "");
		add_rule(&t, p->rules[i], true);
	}
	text_table_print(&t, out);
	text_paragraph(out, 2,
		       "★ Unbeaten, as %s of all %s rules: every other one "
		       "stops less spam, or loses more clean mail, or does the "
		       "same. Days: for how long after it was seen. Network: "
		       "IPv4 /24, IPv6 /48. Per lost: spam stopped for each "
		       "clean mail lost.",
		       text_count(n_unbeaten(j)).s,
		       text_count(j->n_backtest).s);
}

/* What a rule does, for one who has to approve of it */
static void word_rule(const struct judge_rule *r, struct buf *out)
{
	static const struct {
		const char *trigger, *words;
	} words[] = {
		{ "virus", "sent a virus" },
		{ "open", "was found open (proxy, relay or backdoor)" },
		{ "virus+open", "sent a virus and was found open (proxy, relay "
				"or backdoor)" },
		{ "spam>=1", "sent spam" },
		{ "spam>=3", "sent three spams within a week" },
		{ "spam>=10", "sent ten spams within a week" },
	};
	bool is_host = !strcmp(r->scope, "host");

	buf_printf(out, "Refuse %s, ",
		   is_host ? "a host"
			   : "all of a network (IPv4 /24, IPv6 /48)");
	buf_printf(out, r->days > 0 ? "for %s after %s " : "for %s once %s ",
		   span_of(r).s, is_host ? "it" : "a host of it");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i].trigger, r->trigger))
			buf_add_text(out, words[i].words);
}

static void say_trade(const struct judge_rule *r, struct buf *out)
{
	struct buf rule = { 0 };
	uint64_t clean = r->blocked[KIND_CLEAN];

	word_rule(r, &rule);
	text_paragraph(out, 2, "%.*s.", BYTES_ARG(buf_bytes(&rule)));
	buf_deinit(&rule);
	text_paragraph(out, 2,
		       "It would have stopped %s (%s of all) and %s (%s), and "
		       "lost %s (%s)%s%s%s.",
		       text_of(r->blocked[KIND_SPAM], "spam mail").s,
		       text_share(r->share[KIND_SPAM]).s,
		       text_of(r->blocked[KIND_VIRUS], "virus mail").s,
		       text_share(r->share[KIND_VIRUS]).s,
		       text_of(clean, "clean mail").s,
		       text_share(r->share[KIND_CLEAN]).s, clean ? ": " : "",
		       clean ? trade_of(r).s : "",
		       clean ? " spam mails stopped for each clean one lost"
			     : "");
}

/* Of those that beat it, the one that stops the most spam */
static void say_better(const struct judgement *j, const struct judge_rule *r,
		       struct buf *out)
{
	const struct judge_rule *best = NULL;

	for (size_t i = 0; i < j->n_backtest; i++) {
		const struct judge_rule *x = &j->backtest[i];

		if (judge_rule_beats(x, r) &&
		    (best == NULL || by_spam(&x, &best) < 0))
			best = x;
	}
	if (best == NULL)
		return;
	buf_add_char(out, '\n');
	text_paragraph(out, 2,
		       "There is a better one for spam and clean mail%s:",
		       best->blocked[KIND_VIRUS] < r->blocked[KIND_VIRUS]
			       ? ", though it stops fewer viruses"
			       : "");
	say_trade(best, out);
}

/* The most spam stopped for at most this share of clean mail; NULL: none */
static const struct judge_rule *best_within(const struct picked *p,
					    double share)
{
	const struct judge_rule *best = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct judge_rule *r = p->rules[i];

		if (r->blocked[KIND_SPAM] == 0 ||
		    (r->blocked[KIND_CLEAN] > 0 &&
		     r->share[KIND_CLEAN] > share))
			continue;
		if (best == NULL || by_spam(&r, &best) < 0)
			best = r;
	}
	return best;
}

static void table_of_budgets(const struct picked *p, struct buf *out)
{
	static const double budgets[] = { 0, 0.0001, 0.001, 0.01, 0.05 };
	struct text_table t = text_table_of("rllrrrrrr");

	text_head(&t, "lose at most|seen with|refuse|days|spam|stopped|"
		      "clean mail|lost|per lost");
	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++) {
		const struct judge_rule *best = best_within(p, budgets[i]);

		if (i > 0)
			text_cell(&t, "%s", text_share(budgets[i]).s);
		else
			text_cell(&t, "nothing");
		if (best != NULL) {
			add_rule(&t, best, false);
			continue;
		}
		text_cell(&t, "no rule");
		for (size_t k = 2; k < t.n_columns; k++)
			text_cell(&t, "%s", "");
	}
	text_table_print(&t, out);
}

static void say_budgets(const struct picked *p, struct buf *out)
{
	text_title(out, "How much clean mail may it cost?");
	text_paragraph(out, 2,
		       "The rule that stops the most spam, where of the clean "
		       "mail no more than this may be lost:");
	table_of_budgets(p, out);
	text_paragraph(out, 2,
		       "This is the log as it happened: who is refused may "
		       "come back from elsewhere, and a clean mail lost is one "
		       "whose sender is told so at once.");
}

static void leave_out_idle(const struct judgement *j, struct picked *p,
			   struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		if (text_rule_can_fire(j, p->rules[i]))
			p->rules[n++] = p->rules[i];
	if (n < p->n)
		text_paragraph(out, 0,
			       "Left out are %s on what was never seen here "
			       "(%s%s%s).",
			       text_of(p->n - n, "rule").s,
			       j->hosts.virus == 0 ? "no virus" : "",
			       j->hosts.open > 0    ? ""
			       : j->hosts.virus > 0 ? "no open host"
						    : ", no open host",
			       j->hosts.spam > 0 ? ""
			       : j->hosts.virus > 0 && j->hosts.open > 0
				       ? "no spam"
				       : ", no spam");
	p->n = n;
}

void report_backtest_text(const struct judgement *j,
			  const struct report_rules *pick, struct buf *out)
{
	struct picked p = pick_rules(j, pick);

	text_paragraph(out, 0, "Block rules on this log, %s: %s, %s, %s.",
		       text_window(j).s,
		       text_of(j->events[KIND_CLEAN], "clean mail").s,
		       text_of(j->events[KIND_SPAM], "spam mail").s,
		       text_of(j->events[KIND_VIRUS], "virus mail").s);
	if (j->hosts.all == 0) {
		text_paragraph(out, 0, "There is no mail to try a rule on.");
	} else if (p.n == 1) {
		buf_add_char(out, '\n');
		say_trade(p.rules[0], out);
		if (judge_rule_is_unbeaten(j, p.rules[0]))
			text_paragraph(out, 2,
				       "No other rule stops as much spam for "
				       "less clean mail.");
		say_better(j, p.rules[0], out);
	} else {
		leave_out_idle(j, &p, out);
		if (p.n == 0)
			goto done;
		say_budgets(&p, out);
		table_of_rules(j, &p, out);
	}
done:
	free(p.rules);
}

/* -------------------------------------------------------------------- JSON */

static void put_rule(struct json *w, const struct judgement *j,
		     const struct judge_rule *r)
{
	json_begin_object(w, NULL);
	json_put_text(w, "trigger", bytes_of_text(r->trigger));
	json_put_text(w, "scope", bytes_of_text(r->scope));
	if (r->days > 0)
		json_put_count(w, "days", r->days);
	else
		json_put_null(w, "days");
	for (int k = 0; k < N_MAIL_KINDS; k++)
		json_put_count(w, kind_name((enum kind)k), r->blocked[k]);
	json_begin_object(w, "shares");
	for (int k = 0; k < N_MAIL_KINDS; k++)
		json_put_number(w, kind_name((enum kind)k), r->share[k]);
	json_end_object(w);
	json_put_bool(w, "unbeaten", judge_rule_is_unbeaten(j, r));
	json_end_object(w);
}

void report_backtest_json(const struct judgement *j,
			  const struct report_rules *pick, struct buf *out)
{
	struct picked p = pick_rules(j, pick);
	struct json w = json_to(out);

	json_begin_object(&w, NULL);
	json_put_text(&w, "schema", bytes_of_text("rapsheet/backtest/1"));
	json_begin_object(&w, "window");
	json_put_time(&w, "from", j->window.from);
	json_put_time(&w, "to", j->window.to);
	json_put_count(&w, "days", j->window.days);
	json_end_object(&w);
	json_begin_object(&w, "mail");
	for (int k = 0; k < N_MAIL_KINDS; k++)
		json_put_count(&w, kind_name((enum kind)k), j->events[k]);
	json_end_object(&w);
	json_begin_array(&w, "backtest");
	for (size_t i = 0; i < p.n; i++)
		put_rule(&w, j, p.rules[i]);
	json_end_array(&w);
	json_end_object(&w);
	json_finish(&w);
	free(p.rules);
}
