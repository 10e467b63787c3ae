/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several at once, on a real disk: two processes that publish, a reader beside
 * them, writers that die; and the parts that a scan is split into.
 */
#include "record_help.h"

#include "host/host.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define T0	1057017600u
#define ROUNDS	50
#define PER_ONE 7

/* Rows of one round of one process */
static void make_round(struct event e[PER_ONE], unsigned who, unsigned round)
{
	for (unsigned i = 0; i < PER_ONE; i++)
		e[i] = (struct event){ .host = i,
				       .time = T0 + round,
				       .kind = (uint8_t)who,
				       .label = who + 1,
				       .client = 1 };
}

static int import_rounds(const char *path, unsigned who)
{
	struct event e[PER_ONE];
	struct sys_disk *disk;
	int err = sys_disk_open(&disk, path, false);

	for (unsigned round = 0; round < ROUNDS && err == 0; round++) {
		make_round(e, who, round);
		err = import_events(disk, e, PER_ONE, 1 << 16);
	}
	return err;
}

static int append_rounds(const char *path, unsigned who)
{
	struct event e[PER_ONE];
	struct record_writer *w;
	struct sys_disk *disk;
	int err = sys_disk_open(&disk, path, false);

	for (unsigned round = 0; round < ROUNDS && err == 0; round++) {
		if (round % 10 == 0)
			err = record_writer_open(&w, disk);
		if (err < 0)
			break;
		name_labels(record_writer_labels(w), who + 1);
		name_clients(record_writer_clients(w), 1);
		make_round(e, who, round);
		err = record_append(w, e, PER_ONE);
		/* every other writer dies without a word */
		if (round % 20 == 19)
			record_writer_close(w);
	}
	return err;
}

static pid_t start(int (*fn)(const char *path, unsigned who), const char *path,
		   unsigned who)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(fn(path, who) < 0);
	assert_true(pid > 0);
	return pid;
}

static void assert_exits_well(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* What is seen is whole rounds, and no damage, at any moment. */
static void read_beside(struct sys_disk *disk)
{
	struct event_list l = { 0 };
	struct record *r;

	if (record_open(&r, disk) == E_NOT_FOUND)
		return;
	read_query(&l, r, &RECORD_EVERYTHING);
	assert_no_damage(r);
	assert_int_equal(l.n % PER_ONE, 0);
	record_close(r);
	list_deinit(&l);
}

static void processes(int (*a)(const char *, unsigned),
		      int (*b)(const char *, unsigned))
{
	struct event_list got = { 0 }, want = { 0 };
	struct place p;
	pid_t one, two;

	place_init(&p);
	one = start(a, p.path.ptr, 0);
	two = start(b, p.path.ptr, 1);
	for (unsigned i = 0; i < 20; i++)
		read_beside(p.disk);
	assert_exits_well(one);
	assert_exits_well(two);
	for (unsigned i = 0; i < 2 * ROUNDS; i++) {
		struct event e[PER_ONE];

		make_round(e, i % 2, i / 2);
		list_add(&want, e, PER_ONE);
	}
	list_sort(&want);
	read_all(&got, p.disk);
	assert_same_events(&got, &want);
	list_deinit(&got);
	list_deinit(&want);
	place_deinit(&p);
}

static void two_imports(void **state)
{
	(void)state;
	processes(import_rounds, import_rounds);
}

static void two_writers(void **state)
{
	(void)state;
	processes(append_rounds, append_rounds);
}

static void writer_and_import(void **state)
{
	(void)state;
	processes(append_rounds, import_rounds);
}

/*
 * Compacting, expiring and forgetting over and over: of what is there, only
 * one host goes, and at the end.
 */
static int is_trouble(int err, struct record_upkeep *u)
{
	free(u->what);
	return err < 0 && err != E_STATE && err != E_NOT_FOUND ? err : 0;
}

static int upkeep_rounds(const char *path, unsigned who)
{
	struct record_upkeep u = { 0 };
	struct sys_disk *disk;
	int err = sys_disk_open(&disk, path, false);

	for (unsigned round = 0; round < ROUNDS && err == 0; round++) {
		err = is_trouble(record_compact(disk, &u), &u);
		if (err == 0)
			err = is_trouble(record_forget(disk, 1000 + who, &u),
					 &u);
		if (err == 0)
			err = is_trouble(record_expire(disk, T0, &u), &u);
	}
	return err;
}

static void upkeep_beside(int (*work)(const char *, unsigned))
{
	struct event_list got = { 0 }, want = { 0 };
	struct record_upkeep u;
	struct place p;
	pid_t one, two, three;

	place_init(&p);
	one = start(work, p.path.ptr, 0);
	two = start(upkeep_rounds, p.path.ptr, 1);
	three = start(upkeep_rounds, p.path.ptr, 2);
	for (unsigned i = 0; i < 20; i++)
		read_beside(p.disk);
	assert_exits_well(one);
	assert_exits_well(two);
	assert_exits_well(three);
	assert_int_equal(record_forget(p.disk, 3, &u), 0);
	assert_int_equal(u.n_events_gone, ROUNDS);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct event e[PER_ONE];

		make_round(e, 0, i);
		list_add(&want, e, 3);
		list_add(&want, e + 4, PER_ONE - 4);
	}
	list_sort(&want);
	read_all(&got, p.disk);
	assert_same_events(&got, &want);
	list_deinit(&got);
	list_deinit(&want);
	place_deinit(&p);
}

