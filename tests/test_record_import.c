/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Imports: nothing is visible before the commit, an input counts once, one
 * that is dropped left nothing, and of states only the news are kept.
 */
#include "fake_disk.h"

#include <setjmp.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0 1057017600u

static void make_events(struct event_list *out, size_t n, uint64_t seed)
{
	struct dice d = { seed };

	for (size_t i = 0; i < n; i++)
		list_add(out,
			 &(struct event){
				 .host = dice_below(&d, 500),
				 .time = T0 + (uint32_t)dice_below(
						      &d, 40 * DAY_SECONDS),
				 .kind = (uint8_t)dice_below(&d, N_KINDS),
				 .label = (uint32_t)dice_below(&d, 4),
				 .client = (uint32_t)dice_below(&d, 4),
			 },
			 1);
}

static struct record_import *open_import(struct sys_disk *d, size_t memory)
{
	struct record_import *im;

	assert_int_equal(record_import_open(&im, d, memory), 0);
	name_labels(record_import_labels(im), 5);
	name_clients(record_import_clients(im), 5);
	return im;
}

static void assert_holds(struct sys_disk *disk, struct event_list *want)
{
	struct event_list got = { 0 };

	read_all(&got, disk);
	list_sort(want);
	assert_same_events(&got, want);
	list_deinit(&got);
}

static void ledger(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct record_import *im = open_import(disk, 1 << 20);
	struct record *r;

	(void)state;
	make_events(&all, 1000, 1);
	assert_false(record_import_has(im, 7));
	assert_int_equal(record_import_add(im, all.e, all.n), 0);
	record_import_note(im, 7);
	record_import_note(im, 3);
	assert_true(record_import_has(im, 7));
	assert_int_equal(record_open(&r, disk), 0);
	assert_int_equal(record_stat(r)->n_events, 0);
	record_close(r);
	assert_int_equal(record_import_commit(im), 0);
	assert_true(record_import_has(im, 7));
	assert_int_equal(record_import_commit(im), 0);
	record_import_close(im);
	assert_holds(disk, &all);

	im = open_import(disk, 1 << 20);
	assert_true(record_import_has(im, 3));
	assert_true(record_import_has(im, 7));
	assert_false(record_import_has(im, 5));
	record_import_close(im);
	assert_holds(disk, &all);
	list_deinit(&all);
	disk->ops->free(disk);
}

static void many_inputs(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct record_import *im = open_import(disk, 1 << 20);
	struct dice d = { 4 };

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		uint64_t input = i < 10 ? i * 64 : dice_next(&d);

		assert_false(record_import_has(im, input));
		record_import_note(im, input);
		record_import_note(im, input);
		assert_true(record_import_has(im, input));
	}
	assert_int_equal(record_import_commit(im), 0);
	record_import_close(im);
	im = open_import(disk, 1 << 20);
	d.state = 4;
	for (unsigned i = 0; i < 5000; i++)
		assert_true(
			record_import_has(im, i < 10 ? i * 64 : dice_next(&d)));
	assert_false(record_import_has(im, dice_next(&d)));
	record_import_close(im);
	disk->ops->free(disk);
}

/* Both looked before either published: the second one yields. */
static void same_input_twice_at_once(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct record_import *a = open_import(disk, 1 << 20);
	struct record_import *b = open_import(disk, 1 << 20);

	(void)state;
	make_events(&all, 1000, 1);
	record_import_add(a, all.e, all.n);
	record_import_add(b, all.e, all.n);
	record_import_note(a, 7);
	record_import_note(b, 7);
	assert_int_equal(record_import_commit(a), 0);
	assert_int_equal(record_import_commit(b), E_EXISTS);
	record_import_close(a);
	record_import_close(b);
	assert_holds(disk, &all);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* Small memory: what is dropped is on disk already. */
static void drop(size_t memory)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list kept = { 0 }, other = { 0 };
	struct record_import *im = open_import(disk, memory);

	make_events(&kept, 5000, 1);
	make_events(&other, 5000, 2);
	assert_int_equal(record_import_add(im, kept.e, 2500), 0);
	record_import_note(im, 1);
	assert_int_equal(record_import_add(im, other.e, other.n), 0);
	assert_int_equal(record_import_add_news(im, other.e, other.n), 0);
	assert_int_equal(record_import_drop(im), 0);
	assert_int_equal(record_import_add(im, kept.e + 2500, 2500), 0);
	record_import_note(im, 2);
	assert_int_equal(record_import_add(im, other.e, 1), 0);
	assert_int_equal(record_import_drop(im), 0);
	assert_int_equal(record_import_commit(im), 0);
	record_import_close(im);
	assert_holds(disk, &kept);
	assert_int_equal(fake_disk_count(disk, ".part"), 0);
	list_deinit(&kept);
	list_deinit(&other);
	disk->ops->free(disk);
}

