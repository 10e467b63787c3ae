/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that are not what was written: every byte of a small run, manifest and
 * journal flipped in turn, and each of them cut at every length. What is read
 * is never wrong: a part of the truth, and the damage is told.
 */
#include "fake_disk.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define T0	1057017600u
#define N_BATCH 3
#define PER_ONE 4

static void make_events(struct event_list *out, size_t n)
{
	struct dice d = { 11 };

	for (size_t i = 0; i < n; i++)
		list_add(out,
			 &(struct event){
				 .host = dice_below(&d, 20),
				 .time = T0 + (uint32_t)dice_below(&d, 9999),
				 .kind = (uint8_t)dice_below(&d, N_KINDS),
				 .label = (uint32_t)dice_below(&d, 4),
				 .client = (uint32_t)dice_below(&d, 4),
			 },
			 1);
	list_sort(out);
}

/* Are all of these, each as often, among those? Both are sorted. */
static bool is_part(const struct event_list *some, const struct event_list *all)
{
	size_t k = 0;

	for (size_t i = 0; i < some->n; i++) {
		while (k < all->n && event_compare(&all->e[k], &some->e[i]) < 0)
			k++;
		if (k == all->n || event_compare(&all->e[k], &some->e[i]) != 0)
			return false;
		k++;
	}
	return true;
}

struct outcome {
	struct event_list rows;
	size_t n_damage;
	int verified;
};

static struct outcome look(struct sys_disk *disk)
{
	const struct record_damage *damage;
	struct outcome o = { 0 };
	struct record *r;

	assert_int_equal(record_open(&r, disk), 0);
	read_query(&o.rows, r, &RECORD_EVERYTHING);
	o.n_damage = record_damage(r, &damage);
	o.verified = record_verify(r);
	record_close(r);
	return o;
}

static void spoil(struct sys_disk *disk, const char *name, struct bytes good,
		  size_t at, unsigned char mask)
{
	char *bad = mem_text(good);

	bad[at] = (char)(bad[at] ^ mask);
	fake_disk_put(disk, name, bytes_of(bad, good.len));
	free(bad);
}

/* ------------------------------------------------------------------- a run */

static struct sys_disk *disk_with_run(struct event_list *all, char name[48],
				      struct bytes *good)
{
	struct sys_disk *disk = fake_disk_new(1);

	make_events(all, 400);
	assert_int_equal(import_events(disk, all->e, all->n, 1 << 20), 0);
	snprintf(name, 48, "%s", fake_disk_find(disk, ".run"));
	*good = buf_bytes(fake_disk_file(disk, name));
	good->ptr = mem_text(*good);
	return disk;
}

static void assert_told(const struct outcome *o, const struct event_list *all,
			size_t at)
{
	if (o->n_damage == 0 || o->verified != E_CORRUPT)
		fail_msg("at %zu: not found", at);
	if (!is_part(&o->rows, all))
		fail_msg("at %zu: rows that never were", at);
}

