/* SPDX-License-Identifier: Apache-2.0 */
#include "read/row.h"

static const char *const column_names[N_COLUMNS] = {
	[COL_TIME] = "time",   [COL_HOST] = "host",	[COL_KIND] = "kind",
	[COL_LABEL] = "label", [COL_CLIENT] = "client",
};

static unsigned column_of(struct bytes ours)
{
	unsigned i = 0;

	while (i < N_COLUMNS && !bytes_is(ours, column_names[i]))
		i++;
	return i;
}

bool read_map_is_valid(const char *map)
{
	struct bytes rest = bytes_of_text(map);

	do {
		struct bytes theirs = bytes_cut(&rest, ',');
		struct bytes ours = bytes_trim(bytes_cut(&theirs, '='));

		if (bytes_trim(theirs).len == 0 || column_of(ours) == N_COLUMNS)
			return false;
	} while (rest.len > 0);
	return true;
}

void row_names(const char *map, struct bytes names[N_COLUMNS])
{
	struct bytes rest = bytes_of_text(map ? map : "");

	for (unsigned i = 0; i < N_COLUMNS; i++)
		names[i] = bytes_of_text(column_names[i]);
	while (rest.len > 0) {
		struct bytes theirs = bytes_cut(&rest, ',');
		struct bytes ours = bytes_trim(bytes_cut(&theirs, '='));
		unsigned i = column_of(ours);

		if (theirs.len > 0 && i < N_COLUMNS)
			names[i] = bytes_trim(theirs);
	}
}

/* Names that differ mostly do so near their ends: client17.example. */
static unsigned recent_slot(struct bytes name)
{
	uint64_t first = 0, last = 0;
	size_t n = name.len < sizeof(first) ? name.len : sizeof(first);

	memcpy(&first, name.ptr, n);
	memcpy(&last, name.ptr + name.len - n, n);
	first ^= last * 0x9e3779b97f4a7c15u;
	return (unsigned)(hash_mix(first ^ name.len) % ROW_N_RECENT);
}

static uint32_t number_of(uint32_t recent[ROW_N_RECENT], struct catalog *c,
			  struct bytes name)
{
	uint32_t *slot;

	if (name.len == 0)
		return 0;
	slot = &recent[recent_slot(name)];
	if (*slot == 0 || !bytes_equal(catalog_name(c, *slot), name))
		*slot = catalog_add(c, name);
	return *slot;
}

/* Whole seconds, what stands behind a point is cut off. */
static int parse_seconds(struct bytes text, int64_t *out)
{
	struct bytes fraction = text;
	struct bytes whole = bytes_cut(&fraction, '.');
	uint64_t seconds = 0;

	for (size_t i = 0; i < fraction.len; i++)
		if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
			return E_SYNTAX;
	if (whole.len == 0)
		return E_SYNTAX;
	for (size_t i = 0; i < whole.len; i++) {
		if (whole.ptr[i] < '0' || whole.ptr[i] > '9')
			return E_SYNTAX;
		seconds = seconds * 10 + (uint64_t)(whole.ptr[i] - '0');
		if (seconds > TIME_MAX)
			return E_RANGE;
	}
	*out = (int64_t)seconds;
	return 0;
}

int row_parse_time(const struct read_job *job, struct bytes text, int64_t *out)
{
	struct sys_zone *zone = read_job_zone(job);
	bool has_zone;
	int err = parse_seconds(text, out);

	if (err != E_SYNTAX)
		return err;
	err = time_parse(text, out, &has_zone);
	if (err == 0 && !has_zone && zone != NULL)
		*out = sys_zone_to_utc(zone, *out);
	if (err == 0 && (*out < 0 || *out > TIME_MAX))
		err = E_RANGE;
	return err;
}

#define STAMP	  "2003-08-19T12:00:00Z"
#define STAMP_LEN (sizeof(STAMP) - 1)
#define DAY_LEN	  (sizeof("2003-08-19T") - 1)

static bool two_digits(const char *p, unsigned max, unsigned *out)
{
	unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');

	*out = tens * 10 + ones;
	return tens <= 9 && ones <= 9 && *out <= max;
}

/* Any place will do; days of a year have different ones. */
static struct row_day *day_of(struct row_state *s, const char *p)
{
	unsigned at = (unsigned)(p[5] * 10 + p[6]) * 32 +
		      (unsigned)(p[8] * 10 + p[9]);

