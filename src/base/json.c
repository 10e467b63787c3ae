/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - JSON as it is written: commas, breaks, escapes, numbers */
#include "base/base.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct json json_to(struct buf *out)
{
	return (struct json){ .out = out };
}

static bool is_broken(const struct json *w)
{
	return w->depth <= JSON_WRITER_BROKEN;
}

static void break_line(struct json *w)
{
	buf_add_char(w->out, '\n');
	for (unsigned i = 0; i < w->depth; i++)
		buf_add_char(w->out, ' ');
}

static void add_string(struct buf *out, struct bytes x)
{
	buf_add_char(out, '"');
	while (x.len > 0) {
		uint32_t c = utf8_next(&x);

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", (char)c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			utf8_add(out, c);
	}
	buf_add_char(out, '"');
}

/* What stands before every value: comma, break, key */
static void begin(struct json *w, const char *key)
{
	if (w->depth > 0) {
		if (w->has_member[w->depth])
			buf_add_text(w->out, is_broken(w) ? "," : ", ");
		if (is_broken(w))
			break_line(w);
		w->has_member[w->depth] = true;
	}
	if (key) {
		add_string(w->out, bytes_of_text(key));
		buf_add_text(w->out, ": ");
	}
}

static void open_with(struct json *w, const char *key, char bracket)
{
	begin(w, key);
	if (w->depth == JSON_WRITER_DEPTH)
		panic("JSON deeper than %d", JSON_WRITER_DEPTH);
	buf_add_char(w->out, bracket);
	w->has_member[++w->depth] = false;
}

static void close_with(struct json *w, char bracket)
{
	bool broken = is_broken(w) && w->has_member[w->depth];

	if (w->depth == 0)
		panic("JSON closed more often than opened");
	w->depth--;
	if (broken)
		break_line(w);
	buf_add_char(w->out, bracket);
}

void json_begin_object(struct json *w, const char *key)
{
	open_with(w, key, '{');
}

void json_end_object(struct json *w)
{
	close_with(w, '}');
}

void json_begin_array(struct json *w, const char *key)
{
	open_with(w, key, '[');
}

void json_end_array(struct json *w)
{
	close_with(w, ']');
}

void json_finish(struct json *w)
{
	if (w->depth != 0)
		panic("JSON left open");
	buf_add_char(w->out, '\n');
}

void json_put_null(struct json *w, const char *key)
{
	begin(w, key);
	buf_add_text(w->out, "null");
}

void json_put_bool(struct json *w, const char *key, bool x)
{
	begin(w, key);
	buf_add_text(w->out, x ? "true" : "false");
}

void json_put_count(struct json *w, const char *key, uint64_t x)
{
	begin(w, key);
	buf_printf(w->out, "%llu", (unsigned long long)x);
}

void json_put_integer(struct json *w, const char *key, int64_t x)
{
	begin(w, key);
	buf_printf(w->out, "%lld", (long long)x);
}

/*
 * 15 digits name every decimal of as many uniquely, so a shorter text comes
 * out of %.15g by itself; 17 are enough for any double.
 */
void json_put_number(struct json *w, const char *key, double x)
{
	char text[32];

	if (!isfinite(x)) {
		json_put_null(w, key);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, x);
		if (strtod(text, NULL) == x)
			break;
	}
	begin(w, key);
	buf_add_text(w->out, x == 0 ? "0" : text); /* -0 is 0 */
}

void json_put_text(struct json *w, const char *key, struct bytes x)
{
	begin(w, key);
	add_string(w->out, x);
}
