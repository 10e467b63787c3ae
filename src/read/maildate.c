/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maildate.c - a date is a handful of words, told apart by their looks
 *
 * Words are cut at blanks and commas; comments are dropped. What follows is
 * either day-month-year order (RFC 5322) or that of asctime(3), in which the
 * year stands behind the clock. Day names are not compared with the date.
 */
#include "read/maildate.h"

#include "event/event.h"

#define WORDS_MAX 8

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
	return c == ' ' || c == ',' || (c >= '\t' && c <= '\r');
}

/* Past a comment that starts here, or the whole length if it never ends */
static size_t skip_comment(struct bytes b, size_t at)
{
	unsigned depth = 0;

	for (; at < b.len; at++) {
		depth += b.ptr[at] == '(';
		depth -= b.ptr[at] == ')';
		if (depth == 0)
			return at + 1;
	}
	return at;
}

/* The words outside comments; too many are as good as none */
static size_t split(struct bytes b, struct bytes words[WORDS_MAX])
{
	size_t n = 0, at = 0;

	while (at < b.len) {
		size_t start = at;

		if (is_blank(b.ptr[at])) {
			at++;
			continue;
		}
		if (b.ptr[at] == '(') {
			at = skip_comment(b, at);
			continue;
		}
		while (at < b.len && !is_blank(b.ptr[at]) && b.ptr[at] != '(')
			at++;
		if (n == WORDS_MAX)
			return 0;
		words[n++] = bytes_of(b.ptr + start, at - start);
	}
	return n;
}

/* 1 … 12, also of a long name; 0 is none */
static int month_of(struct bytes word)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; word.len >= 3 && i < 12; i++)
		if (bytes_equal_nocase(bytes_of(word.ptr, 3),
				       bytes_of(names + 3 * i, 3)))
			return i + 1;
	return 0;
}

static bool number_of(struct bytes word, uint64_t max, int *out)
{
	uint64_t x;

	if (bytes_to_u64(word, max, &x) < 0)
		return false;
	*out = (int)x;
	return true;
}

/* RFC 5322 4.3: 00-49 are of this century, 50-999 count from 1900 */
static bool year_of(struct bytes word, int *year)
{
	if (word.len < 2 || word.len > 4 || !number_of(word, 9999, year))
		return false;
	if (word.len == 2 && *year < 50)
		*year += 2000;
	else if (word.len < 4)
		*year += 1900;
	return true;
}

/* "07:36:16", "7:36", "07.36.16" */
static bool clock_of(struct bytes word, struct civil *c)
{
	char mark = bytes_find_char(word, ':') < word.len ? ':' : '.';
	struct bytes rest = word;
	struct bytes hour = bytes_cut(&rest, mark);
	struct bytes minute = bytes_cut(&rest, mark);

	c->second = 0;
	if (hour.len > 2 || minute.len != 2 || !number_of(hour, 23, &c->hour) ||
	    !number_of(minute, 59, &c->minute))
		return false;
	return rest.len == 0 ||
	       (rest.len == 2 && number_of(rest, 60, &c->second));
}

/* "+0530", "-0400" and the sign alone with colons; seconds east of UTC */
static bool offset_of(struct bytes word, int *offset)
{
	int hours, minutes, sign = word.ptr[0] == '-' ? -1 : 1;

	if (word.ptr[0] != '+' && word.ptr[0] != '-')
		return false;
	word = bytes_from(word, 1);
	if (word.len == 5 && word.ptr[2] == ':') {
		if (!number_of(bytes_from(word, 3), 59, &minutes))
			return false;
	} else if (word.len != 4 ||
		   !number_of(bytes_from(word, 2), 59, &minutes)) {
		return false;
	}
	if (!number_of(bytes_of(word.ptr, 2), 23, &hours))
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

/*
 * Names: those of RFC 5322 4.3, and a few that its own comments are full of.
 * Letters and what is not known mean -0000, which is UTC.
 */
static int offset_of_name(struct bytes word)
{
	static const struct {
		const char *name;
		int hours;
	} zones[] = {
		{ "EST", -5 }, { "EDT", -4 },  { "CST", -6 },  { "CDT", -5 },
		{ "MST", -7 }, { "MDT", -6 },  { "PST", -8 },  { "PDT", -7 },
		{ "CET", 1 },  { "CEST", 2 },  { "MET", 1 },   { "MEST", 2 },
		{ "EET", 2 },  { "EEST", 3 },  { "BST", 1 },   { "WEST", 1 },
		{ "JST", 9 },  { "AEST", 10 }, { "AEDT", 11 }, { "HST", -10 },
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++)
		if (bytes_equal_nocase(word, bytes_of_text(zones[i].name)))
			return zones[i].hours * 3600;
	return 0;
}

static bool is_name(struct bytes word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!((word.ptr[i] | 0x20) >= 'a' &&
		      (word.ptr[i] | 0x20) <= 'z'))
			return false;
	return word.len > 0 && word.len <= 5;
}

