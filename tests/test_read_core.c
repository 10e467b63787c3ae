/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chunks become the same lines however they are cut; inputs that are odd,
 * broken or missing are told once and the others are read.
 */
#include "test.h"

#include "read_run.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEADER "time,host,kind\n"

/* ------------------------------------------------------------------ stream */

static void test_long_line(void **state)
{
	static const struct {
		const char *name;
		size_t len; /* of the line, without its newline */
		uint64_t want_bad;
	} rows[] = {
		{ "just fits", READ_LINE_MAX, 0 },
		{ "one too many", READ_LINE_MAX + 1, 1 },
		{ "10 MB", (size_t)10 << 20, 1 },
	};
	static const size_t chunks[] = { 0, 4096, 1000003 };

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows) * N_ROWS(chunks); i++) {
		size_t len = rows[i / N_ROWS(chunks)].len;
		struct buf text = { 0 };
		const struct read_account *a;
		struct run run;

		row_is(rows[i / N_ROWS(chunks)].name);
		buf_add_text(&text, HEADER "10,192.0.2.7,spam,");
		while (text.len < strlen(HEADER) + len)
			buf_add_char(&text, 'x');
		buf_add_text(&text, "\n11,192.0.2.7,clean\n");
		run_init(&run);
		assert_int_equal(0, run_feed(&run, "a", buf_bytes(&text),
					     chunks[i % N_ROWS(chunks)]));
		assert_int_equal(0, run_finish(&run));
		a = run_account(&run, "csv");
		assert_int_equal(3, a->n_units);
		assert_int_equal(rows[i / N_ROWS(chunks)].want_bad, a->n_bad);
		assert_int_equal(rows[i / N_ROWS(chunks)].want_bad ? 1 : 2,
				 run.n);
		assert_string_equal(rows[i / N_ROWS(chunks)].want_bad
					    ? "a:2: a line of at most 1048576 "
					      "bytes\n"
					    : "",
				    run_complaints(&run));
		assert_true(run_adds_up(&run));
		buf_deinit(&text);
		run_deinit(&run);
	}
}

#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define SYSLOG                                                         \
	"Aug 19 11:25:45 mx postfix/smtpd[9]: 3F1A2B: client=unknown[" \
	"192.0.2.7]\n"
#define SSHD                                                         \
	"Aug 19 11:25:45 mx sshd[9]: Failed password for root from " \
	"192.0.2.7 port 22 ssh2\n"
#define WEB_LOG                                                              \
	"192.0.2.7 - - [19/Aug/2003:11:25:45 +0000] \"GET / HTTP/1.0\" 200 " \
	"1\n"
#define FROM_LINE "From x@example.com Tue Aug 19 11:25:45 2003\n"
#define MESSAGE                                                              \
	"Received: from a.example (b.example [192.0.2.7])\n\tby mx.example " \
	"(Postfix) with ESMTP id 3F1A2B;\n\tTue, 19 Aug 2003 11:25:45 "      \
	"+0000\nFrom: x@example.com\nSubject: x\n\nhello\n"

