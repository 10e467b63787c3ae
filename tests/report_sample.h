/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report_sample.h - a judgement made by hand, and files to hold pages against
 *
 * Its figures are made up and need not agree with one another: what is tested
 * is how they are printed. Ten days, three families (one stops at a cliff, one
 * has a name in wide characters), two clients.
 */
#pragma once

#include "report/report.h"
#include "sys/sys.h"
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#define SAMPLE_DAYS 10

struct sample {
	struct judgement j;
	struct judge_client clients[2];
	struct judge_traffic by_day[SAMPLE_DAYS];
	struct judge_lag lags[4];
	struct judge_family families[3];
	struct tally_family_day days[3][SAMPLE_DAYS];
	double curve[3][SAMPLE_DAYS];
	struct judge_rule rules[4];
};

static inline struct figure sample_figure(double value, double low, double high)
{
	return (struct figure){ value, low, high, 40 };
}

/* A value, and too few networks for an interval */
static inline struct figure sample_lonely(double value)
{
	return (struct figure){ value, NAN, NAN, 4 };
}

static inline struct figure sample_none(void)
{
	return (struct figure){ NAN, NAN, NAN, 0 };
}

static inline struct judge_traffic sample_traffic(uint64_t n)
{
	return (struct judge_traffic){
		.mail = { [KIND_CLEAN] = 70 * n,
			  [KIND_SPAM] = 20 * n,
			  [KIND_VIRUS] = 5 * n,
			  [KIND_POLICY] = 4 * n,
			  [KIND_UNSCANNED] = n },
		.n_mail = 100 * n,
		.spam_of_mail = 0.2,
		.virus_of_mail = 0.05,
		.spam_from_open = 0.3333333333333333,
		.spam_from_virus = 0.64,
		.spam_after_virus = 0.5125,
	};
}

static inline void sample_fill_shares(struct sample *s)
{
	struct judge_shares *sh = &s->j.shares;

	sh->total = sample_traffic(12345);
	s->clients[0] = (struct judge_client){ bytes_of_text("B\xc3\xbc"
							     "cher \"GmbH\""),
					       sample_traffic(10000) };
	s->clients[1] = (struct judge_client){ bytes_of_text(""),
					       sample_traffic(2345) };
	sh->by_client = s->clients;
	sh->n_clients = 2;
	for (uint64_t d = 0; d < SAMPLE_DAYS; d++)
		s->by_day[d] = sample_traffic(d == 3 ? 0 : 100 + 17 * d);
	sh->by_day = s->by_day;
}

static inline void sample_fill_hosts(struct sample *s)
{
	struct judge_overlap o = { .a = 1200,
				   .b = 3100,
				   .both = 800,
				   .share_a = 2.0 / 3,
				   .share_b = 0.25806451612903225,
				   .expected = 301.3,
				   .lift = 2.655160969133754,
				   .odds = 6.5,
				   .phi = 0.31,
				   .chi2 = 1044.75,
				   .p = 1e-228,
				   .fisher_p = NAN };

	s->j.hosts = (struct judge_hosts){ 12345, 1200, 3100, 9000, 150, 7 };
	s->j.overlap = (struct judge_overlaps){ o, o, o, { .expected = NAN } };
	s->j.overlap.virus_openspam.share_a = NAN;
	s->j.overlap.virus_openspam.share_b = NAN;
	s->j.overlap.virus_openspam.lift = NAN;
	s->j.overlap.virus_openspam.odds = NAN;
	s->j.overlap.virus_openspam.phi = NAN;
	s->j.overlap.virus_openspam.chi2 = NAN;
	s->j.overlap.virus_openspam.p = NAN;
	s->j.overlap.virus_openspam.fisher_p = NAN;
	s->j.overlap.virus_open.fisher_p = 0.0123;
	s->j.adjusted.virus_spam =
		(struct judge_adjust){ sample_figure(4.25, 3.5, 5.125), 310.5,
				       1.7e-69, 420 };
	s->j.adjusted.virus_open =
		(struct judge_adjust){ sample_lonely(12.5), 3.84, 0.05, 3 };
	s->j.population = (struct judge_population){ 1200, 1834.5 };
}

