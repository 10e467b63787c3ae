/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - a few keys out of one JSON object (RFC 8259), without a tree
 * (private to the readers)
 *
 * The whole text is checked, so what is accepted is what any strict parser
 * accepts, but numbers of any size are. Nothing is allocated but room for
 * strings with escapes in them, once.
 */
#pragma once

#include "base/base.h"

#define JSON_DEPTH_MAX 2048 /* the object itself counts */

enum json_type {
	JSON_ABSENT,
	JSON_NULL_VALUE,
	JSON_STRING_VALUE, /* text: UTF-8 without escapes and without NUL */
	JSON_NUMBER_VALUE, /* text: as it stands there */
	JSON_OTHER_VALUE,  /* true, false, an array, an object */
};

struct json_value {
	enum json_type type;
	struct bytes text; /* borrowed from the line or from space */
};

/*
 * Find keys[0..n) at the top of the object that is all of `line`; of a key that
 * stands there twice the last counts. space is overwritten. E_SYNTAX, and *why
 * says in a few words what was expected instead.
 */
int json_find(struct bytes line, const struct bytes *keys, size_t n,
	      struct json_value *out, struct buf *space, const char **why);
