/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real mail, where it is there: every message is accounted for, and what was
 * read off some of them by eye is what comes out.
 */
#include "test.h"

#include "read_run.h"
#include "shared.h"

#include <unistd.h>

struct spot {
	const char *file; /* its name, or the beginning of it */
	const char *want; /* host and time; NULL: no event */
};

/* The host of the topmost line that is not our own machine's or fetchmail's */
static const struct spot spamassassin[] = {
	{ "easy-ham-1/00001.", "66.187.233.211 2002-08-22T11:34:53Z" },
	{ "easy-ham-1/00002.", "66.218.66.76 2002-08-22T11:46:29Z" },
	{ "easy-ham-1/00004.", "64.131.126.36 2002-08-22T13:16:24Z" },
	{ "easy-ham-1/00238.", "66.218.66.104 2002-08-28T13:14:41Z" },
	{ "easy-ham-1/00425.", "64.161.22.236 2002-09-04T20:35:02Z" },
	{ "easy-ham-1/01285.", "193.172.5.4 2002-10-08T14:35:43Z" },
	{ "easy-ham-1/02041.", NULL }, /* made on the spot, from a feed */
	{ "easy-ham-1/02093.", NULL },
	{ "easy-ham-2/00438.", "194.125.145.45 2002-08-16T22:34:44Z" },
	{ "easy-ham-2/01315.", "64.28.67.73 2002-07-31T02:01:33Z" },
	{ "hard-ham-1/00004.", "208.42.156.103 2002-06-05T16:33:26Z" },
	{ "spam-1/00193.", "194.125.145.45 2002-08-30T18:19:36Z" },
	{ "spam-1/00329.", "210.58.98.201 2002-09-11T17:34:57Z" },
	{ "spam-2/00453.", "213.105.180.140 2002-05-25T15:44:31Z" },
	{ "spam-2/00671.", "213.105.180.140 2002-06-09T08:09:12Z" },
	{ "spam-2/00696.", "208.200.182.45 2002-07-21T05:59:17Z" },
	{ "spam-2/00788.", "207.225.37.163 2002-07-20T13:10:31Z" },
	{ "spam-2/01011.", "207.200.56.4 2002-07-24T15:23:45Z" },
	{ "spam-2/01039.", "200.161.131.170 2002-07-24T21:13:03Z" },
};

static const struct spot files[] = {
	{ "mail-mailparser/mail_malformed_1",
	  "185.137.84.106 2016-05-24T12:30:11Z" },
	{ "mail-mailparser/mail_malformed_3",
	  "189.207.175.29 2017-03-08T01:21:00Z" },
	{ "mail-mailparser/mail_test_1", "64.98.42.207 2016-08-22T14:23:01Z" },
	{ "mail-mailparser/mail_test_4", "69.5.6.174 2016-08-21T10:49:40Z" },
	{ "mail-mailparser/mail_test_6",
	  "66.202.209.213 2017-07-15T09:18:41Z" },
	{ "mail-mailparser/mail_test_12",
	  "96.202.181.20 2018-05-13T04:32:23Z" },
	{ "mail-mailparser/mail_test_15",
	  "11.143.209.23 2018-02-13T17:31:02Z" },
	{ "mail-mailparser/mail_test_17",
	  "200.57.129.98 2022-10-10T20:11:35Z" },
	{ "mail-bounces-sisimai/lhost-exchange2007-04.eml",
	  "192.0.2.22 2017-04-29T14:34:45Z" },
	{ "mail-bounces-sisimai/lhost-exim-49.eml", NULL },
	{ "mail-bounces-sisimai/lhost-opensmtpd-05.eml",
	  "192.0.2.135 2014-12-01T17:48:32Z" },
	{ "mail-bounces-sisimai/lhost-postfix-68.eml",
	  "192.0.2.48 2020-11-13T00:44:41Z" },
	{ "mail-bounces-sisimai/lhost-qmail-05.eml", NULL },
	{ "mail-bounces-sisimai/lhost-qmail-09.eml",
	  "192.0.2.45 2018-04-28T15:00:00Z" },
	{ "mail-bounces-sisimai/lhost-sendmail-08.eml",
	  "192.0.2.222 2009-04-29T14:45:11Z" },
	{ "mail-bounces-sisimai/lhost-yahoo-03.eml",
	  "98.138.229.165 2014-12-06T13:45:31Z" },
};

