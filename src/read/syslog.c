/* SPDX-License-Identifier: Apache-2.0 */
/* syslog.c - see syslog.h for the forms and for how a year is found */
#include "read/syslog.h"

#include "event/event.h"

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

#define NEW_YEAR_STEP 31 /* days back that are no disorder but a new year */

struct stamp {
	int year; /* 0: not said */
	int month, day, hour, minute, second;
	bool has_offset;
	int64_t offset; /* seconds east of UTC */
};

/* ---------------------------------------------------------------- scanning */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* n digits and a value between lo and hi */
static bool take_number(struct bytes *b, size_t n, int lo, int hi, int *out)
{
	int x = 0;

	if (b->len < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_digit(b->ptr[i]))
			return false;
		x = x * 10 + (b->ptr[i] - '0');
	}
	*b = bytes_from(*b, n);
	*out = x;
	return x >= lo && x <= hi;
}

static bool take_clock(struct bytes *b, struct stamp *s)
{
	return take_number(b, 2, 0, 23, &s->hour) && bytes_skip(b, ":") &&
	       take_number(b, 2, 0, 59, &s->minute) && bytes_skip(b, ":") &&
	       take_number(b, 2, 0, 60, &s->second);
}

static void skip_fraction(struct bytes *b)
{
	if (b->len < 2 || (b->ptr[0] != '.' && b->ptr[0] != ',') ||
	    !is_digit(b->ptr[1]))
		return;
	*b = bytes_from(*b, 1);
	while (b->len > 0 && is_digit(b->ptr[0]))
		*b = bytes_from(*b, 1);
}

static bool take_offset(struct bytes *b, struct stamp *s)
{
	int hours, minutes = 0, sign = 1;

	if (bytes_skip(b, "Z")) {
		s->has_offset = true;
		return true;
	}
	if (bytes_skip(b, "-"))
		sign = -1;
	else if (!bytes_skip(b, "+"))
		return true;
	if (!take_number(b, 2, 0, 15, &hours))
		return false;
	bytes_skip(b, ":");
	if (b->len > 0 && is_digit(b->ptr[0]) &&
	    !take_number(b, 2, 0, 59, &minutes))
		return false;
	s->has_offset = true;
	s->offset = sign * (hours * 3600 + minutes * 60);
	return true;
}

/* 2023-03-14T00:00:31.185246+01:00 */
static bool take_iso(struct bytes *b, struct stamp *s)
{
	if (!take_number(b, 4, 1970, 2105, &s->year) || !bytes_skip(b, "-") ||
	    !take_number(b, 2, 1, 12, &s->month) || !bytes_skip(b, "-") ||
	    !take_number(b, 2, 1, 31, &s->day))
		return false;
	if (!bytes_skip(b, "T") && !bytes_skip(b, " "))
		return false;
	if (!take_clock(b, s))
		return false;
	skip_fraction(b);
	return take_offset(b, s);
}

static bool take_month(struct bytes *b, int *month)
{
	if (b->len < 4 || b->ptr[3] != ' ')
		return false;
	for (int i = 0; i < 12; i++) {
		if (memcmp(b->ptr, months[i], 3) == 0) {
			*b = bytes_from(*b, 4);
			*month = i + 1;
			return true;
		}
	}
	return false;
}

/* "Mar  5 01:02:03", also "Mar 05 2021 01:02:03" and with a fraction */
static bool take_bsd(struct bytes *b, struct stamp *s)
{
	if (!take_month(b, &s->month))
		return false;
	bytes_skip(b, " ");
	if (b->len > 1 && is_digit(b->ptr[1])) {
		if (!take_number(b, 2, 1, 31, &s->day))
			return false;
	} else if (!take_number(b, 1, 1, 9, &s->day)) {
		return false;
	}
	if (!bytes_skip(b, " "))
		return false;
	if (b->len > 5 && b->ptr[4] == ' ' &&
	    (!take_number(b, 4, 1970, 2105, &s->year) || !bytes_skip(b, " ")))
		return false;
	if (!take_clock(b, s))
		return false;
	skip_fraction(b);
	return true;
}

/* ------------------------------------------------------------------- years */