static inline void sample_fill_order(struct sample *s)
{
	struct judge_order *o = &s->j.order.virus_spam;

	s->lags[0] = (struct judge_lag){ -9, 12 };
	s->lags[1] = (struct judge_lag){ 0, 80 };
	s->lags[2] = (struct judge_lag){ 2, 500 };
	s->lags[3] = (struct judge_lag){ 9, 208 };
	*o = (struct judge_order){ .first = 700,
				   .second = 90,
				   .tie = 10,
				   .share = sample_figure(0.8860759493670886,
							  0.85, 0.92),
				   .p = 1.5e-110,
				   .lag_days = s->lags,
				   .n_lags = 4 };
	s->j.order.virus_open =
		(struct judge_order){ .share = sample_none(), .p = NAN };
	s->j.hazard.virus_to_spam =
		(struct judge_hazard){ sample_figure(3.5, 2.75, 4.5), 88.7,
				       2908, 102, 267 };
	s->j.hazard.spam_to_virus =
		(struct judge_hazard){ sample_figure(1.1, 0.8, 1.5), 0.5, 6648,
				       78, 198 };
	s->j.hazard.arrow = sample_figure(3.1818181818181817, 2.1, 4.8);
}

static inline void sample_fill_self(struct sample *s)
{
	struct judge_self *c = &s->j.self_control;

	c->spam = (struct judge_rate){ sample_figure(9.75, 7, 13.5),
				       { 8, 10.5, 9, 4.25 },
				       { 64, 73, 242, 268, 378 } };
	c->clean = (struct judge_rate){ sample_figure(0.9, 0.8, 1.01),
					{ 0.9, 0.95, 0.85, 0 },
					{ 1122, 87, 285, 322, 0 } };
	c->has_control = true;
	c->relative = sample_figure(10.833333333333334, 7.5, 15.6);
	c->apart = sample_figure(8.5, 6, 12);
	c->mirror = sample_lonely(1.25);
	c->arrow = sample_lonely(6.8);
	s->j.dose = (struct judge_dose){ { 9000, 600, 300, 200, 0 },
					 { 1800, 300, 180, 150, 0 },
					 31.25,
					 2.2e-214 };
}

static inline void sample_fill_families(struct sample *s)
{
	static const uint16_t hosts[3][SAMPLE_DAYS] = {
		{ 2, 9, 40, 160, 300, 310, 290, 280, 3, 0 },
		{ 30, 31, 29, 33, 30, 28, 35, 30, 31, 30 },
		{ 0, 0, 0, 0, 1, 0, 0, 0, 0, 0 },
	};
	static const struct judge_family rows[3] = {
		{ .hosts = 1100,
		  .mails = 54321,
		  .first_hosts = 1000,
		  .start = 2,
		  .peak = 5,
		  .end = 7,
		  .duration = 6,
		  .doubling = 0.9,
		  .cliff = 8,
		  .ratio = { 14.5, 9.5, 22, 40 },
		  .p = 1e-30,
		  .q = 2e-30,
		  .order = { 600, 50, 5 } },
		{ .hosts = 120,
		  .mails = 900,
		  .first_hosts = 110,
		  .start = 0,
		  .peak = 6,
		  .end = 9,
		  .duration = 10,
		  .doubling = 40.25,
		  .cliff = -1,
		  .ratio = { 1.1, 0.75, 1.6, 30 },
		  .p = 0.6,
		  .q = 0.6,
		  .order = { 20, 18, 0 } },
		{ .hosts = 1,
		  .mails = 1,
		  .first_hosts = 1,
		  .start = 4,
		  .peak = 4,
		  .end = 4,
		  .duration = 1,
		  .doubling = NAN,
		  .cliff = -1,
		  .ratio = { NAN, NAN, NAN, 0 },
		  .p = NAN,
		  .q = NAN },
	};

	for (size_t f = 0; f < 3; f++) {
		s->families[f] = rows[f];
		s->families[f].days = s->days[f];
		for (size_t d = 0; d < SAMPLE_DAYS; d++)
			s->days[f][d] = (struct tally_family_day){
				hosts[f][d] * 7u, hosts[f][d], hosts[f][d] / 2u
			};
	}
	s->families[0].name = bytes_of_text("Sobig.F");
	s->families[1].name = bytes_of_text("Klez.H");
	s->families[2].name =
		bytes_of_text("\xe7\x97\x85\xe6\xaf\x92\xe7\x97\x85\xe6\xaf\x92"
			      "\xe7\x97\x85\xe6\xaf\x92\xe7\x97\x85\xe6\xaf\x92"
			      "\xe7\x97\x85\xe6\xaf\x92.A");
	s->j.families = s->families;
	s->j.n_families = 3;
	s->j.families_differ = (struct judge_differ){ 17.5, 1, 2.9e-5 };
}

