/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Expire, forget, compact: what is left is what should be, files that need not
 * change do not, nobody is disturbed; and with every call failing or dying in
 * turn the record is as before or as after.
 */
#include "record/manifest.h"

#include "fake_disk.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define JUNE_2003 1054425600u
#define JULY_2003 1057017600u
#define AUGUST	  1059696000u
#define MANY	  77u /* a host that every batch and the journals know */
#define INPUT	  4711u

/* ----------------------------------------------------------------- a record */

static void make_events(struct event_list *out, size_t n, uint64_t seed)
{
	struct dice d = { seed };

	for (size_t i = 0; i < n; i++) {
		struct event e = {
			.host = i % 5 == 0 ? MANY : dice_below(&d, 1000),
			.time = JUNE_2003 +
				(uint32_t)dice_below(&d, 90 * DAY_SECONDS),
			.kind = (uint8_t)dice_below(&d, N_KINDS),
			.label = (uint32_t)dice_below(&d, 4),
			.client = (uint32_t)dice_below(&d, 3),
		};

		list_add(out, &e, 1);
	}
}

static void import_some(struct sys_disk *disk, struct event_list *all, size_t n,
			uint64_t seed)
{
	size_t from = all->n;

	make_events(all, n, seed);
	assert_int_equal(import_events(disk, all->e + from, n, 1 << 20), 0);
}

static struct record_writer *append_some(struct sys_disk *disk,
					 struct event_list *all, size_t n,
					 uint64_t seed)
{
	struct record_writer *w;
	size_t from = all->n;

	make_events(all, n, seed);
	assert_int_equal(record_writer_open(&w, disk), 0);
	name_labels(record_writer_labels(w), 4);
	name_clients(record_writer_clients(w), 3);
	assert_int_equal(record_append(w, all->e + from, n), 0);
	return w;
}

/* Its journal stays; nobody holds it. */
static void die(struct sys_disk *disk, struct record_writer *w)
{
	fake_disk_fail(disk, 1, true);
	record_writer_close(w);
	fake_disk_kill(disk);
}

static void note_input(struct sys_disk *disk)
{
	struct record_import *im;

	assert_int_equal(record_import_open(&im, disk, 1 << 20), 0);
	record_import_note(im, INPUT);
	assert_int_equal(record_import_commit(im), 0);
	record_import_close(im);
}

/* Three months, three runs in each, an input, the journal of a dead writer */
static struct sys_disk *make_record(struct event_list *all, size_t n)
{
	struct sys_disk *disk = fake_disk_new(1);

	import_some(disk, all, n, 1);
	import_some(disk, all, n, 2);
	import_some(disk, all, n, 3);
	note_input(disk);
	die(disk, append_some(disk, all, n, 4));
	return disk;
}

/* ------------------------------------------------------------- what is left */

struct rule {
	int64_t before;
	uint64_t host; /* UINT64_MAX: none */
};
#define ALL_OF_IT ((struct rule){ 0, UINT64_MAX })

static void select_rows(struct event_list *out, const struct event_list *all,
			struct rule r)
{
	for (size_t i = 0; i < all->n; i++)
		if (all->e[i].time >= r.before && all->e[i].host != r.host)
			list_add(out, &all->e[i], 1);
	list_sort(out);
}

static void assert_holds(struct sys_disk *disk, const struct event_list *all,
			 struct rule rule)
{
	struct event_list got = { 0 }, want = { 0 };
	struct record *r;

	select_rows(&want, all, rule);
	read_all(&got, disk);
	assert_same_events(&got, &want);
	assert_int_equal(record_open(&r, disk), 0);
	assert_int_equal(record_verify(r), 0);
	record_close(r);
	list_deinit(&got);
	list_deinit(&want);
}

/* Old files are not only not counted, they are not there. */
static void assert_gone(struct sys_disk *disk)
{
	struct manifest m;

	assert_int_equal(manifest_load(&m, disk), 0);
	assert_int_equal(fake_disk_count(disk, ".run"), m.runs.n);
	assert_int_equal(fake_disk_count(disk, ".journal"), m.n_journals);
	manifest_deinit(&m);
}

/*
 * Nothing on disk but what counts. (The lock of a maker, always empty, may come
 * back with a power cut; the next publisher removes it.)
 */
static void assert_clean(struct sys_disk *disk)
{
	struct manifest m;

	assert_gone(disk);
	assert_int_equal(manifest_load(&m, disk), 0);
	assert_int_equal(fake_disk_count(disk, ".part"), 0);
	assert_true(manifest_has_input(&m, INPUT));
	manifest_deinit(&m);
}