/* The events of the run from number `first` on are this one, or none. */
static void check_spot(const struct run *run, size_t first,
		       const struct spot *s)
{
	struct buf got = { 0 };

	row_is(s->file);
	assert_int_equal(run->n - first, s->want != NULL);
	if (s->want != NULL) {
		run_print_event(run, &run->events[first], &got);
		assert_true(bytes_starts(buf_bytes(&got), s->want));
	}
	buf_deinit(&got);
}

static void spot_file(struct run *run, const struct spot *spot)
{
	struct buf name = { 0 }, text = { 0 };
	size_t first = run->n;
	char *path;

	buf_printf(&name, "data/%s%c", spot->file, 0);
	path = shared_path(name.ptr);
	if (path != NULL) {
		assert_int_equal(sys_read_file(path, READ_FILE_MAX, &text), 0);
		run_feed(run, path, buf_bytes(&text), 0);
		check_spot(run, first, spot);
	}
	free(path);
	buf_deinit(&name);
	buf_deinit(&text);
}

static void spot_files(void **state)
{
	struct run run;

	(void)state;
	run_init(&run);
	for (size_t i = 0; i < N_ROWS(files); i++)
		spot_file(&run, &files[i]);
	run_deinit(&run);
}

/* All of a member, appended to out */
static void read_member(struct sys_input *in, struct buf *out)
{
	long n;

	do {
		buf_reserve(out, 65536);
		n = sys_input_read(in, out->ptr + out->len, 65536);
		assert_true(n >= 0);
		out->len += (size_t)n;
	} while (n > 0);
}

static const struct spot *find_spot(const char *name)
{
	struct bytes whole = bytes_of_text(name);

	for (size_t i = 0; i < N_ROWS(spamassassin); i++)
		if (bytes_find_text(whole, spamassassin[i].file) < whole.len)
			return &spamassassin[i];
	return NULL;
}

static void spamassassin_corpus(void **state)
{
	char *path = shared_path("data/mail-spamassassin/corpus.tar.zst");
	uint64_t n_messages = 0, n_unknown = 0;
	const struct read_account *a;
	size_t n_spots = 0, n_formats;
	struct sys_input *in;
	const char *name;
	struct run run;
	int64_t mtime;

	(void)state;
	if (path == NULL)
		return;
	run_init(&run);
	assert_int_equal(sys_input_open(&in, path), 0);
	while (sys_input_next(in, &name, &mtime) == 1) {
		const struct spot *spot = find_spot(name);
		struct buf text = { 0 };
		size_t first = run.n;

		read_member(in, &text);
		assert_int_equal(run_feed(&run, name, buf_bytes(&text), 0), 0);
		if (spot != NULL)
			check_spot(&run, first, spot);
		n_spots += spot != NULL;
		buf_deinit(&text);
	}
	sys_input_close(in);
	run_finish(&run);
	assert_true(run_adds_up(&run));
	n_formats = read_job_accounts(run.job, &a);
	for (size_t i = 0; i < n_formats; i++) {
		n_messages += a[i].n_units;
		n_unknown += a[i].n_unknown + a[i].n_bad;
	}
	assert_int_equal(n_messages, 6046);
	assert_int_equal(n_unknown, 2); /* Smail: from NAME from [ADDRESS] */
	assert_int_equal(n_spots, N_ROWS(spamassassin));
	run_deinit(&run);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spot_files),
		cmocka_unit_test(spamassassin_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