	return &s->days[at % ROW_N_DAYS];
}

/*
 * What we print ourselves, on a day that was seen before: only the clock is
 * read. Whatever is unusual in it is left to row_parse_time().
 */
static bool parse_stamp(struct row_state *s, struct bytes text, int64_t *out)
{
	const char *p = text.ptr;
	unsigned hour, minute, second;
	const struct row_day *day;

	if (text.len != STAMP_LEN || p[13] != ':' || p[16] != ':' ||
	    p[19] != 'Z' || !two_digits(p + 11, 23, &hour) ||
	    !two_digits(p + 14, 59, &minute) ||
	    !two_digits(p + 17, 59, &second))
		return false;
	day = day_of(s, p);
	if (memcmp(day->text, p, DAY_LEN) != 0)
		return false;
	*out = day->start + hour * 3600 + minute * 60 + second;
	return *out <= TIME_MAX;
}

/* Its form is the one that parse_stamp() will take. */
static void keep_day(struct row_state *s, struct bytes text, int64_t time)
{
	struct row_day *day;

	if (text.len != STAMP_LEN || text.ptr[10] != 'T' ||
	    text.ptr[4] != '-' || text.ptr[13] != ':' || text.ptr[16] != ':' ||
	    text.ptr[17] == '6' || text.ptr[19] != 'Z')
		return;
	day = day_of(s, text.ptr);
	memcpy(day->text, text.ptr, DAY_LEN);
	day->start = time - time % DAY_SECONDS;
}

static int parse_time(struct read_unit *u, struct row_state *s,
		      struct bytes text, int64_t *out)
{
	int err = 0;

	if (parse_stamp(s, text, out))
		return 0;
	err = row_parse_time(u->job, text, out);
	if (err == 0)
		keep_day(s, text, *out);
	return err;
}

/* An address, or a prefix that is one host: how we print an IPv6 one */
static bool parse_host(struct bytes text, uint64_t *host)
{
	struct host_prefix p;

	if (host_parse(text, host) == 0)
		return true;
	if (host_prefix_parse(text, &p) < 0 || p.first != p.last)
		return false;
	*host = p.first;
	return true;
}

#define SHOWN 60 /* bytes of a bad value */

static int shown(struct bytes b)
{
	return (int)(b.len < SHOWN ? b.len : SHOWN);
}

static enum read_verdict bad_time(struct read_unit *u, struct bytes text,
				  int err)
{
	if (err == E_RANGE)
		return read_complain(u,
				     "a time that exists, from 1970 to 2106, "
				     "and not \"%.*s\"",
				     shown(text), text.ptr);
	return read_complain(u,
			     "a time as unix seconds or ISO 8601, and not "
			     "\"%.*s\"",
			     shown(text), text.ptr);
}

static enum read_verdict bad_kind(struct read_unit *u, struct bytes text)
{
	return read_complain(u,
			     "a kind (clean, spam, virus, policy, unscanned, "
			     "relay, proxy, backdoor, listed), and not "
			     "\"%.*s\"",
			     shown(text), text.ptr);
}

enum read_verdict row_emit(struct read_unit *u, const struct read_format *f,
			   struct row_state *s,
			   const struct bytes text[N_COLUMNS])
{
	const struct read_options *o = read_job_options(u->job);
	struct bytes label = text[COL_LABEL];
	struct event e = { 0 };
	enum kind kind = (enum kind)o->kind;
	int64_t time;
	int err = parse_time(u, s, text[COL_TIME], &time);

	if (err < 0)
		return bad_time(u, text[COL_TIME], err);
	if (!parse_host(text[COL_HOST], &e.host))
		return read_complain(u,
				     "an IPv4 or IPv6 address, and not "
				     "\"%.*s\"",
				     shown(text[COL_HOST]), text[COL_HOST].ptr);
	if (o->kind < 0 && kind_parse(text[COL_KIND], &kind) < 0)
		return bad_kind(u, text[COL_KIND]);
	if (label.len == 0 && o->label != NULL)
		label = bytes_of_text(o->label);
	e.time = (uint32_t)time;
	e.kind = (uint8_t)kind;
	e.label = number_of(s->labels, read_job_labels(u->job), label);
	e.client = number_of(s->clients, read_job_clients(u->job),
			     text[COL_CLIENT]);
	if (!read_emit(u->job, f, e))
		return read_ignore(u, "row: loopback or own server",
				   "ours are never charged");
	return READ_USED;
}