static void upkeep_and_import(void **state)
{
	(void)state;
	upkeep_beside(import_rounds);
}

static void upkeep_and_writer(void **state)
{
	(void)state;
	upkeep_beside(append_rounds);
}

/* ------------------------------------------------------------------- parts */

static void make_spread(struct event_list *out)
{
	struct dice d = { 5 };

	for (unsigned i = 0; i < 200000; i++) {
		struct event e = { .time = T0 + i % 1000 };

		e.host = dice_below(&d, 1ull << 20) << 12;
		if (i % 3 == 0)
			e.host |= (0x20010db8ull + i % 50) << 32;
		if (i % 5 == 0)
			e.host = 77;
		list_add(out, &e, 1);
	}
}

static void check_parts(struct record *r, const struct event_list *all,
			size_t n_parts)
{
	uint64_t first[64];
	struct event_list got = { 0 };
	size_t n = record_split(r, n_parts, first);

	assert_in_range(n, 1, n_parts);
	assert_int_equal(first[0], 0);
	for (size_t i = 0; i < n; i++) {
		struct record_query q = RECORD_EVERYTHING;
		size_t before = got.n;

		if (i > 0) {
			assert_true(first[i] > first[i - 1]);
			assert_true(host_network(first[i]) !=
				    host_network(first[i] - 1));
		}
		q.host_first = first[i];
		q.host_last = i + 1 < n ? first[i + 1] - 1 : UINT64_MAX;
		read_query(&got, r, &q);
		/* equal work, but for blocks and a host that has a fifth */
		if (n_parts <= 4)
			assert_in_range(got.n - before, 0,
					all->n / n_parts + 60000);
	}
	list_sort(&got);
	assert_same_events(&got, all);
	list_deinit(&got);
}

static void split(void **state)
{
	struct event_list all = { 0 };
	struct place p;
	struct record *r;

	(void)state;
	place_init(&p);
	make_spread(&all);
	assert_int_equal(import_events(p.disk, all.e, all.n / 2, 64 << 20), 0);
	assert_int_equal(import_events(p.disk, all.e + all.n / 2,
				       all.n - all.n / 2, 64 << 20),
			 0);
	list_sort(&all);
	assert_int_equal(record_open(&r, p.disk), 0);
	for (size_t n = 1; n <= 64; n = n * 3 + (n == 1))
		check_parts(r, &all, n);
	check_parts(r, &all, 2);
	check_parts(r, &all, 8);
	record_close(r);
	list_deinit(&all);
	place_deinit(&p);
}

/* ------------------------------------------------------------------ threads */

#define N_THREADS 4

struct scan {
	struct record *r;
	uint64_t n_rows[N_THREADS];
};

static void scan_all(void *ctx, unsigned i)
{
	struct scan *s = ctx;
	struct record_cursor *c;
	struct record_piece p;

	if (record_cursor_open(&c, s->r, &RECORD_EVERYTHING) < 0)
		return;
	while (record_cursor_next(c, &p) > 0)
		s->n_rows[i] += p.n;
	record_cursor_close(c);
}

/* All meet the same damaged block; it is told once. */
static void threads(void **state)
{
	struct event_list all = { 0 };
	const struct record_damage *damage;
	struct scan s = { 0 };
	struct place p;
	struct buf path = { 0 }, run = { 0 };

	(void)state;
	place_init(&p);
	make_spread(&all);
	assert_int_equal(import_events(p.disk, all.e, all.n, 64 << 20), 0);
	buf_printf(&path, "%s/2003-07.000002.run", p.path.ptr);
	assert_int_equal(sys_read_file(path.ptr, 1 << 24, &run), 0);
	run.ptr[run.len / 2] ^= 1;
	assert_int_equal(sys_write_file(path.ptr, buf_bytes(&run)), 0);
	assert_int_equal(record_open(&s.r, p.disk), 0);
	sys_run(N_THREADS, scan_all, &s);
	for (unsigned i = 0; i < N_THREADS; i++)
		assert_int_equal(s.n_rows[i], all.n - 4096);
	assert_int_equal(record_damage(s.r, &damage), 1);
	record_close(s.r);
	buf_deinit(&path);
	buf_deinit(&run);
	list_deinit(&all);
	place_deinit(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_imports),
		cmocka_unit_test(two_writers),
		cmocka_unit_test(writer_and_import),
		cmocka_unit_test(upkeep_and_import),
		cmocka_unit_test(upkeep_and_writer),
		cmocka_unit_test(split),
		cmocka_unit_test(threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
