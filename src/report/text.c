/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - numbers as a person reads them, bars, curves, paragraphs */
#include "report/text.h"

#include <stdio.h>

#include "report/report.h"
#include "report/utf8.h"

#define NO_VALUE "–"

/* ----------------------------------------------------------------- numbers */

/* Copy digits[0..n) with a comma before every group of three. */
static size_t group_digits(const char *digits, size_t n, char *out)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return at;
}

struct text text_count(uint64_t n)
{
	char digits[24];
	struct text t;
	int len =
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

	group_digits(digits, (size_t)len, t.s);
	return t;
}

/* For tables: never wider than ten columns */
struct text text_amount(uint64_t n)
{
	struct text t = text_count(n);
	static const struct {
		uint64_t from, unit;
		char sign;
	} steps[] = {
		{ 10000000000000000, 1000000000000, 'T' },
		{ 10000000000000, 1000000000, 'G' },
		{ 100000000, 1000000, 'M' },
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t unit = steps[i].unit;

		if (n < steps[i].from)
			continue;
		snprintf(t.s, sizeof(t.s), "%.50s %c",
			 text_count(n / unit + (n % unit >= unit / 2)).s,
			 steps[i].sign);
		break;
	}
	return t;
}

struct text text_brief(uint64_t n)
{
	static const char sign[] = { ' ', 'k', 'M', 'G', 'T', 'P', 'E' };
	double x = (double)n;
	size_t i = 0;
	struct text t;

	if (n < 100000)
		return text_count(n);
	for (; x >= 999.5; i++)
		x /= 1000;
	snprintf(t.s, sizeof(t.s), "%.*f %c", x < 99.95, x, sign[i]);
	return t;
}

static struct text text_as(const char *s)
{
	struct text t;

	snprintf(t.s, sizeof(t.s), "%s", s);
	return t;
}

struct text text_share(double x)
{
	struct text t;
	double percent = 100 * x;

	if (!has_value(x))
		return text_as(NO_VALUE);
	if (percent == 0 || percent == 100)
		snprintf(t.s, sizeof(t.s), "%.0f %%", percent);
	else if (percent < 0.001)
		return text_as("< 0.001 %");
	else if (percent < 0.01)
		snprintf(t.s, sizeof(t.s), "%.3f %%", percent);
	else if (percent < 0.1 || (percent > 99.95 && percent < 99.995))
		snprintf(t.s, sizeof(t.s), "%.2f %%", percent);
	else if (percent >= 99.995)
		return text_as("> 99.99 %");
	else
		snprintf(t.s, sizeof(t.s), "%.1f %%", percent);
	return t;
}

struct text text_ratio(double x)
{
	struct text t;

	if (!has_value(x))
		return text_as(NO_VALUE);
	if (x >= 1e15)
		snprintf(t.s, sizeof(t.s), "%.2g", x);
	else if (x >= 99.95)
		return text_amount((uint64_t)(x + 0.5));
	else if (x >= 9.995 || x == 0)
		snprintf(t.s, sizeof(t.s), "%.*f", x > 0, x);
	else if (x > 0 && x < 0.005)
		return text_as("< 0.01");
	else
		snprintf(t.s, sizeof(t.s), "%.2f", x);
	return t;
}

struct text text_z(double z)
{
	struct text t;

	/* + 0.0: what rounds to nothing has no sign */
	snprintf(t.s, sizeof(t.s), "z = %.1f", round(10 * z) / 10 + 0.0);
	return t;
}

struct text text_p(double p)
{
	struct text t;

	if (!has_value(p))
		return text_as("");
	if (p < 0.0001)
		return text_as("p < 0.0001");
	snprintf(t.s, sizeof(t.s), p < 0.001 ? "p = %.4f" : "p = %.3f", p);
	return t;
}

struct text text_date(int64_t time)
{
	char date[TIME_TEXT_MAX];

	date_format(time, date);
	return text_as(date);
}

struct text text_short_date(int64_t time)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec" };
	struct civil c = time_to_civil(time);
	struct text t;

	snprintf(t.s, sizeof(t.s), "%d %s", c.day, months[c.month - 1]);
	return t;
}