static void drops(void **state)
{
	(void)state;
	drop(1 << 20);
	drop(1 << 10);
}

static void closed_without_commit(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 }, none = { 0 };
	struct record_import *im = open_import(disk, 1 << 10);

	(void)state;
	make_events(&all, 5000, 1);
	assert_int_equal(record_import_add(im, all.e, all.n), 0);
	assert_true(fake_disk_count(disk, ".part") > 0);
	record_import_close(im);
	assert_int_equal(fake_disk_count(disk, ".part"), 0);
	assert_int_equal(fake_disk_count(disk, ".work"), 0);
	assert_holds(disk, &none);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* One dies, one is at work: the publisher removes the parts of the dead. */
static void leftovers(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct record_import *dead = open_import(disk, 1 << 10), *live;

	(void)state;
	make_events(&all, 5000, 1);
	assert_int_equal(record_import_add(dead, all.e, all.n), 0);
	fake_disk_kill(disk);
	live = open_import(disk, 1 << 10);
	assert_int_equal(record_import_add(live, all.e, all.n), 0);
	assert_int_equal(import_events(disk, all.e, 100, 1 << 20), 0);
	assert_int_equal(record_import_commit(live), 0);
	record_import_close(live);
	list_add(&all, all.e, 100);
	assert_holds(disk, &all);
	assert_int_equal(fake_disk_count(disk, ".part"), 0);
	assert_int_equal(fake_disk_count(disk, ".work"), 0);
	record_import_close(dead);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* -------------------------------------------------------------------- news */

#define LISTED(host_, time_, label_, client_)                             \
	{                                                                 \
		.host = host_, .time = T0 + (time_), .kind = KIND_LISTED, \
		.label = label_, .client = client_,                       \
	}

/* In turn: published, then added, then told as states */
struct news_case {
	const char *name;
	struct event before, here, told[3];
	unsigned want_kept; /* a bit for each that was told */
};

static const struct news_case news_cases[] = {
	{ "new",
	  LISTED(1, 0, 1, 1),
	  LISTED(2, 0, 1, 1),
	  { LISTED(3, 9, 1, 1), LISTED(3, 9, 2, 1), LISTED(3, 9, 1, 2) },
	  7 },
	{ "known",
	  LISTED(1, 0, 1, 1),
	  LISTED(2, 0, 1, 1),
	  { LISTED(1, 9, 1, 1), LISTED(2, 9, 1, 1), LISTED(4, 9, 1, 1) },
	  4 },
	{ "same second",
	  LISTED(1, 9, 1, 1),
	  LISTED(2, 9, 1, 1),
	  { LISTED(1, 9, 1, 1), LISTED(2, 9, 1, 1), LISTED(2, 9, 1, 0) },
	  4 },
	{ "before",
	  LISTED(1, 9, 1, 1),
	  LISTED(2, 9, 1, 1),
	  { LISTED(1, 8, 1, 1), LISTED(2, 8, 1, 1), LISTED(2, 10, 1, 1) },
	  3 },
	{ "told twice",
	  LISTED(1, 9, 1, 1),
	  LISTED(2, 9, 1, 1),
	  { LISTED(3, 8, 1, 1), LISTED(3, 8, 1, 1), LISTED(3, 9, 1, 1) },
	  1 },
	{ "told backwards",
	  LISTED(1, 9, 1, 1),
	  LISTED(2, 9, 1, 1),
	  { LISTED(3, 9, 1, 1), LISTED(3, 8, 1, 1), LISTED(3, 7, 1, 1) },
	  4 },
	{ "other label",
	  LISTED(1, 0, 1, 1),
	  LISTED(2, 0, 1, 1),
	  { LISTED(1, 9, 2, 1), LISTED(2, 9, 0, 1), LISTED(1, 9, 1, 0) },
	  7 },
	{ "of an unknown name",
	  LISTED(1, 0, 0, 0),
	  LISTED(2, 0, 1, 1),
	  { LISTED(1, 9, 5, 1), LISTED(1, 9, 0, 0), LISTED(1, 9, 5, 1) },
	  1 },
};

static void check_news(const struct news_case *c, bool in_journal)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list want = { 0 };
	struct record_import *im;
	struct record_writer *w = NULL;

	if (in_journal) {
		assert_int_equal(record_writer_open(&w, disk), 0);
		name_labels(record_writer_labels(w), 2);
		name_clients(record_writer_clients(w), 2);
		assert_int_equal(record_append(w, &c->before, 1), 0);
	} else {
		assert_int_equal(import_events(disk, &c->before, 1, 1 << 20),
				 0);
	}
	im = open_import(disk, 1 << 20);
	assert_int_equal(record_import_add(im, &c->here, 1), 0);
	assert_int_equal(record_import_add_news(im, c->told, 3), 0);
	record_import_note(im, 1);
	assert_int_equal(record_import_commit(im), 0);
	record_import_close(im);
	list_add(&want, &c->before, 1);
	list_add(&want, &c->here, 1);
	for (unsigned i = 0; i < 3; i++)
		if (c->want_kept >> i & 1)
			list_add(&want, &c->told[i], 1);
	assert_holds(disk, &want);
	record_writer_close(w);
	assert_holds(disk, &want);
	list_deinit(&want);
	disk->ops->free(disk);
}