static unsigned n_kept(struct sys_disk *disk, const struct manifest *old)
{
	struct manifest m;
	unsigned n = 0;

	assert_int_equal(manifest_load(&m, disk), 0);
	for (size_t i = 0; i < old->runs.n; i++)
		n += manifest_has_run(&m, old->runs.items[i].name);
	manifest_deinit(&m);
	return n;
}

/* ------------------------------------------------------------------- expire */

static const struct {
	const char *name;
	int64_t before;
	unsigned want_kept; /* of the 12 files */
} expiries[] = {
	{ "nothing", 0, 12 },
	{ "up to the first second", JUNE_2003, 12 },
	{ "within the first month", JUNE_2003 + 10 * DAY_SECONDS, 8 },
	{ "a whole month", JULY_2003, 8 },
	{ "within the second", JULY_2003 + 86400 * 15 + 7, 4 },
	{ "two months", AUGUST, 4 },
	{ "all", AUGUST + 40 * DAY_SECONDS, 0 },
	{ "all there could be", INT64_MAX, 0 },
};

static void expire(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(expiries) / sizeof(expiries[0]); i++) {
		struct rule rule = { expiries[i].before, UINT64_MAX };
		struct event_list all = { 0 }, seen = { 0 }, want = { 0 };
		struct sys_disk *disk = make_record(&all, 500);
		struct record_upkeep u;
		struct manifest old;
		struct record *view;

		print_message("# %s\n", expiries[i].name);
		record_writer_close(append_some(disk, &all, 0, 0)); /* adopts */
		assert_int_equal(manifest_load(&old, disk), 0);
		assert_int_equal(old.runs.n, 12);
		assert_int_equal(record_open(&view, disk), 0);
		assert_int_equal(record_expire(disk, rule.before, &u), 0);
		assert_holds(disk, &all, rule);
		assert_clean(disk);
		assert_int_equal(n_kept(disk, &old), expiries[i].want_kept);
		assert_int_equal(u.n_files_gone, 12 - expiries[i].want_kept);
		assert_int_equal(fake_disk_count(disk, ".work"), 0);
		/* who was reading reads on */
		read_query(&seen, view, &RECORD_EVERYTHING);
		assert_no_damage(view);
		select_rows(&want, &all, ALL_OF_IT);
		assert_same_events(&seen, &want);
		record_close(view);
		select_rows(&seen, &want, rule); /* adds to what is there */
		assert_int_equal(u.n_events_gone, 2 * want.n - seen.n);
		manifest_deinit(&old);
		list_deinit(&seen);
		list_deinit(&want);
		list_deinit(&all);
		disk->ops->free(disk);
	}
}

/* ------------------------------------------------------------------- forget */

