/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reputation.h - which symbols of a spam filter rest on the address (private)
 *
 * MEASURES 1, "No verdict by address": where a filter prints its score symbol
 * by symbol, these are subtracted before the score is asked what it means.
 */
#pragma once

#include "base/base.h"

/* "RCVD_IN_XBL", "RBL_SENDERSCORE": the host's, not the content's */
bool reputation_is_symbol(struct bytes symbol);

/*
 * A score as filters print it, in thousandths: "-2.60", "15", "+0.001". The
 * whole text. E_SYNTAX, E_RANGE.
 */
int reputation_parse_score(struct bytes text, int64_t *thousandths);

/*
 * What address symbols add to a score, in thousandths, out of a list as
 *	X-Spamd-Result: default: True [15.20 / 15.00]; SYMBOL(1.00)[options]; …
 * (the list from the first symbol on), or as
 *	X-Spam-Status: Yes, score=… tests=[SYMBOL=1.2, …]
 * (the inside of the brackets), or as
 *	X-Spam-Report: * 1.2 SYMBOL what it means
 *		*      more of that
 *		* 7.9 SYMBOL …
 * has_scores false: symbols only, 0.
 */
int64_t reputation_of_rspamd(struct bytes list);
int64_t reputation_of_tests(struct bytes list, bool *has_scores);
int64_t reputation_of_report(struct bytes report, bool *has_scores);
