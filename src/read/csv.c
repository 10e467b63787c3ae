/* SPDX-License-Identifier: Apache-2.0 */
/*
 * csv.c - rows of time, host, kind, label, client (RFC 4180)
 *
 * The header line says where the columns stand and, by what stands between
 * them, the separator: comma, semicolon or tab. Columns that we do not know
 * are passed over. A field may be quoted, but a row is a line: a line break
 * within quotes is told as a bad row. (Joining lines would let one stray quote
 * swallow the rest of a log, and none of our columns can hold a line break.)
 */
#include "read/row.h"

#include <endian.h>
#include <stdlib.h>

#define MAX_FIELDS 256 /* columns of a header that we look at */
#define NOT_OURS   N_COLUMNS

struct csv {
	struct row_state row;
	struct buf space; /* of fields with "" in them */
	struct bytes names[N_COLUMNS];
	char separator;
	bool has_header;
	bool is_unusable; /* the header lacks what we need */
	size_t n_fields;  /* up to the last one that is ours */
	uint8_t column_of[MAX_FIELDS];
};

static void *csv_stream_new(struct read_job *job, void *job_state,
			    const char *name, int64_t mtime, struct bytes head)
{
	struct csv *csv = mem_alloc(1, sizeof(*csv));

	(void)job_state, (void)name, (void)mtime, (void)head;
	row_names(read_job_options(job)->map, csv->names);
	return csv;
}

static void csv_stream_free(void *state)
{
	struct csv *csv = state;

	buf_deinit(&csv->space);
	free(csv);
}

/* The numbers of names seen lately are of other catalogs. */
static bool csv_stream_fork(const void *state, void **out)
{
	const struct csv *csv = state;
	struct csv *copy;

	if (!csv->has_header || csv->is_unusable)
		return false;
	if (out == NULL)
		return true;
	copy = mem_alloc(1, sizeof(*copy));
	memcpy(copy->names, csv->names, sizeof(copy->names));
	memcpy(copy->column_of, csv->column_of, sizeof(copy->column_of));
	copy->separator = csv->separator;
	copy->has_header = true;
	copy->n_fields = csv->n_fields;
	*out = copy;
	return true;
}

/* ------------------------------------------------------------------ fields */

/*
 * A field that begins with a quote: up to the quote that is not doubled.
 * E_SYNTAX: it has no end, or something other than a separator follows it.
 */
