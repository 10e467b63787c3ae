/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Besides what holds for every reader: what Jansson takes for an object we do
 * too, with the same values, and what it refuses we refuse, but for numbers
 * that are too large for it. (Lines with a NUL are left out: Jansson passes
 * over one behind a number, which no JSON has.)
 */
#include "read/json.h"
#include "read_fuzz.h"

#include <jansson.h>

#define N_KEYS 3

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const json_t *theirs, const struct json_value *ours)
{
	char number[400];

	if (theirs == NULL)
		return ours->type == JSON_ABSENT;
	if (json_is_null(theirs))
		return ours->type == JSON_NULL_VALUE;
	if (json_is_string(theirs))
		return ours->type == JSON_STRING_VALUE &&
		       bytes_equal(ours->text,
				   bytes_of(json_string_value(theirs),
					    json_string_length(theirs)));
	if (!json_is_number(theirs))
		return ours->type == JSON_OTHER_VALUE;
	if (ours->type != JSON_NUMBER_VALUE)
		return false;
	if (ours->text.len >= sizeof(number))
		return true;
	memcpy(number, ours->text.ptr, ours->text.len);
	number[ours->text.len] = '\0';
	return strtod(number, NULL) == json_number_value(theirs);
}

static bool is_a_limit(const json_error_t *e, const char *why)
{
	return json_error_code(e) == json_error_numeric_overflow ||
	       json_error_code(e) == json_error_stack_overflow ||
	       !strcmp(why, "less nesting");
}

static void compare(struct bytes line)
{
	static const char *const names[N_KEYS] = { "time", "host", "a" };
	struct bytes keys[N_KEYS];
	struct json_value ours[N_KEYS];
	struct buf space = { 0 };
	const char *why = "";
	json_error_t error = { 0 };
	json_t *theirs = json_loadb(line.ptr, line.len, 0, &error);
	int err;

	for (unsigned i = 0; i < N_KEYS; i++)
		keys[i] = bytes_of_text(names[i]);
	err = json_find(line, keys, N_KEYS, ours, &space, &why);
	if ((err == 0) != json_is_object(theirs) && !is_a_limit(&error, why))
		panic("of \"%.*s\" we say \"%s\", Jansson \"%s\"",
		      BYTES_ARG(line), why, error.text);
	for (unsigned i = 0; i < N_KEYS && err == 0 && theirs; i++)
		if (!is_same(json_object_get(theirs, names[i]), &ours[i]))
			panic("\"%.*s\": another %s", BYTES_ARG(line),
			      names[i]);
	json_decref(theirs);
	buf_deinit(&space);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size), rest = input;

	while (rest.len > 0) {
		struct bytes line = bytes_cut(&rest, '\n');

		if (bytes_find_char(line, '\0') == line.len)
			compare(line);
	}
	fuzz_chunks("jsonl", input, 5);
	return 0;
}