static void test_detection(void **state)
{
	static const struct {
		const char *name;
		const char *format;
		struct bytes text;
		int want_err;
		const char *want_format;
	} rows[] = {
		{ "nothing", NULL, { "", 0 }, 0, "empty" },
		{ "blank", NULL, { " \n\n", 3 }, 0, "empty" },
		{ "binary",
		  NULL,
		  { "\x7f"
		    "ELF\0\0\0\0",
		    8 },
		  E_SYNTAX,
		  NULL },
		{ "prose", NULL, { "Dear all,\n", 10 }, E_SYNTAX, NULL },
		{ "csv", NULL, { HEADER, 15 }, 0, "csv" },
		{ "csv of others", NULL, { "a,b\n1,2\n", 8 }, E_SYNTAX, NULL },
		{ "list", NULL, { "192.0.2.7\n", 10 }, 0, "addresses" },
		{ "json", NULL, { "{\"time\":1,\"host\":2}", 19 }, 0, "jsonl" },
		{ "syslog", NULL, TEXT(SYSLOG), 0, "postfix" },
		{ "syslog, no mail yet", NULL, TEXT(SSHD), 0, "postfix" },
		{ "web log", NULL, TEXT(WEB_LOG), E_SYNTAX, NULL },
		{ "mbox", NULL, TEXT(FROM_LINE MESSAGE), 0, "mbox" },
		{ "message", NULL, TEXT(MESSAGE), 0, "message" },
		{ "forced", "csv", { "\0\0\0\0", 4 }, 0, "csv" },
		{ "nothing, forced", "csv", { "", 0 }, 0, "csv" },
		{ "no such format", "cvs", { HEADER, 15 }, E_NOT_FOUND, NULL },
		{ "not for people", "empty", { "", 0 }, E_NOT_FOUND, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct read_stream *s;
		struct run run;
		int err;

		row_is(rows[i].name);
		run_init(&run);
		run.options.format = rows[i].format;
		err = read_stream_open(&s, run_job(&run), "x", 0, rows[i].text);
		assert_int_equal(rows[i].want_err, err);
		if (err == 0) {
			assert_string_equal(rows[i].want_format,
					    read_stream_format(s));
			assert_int_equal(0, read_stream_close(s));
		}
		run_deinit(&run);
	}
}

/* A message past the limit is one bad unit, and not held. */
static void test_large_file(void **state)
{
	struct bytes head = TEXT(MESSAGE);
	char *chunk = mem_alloc(1, READ_LINE_MAX);
	struct read_stream *s;
	struct run run;

	(void)state;
	memset(chunk, 'x', READ_LINE_MAX);
	run_init(&run);
	assert_int_equal(0, read_stream_open(&s, run_job(&run), "x", 0, head));
	assert_int_equal(0, read_stream_feed(s, head));
	for (size_t n = 0; n < READ_FILE_MAX; n += READ_LINE_MAX)
		assert_int_equal(
			0, read_stream_feed(s, bytes_of(chunk, READ_LINE_MAX)));
	assert_int_equal(0, read_stream_close(s));
	assert_string_equal("x:0: a file of at most 67108864 bytes\n",
			    run_complaints(&run));
	assert_int_equal(1, run_account(&run, "message")->n_bad);
	assert_true(run_adds_up(&run));
	assert_int_equal(0, run.n);
	free(chunk);
	run_deinit(&run);
}

/* An error of the sink is what everything returns from then on. */
static void test_sink_error(void **state)
{
	struct read_stream *s;
	struct run run;
	struct bytes text = bytes_of_text(HEADER "10,192.0.2.7,spam\n");

	(void)state;
	run_init(&run);
	run.fail_with = E_STATE;
	assert_int_equal(0, read_stream_open(&s, run_job(&run), "x", 0, text));
	assert_int_equal(0, read_stream_feed(s, text));
	assert_int_equal(E_STATE, read_stream_close(s));
	assert_int_equal(E_STATE, run_feed(&run, "x", text, 0));
	assert_int_equal(E_STATE, run_finish(&run));
	run_deinit(&run);
}

/* What broke off is cut at its last whole line. */
static void test_break(void **state)
{
	struct read_stream *s;
	struct run run;
	struct bytes text = bytes_of_text(HEADER "10,192.0.2.7,spam\n"
						 "11,192.0.2.7,clean");

	(void)state;
	run_init(&run);
	assert_int_equal(0, read_stream_open(&s, run_job(&run), "x", 0, text));
	assert_int_equal(0, read_stream_feed(s, text));
	assert_int_equal(2, read_stream_line(s));
	assert_int_equal(0, read_stream_break(s));
	assert_int_equal(1, run.n);
	assert_int_equal(KIND_SPAM, run.events[0].kind);
	run_deinit(&run);
}

/* ------------------------------------------------------------------- paths */

struct folder {
	struct buf path;
	struct buf name; /* of the last file asked for */
};

static int make_folder(void **state)
{
	struct folder *f = mem_alloc(1, sizeof(*f));

	*state = f;
	return sys_temp_dir(&f->path);
}

static int remove_folder(void **state)
{
	struct folder *f = *state;

	sys_remove_tree(f->path.ptr);
	buf_deinit(&f->path);
	buf_deinit(&f->name);
	free(f);
	return 0;
}

static const char *path_of(struct folder *f, const char *name)
{
	f->name.len = 0;
	buf_printf(&f->name, "%s/%s", f->path.ptr, name);
	buf_add_char(&f->name, '\0');
	return f->name.ptr;
}

static void put(struct folder *f, const char *name, struct bytes text)
{
	assert_int_equal(0, sys_write_file(path_of(f, name), text));
}

static void put_text(struct folder *f, const char *name, const char *text)
{
	put(f, name, bytes_of_text(text));
}

/* path becomes path.gz */
static void gzip(const char *path)
{
	struct buf command = { 0 };

	buf_printf(&command, "gzip -n '%s'", path);
	buf_add_char(&command, '\0');
	assert_int_equal(0, system(command.ptr));
	buf_deinit(&command);
}

/* Complaints with the folder's path taken out */
static char *complaints_in(struct folder *f, struct run *run)
{
	struct bytes rest = bytes_of_text(run_complaints(run));
	struct buf out = { 0 };

	while (rest.len > 0) {
		size_t n = bytes_find_text(rest, f->path.ptr);

		buf_add(&out, rest.ptr, n);
		rest = bytes_from(rest, n);
		if (bytes_skip(&rest, f->path.ptr))
			buf_add_char(&out, '.');
	}
	buf_add_char(&out, '\0');
	return out.ptr;
}

static int read_one(struct run *run, const char *path,
		    const struct read_caller *caller,
		    struct read_totals *totals)
{
	return read_paths(run_job(run), &path, 1, caller, totals);
}

static void expect(struct run *run, const char *want)
{
	char *got = run_print(run);

	assert_string_equal(want, got);
	free(got);
}

static void test_rotated(void **state)
{
	struct folder *f = *state;
	struct read_totals totals = { 0 };
	struct run run;

	put_text(f, "a.log", HEADER "30,192.0.2.7,spam\n");
	put_text(f, "a.log.1", HEADER "20,192.0.2.7,spam\n");
	put_text(f, "a.log.2", HEADER "10,192.0.2.7,spam\n");
	gzip(path_of(f, "a.log.2"));
	put_text(f, "a.log.3", "");
	run_init(&run);
	assert_int_equal(0, read_one(&run, f->path.ptr, NULL, &totals));
	assert_int_equal(0, run_finish(&run));
	expect(&run, "192.0.2.7 1970-01-01T00:00:10Z spam - -\n"
		     "192.0.2.7 1970-01-01T00:00:20Z spam - -\n"
		     "192.0.2.7 1970-01-01T00:00:30Z spam - -\n");
	assert_int_equal(4, totals.n_read);
	assert_int_equal(0, totals.n_failed);
	assert_int_equal(1, run_account(&run, "empty")->n_inputs);
	run_deinit(&run);
}

static void test_odd_inputs(void **state)
{
	struct folder *f = *state;
	struct read_totals totals = { 0 };
	struct run run;
	char *complaints;

	put(f, "binary",
	    bytes_of("\x7f"
		     "ELF\0\0\0\0\0\0",
		     10));
	put_text(f, "prose", "Dear all,\nI am on holiday.\n");
	put_text(f, "some.csv", HEADER "10,192.0.2.7,spam\n10,x,spam\n");
	run_init(&run);
	assert_int_equal(0, read_one(&run, f->path.ptr, NULL, &totals));
	assert_int_equal(0, read_one(&run, path_of(f, "none"), NULL, &totals));
	assert_int_equal(0, run_finish(&run));
	complaints = complaints_in(f, &run);
	assert_string_equal(
		"./binary:0: a format that we know (--format names one)\n"
		"./prose:0: a format that we know (--format names one)\n"
		"./some.csv:3: an IPv4 or IPv6 address, and not \"x\"\n"
		"./none:0: a file or directory that exists\n",
		complaints);
	assert_int_equal(1, totals.n_read);
	assert_int_equal(3, totals.n_failed);
	assert_int_equal(1, run.n);
	free(complaints);
	run_deinit(&run);
}

#define NOBODY 65534

/* root is kept from reading nothing, and so becomes somebody else. */
static void test_no_rights(void **state)
{
	struct folder *f = *state;
	struct read_totals totals = { 0 };
	bool was_root = geteuid() == 0;
	struct run run;
	char *complaints;

	assert_int_equal(0, chmod(f->path.ptr, 0755));
	assert_int_equal(0, mkdir(path_of(f, "closed"), 0));
	put_text(f, "some.csv", HEADER "10,192.0.2.7,spam\n");
	run_init(&run);
	assert_int_equal(0, chmod(path_of(f, "some.csv"), 0644));
	if (was_root)
		assert_int_equal(0, seteuid(NOBODY));
	assert_int_equal(0, read_one(&run, f->path.ptr, NULL, &totals));
	if (was_root)
		assert_int_equal(0, seteuid(0));
	complaints = complaints_in(f, &run);
	assert_string_equal("./closed:0: a file that can be read (Permission "
			    "denied)\n",
			    complaints);
	assert_int_equal(1, totals.n_failed);
	assert_int_equal(1, run.n);
	free(complaints);
	run_deinit(&run);
	rmdir(path_of(f, "closed"));
}

/* Rows whose addresses do not compress well, so that a cut leaves many whole */
static void add_rows(struct buf *out, unsigned n)
{
	buf_add_text(out, HEADER);
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, "%u,%u.%u.%u.%u,spam\n", i + 1,
			   (unsigned)(hash_mix(i) % 100 + 1),
			   (unsigned)(hash_mix(i) >> 8 & 255),
			   (unsigned)(hash_mix(i) >> 16 & 255),
			   (unsigned)(hash_mix(i) >> 24 & 255));
}