static void run_flipped(void **state)
{
	struct event_list all = { 0 };
	struct bytes good;
	char name[48];
	struct sys_disk *disk = disk_with_run(&all, name, &good);

	(void)state;
	for (size_t at = 0; at < good.len; at++) {
		struct outcome o;

		spoil(disk, name, good, at, (unsigned char)(1 << at % 8));
		o = look(disk);
		assert_told(&o, &all, at);
		list_deinit(&o.rows);
	}
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

static void run_cut(void **state)
{
	struct event_list all = { 0 };
	struct bytes good;
	char name[48];
	struct sys_disk *disk = disk_with_run(&all, name, &good);

	(void)state;
	for (size_t len = 0; len < good.len; len++) {
		struct outcome o;

		fake_disk_put(disk, name, bytes_of(good.ptr, len));
		o = look(disk);
		assert_told(&o, &all, len);
		assert_int_equal(o.rows.n, 0);
		list_deinit(&o.rows);
	}
	disk->ops->unlink(disk, name);
	assert_int_equal(look(disk).n_damage, 1);
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* One block of several is lost; the others are read. */
static void other_blocks_stay(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct outcome o;
	struct buf *run;

	(void)state;
	for (uint32_t i = 0; i < 5 * 8192; i++)
		list_add(&all, &(struct event){ .host = i / 3, .time = T0 + i },
			 1);
	assert_int_equal(import_events(disk, all.e, all.n, 8 << 20), 0);
	run = fake_disk_file(disk, fake_disk_find(disk, ".run"));
	run->ptr[run->len / 3] ^= 1;
	o = look(disk);
	assert_int_equal(o.n_damage, 1);
	assert_int_equal(o.rows.n, 9 * 4096);
	assert_true(is_part(&o.rows, &all));
	list_deinit(&o.rows);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* A whole run, but of another record */
static void run_exchanged(void **state)
{
	struct sys_disk *disk = fake_disk_new(1), *other = fake_disk_new(2);
	struct event_list all = { 0 };
	struct outcome o;

	(void)state;
	make_events(&all, 100);
	assert_int_equal(import_events(disk, all.e, 100, 1 << 20), 0);
	assert_int_equal(import_events(other, all.e, 50, 1 << 20), 0);
	fake_disk_put(disk, fake_disk_find(disk, ".run"),
		      buf_bytes(fake_disk_file(other,
					       fake_disk_find(other, ".run"))));
	o = look(disk);
	assert_int_equal(o.n_damage, 1);
	assert_int_equal(o.rows.n, 0);
	list_deinit(&all);
	disk->ops->free(disk);
	other->ops->free(other);
}

/* What is damaged is not merged away. */
static void damage_is_not_merged(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct outcome o;
	struct buf *run;

	(void)state;
	make_events(&all, 100);
	assert_int_equal(import_events(disk, all.e, 10, 1 << 20), 0);
	run = fake_disk_file(disk, fake_disk_find(disk, ".run"));
	run->ptr[40] ^= 1;
	for (unsigned i = 1; i < 10; i++)
		assert_int_equal(
			import_events(disk, all.e + 10 * i, 10, 1 << 20), 0);
	o = look(disk);
	assert_true(o.n_damage > 0);
	assert_int_equal(o.rows.n, 90);
	list_deinit(&o.rows);
	run->ptr[40] ^= 1;
	o = look(disk);
	assert_int_equal(o.n_damage, 0);
	assert_same_events(&o.rows, &all);
	list_deinit(&o.rows);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* ------------------------------------------------------------ the manifest */

static void manifest_flipped(void **state)
{
	struct event_list all = { 0 };
	struct bytes run, good;
	char name[48];
	struct sys_disk *disk = disk_with_run(&all, name, &run);
	struct record *r;

	(void)state;
	good = buf_bytes(fake_disk_file(disk, "manifest"));
	good.ptr = mem_text(good);
	for (size_t at = 0; at < good.len; at++) {
		spoil(disk, "manifest", good, at, 0x40);
		assert_int_equal(record_open(&r, disk), E_CORRUPT);
		fake_disk_put(disk, "manifest", bytes_of(good.ptr, at));
		assert_int_equal(record_open(&r, disk), E_CORRUPT);
	}
	assert_int_equal(import_events(disk, all.e, 1, 1 << 20), E_CORRUPT);
	assert_non_null(fake_disk_file(disk, name));
	free((void *)(uintptr_t)run.ptr);
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* ----------------------------------------------------------------- journals */

/*
 * A writer that died after its batches, the n-th having time T0 + n; end[n] is
 * the length of the journal with n of them.
 */
static struct sys_disk *disk_with_journal(struct event_list *all, char name[48],
					  struct bytes *good,
					  size_t end[N_BATCH + 1])
{
	struct sys_disk *disk = fake_disk_new(1);
	struct record_writer *w;

	assert_int_equal(record_writer_open(&w, disk), 0);
	snprintf(name, 48, "%s", fake_disk_find(disk, ".journal"));
	end[0] = fake_disk_file(disk, name)->len;
	for (unsigned b = 0; b < N_BATCH; b++) {
		struct event e[PER_ONE];

		name_labels(record_writer_labels(w), b + 1);
		for (unsigned i = 0; i < PER_ONE; i++)
			e[i] = (struct event){ .host = i,
					       .time = T0 + b,
					       .label = b + 1 };
		assert_int_equal(record_append(w, e, PER_ONE), 0);
		list_add(all, e, PER_ONE);
		end[b + 1] = fake_disk_file(disk, name)->len;
	}
	list_sort(all);
	*good = buf_bytes(fake_disk_file(disk, name));
	good->ptr = mem_text(*good);
	/* it died: nothing that it does reaches the disk */
	fake_disk_fail(disk, 1, true);
	record_writer_close(w);
	fake_disk_kill(disk);
	return disk;
}

static void journal_cut(void **state)
{
	size_t end[N_BATCH + 1];
	struct event_list all = { 0 };
	struct bytes good;
	char name[48];
	struct sys_disk *disk = disk_with_journal(&all, name, &good, end);

	(void)state;
	for (size_t len = 0; len <= good.len; len++) {
		struct outcome o;
		unsigned n = 0;

		while (n < N_BATCH && end[n + 1] <= len)
			n++;
		fake_disk_put(disk, name, bytes_of(good.ptr, len));
		o = look(disk);
		assert_int_equal(o.rows.n, n * PER_ONE);
		assert_true(is_part(&o.rows, &all));
		/* a header is synced before anybody is told of the journal */
		assert_int_equal(o.n_damage, len < end[0] ? 1 : 0);
		list_deinit(&o.rows);
	}
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

static void journal_flipped(void **state)
{
	size_t end[N_BATCH + 1];
	struct event_list all = { 0 };
	struct bytes good;
	char name[48];
	struct sys_disk *disk = disk_with_journal(&all, name, &good, end);

	(void)state;
	for (size_t at = 0; at < good.len; at++) {
		struct outcome o;

		spoil(disk, name, good, at, 0x10);
		o = look(disk);
		assert_told(&o, &all, at);
		assert_int_equal(o.rows.n % PER_ONE, 0);
		list_deinit(&o.rows);
	}
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* The next writer folds what the dead one left, torn tail and all. */
static void adopted(void **state)
{
	size_t end[N_BATCH + 1];
	struct event_list all = { 0 };
	struct bytes good;
	char name[48];
	struct sys_disk *disk = disk_with_journal(&all, name, &good, end);
	struct record_writer *w;
	struct outcome o;

	(void)state;
	fake_disk_put(disk, name, bytes_of(good.ptr, good.len - 1));
	assert_int_equal(record_writer_open(&w, disk), 0);
	assert_null(fake_disk_file(disk, name));
	assert_int_equal(fake_disk_count(disk, ".journal"), 1);
	record_writer_close(w);
	assert_int_equal(fake_disk_count(disk, ".journal"), 0);
	o = look(disk);
	assert_int_equal(o.n_damage, 0);
	assert_int_equal(o.rows.n, (N_BATCH - 1) * PER_ONE);
	assert_true(is_part(&o.rows, &all));
	list_deinit(&o.rows);
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* A damaged one is kept, for somebody may mend it, and is read and told. */
static void damaged_is_not_adopted(void **state)
{
	size_t end[N_BATCH + 1];
	struct event_list all = { 0 };
	struct bytes good;
	char name[48];
	struct sys_disk *disk = disk_with_journal(&all, name, &good, end);
	struct record_writer *w;
	struct outcome o;

	(void)state;
	spoil(disk, name, good, end[1] + 30, 1);
	assert_int_equal(record_writer_open(&w, disk), 0);
	record_writer_close(w);
	assert_non_null(fake_disk_file(disk, name));
	o = look(disk);
	assert_int_equal(o.n_damage, 1);
	assert_int_equal(o.rows.n, PER_ONE);
	list_deinit(&o.rows);
	free((void *)(uintptr_t)good.ptr);
	list_deinit(&all);
	disk->ops->free(disk);
}

/* ------------------------------------------------------------------ writer */

static void writer_folds(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event_list all = { 0 };
	struct event *big = mem_alloc(RECORD_BATCH_MAX + 1, sizeof(*big));
	struct record_writer *w;
	struct outcome o;

	(void)state;
	assert_int_equal(record_writer_open(&w, disk), 0);
	assert_int_equal(record_append(w, big, RECORD_BATCH_MAX + 1), E_LIMIT);
	for (uint32_t b = 0; b < 5; b++) {
		for (uint32_t i = 0; i < RECORD_BATCH_MAX; i++)
			big[i] = (struct event){ .host = i, .time = T0 + b };
		assert_int_equal(record_append(w, big, RECORD_BATCH_MAX), 0);
		list_add(&all, big, RECORD_BATCH_MAX);
	}
	assert_true(fake_disk_count(disk, ".run") > 0);
	assert_int_equal(fake_disk_count(disk, ".journal"), 1);
	list_sort(&all);
	o = look(disk);
	assert_same_events(&o.rows, &all);
	list_deinit(&o.rows);
	record_writer_close(w);
	o = look(disk);
	assert_same_events(&o.rows, &all);
	list_deinit(&o.rows);
	list_deinit(&all);
	free(big);
	disk->ops->free(disk);
}

/* After a write that failed no more are taken; a new writer goes on. */
static void writer_refuses(void **state)
{
	struct sys_disk *disk = fake_disk_new(1);
	struct event e = { .host = 1, .time = T0 };
	struct record_writer *w;

	(void)state;
	assert_int_equal(record_writer_open(&w, disk), 0);
	fake_disk_fail(disk, 1, false);
	assert_int_equal(record_append(w, &e, 1), E_IO);
	fake_disk_fail(disk, 0, false);
	assert_int_equal(record_append(w, &e, 1), E_STATE);
	record_writer_close(w);
	assert_int_equal(record_writer_open(&w, disk), 0);
	assert_int_equal(record_append(w, &e, 1), 0);
	record_writer_close(w);
	disk->ops->free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_flipped),
		cmocka_unit_test(run_cut),
		cmocka_unit_test(other_blocks_stay),
		cmocka_unit_test(run_exchanged),
		cmocka_unit_test(damage_is_not_merged),
		cmocka_unit_test(manifest_flipped),
		cmocka_unit_test(journal_cut),
		cmocka_unit_test(journal_flipped),
		cmocka_unit_test(adopted),
		cmocka_unit_test(damaged_is_not_adopted),
		cmocka_unit_test(writer_folds),
		cmocka_unit_test(writer_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