static void forget(void **state)
{
	static const struct {
		uint64_t host;
		bool is_known;
	} rows[] = { { MANY, true },
		     { 0, true },
		     { 999, true },
		     { 5000, false },
		     { UINT64_MAX - 1, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct event_list all = { 0 };
		struct sys_disk *disk = make_record(&all, 2000);
		struct rule rule = { 0, rows[i].host };
		struct record_upkeep u;

		assert_int_equal(record_forget(disk, rows[i].host, &u), 0);
		assert_int_equal(u.n_events_gone > 0, rows[i].is_known);
		assert_int_equal(u.n_files_gone > 0, rows[i].is_known);
		assert_holds(disk, &all, rule);
		fake_disk_cut(disk, CUT_DROPS);
		assert_holds(disk, &all, rule);
		assert_clean(disk);
		assert_int_equal(record_forget(disk, rows[i].host, &u), 0);
		assert_int_equal(u.n_events_gone, 0);
		list_deinit(&all);
		disk->ops->free(disk);
	}
}

static void write_segments(struct sys_disk *disk, const struct event_list *all)
{
	struct run_names none = { .n = 1 };
	struct run_list parts = { 0 };
	struct run_writer *w;
	struct work work;
	struct change c;

	assert_int_equal(work_begin(&work, disk), 0);
	w = run_writer_new(&work.place, month_of_time(JULY_2003), &none, &none,
			   20000);
	for (size_t i = 0; i < all->n; i++)
		assert_int_equal(run_writer_add(w, &all->e[i]), 0);
	assert_int_equal(run_writer_finish(w, &parts), 0);
	run_writer_free(w);
	assert_int_equal(change_begin(&c, disk), 0);
	assert_int_equal(change_add_runs(&c, &parts), 0);
	assert_int_equal(change_commit(&c), 0);
	change_end(&c);
	work_end(&work);
	run_list_deinit(&parts);
}

/* Of a long run one segment is rewritten, and stays a segment of that run. */
static void forget_in_one_segment(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct dice d = { 9 };
	struct record_month *months;
	struct record_upkeep u;
	struct manifest old;
	struct record *r;

	(void)state;
	for (unsigned i = 0; i < 50000; i++)
		list_add(&all,
			 &(struct event){
				 .host = dice_below(&d, 5000),
				 .time = JULY_2003 +
					 (uint32_t)dice_below(&d, 2000000) },
			 1);
	list_sort(&all);
	write_segments(disk, &all);
	assert_int_equal(manifest_load(&old, disk), 0);
	assert_in_range(old.runs.n, 3, 100);
	assert_int_equal(record_forget(disk, 2500, &u), 0);
	assert_int_equal(u.n_files_gone, 1);
	assert_int_equal(u.n_files_made, 1);
	assert_int_equal(n_kept(disk, &old), old.runs.n - 1);
	assert_holds(disk, &all, (struct rule){ 0, 2500 });
	assert_int_equal(record_open(&r, disk), 0);
	assert_int_equal(record_months(r, &months), 1);
	assert_int_equal(months[0].n_runs, 1);
	assert_int_equal(months[0].n_files, old.runs.n);
	assert_int_equal(months[0].start, JULY_2003);
	free(months);
	record_close(r);
	manifest_deinit(&old);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* A living writer is not disturbed; but what it holds cannot be erased. */
static void forget_beside_a_writer(void **state)
{
	struct event_list all = { 0 };
	struct sys_disk *disk = make_record(&all, 300);
	struct event last = { .host = 4000, .time = JULY_2003 };
	struct record_writer *w = append_some(disk, &all, 100, 5);
	struct rule rule = { 0, MANY };
	struct record_upkeep u;

	(void)state;
	assert_int_equal(record_forget(disk, MANY, &u), E_EXISTS);
	assert_non_null(u.what);
	assert_non_null(strstr(u.what, ".journal"));
	free(u.what);
	assert_holds(disk, &all, ALL_OF_IT);
	assert_int_equal(record_writer_fold(w), 0);
	assert_int_equal(record_append(w, &last, 1), 0);
	list_add(&all, &last, 1);
	assert_int_equal(record_forget(disk, MANY, &u), 0);
	assert_holds(disk, &all, rule);
	assert_int_equal(record_append(w, &last, 1), 0);
	list_add(&all, &last, 1);
	record_writer_close(w);
	assert_holds(disk, &all, rule);
	assert_clean(disk);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* ------------------------------------------------------------------ compact */

static void compact(void **state)
{
	struct event_list all = { 0 };
	struct sys_disk *disk = make_record(&all, 500);
	struct record_month *months;
	struct record_upkeep u;
	struct record *r;

	(void)state;
	assert_int_equal(record_compact(disk, &u), 0);
	assert_int_equal(u.n_events_gone, 0);
	assert_int_equal(u.n_files_gone, 12);
	assert_int_equal(u.n_files_made, 3);
	assert_holds(disk, &all, ALL_OF_IT);
	assert_clean(disk);
	assert_int_equal(record_open(&r, disk), 0);
	assert_int_equal(record_months(r, &months), 3);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(months[i].n_runs, 1);
	assert_int_equal(months[1].start, JULY_2003);
	free(months);
	record_close(r);
	assert_int_equal(record_compact(disk, &u), 0);
	assert_int_equal(u.n_files_gone, 0);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* ------------------------------------------------------------------- damage */

/* What is damaged is told and left as it is; the rest is done or refused. */
static void damage(void **state)
{
	struct event_list all = { 0 };
	struct sys_disk *disk = make_record(&all, 500);
	struct record_upkeep u;
	struct manifest m;
	struct buf *file, before = { 0 };
	char name[RUN_NAME_MAX];

	(void)state;
	record_writer_close(append_some(disk, &all, 0, 0));
	assert_int_equal(manifest_load(&m, disk), 0);
	for (size_t i = 0; i < m.runs.n; i++)
		if (m.runs.items[i].month == month_of_time(JULY_2003))
			memcpy(name, m.runs.items[i].name, sizeof(name));
	manifest_deinit(&m);
	file = fake_disk_file(disk, name);
	file->ptr[100] ^= 1;
	buf_add_bytes(&before, buf_bytes(file));

	assert_int_equal(record_forget(disk, MANY, &u), E_CORRUPT);
	assert_non_null(strstr(u.what, name));
	free(u.what);
	assert_int_equal(fake_disk_count(disk, ".run"), 12);
	assert_int_equal(record_expire(disk, JULY_2003 + 1000000, &u),
			 E_CORRUPT);
	assert_non_null(strstr(u.what, name));
	free(u.what);
	assert_int_equal(fake_disk_count(disk, ".run"), 8); /* June is gone */
	assert_int_equal(record_compact(disk, &u), E_CORRUPT);
	assert_non_null(strstr(u.what, name));
	free(u.what);
	assert_int_equal(fake_disk_count(disk, ".run"), 5); /* August is one */
	file = fake_disk_file(disk, name);
	assert_non_null(file);
	assert_true(bytes_equal(buf_bytes(file), buf_bytes(&before)));
	/* and is no hindrance to dropping it as a whole */
	assert_int_equal(record_expire(disk, AUGUST, &u), 0);
	assert_holds(disk, &all, (struct rule){ AUGUST, UINT64_MAX });
	buf_deinit(&before);
	list_deinit(&all);
	disk->ops->free(disk);
}

static void no_record(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct record_upkeep u;

	(void)state;
	assert_int_equal(record_expire(disk, 1, &u), E_NOT_FOUND);
	assert_int_equal(record_forget(disk, 1, &u), E_NOT_FOUND);
	assert_int_equal(record_compact(disk, &u), E_NOT_FOUND);
	assert_int_equal(fake_disk_count(disk, ""), 0);
	disk->ops->free(disk);
}

/* ------------------------------------------------------------------ trouble */

#define MIDDLE (JULY_2003 + 86400 * 15)

static int run_expire(struct sys_disk *disk, struct record_upkeep *u)
{
	return record_expire(disk, MIDDLE, u);
}

static int run_forget(struct sys_disk *disk, struct record_upkeep *u)
{
	return record_forget(disk, MANY, u);
}

static const struct job {
	const char *name;
	int (*run)(struct sys_disk *disk, struct record_upkeep *u);
	struct rule steps[3]; /* what may be left: before, midway, after */
} jobs[] = {
	{ "expire",
	  run_expire,
	  { { 0, UINT64_MAX },
	    { JULY_2003, UINT64_MAX },
	    { MIDDLE, UINT64_MAX } } },
	{ "forget",
	  run_forget,
	  { { 0, UINT64_MAX }, { 0, UINT64_MAX }, { 0, MANY } } },
	{ "compact",
	  record_compact,
	  { { 0, UINT64_MAX }, { 0, UINT64_MAX }, { 0, UINT64_MAX } } },
};

/* As after one of the steps; it must be the last one if that was promised. */
static void assert_one_of(struct sys_disk *disk, const struct event_list *all,
			  const struct job *job, bool is_done)
{
	struct event_list got = { 0 };
	size_t i = is_done ? 2 : 0;

	read_all(&got, disk);
	for (; i < 2; i++) {
		struct event_list want = { 0 };
		size_t n;

		select_rows(&want, all, job->steps[i]);
		n = want.n;
		list_deinit(&want);
		if (n == got.n)
			break;
	}
	list_deinit(&got);
	assert_holds(disk, all, job->steps[i]);
}

static bool try_failure(const struct job *job, unsigned n, bool dead,
			enum power_cut how)
{
	struct event_list all = { 0 };
	struct sys_disk *disk = make_record(&all, 60);
	struct record_upkeep u;
	bool has_failed, is_done;

	fake_disk_fail(disk, n, dead);
	is_done = job->run(disk, &u) == 0;
	free(u.what);
	has_failed = fake_disk_has_failed(disk);
	if (!dead) {
		fake_disk_fail(disk, 0, false);
		assert_one_of(disk, &all, job, is_done);
	}
	fake_disk_cut(disk, how);
	assert_one_of(disk, &all, job, is_done);
	if (is_done)
		assert_gone(disk);
	/* once more, and it is done, without help */
	assert_int_equal(job->run(disk, &u), 0);
	assert_holds(disk, &all, job->steps[2]);
	fake_disk_cut(disk, CUT_DROPS);
	assert_holds(disk, &all, job->steps[2]);
	assert_clean(disk);
	list_deinit(&all);
	disk->ops->free(disk);
	return has_failed;
}

static void every_call(bool dead)
{
	for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
		unsigned n = 1;

		while (try_failure(&jobs[i], n, dead, CUT_DROPS)) {
			try_failure(&jobs[i], n, dead, CUT_KEEPS);
			try_failure(&jobs[i], n, dead, CUT_TEARS);
			n++;
		}
		print_message("# %s: %u calls\n", jobs[i].name, n - 1);
		assert_in_range(n, 30, 2000);
	}
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
		cmocka_unit_test(expire),
		cmocka_unit_test(forget),
		cmocka_unit_test(forget_in_one_segment),
		cmocka_unit_test(forget_beside_a_writer),
		cmocka_unit_test(compact),
		cmocka_unit_test(damage),
		cmocka_unit_test(no_record),
		cmocka_unit_test(every_call_fails),
		cmocka_unit_test(every_call_kills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