struct text text_minute(int64_t time)
{
	struct civil c = time_to_civil(time);
	struct text t;

	snprintf(t.s, sizeof(t.s), "%04d-%02d-%02d %02d:%02d", c.year, c.month,
		 c.day, c.hour, c.minute);
	return t;
}

static struct text interval_of(struct figure f, struct text low,
			       struct text high)
{
	struct text t;

	if (has_interval(f)) {
		snprintf(t.s, sizeof(t.s), "%.28s to %.28s", low.s, high.s);
		return t;
	}
	if (!has_value(f.value))
		return text_as("");
	return text_as(f.groups < JUDGE_GROUPS_MIN ? "too few networks"
						   : "no interval");
}

struct text text_interval(struct figure f)
{
	return interval_of(f, text_ratio(f.low), text_ratio(f.high));
}

struct text text_share_interval(struct figure f)
{
	return interval_of(f, text_share(f.low), text_share(f.high));
}

struct text text_of(uint64_t n, const char *noun)
{
	struct text t;

	snprintf(t.s, sizeof(t.s), "%.26s %.30s%s", text_count(n).s, noun,
		 n == 1 ? "" : "s");
	return t;
}

/* -------------------------------------------------------- bars and curves */

void text_bar(struct buf *out, double share, size_t columns)
{
	static const char *const eighth[8] = { "",  "▏", "▎", "▍",
					       "▌", "▋", "▊", "▉" };
	size_t n;

	if (!has_value(share) || share <= 0)
		return;
	if (share > 1)
		share = 1;
	n = (size_t)(share * (double)columns * 8 + 0.5);
	if (n == 0)
		n = 1;
	for (size_t i = 0; i < n / 8; i++)
		buf_add_text(out, "█");
	buf_add_text(out, eighth[n % 8]);
}

/* The largest of part i of n values cut into `columns` parts */
static uint64_t largest_of(const uint64_t *x, size_t n, size_t columns,
			   size_t i)
{
	uint64_t most = 0;

	for (size_t k = i * n / columns; k < (i + 1) * n / columns; k++)
		if (x[k] > most)
			most = x[k];
	return most;
}

void text_curve(struct buf *out, const uint64_t *x, size_t n, size_t columns)
{
	static const char *const level[9] = { "·", "▁", "▂", "▃", "▄",
					      "▅", "▆", "▇", "█" };
	uint64_t most = n > 0 ? largest_of(x, n, 1, 0) : 0;

	if (columns > n)
		columns = n;
	for (size_t i = 0; i < columns; i++) {
		double y = (double)largest_of(x, n, columns, i);

		buf_add_text(
			out,
			level[y > 0 ? 1 + (int)(7 * y / (double)most) : 0]);
	}
}

/* -------------------------------------------------------------- paragraphs */

void text_title(struct buf *out, const char *title)
{
	size_t n = utf8_width(bytes_of_text(title));

	buf_printf(out, "\n%s\n", title);
	while (n-- > 0)
		buf_add_text(out, "─");
	buf_add_char(out, '\n');
}

static void indent_by(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_char(out, ' ');
}

void text_paragraph(struct buf *out, size_t indent, const char *format, ...)
{
	struct buf whole = { 0 };
	struct bytes rest;
	size_t at = indent;
	va_list args;

	va_start(args, format);
	buf_vprintf(&whole, format, args);
	va_end(args);
	rest = buf_bytes(&whole);
	indent_by(out, indent);
	while (rest.len > 0) {
		struct bytes word = bytes_cut(&rest, ' ');
		size_t width = utf8_width(word);

		if (at > indent && at + 1 + width > REPORT_COLUMNS) {
			buf_add_char(out, '\n');
			indent_by(out, indent);
			at = indent;
		} else if (at > indent) {
			buf_add_char(out, ' ');
			at++;
		}
		buf_add_bytes(out, word);
		at += width;
	}
	buf_add_char(out, '\n');
	buf_deinit(&whole);
}