/* Half of the file gives about half of the rows, whether many or few. */
static void read_truncated_gz(struct folder *f, unsigned n_rows)
{
	struct read_totals totals = { 0 };
	struct buf rows = { 0 }, packed = { 0 };
	struct run run;
	char *complaints, want[200];

	add_rows(&rows, n_rows);
	put(f, "rows.csv", buf_bytes(&rows));
	gzip(path_of(f, "rows.csv"));
	assert_int_equal(
		0, sys_read_file(path_of(f, "rows.csv.gz"), SIZE_MAX, &packed));
	put(f, "rows.csv.gz", bytes_of(packed.ptr, packed.len / 2));
	put_text(f, "some.csv", HEADER "10,192.0.2.7,clean\n");
	run_init(&run);
	assert_int_equal(0, read_one(&run, f->path.ptr, NULL, &totals));
	complaints = complaints_in(f, &run);
	snprintf(want, sizeof(want),
		 "./rows.csv.gz:%zu: more: the compressed data is damaged or "
		 "ends too early\n",
		 run.n); /* a header, and one row from the other file */
	assert_string_equal(want, complaints);
	assert_in_range(run.n, n_rows * 4 / 10, n_rows * 6 / 10);
	assert_int_equal(KIND_CLEAN, run.events[run.n - 1].kind);
	assert_int_equal(1, totals.n_read);
	assert_int_equal(1, totals.n_failed);
	assert_true(run_adds_up(&run));
	free(complaints);
	buf_deinit(&rows);
	buf_deinit(&packed);
	run_deinit(&run);
	unlink(path_of(f, "rows.csv.gz"));
}

