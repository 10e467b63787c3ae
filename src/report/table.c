/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - columns as wide as what stands in them, in characters */
#include "report/text.h"

#include <stdlib.h>

#include "report/report.h"
#include "report/utf8.h"

#define COLUMNS_MAX 16
#define GAP	    2

struct text_table text_table_of(const char *columns)
{
	size_t n = strlen(columns);

	if (n == 0 || n > COLUMNS_MAX)
		panic("a table of %zu columns", n);
	return (struct text_table){ .columns = columns,
				    .n_columns = n,
				    .indent = 2 };
}

struct buf *text_cell_begin(struct text_table *t)
{
	return &t->bytes;
}

void text_cell_end(struct text_table *t)
{
	MEM_GROW(t->ends, t->n, t->cap);
	t->ends[t->n++] = t->bytes.len;
}

void text_cell(struct text_table *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(&t->bytes, format, args);
	va_end(args);
	text_cell_end(t);
}

void text_cell_bytes(struct text_table *t, struct bytes b, size_t clip)
{
	utf8_add_clipped(&t->bytes, b, clip);
	text_cell_end(t);
}

void text_head(struct text_table *t, const char *cells)
{
	struct bytes rest = bytes_of_text(cells);

	for (size_t i = 0; i < t->n_columns; i++)
		text_cell_bytes(t, bytes_cut(&rest, '|'), REPORT_COLUMNS);
}

static struct bytes cell_at(const struct text_table *t, size_t i)
{
	size_t begin = i > 0 ? t->ends[i - 1] : 0;

	return bytes_of(t->bytes.ptr + begin, t->ends[i] - begin);
}

static void find_widths(const struct text_table *t, size_t *width)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t w = utf8_width(cell_at(t, i));

		if (w > width[i % t->n_columns])
			width[i % t->n_columns] = w;
	}
}

static void pad(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, ' ');
}

/* Take off as many words as fit; at least one, so that it ends. */
static struct bytes take_line(struct bytes *rest, size_t columns)
{
	struct bytes line = { rest->ptr, 0 };

	while (rest->len > 0) {
		struct bytes after = *rest;
		struct bytes word = bytes_cut(&after, ' ');
		size_t len = (size_t)(word.ptr - line.ptr) + word.len;

		if (line.len > 0 &&
		    utf8_width(bytes_of(line.ptr, len)) > columns)
			break;
		line.len = len;
		*rest = after;
	}
	return line;
}

static void print_wrapped(struct buf *out, struct bytes cell, size_t at)
{
	buf_add_bytes(out, take_line(&cell, REPORT_COLUMNS - at));
	while (cell.len > 0) {
		buf_add_char(out, '\n');
		pad(out, at);
		buf_add_bytes(out, take_line(&cell, REPORT_COLUMNS - at));
	}
}

static void trim_line(struct buf *out)
{
	while (out->len > 0 && out->ptr[out->len - 1] == ' ')
		out->len--;
}

static void print_row(const struct text_table *t, size_t first,
		      const size_t *width, struct buf *out)
{
	size_t at = t->indent;

	pad(out, t->indent);
	for (size_t i = 0; i < t->n_columns; i++) {
		struct bytes cell = cell_at(t, first + i);
		size_t gap = width[i] - utf8_width(cell);

		if (t->columns[i] == 'w') {
			print_wrapped(out, cell, at);
			break;
		}
		pad(out, t->columns[i] == 'r' ? gap : 0);
		buf_add_bytes(out, cell);
		pad(out, (t->columns[i] == 'r' ? 0 : gap) + GAP);
		at += width[i] + GAP;
	}
	trim_line(out);
	buf_add_char(out, '\n');
}

void text_table_print(struct text_table *t, struct buf *out)
{
	size_t width[COLUMNS_MAX] = { 0 };

	if (t->n % t->n_columns != 0)
		panic("a table with half a row");
	find_widths(t, width);
	for (size_t i = 0; i < t->n; i += t->n_columns)
		print_row(t, i, width, out);
	buf_deinit(&t->bytes);
	free(t->ends);
	*t = (struct text_table){ 0 };
}
