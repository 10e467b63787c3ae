/* SPDX-License-Identifier: Apache-2.0 */
/* Stamps and headers of syslog; years are in test_read_postfix.c too */
#include "read/syslog.h"

#include "event/event.h"
#include "test.h"

static const struct {
	const char *name;
	const char *line;
	const char *want_time; /* NULL: no such line */
	const char *want_host;
	const char *want_program;
	uint32_t want_pid;
	const char *want_text;
} cases[] = {
	{ "BSD", "Mar  5 01:02:03 mx1 postfix/smtpd[123]: text",
	  "2004-03-05T01:02:03Z", "mx1", "postfix/smtpd", 123, "text" },
	{ "BSD, one digit, one blank", "Mar 5 01:02:03 mx1 p[1]: t",
	  "2004-03-05T01:02:03Z", "mx1", "p", 1, "t" },
	{ "BSD, two digits", "Oct 26 18:13:50 mx1 p[1]: t",
	  "2004-10-26T18:13:50Z", "mx1", "p", 1, "t" },
	{ "BSD with a year", "Mar  5 2021 01:02:03 mx1 p[1]: t",
	  "2021-03-05T01:02:03Z", "mx1", "p", 1, "t" },
	{ "BSD with a fraction", "Mar  5 01:02:03.250 mx1 p[1]: t",
	  "2004-03-05T01:02:03Z", "mx1", "p", 1, "t" },
	{ "ISO", "2023-03-14T00:00:31.185246+01:00 h p/q[1]: t",
	  "2023-03-13T23:00:31Z", "h", "p/q", 1, "t" },
	{ "ISO, Z", "2023-03-14T00:00:31Z h p[1]: t", "2023-03-14T00:00:31Z",
	  "h", "p", 1, "t" },
	{ "ISO, +0900", "2023-03-14 09:00:31+0900 h p[1]: t",
	  "2023-03-14T00:00:31Z", "h", "p", 1, "t" },
	{ "RFC 5424", "<22>1 2023-03-14T00:00:31Z h postfix/smtpd 123 - - text",
	  "2023-03-14T00:00:31Z", "h", "postfix/smtpd", 123, "text" },
	{ "RFC 5424 with data",
	  "<22>1 2023-03-14T00:00:31Z h p - ID [x a=\"] y\"][z] text",
	  "2023-03-14T00:00:31Z", "h", "p", 0, "text" },
	{ "from the wire", "<22>Mar  5 01:02:03 mx1 p[1]: t",
	  "2004-03-05T01:02:03Z", "mx1", "p", 1, "t" },
	{ "a path", "Mar  5 01:02:03 h /usr/sbin/amavisd-new[9]: (9-1) t",
	  "2004-03-05T01:02:03Z", "h", "amavisd-new", 9, "(9-1) t" },
	{ "no pid", "Mar  5 01:02:03 h dovecot: t", "2004-03-05T01:02:03Z", "h",
	  "dovecot", 0, "t" },
	{ "FreeBSD", "Mar  5 01:02:03 <mail.info> h p[1]: t",
	  "2004-03-05T01:02:03Z", "h", "p", 1, "t" },
	{ "busybox", "Mar  5 01:02:03 h mail.info p[1]: t",
	  "2004-03-05T01:02:03Z", "h", "p", 1, "t" },
	{ "Solaris", "Mar  5 01:02:03 h p[1]: [ID 197553 mail.info] t",
	  "2004-03-05T01:02:03Z", "h", "p", 1, "t" },
	{ "as grep prints it", "/var/log/mail.log:Mar  5 01:02:03 h p[1]: t",
	  "2004-03-05T01:02:03Z", "h", "p", 1, "t" },
	{ "no month", "Foo  5 01:02:03 h p[1]: t", NULL, NULL, NULL, 0, NULL },
	{ "no hour", "Mar  5 25:02:03 h p[1]: t", NULL, NULL, NULL, 0, NULL },
	{ "no tag", "Mar  5 01:02:03 h some words", NULL, NULL, NULL, 0, NULL },
	{ "half a tag", "Mar  5 01:02:03 h p[12", NULL, NULL, NULL, 0, NULL },
	{ "half a stamp", "2023-03-14T00:0", NULL, NULL, NULL, 0, NULL },
	{ "other logs", "[14-Mar-2023 00:00:31] PHP Warning: x", NULL, NULL,
	  NULL, 0, NULL },
	{ "empty", "", NULL, NULL, NULL, 0, NULL },
	{ "a number", "12", NULL, NULL, NULL, 0, NULL },
};

static void assert_text(const char *want, struct bytes got)
{
	if (!bytes_is(got, want))
		fail_msg("wanted \"%s\", got \"%.*s\"", want, BYTES_ARG(got));
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_ROWS(cases); i++) {
		char time[TIME_TEXT_MAX];
		struct syslog_clock c;
		struct syslog_line l;
		int err;

		row_is(cases[i].name);
		syslog_clock_init(&c, NULL, 0, 0, 2004);
		err = syslog_parse(&c, bytes_of_text(cases[i].line), &l);
		if (cases[i].want_time == NULL) {
			assert_int_equal(E_SYNTAX, err);
			continue;
		}
		assert_int_equal(0, err);
		time_format(l.time, time);
		assert_string_equal(cases[i].want_time, time);
		assert_text(cases[i].want_host, l.host);
		assert_text(cases[i].want_program, l.program);
		assert_int_equal(cases[i].want_pid, l.pid);
		assert_text(cases[i].want_text, l.text);
	}
}

static void test_zone(void **state)
{
	struct sys_zone *zone;
	struct syslog_clock c;
	struct syslog_line l;

	(void)state;
	assert_int_equal(0, sys_zone_open(&zone, "+02:00"));
	syslog_clock_init(&c, zone, 0, 0, 2004);
	assert_int_equal(
		0,
		syslog_parse(&c, bytes_of_text("Mar  5 01:02:03 h p: t"), &l));
	assert_int_equal(time_from_civil(2004, 3, 4, 23, 2, 3), l.time);
	assert_int_equal(
		0,
		syslog_parse(&c, bytes_of_text("2004-03-05T01:02:03Z h p: t"),
			     &l));
	assert_int_equal(time_from_civil(2004, 3, 5, 1, 2, 3), l.time);
	sys_zone_close(zone);
}

/* The clock says how many years its earlier times are to be moved back. */
static void test_moved(void **state)
{
	int64_t limit = time_from_civil(2021, 3, 1, 0, 0, 0);
	struct syslog_clock c;
	struct syslog_line l;

	(void)state;
	syslog_clock_init(&c, NULL, limit, limit, 0);
	syslog_parse(&c, bytes_of_text("Feb  1 01:02:03 h p: t"), &l);
	assert_int_equal(time_from_civil(2021, 2, 1, 1, 2, 3), l.time);
	assert_int_equal(0, c.n_moved);
	syslog_parse(&c, bytes_of_text("Mar 20 01:02:03 h p: t"), &l);
	assert_int_equal(time_from_civil(2020, 3, 20, 1, 2, 3), l.time);
	assert_int_equal(1, c.n_moved);
	syslog_parse(&c, bytes_of_text("Feb  1 01:02:03 h p: t"), &l);
	assert_int_equal(time_from_civil(2021, 2, 1, 1, 2, 3), l.time);
	assert_int_equal(1, c.n_moved);
	assert_int_equal(time_from_civil(2020, 2, 1, 1, 2, 3),
			 syslog_year_back(l.time));
	assert_int_equal(
		time_from_civil(2019, 2, 28, 1, 0, 0),
		syslog_year_back(time_from_civil(2020, 2, 29, 1, 0, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