static void news(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(news_cases) / sizeof(*news_cases); i++) {
		print_message("# %s\n", news_cases[i].name);
		check_news(&news_cases[i], false);
		check_news(&news_cases[i], true);
	}
}

/* A list read again every day adds its newcomers alone. */
static void daily_lists(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list want = { 0 };

	(void)state;
	for (unsigned day = 0; day < 4; day++) {
		struct record_import *im = open_import(disk, 1 << 10);

		for (unsigned i = 0; i < 3000 + 100 * day; i++) {
			struct event e = LISTED(i, day * DAY_SECONDS, 1, 0);

			assert_int_equal(record_import_add_news(im, &e, 1), 0);
			if (day == 0 || i >= 3000 + 100 * (day - 1))
				list_add(&want, &e, 1);
		}
		record_import_note(im, day);
		assert_int_equal(record_import_commit(im), 0);
		record_import_close(im);
	}
	assert_holds(disk, &want);
	list_deinit(&want);
	disk->ops->free(disk);
}

/* A record that lost its manifest is not silently begun anew. */
static void lost_manifest(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct record_import *im;
	struct record *r;

	(void)state;
	assert_int_equal(record_open(&r, disk), E_NOT_FOUND);
	make_events(&all, 100, 1);
	assert_int_equal(import_events(disk, all.e, all.n, 1 << 20), 0);
	disk->ops->unlink(disk, "manifest");
	assert_int_equal(record_open(&r, disk), E_CORRUPT);
	assert_int_equal(record_import_open(&im, disk, 1 << 20), E_CORRUPT);
	assert_true(fake_disk_count(disk, ".run") > 0);
	list_deinit(&all);
	disk->ops->free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ledger),
		cmocka_unit_test(many_inputs),
		cmocka_unit_test(same_input_twice_at_once),
		cmocka_unit_test(drops),
		cmocka_unit_test(closed_without_commit),
		cmocka_unit_test(leftovers),
		cmocka_unit_test(news),
		cmocka_unit_test(daily_lists),
		cmocka_unit_test(lost_manifest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
