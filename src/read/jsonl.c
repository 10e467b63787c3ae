/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonl.c - JSON lines: an object a line, with the names of the CSV columns as
 * keys. Keys that we do not know, and whatever is in them, are passed over.
 */
#include "read/json.h"
#include "read/row.h"

#include <stdio.h>
#include <stdlib.h>

#define NUMBER_MAX 64 /* digits of a number that we look at */

struct jsonl {
	struct row_state row;
	struct buf space;
	struct bytes keys[N_COLUMNS];
};

static void *jsonl_stream_new(struct read_job *job, void *job_state,
			      const char *name, int64_t mtime,
			      struct bytes head)
{
	struct jsonl *jsonl = mem_alloc(1, sizeof(*jsonl));

	(void)job_state, (void)name, (void)mtime, (void)head;
	row_names(read_job_options(job)->map, jsonl->keys);
	return jsonl;
}

static void jsonl_stream_free(void *state)
{
	struct jsonl *jsonl = state;

	buf_deinit(&jsonl->space);
	free(jsonl);
}

static bool has_exponent(struct bytes number)
{
	return bytes_find_char(number, 'e') < number.len ||
	       bytes_find_char(number, 'E') < number.len;
}

/* "1.5e3" -> "1500.000000", if that is a time at all */
static void write_out(struct bytes *number, char space[NUMBER_MAX])
{
	double x;

	if (number->len >= NUMBER_MAX || !has_exponent(*number))
		return;
	memcpy(space, number->ptr, number->len);
	space[number->len] = '\0';
	x = strtod(space, NULL);
	if (!(x >= 0 && x <= TIME_MAX))
		return;
	snprintf(space, NUMBER_MAX, "%.6f", x);
	*number = bytes_of_text(space);
}

static enum read_verdict do_object(struct read_unit *u, struct jsonl *jsonl,
				   struct json_value values[N_COLUMNS])
{
	struct bytes text[N_COLUMNS];
	char space[NUMBER_MAX];

	for (unsigned i = 0; i < N_COLUMNS; i++) {
		if (values[i].type == JSON_OTHER_VALUE)
			return read_complain(u,
					     "a string or a number for "
					     "\"%.*s\"",
					     BYTES_ARG(jsonl->keys[i]));
		text[i] = values[i].text;
	}
	if (values[COL_TIME].type == JSON_NUMBER_VALUE)
		write_out(&text[COL_TIME], space);
	return row_emit(u, &read_jsonl, &jsonl->row, text);
}

static enum read_verdict jsonl_unit(struct read_unit *u, struct bytes line)
{
	struct jsonl *jsonl = u->stream_state;
	struct json_value values[N_COLUMNS];
	const char *why;

	if (u->line == 1)
		bytes_skip(&line, "\xef\xbb\xbf"); /* a byte order mark */
	if (bytes_trim(line).len == 0)
		return read_ignore(u, "blank line", "nothing stands in it");
	if (json_find(line, jsonl->keys, N_COLUMNS, values, &jsonl->space,
		      &why) < 0)
		return read_complain(u, "a JSON object, and in it %s", why);
	return do_object(u, jsonl, values);
}

/* --------------------------------------------------------------- detection */

/* The five in the first line of the head; false: it is no JSON object */
static bool read_first(struct bytes head, const char *map, struct buf *space,
		       struct json_value values[N_COLUMNS])
{
	struct bytes keys[N_COLUMNS];
	const char *why;

	row_names(map, keys);
	bytes_skip(&head, "\xef\xbb\xbf");
	head = bytes_trim(head);
	return json_find(bytes_cut(&head, '\n'), keys, N_COLUMNS, values, space,
			 &why) == 0;
}

static bool is_named_so(const char *name)
{
	struct bytes b = bytes_of_text(name);

	return bytes_ends(b, ".jsonl") || bytes_ends(b, ".ndjson");
}

static int jsonl_detect(const char *name, struct bytes head)
{
	struct json_value values[N_COLUMNS];
	struct buf space = { 0 };
	bool is_json = read_first(head, NULL, &space, values);

	buf_deinit(&space);
	if (is_json && values[COL_TIME].type != JSON_ABSENT &&
	    values[COL_HOST].type != JSON_ABSENT)
		return 90;
	return is_json && is_named_so(name) ? 20 : 0;
}

static int jsonl_first_time(const struct read_job *job, const char *name,
			    int64_t mtime, struct bytes head, int64_t *out)
{
	struct json_value values[N_COLUMNS];
	struct buf space = { 0 };
	int err = E_SYNTAX;

	(void)name, (void)mtime;
	if (read_first(head, read_job_options(job)->map, &space, values))
		err = row_parse_time(job, values[COL_TIME].text, out);
	buf_deinit(&space);
	return err;
}

const struct read_format read_jsonl = {
	.name = "jsonl",
	.about = "JSON lines with the keys time, host, kind, label, client",
	.unit = "lines",
	.detect = jsonl_detect,
	.first_time = jsonl_first_time,
	.stream_new = jsonl_stream_new,
	.stream_free = jsonl_stream_free,
	.unit_fn = jsonl_unit,
};
