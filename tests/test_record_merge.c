/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs cut into segments, and many runs made few: the rows stay the same.
 */
#include "record/manifest.h"
#include "record/merge.h"

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
				 .host = dice_below(&d, n / 8 + 1),
				 .time = T0 + (uint32_t)dice_below(
						      &d, 20 * DAY_SECONDS),
				 .kind = (uint8_t)dice_below(&d, 3),
			 },
			 1);
	list_sort(out);
}

static void assert_holds(struct sys_disk *disk, struct event_list *want)
{
	struct event_list got = { 0 };

	list_sort(want);
	read_all(&got, disk);
	assert_same_events(&got, want);
	list_deinit(&got);
}

static void write_segments(struct work *work, const struct event_list *all,
			   struct run_list *parts)
{
	struct run_names none = { .n = 1 };
	struct run_writer *w = run_writer_new(&work->place, month_of_time(T0),
					      &none, &none, 50000);

	for (size_t i = 0; i < all->n; i++)
		assert_int_equal(run_writer_add(w, &all->e[i]), 0);
	assert_int_equal(run_writer_finish(w, parts), 0);
	run_writer_free(w);
}

static void segments(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct run_list parts = { 0 };
	struct work work;
	struct change c;

	(void)state;
	make_events(&all, 100000, 1);
	assert_int_equal(work_begin(&work, disk), 0);
	write_segments(&work, &all, &parts);
	assert_in_range(parts.n, 3, 20);
	assert_int_equal(change_begin(&c, disk), 0);
	assert_int_equal(change_add_runs(&c, &parts), 0);
	assert_int_equal(change_commit(&c), 0);
	for (size_t i = 1; i < c.m.runs.n; i++) {
		const struct run_facts *f = &c.m.runs.items[i];

		assert_int_equal(f->group, f[-1].group);
		assert_true(f->host_first > f[-1].host_last);
	}
	change_end(&c);
	work_end(&work);
	assert_holds(disk, &all);

	/* segments are one run: nothing is to be merged */
	assert_int_equal(import_events(disk, all.e, 1, 1 << 20), 0);
	list_add(&all, all.e, 1);
	assert_int_equal(fake_disk_count(disk, ".run"), parts.n + 1);
	assert_holds(disk, &all);
	run_list_deinit(&parts);
	list_deinit(&all);
	disk->ops->free(disk);
}

static void many_imports(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		size_t n = 1 + i * i % 17 * 100, from = all.n;

		for (size_t k = 0; k < n; k++)
			list_add(&all,
				 &(struct event){ .host = k,
						  .time = T0 + i,
						  .kind = KIND_SPAM },
				 1);
		assert_int_equal(import_events(disk, all.e + from, n, 1 << 20),
				 0);
		assert_in_range(fake_disk_count(disk, ".run"), 1,
				MERGE_RUNS_MAX);
		assert_int_equal(fake_disk_count(disk, ".part"), 0);
	}
	assert_holds(disk, &all);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* Memory for a thousand events, fifty thousand of them */
static void many_spills(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };

	(void)state;
	make_events(&all, 50000, 3);
	assert_int_equal(import_events(disk, all.e, all.n, 1), 0);
	assert_in_range(fake_disk_count(disk, ".run"), 1, MERGE_RUNS_MAX);
	assert_int_equal(fake_disk_count(disk, ".part"), 0);
	assert_holds(disk, &all);
	list_deinit(&all);
	disk->ops->free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments),
		cmocka_unit_test(many_imports),
		cmocka_unit_test(many_spills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