static inline void sample_fill_practice(struct sample *s)
{
	struct judge_neighbourhood *n = &s->j.neighbourhood;

	for (size_t i = 0; i < SAMPLE_DAYS; i++) {
		s->curve[0][i] = 0.05 * (double)(i + 1);
		s->curve[1][i] = 0.01 * (double)(i + 1);
		s->curve[2][i] = i > 0 ? 5 : NAN;
	}
	s->j.lookback = (struct judge_lookback){
		.spammers = 2000,
		.controls = 8000,
		.share_spammers = s->curve[0],
		.share_controls = s->curve[1],
		.lift = s->curve[2],
		.enough_days = 3,
		.too_short = true,
		.history = 3,
		.excess = 0.12,
	};
	for (unsigned i = 0; i < TALLY_LEVELS; i++) {
		n->v4[i] = (struct judge_blocks){ 32 - 4 * i, 1200 - 200 * i,
						  1200.5 - 100 * i };
		n->v6[i] = (struct judge_blocks){ 64 - 8 * i, 0, 0 };
	}
	for (unsigned i = 0; i < JUDGE_PREDICTIONS; i++)
		n->prediction[i] = (struct judge_prediction){
			i < TALLY_LEVELS ? 4 : 6,
			i < TALLY_LEVELS ? 32 - 4 * i : 64 - 8 * (i - 5),
			500,
			600,
			700,
			0.125,
			0.0625,
			sample_lonely(2)
		};
	for (unsigned i = 0; i < 4; i++)
		s->rules[i] =
			(struct judge_rule){ i < 3 ? "virus" : "spam>=10",
					     i < 2 ? "host" : "network",
					     i == 1 ? 0 : 21,
					     { 5000, 123456, 40000, 300, 12 },
					     { 0.00578, 0.5, 0.648, 0.00607,
					       0.000972 } };
	s->j.backtest = s->rules;
	s->j.n_backtest = 4;
}

static inline void sample_fill_verdict(struct sample *s)
{
	static const char *const names[N_CRITERIA] = {
		"strength",    "order",	      "self-control", "dose",
		"specificity", "consistency", "look-back",
	};
	struct judge_verdict *v = &s->j.verdict;

	for (size_t i = 0; i < N_CRITERIA; i++)
		v->criteria[i] = (struct judge_criterion){
			names[i], "", CALL_SUPPORTS, false,
			sample_figure(0.75, NAN, NAN)
		};
	v->criteria[0].figure = s->j.adjusted.virus_spam.odds;
	v->criteria[1].figure = s->j.hazard.virus_to_spam.ratio;
	v->criteria[2].figure = s->j.self_control.relative;
	v->criteria[3].figure.value = 31.25;
	v->criteria[4].figure.value = 2.9e-5;
	v->criteria[6].call = CALL_INCONCLUSIVE;
	v->criteria[6].figure.value = 0.12;
	v->result = RESULT_SMOKING_GUN;
}

