/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h - a measured family beside what is publicly known of it
 *
 * The figures here compare; they are no part of MEASURES, and nothing else
 * of a report depends on them.
 */
#pragma once

#include "indicator/indicator.h"
#include "judge/judge.h"

struct known {
	const struct indicator *facts; /* NULL: nothing is known */
	int64_t found; /* midnight of the first silent day found, or -1 */
	bool has_error;
	int64_t error; /* found - known, in days, where has_error */
	struct indicator_leak leak;
};

/* set may be NULL */
struct known known_of(const struct indicators *set, const struct judgement *j,
		      const struct judge_family *f);

/* families[].known */
void json_known(struct json *w, const struct indicators *set,
		const struct judgement *j, const struct judge_family *f);

/* The text's part, behind the families */
void text_known(const struct judgement *j, const struct indicators *set,
		struct buf *out);

/* "ports", only where set is given; and their part of the text */
void json_known_ports(struct json *w, const struct indicators *set,
		      const struct judgement *j);
void text_known_ports(const struct judgement *j, const struct indicators *set,
		      struct buf *out);
