/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What several threads make of an input against what one makes of it: events,
 * numbers of names, complaints and accounts, word for word, over inputs full of
 * what may stand at the border of a chunk or of a thread's piece.
 */
#include "test.h"

#include "read/crew.h"

#include <inttypes.h>
#include <stdlib.h>

struct taker {
	struct buf text;
	struct catalog labels, clients;
};

static int take_events(void *ctx, const struct event *e, size_t n)
{
	struct taker *t = ctx;

	for (size_t i = 0; i < n; i++)
		buf_printf(&t->text, "%" PRIu64 " %u %u %u %u\n", e[i].host,
			   e[i].time, e[i].kind, e[i].label, e[i].client);
	return 0;
}

static void take_complaint(void *ctx, const char *input, uint64_t line,
			   const char *expected)
{
	/* Complaints and events have no order between them. */
	buf_printf(ctx, "%s:%" PRIu64 ": %s\n", input, line, expected);
}

static void tell_names(struct buf *out, const struct catalog *c)
{
	for (uint32_t i = 1; i <= c->n; i++)
		buf_printf(out, "%u = %.*s\n", i,
			   BYTES_ARG(catalog_name(c, i)));
}

static void tell_account(struct buf *out, const struct read_account *a)
{
	buf_printf(out,
		   "%s %" PRIu64 " = %" PRIu64 " + %" PRIu64 " + %" PRIu64
		   " + %" PRIu64 "; %" PRIu64 " of %" PRIu64 "\n",
		   a->format, a->n_units, a->n_used, a->n_ignored, a->n_unknown,
		   a->n_bad, a->n_events, a->n_inputs);
	for (size_t i = 0; i < READ_SAMPLES && a->samples[i]; i++)
		buf_printf(out, "  %s\n", a->samples[i]);
	for (size_t i = 0; i < a->n_templates; i++)
		buf_printf(out, "  %s %" PRIu64 "\n", a->ignored[i].name,
			   a->ignored[i].n);
}

struct how {
	unsigned n_threads; /* 0: read_stream_feed() alone */
	size_t chunk;
	const struct read_options *options;
};

static struct buf complaints;

static void complain(void *ctx, const char *input, uint64_t line,
		     const char *expected)
{
	(void)ctx;
	take_complaint(&complaints, input, line, expected);
}

static unsigned n_meanwhile;

static void meanwhile(void *ctx)
{
	++*(unsigned *)ctx;
}

static void feed(struct read_job *job, struct bytes input, const struct how *h)
{
	struct read_crew *crew =
		h->n_threads > 0 ? read_crew_new(job, h->n_threads, 1) : NULL;
	struct read_stream *s;

	assert_int_equal(read_stream_open(&s, job, "x.csv", 0, input), 0);
	for (size_t at = 0; at < input.len; at += h->chunk) {
		size_t left = input.len - at;
		struct bytes piece = bytes_of(
			input.ptr + at, left < h->chunk ? left : h->chunk);

		if (crew == NULL)
			assert_int_equal(read_stream_feed(s, piece), 0);
		else
			assert_int_equal(
				read_crew_feed(crew, s, piece,
					       at % 2 ? meanwhile : NULL,
					       &n_meanwhile),
				0);
	}
	assert_int_equal(read_stream_close(s), 0);
	read_crew_free(crew);
}

static struct buf outcome(struct bytes input, const struct how *h)
{
	struct taker t = { 0 };
	struct read_sink sink = {
		.ctx = &t,
		.labels = &t.labels,
		.clients = &t.clients,
		.events = take_events,
		.complain = complain,
	};
	struct read_job *job = read_job_new(h->options, &sink);
	const struct read_account *a;

	complaints.len = 0;
	feed(job, input, h);
	assert_int_equal(read_job_finish(job), 0);
	assert_int_equal(read_job_accounts(job, &a), 1);
	buf_add_bytes(&t.text, buf_bytes(&complaints));
	tell_names(&t.text, &t.labels);
	tell_names(&t.text, &t.clients);
	tell_account(&t.text, a);
	read_job_free(job);
	catalog_deinit(&t.labels);
	catalog_deinit(&t.clients);
	return t.text;
}

/* ------------------------------------------------------------------ inputs */

static uint64_t roll(uint64_t *dice)
{
	*dice += 0x9e3779b97f4a7c15u;
	return hash_mix(*dice);
}