void syslog_clock_init(struct syslog_clock *c, struct sys_zone *zone,
		       int64_t mtime, int64_t now, int year)
{
	*c = (struct syslog_clock){ .zone = zone, .limit = INT64_MAX };
	if (now > 0)
		c->limit = now + DAY_SECONDS;
	if (mtime > 0 && mtime + DAY_SECONDS < c->limit)
		c->limit = mtime + DAY_SECONDS;
	c->year_is_given = year > 0;
	c->year = year > 0 ? year : 0;
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int day_number(int month, int day)
{
	static const int before[12] = { 0,   31,  59,  90,  120, 151,
					181, 212, 243, 273, 304, 334 };

	return before[month - 1] + day;
}

static int64_t stamp_time(const struct syslog_clock *c, const struct stamp *s,
			  int year)
{
	int64_t t = time_from_civil(year, s->month, s->day, s->hour, s->minute,
				    s->second);

	if (s->has_offset)
		return t - s->offset;
	return c->zone ? sys_zone_to_utc(c->zone, t) : t;
}

static bool year_fits(const struct syslog_clock *c, const struct stamp *s,
		      int year)
{
	if (s->month == 2 && s->day == 29 && !is_leap(year))
		return false;
	return stamp_time(c, s, year) <= c->limit;
}

/* The latest year that the first line can be of */
static int first_year(const struct syslog_clock *c, const struct stamp *s)
{
	int64_t limit = c->limit < TIME_MAX ? c->limit : TIME_MAX;
	int year = time_to_civil(limit).year + 1;

	while (year > 1971 && !year_fits(c, s, year))
		year--;
	return year;
}

/* The year of a stamp that does not say one; counts n_moved. */
static int find_year(struct syslog_clock *c, const struct stamp *s)
{
	int step;

	if (c->month == 0 && c->year == 0)
		c->year = first_year(c, s);
	if (c->month == 0)
		return c->year;
	step = day_number(s->month, s->day) - day_number(c->month, c->day);
	if (step < -NEW_YEAR_STEP) {
		c->year++;
		c->month = s->month;
		c->day = s->day;
	} else if (step > 365 - NEW_YEAR_STEP) {
		return c->year - 1; /* a straggler of the old year */
	}
	while (!c->year_is_given && c->year > 1971 &&
	       !year_fits(c, s, c->year)) {
		c->year--;
		c->n_moved++;
	}
	return c->year;
}

static void clock_set(struct syslog_clock *c, const struct stamp *s, int year)
{
	if (year < c->year ||
	    (year == c->year && c->month != 0 &&
	     day_number(s->month, s->day) < day_number(c->month, c->day)))
		return; /* disorder: later lines are measured by the latest */
	c->year = year;
	c->month = s->month;
	c->day = s->day;
}

int64_t syslog_year_back(int64_t time)
{
	struct civil d = time_to_civil(time);

	if (d.month == 2 && d.day == 29)
		time -= DAY_SECONDS;
	d = time_to_civil(time);
	return time_from_civil(d.year - 1, d.month, d.day, d.hour, d.minute,
			       d.second);
}

/* ------------------------------------------------------------------ header */

/* The next word; what is behind its blanks stays. */
static struct bytes take_word(struct bytes *b)
{
	struct bytes word = bytes_cut(b, ' ');

	while (b->len > 0 && b->ptr[0] == ' ')
		*b = bytes_from(*b, 1);
	return word;
}

static struct bytes base_name(struct bytes path)
{
	size_t at = path.len;

	if (path.len == 0 || path.ptr[0] != '/')
		return path;
	while (at > 0 && path.ptr[at - 1] != '/')
		at--;
	return bytes_from(path, at);
}

/* "mail.info", "<mail.info>": what some write before or behind the host */
static bool is_priority(struct bytes word)
{
	static const char *const facilities[] = { "mail.", "user.", "daemon.",
						  "local", "<mail." };

	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++)
		if (bytes_starts(word, facilities[i]) &&
		    bytes_find_char(word, '.') < word.len &&
		    bytes_find_char(word, '[') == word.len &&
		    bytes_find_char(word, ':') == word.len)
			return true;
	return false;
}

