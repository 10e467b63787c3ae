/* SPDX-License-Identifier: Apache-2.0 */
/* backtest.c - [13] mail that a rule would have blocked, span by span */
#include "judge/jackknife.h"
#include "judge/parts.h"

static const char *const trigger_texts[TALLY_TRIGGERS] = {
	[TRIGGER_VIRUS] = "virus",	     [TRIGGER_OPEN] = "open",
	[TRIGGER_VIRUS_OPEN] = "virus+open", [TRIGGER_SPAM_1] = "spam>=1",
	[TRIGGER_SPAM_3] = "spam>=3",	     [TRIGGER_SPAM_10] = "spam>=10",
};

static const char *const scope_texts[TALLY_SCOPES] = { "host", "network" };

/* A longer span blocks what the shorter ones do, and more. */
static void find_spans(struct judge_rule *rows, const struct tally *t,
		       unsigned trigger, unsigned scope)
{
	uint64_t sum[N_MAIL_KINDS] = { 0 };

	for (unsigned i = 0; i < TALLY_SPANS; i++) {
		struct judge_rule *r = &rows[i];

		*r = (struct judge_rule){ trigger_texts[trigger],
					  scope_texts[scope],
					  tally_span_days[i],
					  { 0 },
					  { 0 } };
		for (unsigned k = 0; k < N_MAIL_KINDS; k++) {
			sum[k] += t->backtest.blocked[trigger][scope][i][k];
			r->blocked[k] = sum[k];
			r->share[k] = ratio_of((double)sum[k],
					       (double)t->shares.events[k]);
		}
	}
}

void judge_find_backtest(struct judgement *j, const struct tally *t)
{
	j->backtest = mem_alloc(JUDGE_RULES, sizeof(*j->backtest));
	j->n_backtest = JUDGE_RULES;
	for (unsigned i = 0; i < TALLY_TRIGGERS; i++)
		for (unsigned s = 0; s < TALLY_SCOPES; s++)
			find_spans(j->backtest +
					   (i * TALLY_SCOPES + s) * TALLY_SPANS,
				   t, i, s);
}

bool judge_rule_beats(const struct judge_rule *x, const struct judge_rule *y)
{
	uint64_t x_spam = x->blocked[KIND_SPAM];
	uint64_t y_spam = y->blocked[KIND_SPAM];
	uint64_t x_clean = x->blocked[KIND_CLEAN];
	uint64_t y_clean = y->blocked[KIND_CLEAN];

	return x_spam >= y_spam && x_clean <= y_clean &&
	       (x_spam > y_spam || x_clean < y_clean);
}

bool judge_rule_is_unbeaten(const struct judgement *j,
			    const struct judge_rule *r)
{
	if (r->blocked[KIND_SPAM] == 0)
		return false;
	for (size_t i = 0; i < j->n_backtest; i++)
		if (judge_rule_beats(&j->backtest[i], r))
			return false;
	return true;
}