static void test_truncated_gz(void **state)
{
	read_truncated_gz(*state, 500);
	read_truncated_gz(*state, 100000);
}

/* ------------------------------------------------------------------ caller */

struct ledger {
	uint64_t known[16];
	size_t n;
	size_t n_asked;
	int last_err;
};

static int begin_input(void *ctx, const char *name, uint64_t hash)
{
	struct ledger *l = ctx;

	(void)name;
	l->n_asked++;
	for (size_t i = 0; i < l->n; i++)
		if (l->known[i] == hash)
			return 0;
	return 1;
}

static int end_input(void *ctx, const char *name, uint64_t hash, int err)
{
	struct ledger *l = ctx;

	(void)name;
	l->last_err = err;
	l->known[l->n++] = hash;
	return 0;
}

/* The same bytes are one input, whatever they are called and packed in. */
static void test_ledger(void **state)
{
	struct folder *f = *state;
	struct ledger ledger = { 0 };
	struct read_caller caller = { &ledger, begin_input, end_input };
	struct read_totals totals = { 0 };
	struct run run;

	put_text(f, "a.csv", HEADER "10,192.0.2.7,spam\n");
	put_text(f, "b.csv", HEADER "10,192.0.2.7,spam\n");
	put_text(f, "c.csv", HEADER "10,192.0.2.7,spam\n");
	gzip(path_of(f, "c.csv"));
	put_text(f, "d.csv", HEADER "10,192.0.2.8,spam\n");
	run_init(&run);
	assert_int_equal(0, read_one(&run, f->path.ptr, &caller, &totals));
	assert_int_equal(2, run.n);
	assert_int_equal(4, ledger.n_asked);
	assert_int_equal(2, totals.n_read);
	assert_int_equal(2, totals.n_skipped);
	run_deinit(&run);

	run_init(&run); /* another meaning of the same bytes */
	run.options.kind = KIND_VIRUS;
	assert_int_equal(0, read_one(&run, f->path.ptr, &caller, &totals));
	assert_int_equal(2, run.n);
	assert_int_equal(4, totals.n_skipped);
	run_deinit(&run);
}

