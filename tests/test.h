/* SPDX-License-Identifier: Apache-2.0 */
/* test.h - cmocka with what it wants included before it */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define N_ROWS(table) (sizeof(table) / sizeof((table)[0]))

/*
 * In a loop over a table: say which row it was that fails below. TAP wants
 * each line behind a #, so of a name of several lines the first is told.
 */
static inline void row_is(const char *name)
{
	if (name != NULL)
		print_message("# %.*s\n", (int)strcspn(name, "\r\n"), name);
}
