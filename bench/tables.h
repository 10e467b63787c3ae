/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h - what the outcomes of all seeds of an experiment print */
#pragma once

#include "outcome.h"

void print_experiment(const struct experiment *x, const struct outcome *o,
		      size_t n, double seconds);

/* One line: the world, the seed, the verdict and a letter for each call */
void print_brief(const struct experiment *x, const struct outcome *o);
