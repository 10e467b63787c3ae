/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record scanned on 1, 2 and 8 threads against the same events fed by hand:
 * every figure the same to the last bit.
 */
#include "judgement_dump.h"
#include "lives.h"
#include "test.h"

#define N_DAYS	  30
#define N_IMPORTS 3

static uint32_t roll(uint64_t *dice, uint32_t sides)
{
	*dice = hash_mix(*dice + 0x9e3779b97f4a7c15u);
	return (uint32_t)(*dice % sides);
}

static struct lives random_world(void)
{
	struct lives l = { 0 };
	uint64_t dice = 3;

	for (unsigned i = 0; i < 20000; i++) {
		struct event e = {
			.host = (uint64_t)roll(&dice, 80) << 16 |
				roll(&dice, 40),
			.time = lives_time(roll(&dice, N_DAYS + 2),
					   roll(&dice, 4)),
			.kind = (uint8_t)roll(&dice, N_KINDS),
			.client = roll(&dice, 4),
		};

		e.host += i % 9 == 0 ? 0x20010db8ull << 32 : 0x0a000000;
		e.label = e.kind == KIND_VIRUS ? roll(&dice, 6) : 0;
		lives_add(&l, e);
	}
	return l;
}

static void name_of(uint32_t number, char out[16])
{
	snprintf(out, 16, "name %c", 'a' + (int)(number * 5 % 7));
}

static struct catalog some_names(void)
{
	struct catalog c = { 0 };
	char name[16];

	for (uint32_t i = 1; i < 7; i++) {
		name_of(i, name);
		catalog_add(&c, bytes_of_text(name));
	}
	return c;
}

static uint32_t translate(struct catalog *c, uint32_t number)
{
	char name[16];

	name_of(number, name);
	return number == 0 ? 0 : catalog_add(c, bytes_of_text(name));
}

/* Each import numbers the names in the order in which it meets them. */
static void import(struct sys_disk *disk, const struct lives *l, size_t part)
{
	struct record_import *im;

	assert_int_equal(record_import_open(&im, disk, 1 << 20), 0);
	for (size_t i = part; i < l->n; i += N_IMPORTS) {
		struct event e = l->events[i];

		e.label = translate(record_import_labels(im), e.label);
		e.client = translate(record_import_clients(im), e.client);
		assert_int_equal(record_import_add(im, &e, 1), 0);
	}
	assert_int_equal(record_import_commit(im), 0);
	record_import_close(im);
}

static struct buf judge_tally(struct tally *t, const struct catalog *labels,
			      const struct catalog *clients)
{
	struct judgement *j = judge_new(t, labels, clients);
	struct buf b = { 0 };

	dump_judgement(&b, j);
	judge_free(j);
	tally_free(t);
	return b;
}

static struct buf judge_by_hand(struct lives *l, struct tally_options o)
{
	struct catalog names = some_names();
	struct buf b;

	o.labels = &names;
	b = judge_tally(lives_tally(l, &o, 1, 100), &names, &names);
	catalog_deinit(&names);
	return b;
}

static void test_threads(void **state)
{
	static const unsigned n_threads[] = { 1, 2, 8 };
	struct tally_options o = lives_options(N_DAYS);
	struct lives world = random_world();
	struct buf path = { 0 }, want = judge_by_hand(&world, o);
	struct sys_disk *disk;
	struct record *r;

	(void)state;
	assert_int_equal(sys_temp_dir(&path), 0);
	buf_add_char(&path, 0);
	assert_int_equal(sys_disk_open(&disk, path.ptr, true), 0);
	for (size_t i = 0; i < N_IMPORTS; i++)
		import(disk, &world, i);
	assert_int_equal(record_open(&r, disk), 0);
	assert_int_equal(record_stat(r)->n_events, world.n);
	o.labels = record_labels(r);
	for (size_t i = 0; i < N_ROWS(n_threads); i++) {
		struct tally *t;
		struct buf got;

		assert_int_equal(tally_scan(&t, r, &o, n_threads[i]), 0);
		got = judge_tally(t, record_labels(r), record_clients(r));
		assert_true(bytes_equal(buf_bytes(&got), buf_bytes(&want)));
		buf_deinit(&got);
	}
	record_close(r);
	disk->ops->free(disk);
	sys_remove_tree(path.ptr);
	buf_deinit(&path);
	buf_deinit(&want);
	lives_deinit(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
