/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8.h - how many columns of a terminal characters take
 *
 * Not wcwidth(): that hangs on the locale of the process, and a report has the
 * same bytes everywhere.
 */
#pragma once

#include "base/base.h"

/* Columns: 0 for marks that combine, 2 for East Asian wide ones, else 1 */
size_t utf8_width(struct bytes text);

/* Append at most `columns` of it, the last one an ellipsis where cut. */
void utf8_add_clipped(struct buf *out, struct bytes text, size_t columns);