/* Each member of an archive is an input of its own. */
static void test_archive(void **state)
{
	struct folder *f = *state;
	struct ledger ledger = { 0 };
	struct read_caller caller = { &ledger, begin_input, end_input };
	struct read_totals totals = { 0 };
	struct buf command = { 0 };
	struct run run;
	char *complaints;

	put_text(f, "a.csv", HEADER "10,192.0.2.7,spam\n");
	put_text(f, "b.csv", HEADER "bad\n");
	put_text(f, "c.csv", HEADER "10,192.0.2.7,spam\n");
	buf_printf(&command, "cd '%s' && tar -czf x.tgz a.csv b.csv c.csv",
		   f->path.ptr);
	buf_add_char(&command, '\0');
	assert_int_equal(0, system(command.ptr));
	run_init(&run);
	assert_int_equal(0,
			 read_one(&run, path_of(f, "x.tgz"), &caller, &totals));
	complaints = complaints_in(f, &run);
	assert_string_equal("./x.tgz:b.csv:2: a time as unix seconds or ISO "
			    "8601, and not \"bad\"\n",
			    complaints);
	assert_int_equal(1, run.n);
	assert_int_equal(2, totals.n_read);
	assert_int_equal(1, totals.n_skipped);
	free(complaints);
	buf_deinit(&command);
	run_deinit(&run);
}

static int stop_at_begin(void *ctx, const char *name, uint64_t hash)
{
	(void)ctx, (void)name, (void)hash;
	return E_EXISTS;
}

static void test_caller_stops(void **state)
{
	struct folder *f = *state;
	struct read_caller caller = { .begin_input = stop_at_begin };
	struct read_totals totals = { 0 };
	struct run run;

	put_text(f, "a.csv", HEADER "10,192.0.2.7,spam\n");
	run_init(&run);
	assert_int_equal(E_EXISTS,
			 read_one(&run, f->path.ptr, &caller, &totals));
	assert_int_equal(0, run.n);
	run_deinit(&run);
}

/* A pipe can be read once only, and is hashed all the same. */
static void test_stdin(void **state)
{
	struct ledger ledger = { 0 };
	struct read_caller caller = { &ledger, begin_input, end_input };
	struct read_totals totals = { 0 };
	const char *text = HEADER "10,192.0.2.7,spam\nbad\n";
	int ends[2], saved = dup(STDIN_FILENO);
	struct run run;

	(void)state;
	assert_int_equal(0, pipe(ends));
	assert_int_equal((long)strlen(text),
			 write(ends[1], text, strlen(text)));
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	close(ends[0]);
	run_init(&run);
	assert_int_equal(0, read_one(&run, "-", &caller, &totals));
	dup2(saved, STDIN_FILENO);
	close(saved);
	assert_int_equal(1, run.n);
	assert_int_equal(1, ledger.n);
	assert_string_equal("(stdin):3: a time as unix seconds or ISO 8601, "
			    "and not \"bad\"\n",
			    run_complaints(&run));
	run_deinit(&run);
}

static void test_options(void **state)
{
	struct folder *f = *state;
	struct read_totals totals = { 0 };
	struct run run;

	run_init(&run);
	run.options.format = "nonsense";
	assert_int_equal(E_NOT_FOUND,
			 read_one(&run, f->path.ptr, NULL, &totals));
	run_deinit(&run);
	run_init(&run);
	run.options.timezone = "Europe/Nowhere";
	assert_int_equal(E_NOT_FOUND,
			 read_one(&run, f->path.ptr, NULL, &totals));
	run_deinit(&run);
}

static void test_hash_stream(void **state)
{
	struct hash_stream *h = hash_stream_new();
	char text[5000];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)hash_mix(i);
	for (size_t i = 0; i < sizeof(text); i += 625)
		hash_stream_add(h, bytes_of(text + i, 625));
	assert_true(hash_stream_value(h) ==
		    hash_bytes(bytes_of(text, sizeof(text))));
	hash_stream_free(h);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_detection),
		cmocka_unit_test(test_large_file),
		cmocka_unit_test(test_sink_error),
		cmocka_unit_test(test_break),
		cmocka_unit_test(test_hash_stream),
		cmocka_unit_test(test_stdin),
		IN_FOLDER(test_rotated),
		IN_FOLDER(test_odd_inputs),
		IN_FOLDER(test_no_rights),
		IN_FOLDER(test_truncated_gz),
		IN_FOLDER(test_ledger),
		IN_FOLDER(test_archive),
		IN_FOLDER(test_caller_stops),
		IN_FOLDER(test_options),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
