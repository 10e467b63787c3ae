/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c - the present, and civil time
 *
 * The C library knows one zone at a time, by the environment. A zone of ours
 * swaps it in under a lock, and remembers the offset of the hour last asked,
 * so that a log of millions of lines asks a few times a day.
 */
#include "sys/sys.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define HOUR 3600

struct sys_zone {
	char *name; /* NULL: this machine's */
	bool is_fixed;
	int64_t offset; /* east of UTC; of `hour` where not fixed */
	int64_t hour;	/* civil */
};

int64_t sys_now(void)
{
	return (int64_t)time(NULL);
}

double sys_monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* "+02:00", "-0500", "Z", "UTC" */
static bool parse_fixed(struct bytes b, int64_t *offset)
{
	int64_t sign = 1;
	uint64_t hours, minutes = 0;

	*offset = 0;
	if (bytes_is(b, "UTC") || bytes_is(b, "Z") || bytes_is(b, "GMT"))
		return true;
	if (bytes_starts(b, "-"))
		sign = -1;
	else if (!bytes_starts(b, "+"))
		return false;
	b = bytes_from(b, 1);
	if (b.len < 2 || bytes_to_u64(bytes_of(b.ptr, 2), 14, &hours) < 0)
		return false;
	b = bytes_from(b, 2);
	bytes_skip(&b, ":");
	if (b.len > 0 && (b.len != 2 || bytes_to_u64(b, 59, &minutes) < 0))
		return false;
	*offset = sign * (int64_t)(hours * 3600 + minutes * 60);
	return true;
}

static bool zone_exists(const char *name)
{
	const char *dir = getenv("TZDIR");
	struct buf path = { 0 };
	bool exists;

	buf_printf(&path, "%s/%s", dir ? dir : "/usr/share/zoneinfo", name);
	exists = strstr(name, "..") == NULL && access(path.ptr, R_OK) == 0;
	buf_deinit(&path);
	return exists;
}

int sys_zone_open(struct sys_zone **out, const char *name)
{
	struct sys_zone zone = { .hour = INT64_MIN };

	if (name != NULL) {
		zone.is_fixed = parse_fixed(bytes_of_text(name), &zone.offset);
		if (!zone.is_fixed && !zone_exists(name))
			return E_NOT_FOUND;
		zone.name = mem_text(bytes_of_text(name));
	}
	*out = mem_alloc(1, sizeof(zone));
	**out = zone;
	return 0;
}

void sys_zone_close(struct sys_zone *z)
{
	if (z == NULL)
		return;
	free(z->name);
	free(z);
}

/*
 * mktime() with tm_isdst = 0 and 1 gives the two readings of an hour that
 * occurs twice; the earlier one that reads back as asked is ours.
 */
static int64_t offset_of_hour(int64_t civil)
{
	int64_t best = 0;
	bool found = false;

	for (int dst = 1; dst >= 0; dst--) {
		time_t as_utc = (time_t)civil, t;
		struct tm tm, back;

		gmtime_r(&as_utc, &tm);
		tm.tm_isdst = dst;
		t = mktime(&tm);
		localtime_r(&t, &back);
		if ((int64_t)t + back.tm_gmtoff != civil)
			continue;
		if (!found || back.tm_gmtoff > best)
			best = back.tm_gmtoff;
		found = true;
	}
	if (!found) { /* skipped by the clock: as before the jump */
		time_t before = (time_t)(civil - best - 86400);
		struct tm tm;

		localtime_r(&before, &tm);
		best = tm.tm_gmtoff;
	}
	return best;
}

static int64_t ask_libc(const char *name, int64_t civil)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	int64_t offset;

	pthread_mutex_lock(&lock);
	if (name != NULL) {
		const char *tz = getenv("TZ");
		char *old = tz ? mem_text(bytes_of_text(tz)) : NULL;

		setenv("TZ", name, 1);
		tzset();
		offset = offset_of_hour(civil);
		if (old != NULL)
			setenv("TZ", old, 1);
		else
			unsetenv("TZ");
		tzset();
		free(old);
	} else {
		tzset();
		offset = offset_of_hour(civil);
	}
	pthread_mutex_unlock(&lock);
	return offset;
}

/* Rounded down to the half hour: there are zones that jump at one. */
static int64_t half_hour_of(int64_t t)
{
	int64_t rest = t % (HOUR / 2);

	return t - (rest < 0 ? rest + HOUR / 2 : rest);
}

int64_t sys_zone_to_utc(struct sys_zone *z, int64_t civil)
{
	int64_t hour = half_hour_of(civil);

	if (!z->is_fixed && hour != z->hour) {
		z->offset = ask_libc(z->name, hour);
		z->hour = hour;
	}
	return civil - z->offset;
}
