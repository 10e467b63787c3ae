/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer and imports at work on a disk that fails or dies at every call in
 * turn, with a power cut of each sort behind it. Then: every acknowledged
 * batch is there once, and of the others all or nothing.
 *
 * Event i of batch b has host 1000 + i and time and client of b, so that what
 * is read tells which batch it is of.
 */
#include "fake_disk.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N_BATCHES  15
#define BATCH_ROWS 5
#define JULY_2003  1057017600u

enum fate {
	NEVER_SENT,
	UNKNOWN, /* sent, and an error came back or nothing */
	ACKNOWLEDGED,
};

struct model {
	struct sys_disk *disk;
	enum fate fate[N_BATCHES];
};

static void make_batch(struct event e[BATCH_ROWS], unsigned b, uint32_t client)
{
	for (unsigned i = 0; i < BATCH_ROWS; i++)
		e[i] = (struct event){
			.host = 1000 + i,
			/* two months in every batch */
			.time = JULY_2003 + (i % 2) * 40 * DAY_SECONDS + b,
			.kind = (uint8_t)(b % N_KINDS),
			.client = client,
		};
}

static uint32_t add_client(struct catalog *c, unsigned b)
{
	char name[16];

	snprintf(name, sizeof(name), "C%u", b);
	return catalog_add(c, bytes_of_text(name));
}

static void set_fate(struct model *m, unsigned b, int err)
{
	m->fate[b] = err == 0 ? ACKNOWLEDGED : UNKNOWN;
}

static void import_batch(struct model *m, unsigned b)
{
	struct event e[BATCH_ROWS];
	struct record_import *im;
	int err;

	m->fate[b] = UNKNOWN;
	if (record_import_open(&im, m->disk, 1 << 16) < 0)
		return;
	make_batch(e, b, add_client(record_import_clients(im), b));
	err = record_import_add(im, e, BATCH_ROWS);
	record_import_note(im, b);
	if (err == 0)
		err = record_import_commit(im);
	set_fate(m, b, err);
	record_import_close(im);
}

static void append_batch(struct model *m, struct record_writer *w, unsigned b)
{
	struct event e[BATCH_ROWS];

	make_batch(e, b, add_client(record_writer_clients(w), b));
	set_fate(m, b, record_append(w, e, BATCH_ROWS));
}

/* Writer and import in turn, with a fold, a second writer, and merging */
static void work(struct model *m)
{
	struct record_writer *w;

	if (record_writer_open(&w, m->disk) == 0) {
		append_batch(m, w, 0);
		append_batch(m, w, 1);
		import_batch(m, 2);
		record_writer_fold(w);
		append_batch(m, w, 3);
		import_batch(m, 4);
		append_batch(m, w, 5);
		record_writer_close(w);
	}
	if (record_writer_open(&w, m->disk) == 0) {
		append_batch(m, w, 6);
		import_batch(m, 7);
		record_writer_close(w);
	}
	/* more runs than a month may have: the last ones merge */
	for (unsigned b = 8; b < N_BATCHES; b++)
		import_batch(m, b);
}

static void check_batch(const struct model *m, const struct event_list *l,
			unsigned b, const char *when)
{
	unsigned n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->e[i].client == b;
	if (n != 0 && n != BATCH_ROWS)
		fail_msg("%s: batch %u has %u rows", when, b, n);
	if (n == 0 && m->fate[b] == ACKNOWLEDGED)
		fail_msg("%s: batch %u is lost", when, b);
	if (n > 0 && m->fate[b] == NEVER_SENT)
		fail_msg("%s: batch %u was never sent", when, b);
}

/* Batch 0 has client "C0", which reads as 0 too: no other event has none. */
static void check(struct model *m, const char *when)
{
	struct event_list l = { 0 };
	struct record *r;
	int err = record_open(&r, m->disk);

	if (err == 0) {
		read_query(&l, r, &RECORD_EVERYTHING);
		record_close(r);
	} else if (err != E_NOT_FOUND) {
		fail_msg("%s: open: %s", when, error_text(err));
	}
	for (unsigned b = 0; b < N_BATCHES; b++)
		check_batch(m, &l, b, when);
	assert_int_equal(l.n % BATCH_ROWS, 0);
	list_deinit(&l);
}

/* After the trouble the record goes on without help. */
static void check_goes_on(struct model *m, const char *when)
{
	struct record_writer *w;
	struct event e[BATCH_ROWS];
	int err = record_writer_open(&w, m->disk);

	if (err < 0)
		fail_msg("%s: writer: %s", when, error_text(err));
	make_batch(e, 0, add_client(record_writer_clients(w), 99));
	assert_int_equal(record_append(w, e, BATCH_ROWS), 0);
	record_writer_close(w);
	check(m, when);
	/* what the dead left behind is gone: one manifest, runs, a lock */
	assert_int_equal(fake_disk_count(m->disk, ".part"), 0);
	assert_int_equal(fake_disk_count(m->disk, ".work"), 0);
}

static bool try_failure(unsigned n, bool dead, enum power_cut how)
{
	struct model m = { .disk = fake_disk_new(n) };
	char when[64];
	bool has_failed;

	snprintf(when, sizeof(when), "call %u, dead %d, cut %d", n, dead, how);
	fake_disk_fail(m.disk, n, dead);
	work(&m);
	/* 2 months in each of 15 batches: fewer runs say that they merged */
	assert_true(fake_disk_has_failed(m.disk) ||
		    fake_disk_count(m.disk, ".run") <= 2 * 8);
	has_failed = fake_disk_has_failed(m.disk);
	if (!dead) {
		fake_disk_fail(m.disk, 0, false);
		check(&m, when);
	}
	fake_disk_cut(m.disk, how);
	check(&m, when);
	check_goes_on(&m, when);
	m.disk->ops->free(m.disk);
	return has_failed;
}

static void every_call(bool dead)
{
	unsigned n = 1;

	while (try_failure(n, dead, CUT_DROPS)) {
		try_failure(n, dead, CUT_KEEPS);
		try_failure(n, dead, CUT_TEARS);
		n++;
	}
	print_message("# %u calls\n", n - 1);
	assert_in_range(n, 50, 2000);
}

static void every_call_fails(void **state)
{
	(void)state;
	every_call(false);
}

static void every_call_kills(void **state)
{
	(void)state;
	every_call(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_fails),
		cmocka_unit_test(every_call_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