static const char *const awkward[] = {
	"\n",
	"\r\n",
	"\r\r\n",
	"a bad row\n",
	"1061292345,192.0.2.1,spam,\"Sobig, F\",\"a \"\"b\"\" c\"\n",
	"1061292345,192.0.2.1,spam,\"a break\nin it\",x\n",
	"1061292345,192.0.2.1,spam,\"no end\n",
	"1061292345,127.0.0.1,spam,Loop,back\n",
	"2003-08-19T12:00:00Z,2001:db8::/64,virus,Sobig.F,client\r\n",
	"2003-08-19 12:00,2001:db8::1,virus,Sobig.F,client\n",
	"2003-13-19,192.0.2.1,spam,,\n",
	"99999999999,192.0.2.1,spam,,\n",
	"1061292345,192.0.2,spam,,\n",
	"1061292345,192.0.2.1,spim,,\n",
	"1061292345,192.0.2.1,spam\n",
	"1061292345;192.0.2.1;spam\n",
	"1061292345,192.0.2.1,spam,\xc3\xa9\xff,\x01\n",
	"time,host,kind,label,client\n",
};

#define N_AWKWARD (sizeof(awkward) / sizeof(*awkward))

static void make_rows(struct buf *out, uint64_t seed, size_t n,
		      unsigned n_names)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t x = roll(&seed);

		if (x % 4 == 0)
			buf_add_text(out, awkward[(x >> 8) % N_AWKWARD]);
		else
			buf_printf(out, "%u,10.%u.0.1,virus,L%u,c%u\n",
				   1061292345u + (unsigned)(x >> 60),
				   (unsigned)(x >> 8 & 255),
				   (unsigned)(x >> 16) % n_names,
				   (unsigned)(x >> 40) % n_names);
	}
}

#define HEADER "time,host,kind,label,client\n"

static void add_long_line(struct buf *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_add_char(out, i % 50 ? 'x' : ',');
	buf_add_char(out, '\n');
}

static void assert_equal(struct bytes input, const struct read_options *o,
			 size_t chunk)
{
	struct buf want = outcome(input, &(struct how){ 0, chunk, o });

	for (unsigned n = 1; n <= 5; n += 2) {
		struct buf got = outcome(input, &(struct how){ n, chunk, o });

		buf_add_char(&want, '\0');
		buf_add_char(&got, '\0');
		assert_string_equal(got.ptr, want.ptr);
		want.len--;
		buf_deinit(&got);
	}
	buf_deinit(&want);
	buf_deinit(&complaints);
}

static const struct read_options plain = { .format = "csv", .kind = -1 };
static const struct read_options given = { .format = "csv",
					   .kind = KIND_SPAM,
					   .label = "all",
					   .client = "ours",
					   .timezone = "Europe/Berlin" };

static void test_borders(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		struct buf b = { 0 };
		uint64_t dice = seed * 7919;

		if (seed % 3 == 0)
			buf_add_text(&b, "\r\n\n");
		buf_add_text(&b, HEADER);
		make_rows(&b, seed, seed * 3, seed % 2 ? 5 : 1000);
		b.len -= seed % 5 == 0; /* the last newline */
		assert_equal(buf_bytes(&b), seed % 4 ? &plain : &given,
			     1 + roll(&dice) % (b.len + 10));
		buf_deinit(&b);
	}
}

static void test_lines_too_long(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_add_text(&b, HEADER);
	make_rows(&b, 1, 50, 9);
	add_long_line(&b, READ_LINE_MAX + 1);
	make_rows(&b, 2, 50, 9);
	add_long_line(&b, READ_LINE_MAX);
	add_long_line(&b, 2 * READ_LINE_MAX);
	make_rows(&b, 3, 50, 9);
	assert_equal(buf_bytes(&b), &plain, b.len);
	assert_equal(buf_bytes(&b), &plain, READ_LINE_MAX / 2 + 1);
	assert_equal(buf_bytes(&b), &plain, READ_LINE_MAX + 77);
	buf_deinit(&b);
}

/* More names than a hand remembers; with a client of its own besides */
static void test_many_names(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_add_text(&b, HEADER);
	make_rows(&b, 5, 150000, 1u << 23);
	assert_equal(buf_bytes(&b), &plain, (size_t)1 << 20);
	assert_equal(buf_bytes(&b), &given, (size_t)1 << 20);
	buf_deinit(&b);
}

static void test_little(void **state)
{
	static const char *const texts[] = {
		HEADER,	 "time,host,kind",     "\n",
		"a,b\n", "a,b\n1,2\n3,4\n5\n", HEADER HEADER HEADER,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t chunk = 1; chunk < 100; chunk += 7)
			assert_equal(bytes_of_text(texts[i]), &plain, chunk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_borders),
		cmocka_unit_test(test_lines_too_long),
		cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
