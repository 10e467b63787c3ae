/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shared.h - real samples that are not ours to carry along
 *
 * They lie in ../shared beside the source root, or where RAPSHEET_SHARED says.
 * A test that needs them skips where they are not there, and says so:
 *
 *	char *path = shared_path("data/logs-postfix-dump");
 *
 *	if (path == NULL)
 *		return;
 *	...
 *	free(path);
 *
 * (cmocka's skip() prints "not ok", which counts as a failure.)
 */
#pragma once

#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* SOURCE_ROOT comes from tests/meson.build. NULL: it is not there. */
static inline char *shared_path(const char *name)
{
	const char *shared = getenv("RAPSHEET_SHARED");
	struct buf path = { 0 };

	if (shared != NULL)
		buf_printf(&path, "%s/%s", shared, name);
	else
		buf_printf(&path, "%s/../shared/%s", SOURCE_ROOT, name);
	buf_add_char(&path, '\0');
	if (access(path.ptr, R_OK) == 0)
		return path.ptr;
	printf("# SKIP: no %s\n", name);
	buf_deinit(&path);
	return NULL;
}
