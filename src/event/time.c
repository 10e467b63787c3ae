/* SPDX-License-Identifier: Apache-2.0 */
/*
 * time.c - dates and seconds
 *
 * Days and dates by counting years from March, so that the leap day is the
 * last one: the months then follow a straight line (153 days in 5 months).
 */
#include "event/event.h"

#include <stdio.h>

#define DAYS_0000_TO_1970 719468 /* from 0000-03-01 */
#define DAYS_OF_400_YEARS 146097

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

int64_t time_from_civil(int year, int month, int day, int hour, int minute,
			int second)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = floor_div(y, 400);
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year =
		(153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t days = era * DAYS_OF_400_YEARS + year_of_era * 365 +
		       year_of_era / 4 - year_of_era / 100 + day_of_year -
		       DAYS_0000_TO_1970;

	return days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
}

struct civil time_to_civil(int64_t t)
{
	int64_t days = floor_div(t, DAY_SECONDS);
	int64_t rest = t - days * DAY_SECONDS;
	int64_t z = days + DAYS_0000_TO_1970;
	int64_t era = floor_div(z, DAYS_OF_400_YEARS);
	int64_t doe = z - era * DAYS_OF_400_YEARS;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t m = (5 * doy + 2) / 153;
	struct civil c;

	c.day = (int)(doy - (153 * m + 2) / 5 + 1);
	c.month = (int)(m < 10 ? m + 3 : m - 9);
	c.year = (int)(yoe + era * 400 + (c.month <= 2));
	c.hour = (int)(rest / 3600);
	c.minute = (int)(rest / 60 % 60);
	c.second = (int)(rest % 60);
	return c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly n digits */
static bool take_number(struct bytes *b, size_t n, int *out)
{
	uint64_t x;

	if (b->len < n || bytes_to_u64(bytes_of(b->ptr, n), 9999, &x) < 0)
		return false;
	*out = (int)x;
	*b = bytes_from(*b, n);
	return true;
}

/* "12:00:00.123", "12:00", "120000" */
static bool take_clock(struct bytes *b, struct civil *c)
{
	bool colon;

	if (!take_number(b, 2, &c->hour))
		return false;
	colon = bytes_skip(b, ":");
	if (!take_number(b, 2, &c->minute))
		return false;
	if (b->len == 0 || (colon ? b->ptr[0] != ':' : !is_digit(b->ptr[0])))
		return true;
	if (colon)
		bytes_skip(b, ":");
	if (!take_number(b, 2, &c->second))
		return false;
	if (b->len > 1 && (b->ptr[0] == '.' || b->ptr[0] == ',') &&
	    is_digit(b->ptr[1])) {
		*b = bytes_from(*b, 1);
		while (b->len > 0 && is_digit(b->ptr[0]))
			*b = bytes_from(*b, 1);
	}
	return true;
}

/* "Z", "+02:00", "-0500", "+02"; seconds east of UTC */
static bool take_offset(struct bytes *b, int *offset)
{
	int sign = 1, hours, minutes = 0;

	*offset = 0;
	if (bytes_skip(b, "Z") || bytes_skip(b, "z"))
		return true;
	if (bytes_skip(b, "-"))
		sign = -1;
	else if (!bytes_skip(b, "+"))
		return false;
	if (!take_number(b, 2, &hours))
		return false;
	bytes_skip(b, ":");
	if (b->len > 0 && !take_number(b, 2, &minutes))
		return false;
	*offset = sign * (hours * 3600 + minutes * 60);
	return hours < 24 && minutes < 60;
}

static int days_in_month(int year, int month)
{
	static const int days[12] = { 31, 28, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static bool civil_exists(const struct civil *c)
{
	return c->month >= 1 && c->month <= 12 && c->day >= 1 &&
	       c->day <= days_in_month(c->year, c->month) && c->hour < 24 &&
	       c->minute < 60 && c->second <= 60; /* a leap second */
}

int time_parse(struct bytes text, int64_t *out, bool *has_zone)
{
	struct civil c = { 0 };
	bool dash;
	int offset = 0;
	int64_t t;

	*has_zone = false;
	if (!take_number(&text, 4, &c.year))
		return E_SYNTAX;
	dash = bytes_skip(&text, "-");
	if (!take_number(&text, 2, &c.month) ||
	    (dash && !bytes_skip(&text, "-")) || !take_number(&text, 2, &c.day))
		return E_SYNTAX;
	if (text.len > 0) {
		if (!bytes_skip(&text, "T") && !bytes_skip(&text, " "))
			return E_SYNTAX;
		if (!take_clock(&text, &c))
			return E_SYNTAX;
		bytes_skip(&text, " ");
		if (text.len > 0)
			*has_zone = true;
		if (text.len > 0 &&
		    (!take_offset(&text, &offset) || text.len > 0))
			return E_SYNTAX;
	}
	if (!civil_exists(&c))
		return E_RANGE;
	t = time_from_civil(c.year, c.month, c.day, c.hour, c.minute,
			    c.second) -
	    offset;
	if (t < 0 || t > TIME_MAX)
		return E_RANGE;
	*out = t;
	return 0;
}

size_t date_format(int64_t t, char out[TIME_TEXT_MAX])
{
	struct civil c = time_to_civil(t);

	return (size_t)snprintf(out, TIME_TEXT_MAX, "%04d-%02d-%02d", c.year,
				c.month, c.day);
}

size_t time_format(int64_t t, char out[TIME_TEXT_MAX])
{
	struct civil c = time_to_civil(t);
	size_t n = date_format(t, out);

	return n + (size_t)snprintf(out + n, TIME_TEXT_MAX - n,
				    "T%02d:%02d:%02dZ", c.hour, c.minute,
				    c.second);
}

void json_put_time(struct json *w, const char *key, int64_t t)
{
	char text[TIME_TEXT_MAX];

	time_format(t, text);
	json_put_text(w, key, bytes_of_text(text));
}
