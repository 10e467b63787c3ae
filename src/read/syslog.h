/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syslog.h - the stamp and the header of a syslog line (private to read/)
 *
 *	Mar  5 01:02:03 mx1 postfix/smtpd[123]: text		RFC 3164
 *	Mar  5 2021 01:02:03 mx1 …				with a year
 *	2023-03-14T00:00:31.185246+01:00 mx1 postfix/smtpd[123]: text
 *	<22>1 2023-03-14T00:00:31Z mx1 postfix/smtpd 123 - - text	RFC 5424
 *	<22>Mar  5 …						from the wire
 *
 * A stamp without a year gets one from order and from the file's age: years
 * never go back, a step back by more than a month is a new year, and the last
 * line is not after the file's last change. The clock cannot know the last
 * line when it meets the first; where a later line shows the first guess to be
 * a year too late, it says so, and who holds times of this clock moves them.
 */
#pragma once

#include "base/base.h"
#include "sys/sys.h"

struct syslog_clock {
	struct sys_zone *zone; /* of stamps without offset; NULL: UTC */
	int64_t limit;	       /* no line is later; INT64_MAX: unknown */
	int year;	       /* of the last line; 0: no line yet */
	bool year_is_given;
	int month;
	int day;
	unsigned
		n_moved; /* years that all earlier times are to be moved back */
};

/* mtime, now: 0 where unknown; year: of the first line, 0 to infer */
void syslog_clock_init(struct syslog_clock *c, struct sys_zone *zone,
		       int64_t mtime, int64_t now, int year);

struct syslog_line {
	int64_t time;	      /* seconds since 1970 UTC */
	bool has_year;	      /* the stamp said it */
	struct bytes host;    /* who wrote the line; may be empty */
	struct bytes program; /* without directories before it */
	uint32_t pid;	      /* 0: none */
	struct bytes text;
};

/* E_SYNTAX: not such a line. Borrowed from the line. */
int syslog_parse(struct syslog_clock *c, struct bytes line,
		 struct syslog_line *out);

/* The same moment of the calendar a year earlier */
int64_t syslog_year_back(int64_t time);
