/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - what a page of text is made of: numbers for people, bars, curves,
 * tables, paragraphs
 */
#pragma once

#include "judge/judge.h"

/* ----------------------------------------------------------------- numbers */

#define TEXT_NUMBER_MAX 64

/* A short text by value, for use in one printf */
struct text {
	char s[TEXT_NUMBER_MAX];
};

struct text text_count(uint64_t n);	/* "1,234,567" */
struct text text_amount(uint64_t n);	/* the same, from 10^8 on "4,300 M" */
struct text text_brief(uint64_t n);	/* six columns: "54,321", "1.2 M" */
struct text text_share(double x);	/* "14.2 %", "0.03 %", or a dash */
struct text text_ratio(double x);	/* "8.1", "0.35", "1,240", or a dash */
struct text text_z(double z);		/* "z = 2.1" */
struct text text_p(double p);		/* "p = 0.03", "p < 0.0001", or "" */
struct text text_date(int64_t t);	/* "2003-08-19" */
struct text text_short_date(int64_t t); /* "19 Aug" */
struct text text_minute(int64_t t);	/* "2003-08-19 12:00" */

/* "5.2 to 12.6", or why there is none: "too few networks", or "" */
struct text text_interval(struct figure f);
struct text text_share_interval(struct figure f);

/* "1 host", "2,345 hosts"; plural by an s */
struct text text_of(uint64_t n, const char *noun);

/* -------------------------------------------------------- bars and curves */

/* A bar of eighths: share 0 … 1 of `columns`; what is not 0 is seen. */
void text_bar(struct buf *out, double share, size_t columns);

/*
 * A curve of one character a value, or, where they are more than `columns`,
 * the largest of each equal part. 0 is a dot on the line.
 */
void text_curve(struct buf *out, const uint64_t *x, size_t n, size_t columns);

/* -------------------------------------------------------------- paragraphs */

void text_title(struct buf *out, const char *title);

/* Wrapped to the page's width at blanks, every line with this indent */
void text_paragraph(struct buf *out, size_t indent, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* ------------------------------------------------------------------ tables */

/*
 * Cells are collected row by row and printed with the columns as wide as
 * their widest cell. Columns are given as one letter each: l left, r right,
 * w the last one, wrapped where the page ends. The first row may be a head.
 */
struct text_table {
	const char *columns;
	size_t n_columns;
	struct buf bytes; /* all cells, one after the other */
	size_t *ends;	  /* of each cell in bytes */
	size_t n, cap;
	size_t indent;
};

struct text_table text_table_of(const char *columns);

/* The head's cells, as many as columns, cut at '|' */
void text_head(struct text_table *t, const char *cells);

void text_cell(struct text_table *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_cell_bytes(struct text_table *t, struct bytes b, size_t clip);

/* A cell that the caller builds: append to the buffer, then close it. */
struct buf *text_cell_begin(struct text_table *t);
void text_cell_end(struct text_table *t);

/* Print it and free what it holds. */
void text_table_print(struct text_table *t, struct buf *out);