/* "-0400", "EST", "GMT+0100" */
static bool zone_of(struct bytes word, int *offset)
{
	if (offset_of(word, offset))
		return true;
	if (bytes_starts_nocase(word, "GMT") ||
	    bytes_starts_nocase(word, "UTC"))
		word = bytes_from(word, 3);
	if (word.len > 0 && offset_of(word, offset))
		return true;
	*offset = offset_of_name(word);
	return word.len == 0 || is_name(word);
}

struct parts {
	struct civil c;
	int offset;
	bool has_zone;
};

static bool finish_zone(const struct bytes *w, size_t n, struct parts *p)
{
	if (n == 0)
		return true;
	p->has_zone = true;
	return n == 1 && zone_of(w[0], &p->offset);
}

/* 22 Aug 2002 07:36:16 [-0400] */
static bool read_rfc(const struct bytes *w, size_t n, struct parts *p)
{
	p->c.month = n >= 4 ? month_of(w[1]) : 0;
	return p->c.month != 0 && w[0].len <= 2 &&
	       number_of(w[0], 31, &p->c.day) && year_of(w[2], &p->c.year) &&
	       clock_of(w[3], &p->c) && finish_zone(w + 4, n - 4, p);
}

/* 22-Aug-2002 07:36:16 [-0400] */
static bool read_dashes(const struct bytes *w, size_t n, struct parts *p)
{
	struct bytes apart[WORDS_MAX + 2], rest;

	if (n < 2 || bytes_find_char(w[0], '-') == w[0].len)
		return false;
	rest = w[0];
	apart[0] = bytes_cut(&rest, '-');
	apart[1] = bytes_cut(&rest, '-');
	apart[2] = rest;
	for (size_t i = 1; i < n; i++)
		apart[i + 2] = w[i];
	return read_rfc(apart, n + 2, p);
}

/* Aug 22 12:34:53 2002 [+0100], Aug 22 12:34:53 EST 2002 */
static bool read_asctime(const struct bytes *w, size_t n, struct parts *p)
{
	p->c.month = n >= 4 ? month_of(w[0]) : 0;
	if (p->c.month == 0 || w[1].len > 2 ||
	    !number_of(w[1], 31, &p->c.day) || !clock_of(w[2], &p->c))
		return false;
	if (year_of(w[3], &p->c.year))
		return finish_zone(w + 4, n - 4, p);
	return n == 5 && finish_zone(w + 3, 1, p) && year_of(w[4], &p->c.year);
}

static bool is_day_name(struct bytes word)
{
	static const char names[] = "monTueWedThuFriSatSun";

	for (int i = 0; word.len >= 3 && i < 7; i++)
		if (bytes_equal_nocase(bytes_of(word.ptr, 3),
				       bytes_of(names + 3 * i, 3)))
			return !is_digit(word.ptr[word.len - 1]);
	return false;
}

/* E_RANGE for the 31st of April and the like */
static int to_time(const struct parts *p, int64_t *out)
{
	const struct civil *c = &p->c;
	int64_t t = time_from_civil(c->year, c->month, c->day, c->hour,
				    c->minute, c->second);
	struct civil back = time_to_civil(t - (c->second == 60));

	if (back.day != c->day || back.month != c->month)
		return E_RANGE;
	t -= p->offset;
	if (t < 0 || t > TIME_MAX)
		return E_RANGE;
	*out = t;
	return 0;
}

int maildate_parse(struct bytes text, int64_t *out, bool *has_zone)
{
	struct bytes words[WORDS_MAX], *w = words;
	size_t n = split(text, words);
	struct parts p = { 0 };

	if (n > 0 && is_day_name(w[0])) {
		w++;
		n--;
	}
	if (!read_rfc(w, n, &p) && !read_dashes(w, n, &p) &&
	    !read_asctime(w, n, &p))
		return E_SYNTAX;
	*has_zone = p.has_zone;
	return to_time(&p, out);
}
