/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - JSON (RFC 8259), written in order and never built in memory
 *
 * Named apart from jansson, which reads JSON elsewhere in the same program.
 *
 * The caller says what comes next; commas, line breaks and escapes are the
 * writer's. A key of NULL is for members of an array and for the root. The
 * outer levels break lines, so that two reports can be compared line by line;
 * what lies deeper than JSON_BROKEN_LEVELS stays on one line.
 */
#pragma once

#include "base/base.h"

#define JSON_BROKEN_LEVELS 2
#define JSON_DEPTH_MAX	   16

struct json {
	struct buf *out;
	unsigned depth;
	bool has_member[JSON_DEPTH_MAX + 1];
};

struct json json_to(struct buf *out);

void json_begin_object(struct json *w, const char *key);
void json_end_object(struct json *w);
void json_begin_array(struct json *w, const char *key);
void json_end_array(struct json *w);
void json_finish(struct json *w); /* the root is closed: a newline */

void json_put_null(struct json *w, const char *key);
void json_put_bool(struct json *w, const char *key, bool x);
void json_put_count(struct json *w, const char *key, uint64_t x);
void json_put_integer(struct json *w, const char *key, int64_t x);

/* The shortest text that reads back as x; null where x is not finite. */
void json_put_number(struct json *w, const char *key, double x);

/* Escaped; bytes that are not UTF-8 become U+FFFD. */
void json_put_text(struct json *w, const char *key, struct bytes x);

/* "2003-08-19T12:00:00Z" */
void json_put_time(struct json *w, const char *key, int64_t t);
