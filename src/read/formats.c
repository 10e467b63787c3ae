/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats.c - the one table of readers
 *
 * A new format is a file beside this one, its line in meson.build, and its row
 * here. The order is that of the accounts; it decides nothing else but which of
 * two equal scores wins (the earlier).
 */
#include "read/core.h"

/* ------------------------------------------- an input with nothing in it */

static int empty_detect(const char *name, struct bytes head)
{
	(void)name;
	return bytes_trim(head).len == 0;
}

static enum read_verdict empty_unit(struct read_unit *u, struct bytes text)
{
	if (bytes_trim(text).len > 0)
		return READ_UNKNOWN;
	return read_ignore(u, "blank line", "nothing stands in it");
}

static const struct read_format read_empty = {
	.name = "empty",
	.about = "an input without anything in it",
	.unit = "lines",
	.detect = empty_detect,
	.unit_fn = empty_unit,
};

/* --------------------------------------------------------------- the table */

/* clang-format off */
static const struct read_format *const formats[] = {
	&read_csv,
	&read_jsonl,
	&read_postfix,
	&read_addresses,
	&read_mbox,
	&read_message,
	/* a new one goes here */

	&read_empty, /* stays the last; not for people to name */
};
/* clang-format on */

#define N_FORMATS (sizeof(formats) / sizeof(*formats))

const struct read_format *read_format_at(size_t i)
{
	return i < N_FORMATS ? formats[i] : NULL;
}

size_t read_n_formats(void)
{
	return N_FORMATS;
}

const char *read_format_name(size_t i)
{
	return i < N_FORMATS - 1 ? formats[i]->name : NULL;
}

const char *read_format_about(size_t i)
{
	return i < N_FORMATS - 1 ? formats[i]->about : NULL;
}

/* --------------------------------------------------------------- detection */

static const struct read_format *find_by_name(const char *name)
{
	for (size_t i = 0; i < N_FORMATS - 1; i++)
		if (!strcmp(formats[i]->name, name))
			return formats[i];
	return NULL;
}

/* Text has few control bytes, whatever its charset; UTF-16 is not for us. */
static bool is_binary(struct bytes head)
{
	size_t n_control = 0;

	for (size_t i = 0; i < head.len; i++) {
		unsigned char c = (unsigned char)head.ptr[i];

		n_control += c < 0x20 && (c < '\t' || c > '\r') && c != 0x1b;
	}
	return n_control > head.len / 8;
}

#define BEYOND_DOUBT 100

/* *score is 0 where there is none. */
static const struct read_format *find_best(const char *name, struct bytes head,
					   int *best_score)
{
	const struct read_format *best = NULL;

	*best_score = 0;
	for (size_t i = 0; i < N_FORMATS; i++) {
		int score = formats[i]->detect(name, head);

		if (score > *best_score) {
			*best_score = score;
			best = formats[i];
		}
	}
	return best;
}

const struct read_format *read_format_detect(const struct read_options *o,
					     const char *name,
					     struct bytes head)
{
	const struct read_format *f;
	int score;

	if (o->format != NULL)
		return find_by_name(o->format);
	f = find_best(name, head, &score);
	if (score < BEYOND_DOUBT && is_binary(head))
		return NULL;
	if (f != NULL || o->map == NULL)
		return f;
	/* The columns have names that no detection can know. */
	return bytes_starts(bytes_trim(head), "{") ? &read_jsonl : &read_csv;
}