static int take_quoted(struct csv *csv, struct bytes *rest, struct bytes *out)
{
	size_t start = csv->space.len;
	struct bytes b = bytes_from(*rest, 1);

	if (start == 0) /* room for all that follow, so that none moves */
		buf_reserve(&csv->space, rest->len);
	for (;;) {
		size_t n = bytes_find_char(b, '"');

		if (n == b.len)
			return E_SYNTAX;
		buf_add(&csv->space, b.ptr, n);
		b = bytes_from(b, n + 1);
		if (!bytes_starts(b, "\""))
			break;
		buf_add_char(&csv->space, '"');
		b = bytes_from(b, 1);
	}
	if (b.len > 0 && b.ptr[0] != csv->separator)
		return E_SYNTAX;
	*out = bytes_of(csv->space.ptr + start, csv->space.len - start);
	*rest = bytes_from(b, b.len > 0);
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct bytes trim(struct bytes b)
{
	while (b.len > 0 && is_blank(b.ptr[0]))
		b = bytes_from(b, 1);
	while (b.len > 0 && is_blank(b.ptr[b.len - 1]))
		b.len--;
	return b;
}

/* Bit 7 of the first byte that is c, and perhaps of bytes behind it */
static uint64_t bytes_that_are(uint64_t word, char c)
{
	const uint64_t ones = 0x0101010101010101u;

	word ^= ones * (unsigned char)c;
	return (word - ones) & ~word & ones << 7;
}

/* Offset of the next c; fields are so short that memchr costs more. */
static size_t find_near(struct bytes b, char c)
{
	size_t i = 0;

	for (; b.len - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t word, found;

		memcpy(&word, b.ptr + i, sizeof(word));
		found = bytes_that_are(le64toh(word), c);
		if (found != 0)
			return i + (size_t)__builtin_ctzll(found) / 8;
	}
	while (i < b.len && b.ptr[i] != c)
		i++;
	return i;
}

/* As bytes_cut() */
static struct bytes cut_field(struct bytes *rest, char separator)
{
	struct bytes field = { rest->ptr, find_near(*rest, separator) };

	*rest = bytes_from(*rest, field.len + (field.len < rest->len));
	return field;
}

static int take_field(struct csv *csv, struct bytes *rest, struct bytes *out)
{
	if (rest->len > 0 && rest->ptr[0] == '"')
		return take_quoted(csv, rest, out);
	*out = trim(cut_field(rest, csv->separator));
	return 0;
}

/* ------------------------------------------------------------------ header */

/* Whichever of the three stands in it most often */
static char find_separator(struct bytes header)
{
	static const char candidates[] = ",;\t";
	char best = ',';
	size_t best_n = 0;

	for (const char *c = candidates; *c != '\0'; c++) {
		size_t n = 0;

		for (size_t i = 0; i < header.len; i++)
			n += header.ptr[i] == *c;
		if (n > best_n) {
			best_n = n;
			best = *c;
		}
	}
	return best;
}

static unsigned find_column(const struct bytes names[N_COLUMNS],
			    struct bytes field)
{
	unsigned i = 0;

	while (i < N_COLUMNS && !bytes_equal_nocase(names[i], field))
		i++;
	return i;
}

/* Returns a set of columns, bit by bit. */
static unsigned read_header(struct csv *csv, struct bytes line)
{
	unsigned seen = 0;

	bytes_skip(&line, "\xef\xbb\xbf"); /* a byte order mark */
	csv->separator = find_separator(line);
	csv->space.len = 0;
	for (size_t i = 0; i < MAX_FIELDS && line.len > 0; i++) {
		struct bytes field;
		unsigned column;

		if (take_field(csv, &line, &field) < 0)
			break;
		column = find_column(csv->names, trim(field));
		if (column != NOT_OURS && seen & 1u << column)
			column = NOT_OURS; /* the first of two counts */
		csv->column_of[i] = (uint8_t)column;
		if (column == NOT_OURS)
			continue;
		seen |= 1u << column;
		csv->n_fields = i + 1;
	}
	return seen;
}

static enum read_verdict do_header(struct read_unit *u, struct csv *csv,
				   struct bytes line)
{
	bool needs_kind = read_job_options(u->job)->kind < 0;
	unsigned seen = read_header(csv, line);

	csv->has_header = true;
	csv->is_unusable = !(seen & 1u << COL_TIME) ||
			   !(seen & 1u << COL_HOST) ||
			   (needs_kind && !(seen & 1u << COL_KIND));
	if (!csv->is_unusable)
		return read_ignore(u, "header", "it names the columns");
	return read_complain(
		u, "a header line with the columns %.*s, %.*s%s%.*s",
		BYTES_ARG(csv->names[COL_TIME]),
		BYTES_ARG(csv->names[COL_HOST]), needs_kind ? ", " : "",
		needs_kind ? (int)csv->names[COL_KIND].len : 0,
		csv->names[COL_KIND].ptr);
}

/* -------------------------------------------------------------------- rows */

static enum read_verdict do_row(struct read_unit *u, struct csv *csv,
				struct bytes line)
{
	struct bytes text[N_COLUMNS + 1] = { 0 };

	csv->space.len = 0;
	for (size_t i = 0; i < csv->n_fields; i++)
		if (take_field(csv, &line, &text[csv->column_of[i]]) < 0)
			return read_complain(u,
					     "field %zu to end with a "
					     "quote on this line",
					     i + 1);
	return row_emit(u, &read_csv, &csv->row, text);
}

static enum read_verdict csv_unit(struct read_unit *u, struct bytes line)
{
	struct csv *csv = u->stream_state;

	if (line.len == 0)
		return read_ignore(u, "blank line", "nothing stands in it");
	if (!csv->has_header)
		return do_header(u, csv, line);
	if (csv->is_unusable)
		return READ_UNKNOWN;
	return do_row(u, csv, line);
}

/* --------------------------------------------------------------- detection */

/* The first line that is not blank */
static struct bytes first_line(struct bytes *head)
{
	struct bytes line;

	do
		line = trim(bytes_cut(head, '\n'));
	while (line.len == 0 && head->len > 0);
	return line;
}

static int csv_detect(const char *name, struct bytes head)
{
	struct csv csv = { 0 };
	unsigned seen;

	row_names(NULL, csv.names);
	seen = read_header(&csv, first_line(&head));
	buf_deinit(&csv.space);
	if (seen & 1u << COL_TIME && seen & 1u << COL_HOST)
		return 90;
	return bytes_ends(bytes_of_text(name), ".csv") ? 20 : 0;
}

static int csv_first_time(const struct read_job *job, const char *name,
			  int64_t mtime, struct bytes head, int64_t *out)
{
	struct csv csv = { 0 };
	struct bytes text[N_COLUMNS + 1] = { 0 }, line;
	int err = 0;

	(void)name, (void)mtime;
	row_names(read_job_options(job)->map, csv.names);
	read_header(&csv, first_line(&head));
	line = first_line(&head);
	csv.space.len = 0;
	for (size_t i = 0; i < csv.n_fields && err == 0; i++)
		err = take_field(&csv, &line, &text[csv.column_of[i]]);
	if (err == 0)
		err = row_parse_time(job, text[COL_TIME], out);
	buf_deinit(&csv.space);
	return err;
}

const struct read_format read_csv = {
	.name = "csv",
	.about = "a header line and the columns time, host, kind, label, "
		 "client",
	.unit = "lines",
	.detect = csv_detect,
	.first_time = csv_first_time,
	.stream_new = csv_stream_new,
	.stream_free = csv_stream_free,
	.stream_fork = csv_stream_fork,
	.unit_fn = csv_unit,
};