/* "prog[pid]: text", "prog: text" */
static int take_tag(struct bytes b, struct syslog_line *out)
{
	uint64_t pid = 0;
	size_t i = 0, end;

	while (i < b.len && b.ptr[i] != '[' && b.ptr[i] != ':' &&
	       b.ptr[i] != ' ')
		i++;
	if (i == b.len || i == 0 || b.ptr[i] == ' ')
		return E_SYNTAX;
	out->program = base_name(bytes_of(b.ptr, i));
	if (b.ptr[i] == '[') {
		b = bytes_from(b, i + 1);
		end = bytes_find_char(b, ']');
		if (end == b.len ||
		    bytes_to_u64(bytes_of(b.ptr, end), UINT32_MAX, &pid) < 0)
			return E_SYNTAX;
		i = end + 1;
	}
	b = bytes_from(b, i);
	if (!bytes_skip(&b, ":"))
		return E_SYNTAX;
	while (b.len > 0 && b.ptr[0] == ' ')
		b = bytes_from(b, 1);
	out->pid = (uint32_t)pid;
	out->text = b;
	return 0;
}

/* The rest of an RFC 5424 line behind its stamp */
static int take_structured(struct bytes b, struct syslog_line *out)
{
	uint64_t pid = 0;
	struct bytes word;

	out->host = take_word(&b);
	out->program = base_name(take_word(&b));
	word = take_word(&b);
	if (bytes_to_u64(word, UINT32_MAX, &pid) < 0 && !bytes_is(word, "-"))
		return E_SYNTAX;
	take_word(&b); /* the kind of message */
	if (!bytes_skip(&b, "-")) {
		bool quoted = false;
		size_t i = 0;

		for (; i < b.len; i++) {
			if (quoted && b.ptr[i] == '\\')
				i++;
			else if (b.ptr[i] == '"')
				quoted = !quoted;
			else if (!quoted && b.ptr[i] == ' ' &&
				 b.ptr[i - 1] == ']')
				break;
			if (i == 0 && b.ptr[0] != '[')
				return E_SYNTAX;
		}
		b = bytes_from(b, i < b.len ? i : b.len);
	}
	while (b.len > 0 && b.ptr[0] == ' ')
		b = bytes_from(b, 1);
	bytes_skip(&b, "\xef\xbb\xbf");
	out->pid = (uint32_t)pid;
	out->text = b;
	return out->program.len > 0 ? 0 : E_SYNTAX;
}

static int take_header(struct bytes b, struct syslog_line *out)
{
	struct bytes word = take_word(&b);

	if (is_priority(word))
		word = take_word(&b);
	out->host = word;
	if (word.len > 0 && word.ptr[word.len - 1] == ':')
		return E_SYNTAX; /* a log of something else */
	for (struct bytes ahead = b; is_priority(take_word(&ahead)); ahead = b)
		b = ahead;
	if (take_tag(b, out) < 0)
		return E_SYNTAX;
	if (bytes_starts(out->text, "[ID ")) { /* Solaris */
		size_t end = bytes_find_text(out->text, "] ");

		if (end < out->text.len)
			out->text = bytes_from(out->text, end + 2);
	}
	return 0;
}

static bool take_pri(struct bytes *b)
{
	size_t i = 1;

	if (!bytes_starts(*b, "<"))
		return false;
	while (i < b->len && i < 5 && is_digit(b->ptr[i]))
		i++;
	if (i == b->len || i == 1 || b->ptr[i] != '>')
		return false;
	*b = bytes_from(*b, i + 1);
	return true;
}

/* "/var/log/mail.log:Mar  5 …", as grep prints lines of several files */
static void skip_file_name(struct bytes *b)
{
	size_t end;

	if (!bytes_starts(*b, "/"))
		return;
	end = bytes_find_char(*b, ':');
	if (end < b->len && bytes_find_char(*b, ' ') > end)
		*b = bytes_from(*b, end + 1);
}

int syslog_parse(struct syslog_clock *c, struct bytes line,
		 struct syslog_line *out)
{
	struct stamp s = { 0 };
	bool structured;
	int year, err;

	skip_file_name(&line);
	structured = take_pri(&line) && bytes_skip(&line, "1 ");
	*out = (struct syslog_line){ 0 };
	if (line.len == 0)
		return E_SYNTAX;
	if (is_digit(line.ptr[0]) ? !take_iso(&line, &s) : !take_bsd(&line, &s))
		return E_SYNTAX;
	if (!bytes_skip(&line, " "))
		return E_SYNTAX;
	err = structured ? take_structured(line, out) : take_header(line, out);
	if (err < 0)
		return err;
	year = s.year;
	if (year == 0) {
		year = find_year(c, &s);
		clock_set(c, &s, year);
	}
	out->has_year = s.year != 0;
	out->time = stamp_time(c, &s, year);
	return out->time >= 0 && out->time <= (int64_t)TIME_MAX ? 0 : E_SYNTAX;
}
