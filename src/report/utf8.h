/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8.h - characters, and how many columns of a terminal they take
 *
 * Not wcwidth(): that hangs on the locale of the process, and a report has the
 * same bytes everywhere.
 */
#pragma once

#include "base/base.h"

/*
 * Step over one character of b (b->len > 0). A byte that begins none, or one
 * that is overlong, a surrogate or past U+10FFFF, is U+FFFD and one byte.
 */
uint32_t utf8_next(struct bytes *b);
void utf8_add(struct buf *out, uint32_t c);

/* Columns: 0 for marks that combine, 2 for East Asian wide ones, else 1 */
size_t utf8_width(struct bytes text);

/* Append at most `columns` of it, the last one an ellipsis where cut. */
void utf8_add_clipped(struct buf *out, struct bytes text, size_t columns);
