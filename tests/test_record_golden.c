/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record of each version that ever was, readable for ever.
 *
 * golden/record-1 was written by `test_record_golden DIRECTORY`, which makes
 * such a record with the format of today; its lock files are not kept.
 */
#include "record_help.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N_ROWS 3000
#define N_LATE 50

/* By arithmetic alone, so that it is the same everywhere and for ever */
static struct event event_of(uint64_t i)
{
	struct event e = {
		.host = hash_mix(i % 211) % 1000 * 7919,
		.time = (uint32_t)(1057017600 + hash_mix(i) % 5000000),
		.kind = (uint8_t)(hash_mix(i + 7) % N_KINDS),
		.client = (uint32_t)(hash_mix(i + 9) % 5),
	};

	if (i % 10 == 0)
		e.host += (uint64_t)0x20010db8 << 32;
	if (e.kind >= KIND_VIRUS && e.kind != KIND_POLICY)
		e.label = (uint32_t)(hash_mix(i + 8) % 20);
	return e;
}

static void make_events(struct event_list *out, uint64_t from, uint64_t n)
{
	for (uint64_t i = from; i < from + n; i++) {
		struct event e = event_of(i);

		list_add(out, &e, 1);
	}
}

static void read_golden(const char *path)
{
	struct event_list got = { 0 }, want = { 0 };
	struct sys_disk *disk;
	struct record *r;

	assert_int_equal(sys_disk_open(&disk, path, false), 0);
	read_all(&got, disk);
	make_events(&want, 0, N_ROWS + N_LATE);
	list_sort(&want);
	assert_same_events(&got, &want);
	assert_int_equal(record_open(&r, disk), 0);
	assert_int_equal(record_verify(r), 0);
	assert_int_equal(record_stat(r)->n_inputs, 1);
	assert_int_equal(record_stat(r)->n_runs, 2);
	assert_int_equal(record_stat(r)->n_journals, 1);
	record_close(r);
	disk->ops->free(disk);
	list_deinit(&got);
	list_deinit(&want);
}

static void version_1(void **state)
{
	(void)state;
	read_golden(GOLDEN_DIR "/record-1");
}

/* The journal stays: its writer is not closed. */
static int make(const char *path)
{
	struct event_list all = { 0 }, late = { 0 };
	struct record_import *im;
	struct record_writer *w;
	struct sys_disk *disk;

	make_events(&all, 0, N_ROWS);
	make_events(&late, N_ROWS, N_LATE);
	if (sys_disk_open(&disk, path, true) < 0 ||
	    record_import_open(&im, disk, 1 << 20) < 0)
		return 1;
	name_labels(record_import_labels(im), 20);
	name_clients(record_import_clients(im), 5);
	record_import_add(im, all.e, all.n);
	record_import_note(im, 0x0123456789abcdef);
	if (record_import_commit(im) < 0)
		return 1;
	record_import_close(im);
	if (record_writer_open(&w, disk) < 0)
		return 1;
	name_labels(record_writer_labels(w), 20);
	name_clients(record_writer_clients(w), 5);
	return record_append(w, late.e, late.n) < 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_1),
	};

	if (argc > 1)
		return make(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
