/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maildate.h - the dates of mail: RFC 5322 with all its obsolete forms, and
 * that of mbox separator lines (private to read/)
 */
#pragma once

#include "base/base.h"

/*
 * "Thu, 22 Aug 2002 07:36:16 -0400 (EDT)", "22 Aug 02 12:34 GMT", "Thu Aug 22
 * 12:34:53 2002 +0100". Comments before and after it belong to it; nothing
 * else may. has_zone false: no zone stood there, the time is as if in UTC.
 * E_SYNTAX; E_RANGE: no such date, or outside 1970 … TIME_MAX.
 *
 * Source: RFC 5322 3.3 and 4.3 (names of zones, military letters, years of two
 * and three digits); asctime(3).
 */
int maildate_parse(struct bytes text, int64_t *out, bool *has_zone);