/* All of MEASURES measured */
static inline void sample_init(struct sample *s)
{
	*s = (struct sample){ 0 };
	s->j.window = (struct judge_window){ 1061164800,
					     1061164800 + SAMPLE_DAYS * 86400,
					     SAMPLE_DAYS };
	for (uint64_t k = 0; k < N_KINDS; k++)
		s->j.events[k] = k < N_MAIL_KINDS
					 ? sample_traffic(12345).mail[k]
					 : 1000 + k;
	s->j.n_moved = 4321;
	s->j.measured = 0x7ffc;
	sample_fill_shares(s);
	sample_fill_hosts(s);
	sample_fill_order(s);
	sample_fill_self(s);
	sample_fill_families(s);
	sample_fill_practice(s);
	sample_fill_verdict(s);
}

/* Sections 4, 6, 7, 8 and 10 to 13 not computed; nothing settled */
static inline void sample_init_partly(struct sample *s)
{
	struct judge_verdict *v;

	sample_init(s);
	v = &s->j.verdict;
	s->j.measured = 1u << 2 | 1u << 3 | 1u << 5 | 1u << 9 | 1u << 14;
	for (size_t i = 0; i < N_CRITERIA; i++)
		if (i != CRITERION_SPECIFICITY) {
			v->criteria[i].call = CALL_NOT_MEASURED;
			v->criteria[i].figure = sample_none();
		}
	v->criteria[CRITERION_SPECIFICITY].call = CALL_INCONCLUSIVE;
	v->criteria[CRITERION_SPECIFICITY].unseen = true;
	v->result = RESULT_NOT_SETTLED;
	v->missing[0] = "days";
	v->missing[1] = "measures";
	v->n_missing = 2;
}

/* ------------------------------------------------------------------ golden */

/*
 * tests/golden/NAME, found beside this file: from the build folder, where
 * meson runs tests, or from the root of the tree.
 */
static inline void golden_path(struct buf *path, const char *name)
{
	struct bytes file = bytes_of_text(__FILE__);
	const char *slash = strrchr(__FILE__, '/');

	file.len = slash ? (size_t)(slash - __FILE__) + 1 : 0;
	if (access(__FILE__, R_OK) < 0)
		bytes_skip(&file, "../");
	buf_add_bytes(path, file);
	buf_printf(path, "golden/%s", name);
	buf_add_char(path, '\0');
}

static inline struct bytes line_at(struct bytes text, size_t offset)
{
	size_t begin = offset;

	while (begin > 0 && text.ptr[begin - 1] != '\n')
		begin--;
	text = bytes_from(text, begin);
	return bytes_of(text.ptr, bytes_find_char(text, '\n'));
}

static inline void assert_same_page(struct bytes got, struct bytes want)
{
	size_t i = 0;

	if (bytes_equal(got, want))
		return;
	while (i < got.len && i < want.len && got.ptr[i] == want.ptr[i])
		i++;
	print_message("# want: %.*s\n# got:  %.*s\n",
		      BYTES_ARG(line_at(want, i)), BYTES_ARG(line_at(got, i)));
	fail_msg("the page differs from byte %zu on", i);
}

/*
 * The page must be the file's bytes. With GOLDEN_WRITE in the environment the
 * file is written instead, for a person to read before it is committed.
 */
static inline void assert_golden(const struct buf *page, const char *name)
{
	struct buf path = { 0 }, want = { 0 };

	golden_path(&path, name);
	if (getenv("GOLDEN_WRITE")) {
		assert_int_equal(sys_write_file(path.ptr, buf_bytes(page)), 0);
	} else {
		assert_int_equal(sys_read_file(path.ptr, 1 << 20, &want), 0);
		assert_same_page(buf_bytes(page), buf_bytes(&want));
	}
	buf_deinit(&want);
	buf_deinit(&path);
}
