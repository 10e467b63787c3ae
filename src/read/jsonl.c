/* SPDX-License-Identifier: Apache-2.0 */
/*
 * jsonl.c - JSON lines: an object a line, with the names of the CSV columns as
 * keys. Keys that we do not know, and whatever is in them, are passed over.
 */
#include "read/row.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBER_MAX 64 /* a printed number with its NUL */

struct jsonl {
	struct row_state row;
	char *keys[N_COLUMNS];
};

static void *jsonl_stream_new(struct read_job *job, void *job_state,
			      const char *name, int64_t mtime,
			      struct bytes head)
{
	struct jsonl *jsonl = mem_alloc(1, sizeof(*jsonl));
	struct bytes names[N_COLUMNS];

	(void)job_state, (void)name, (void)mtime, (void)head;
	row_names(read_job_options(job)->map, names);
	for (unsigned i = 0; i < N_COLUMNS; i++)
		jsonl->keys[i] = mem_text(names[i]);
	return jsonl;
}

static void jsonl_stream_free(void *state)
{
	struct jsonl *jsonl = state;

	row_state_deinit(&jsonl->row);
	for (unsigned i = 0; i < N_COLUMNS; i++)
		free(jsonl->keys[i]);
	free(jsonl);
}

/*
 * A value as the text that CSV would have; null and what is not there are
 * empty. E_SYNTAX: neither a string nor a number.
 */
static int text_of(const json_t *value, char space[NUMBER_MAX],
		   struct bytes *out)
{
	double x;

	*out = (struct bytes){ 0 };
	if (value == NULL || json_is_null(value))
		return 0;
	if (json_is_string(value)) {
		*out = bytes_of(json_string_value(value),
				json_string_length(value));
		return 0;
	}
	if (!json_is_number(value))
		return E_SYNTAX;
	x = json_number_value(value);
	if (json_is_integer(value))
		snprintf(space, NUMBER_MAX, "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
	else if (x >= 0 && x < (double)TIME_MAX + 1)
		snprintf(space, NUMBER_MAX, "%.6f", x);
	else
		snprintf(space, NUMBER_MAX, "%.9g", x);
	*out = bytes_of_text(space);
	return 0;
}

static enum read_verdict do_object(struct read_unit *u, struct jsonl *jsonl,
				   const json_t *object)
{
	char space[N_COLUMNS][NUMBER_MAX];
	struct bytes text[N_COLUMNS];

	for (unsigned i = 0; i < N_COLUMNS; i++)
		if (text_of(json_object_get(object, jsonl->keys[i]), space[i],
			    &text[i]) < 0)
			return read_complain(u,
					     "a string or a number for \"%s\"",
					     jsonl->keys[i]);
	return row_emit(u, &read_jsonl, &jsonl->row, text);
}

static enum read_verdict jsonl_unit(struct read_unit *u, struct bytes line)
{
	enum read_verdict verdict;
	json_error_t why;
	json_t *object;

	if (u->line == 1)
		bytes_skip(&line, "\xef\xbb\xbf"); /* a byte order mark */
	line = bytes_trim(line);
	if (line.len == 0)
		return read_ignore(u, "blank line", "nothing stands in it");
	object = json_loadb(line.ptr, line.len, 0, &why);
	if (!json_is_object(object))
		verdict = read_complain(u, "a JSON object%s%s",
					object ? "" : ": ",
					object ? "" : why.text);
	else
		verdict = do_object(u, u->stream_state, object);
	json_decref(object);
	return verdict;
}

/* --------------------------------------------------------------- detection */

static json_t *first_object(struct bytes head)
{
	struct bytes line;

	bytes_skip(&head, "\xef\xbb\xbf");
	head = bytes_trim(head);
	line = bytes_cut(&head, '\n');
	return json_loadb(line.ptr ? line.ptr : "", line.len, 0, NULL);
}

static bool is_named_so(const char *name)
{
	struct bytes b = bytes_of_text(name);

	return bytes_ends(b, ".jsonl") || bytes_ends(b, ".ndjson");
}

static int jsonl_detect(const char *name, struct bytes head)
{
	json_t *object;
	int score = 0;

	bytes_skip(&head, "\xef\xbb\xbf");
	if (!bytes_starts(bytes_trim(head), "{"))
		return 0;
	object = first_object(head);
	if (json_object_get(object, "time") && json_object_get(object, "host"))
		score = 90;
	else if (is_named_so(name))
		score = 20;
	json_decref(object);
	return score;
}

static int jsonl_first_time(const struct read_job *job, const char *name,
			    int64_t mtime, struct bytes head, int64_t *out)
{
	json_t *object = first_object(head);
	struct bytes names[N_COLUMNS], text;
	char space[NUMBER_MAX];
	char *key;
	int err;

	(void)name, (void)mtime;
	row_names(read_job_options(job)->map, names);
	key = mem_text(names[COL_TIME]);
	err = text_of(json_object_get(object, key), space, &text);
	if (err == 0)
		err = row_parse_time(job, text, out);
	free(key);
	json_decref(object);
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
