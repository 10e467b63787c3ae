/* SPDX-License-Identifier: Apache-2.0 */
/* family.h - whether a family is meant by a name */
#pragma once

#include "judge/judge.h"

/* "Sobig.F" and "sobig" both name Sobig.F; an empty name, all */
static inline bool is_family(const struct judge_family *f, struct bytes name)
{
	struct bytes begin = f->name;

	if (begin.len > name.len && begin.ptr[name.len] == '.')
		begin.len = name.len;
	return name.len == 0 || bytes_equal_nocase(begin, name);
}
