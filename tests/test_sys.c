/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"
#include "sys/sys.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static int make_dir(void **state)
{
	struct buf *path = mem_alloc(1, sizeof(*path));

	*state = path;
	return sys_temp_dir(path);
}

static int remove_dir(void **state)
{
	struct buf *path = *state;

	sys_remove_tree(path->ptr);
	buf_deinit(path);
	free(path);
	return 0;
}

/* The path of a file in the test's directory; free() it. */
static char *path_in(void **state, const char *name)
{
	struct buf path = { 0 };

	buf_printf(&path, "%s/%s", ((struct buf *)*state)->ptr, name);
	return path.ptr;
}

static void write_packed(const char *path, int filter, int format,
			 const char *member, const char *content)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	archive_write_add_filter(a, filter);
	archive_write_set_format(a, format);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	archive_entry_set_pathname(e, member);
	archive_entry_set_size(e, (int64_t)strlen(content));
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	archive_write_data(a, content, strlen(content));
	archive_entry_free(e);
	archive_write_free(a);
}

static void read_member(struct sys_input *in, struct buf *out)
{
	char part[7]; /* small, so that reading goes in pieces */
	long n;

	while ((n = sys_input_read(in, part, sizeof(part))) > 0)
		buf_add(out, part, (size_t)n);
	assert_int_equal(n, 0);
}

static void test_input_unwraps(void **state)
{
	static const struct {
		const char *name;
		int filter, format;
		const char *want_suffix;
	} rows[] = {
		{ "plain.log", ARCHIVE_FILTER_NONE, ARCHIVE_FORMAT_RAW,
		  "/plain.log" },
		{ "log.gz", ARCHIVE_FILTER_GZIP, ARCHIVE_FORMAT_RAW,
		  "/log.gz" },
		{ "log.xz", ARCHIVE_FILTER_XZ, ARCHIVE_FORMAT_RAW, "/log.xz" },
		{ "log.bz2", ARCHIVE_FILTER_BZIP2, ARCHIVE_FORMAT_RAW,
		  "/log.bz2" },
		{ "log.zst", ARCHIVE_FILTER_ZSTD, ARCHIVE_FORMAT_RAW,
		  "/log.zst" },
		{ "logs.tar.gz", ARCHIVE_FILTER_GZIP,
		  ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, "/logs.tar.gz:mail.log" },
	};
	const char *content = "one line\nand another\n";

	for (size_t i = 0; i < N_ROWS(rows); i++) {
		char *path = path_in(state, rows[i].name);
		struct sys_input *in;
		const char *name;
		int64_t mtime;
		struct buf got = { 0 };

		row_is(rows[i].name);
		write_packed(path, rows[i].filter, rows[i].format, "mail.log",
			     content);
		assert_int_equal(sys_input_open(&in, path), 0);
		assert_int_equal(sys_input_next(in, &name, &mtime), 1);
		assert_true(
			bytes_ends(bytes_of_text(name), rows[i].want_suffix));
		read_member(in, &got);
		assert_true(bytes_is(buf_bytes(&got), content));
		assert_int_equal(sys_input_next(in, &name, &mtime), 0);
		sys_input_close(in);
		buf_deinit(&got);
		free(path);
	}
}

static void test_input_empty_and_missing(void **state)
{
	char *path = path_in(state, "empty");
	struct sys_input *in;
	const char *name;
	int64_t mtime;
	char byte;

	assert_int_equal(sys_write_file(path, (struct bytes){ 0 }), 0);
	assert_int_equal(sys_input_open(&in, path), 0);
	assert_int_equal(sys_input_next(in, &name, &mtime), 1);
	assert_string_equal(name, path);
	assert_int_equal(sys_input_read(in, &byte, 1), 0);
	assert_int_equal(sys_input_next(in, &name, &mtime), 0);
	sys_input_close(in);
	unlink(path);
	assert_int_equal(sys_input_open(&in, path), E_NOT_FOUND);
	free(path);
}

static void test_input_truncated(void **state)
{
	char *path = path_in(state, "cut.gz");
	struct buf text = { 0 }, packed = { 0 };
	struct sys_input *in;
	const char *name;
	int64_t mtime;
	char part[4096];
	long n;

	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "line %d\n", i * 7919 % 10007);
	buf_add_char(&text, '\0');
	write_packed(path, ARCHIVE_FILTER_GZIP, ARCHIVE_FORMAT_RAW, "x",
		     text.ptr);
	assert_int_equal(sys_read_file(path, 1 << 24, &packed), 0);
	assert_int_equal(
		sys_write_file(path, bytes_of(packed.ptr, packed.len / 2)), 0);
	assert_int_equal(sys_input_open(&in, path), 0);
	assert_int_equal(sys_input_next(in, &name, &mtime), 1);
	while ((n = sys_input_read(in, part, sizeof(part))) > 0)
		;
	assert_int_equal(n, E_CORRUPT);
	sys_input_close(in);
	buf_deinit(&text);
	buf_deinit(&packed);
	free(path);
}

static int note_path(void *ctx, const char *path)
{
	buf_printf(ctx, "%s ", strrchr(path, '/') + 1);
	return 0;
}

static void test_walk_is_sorted(void **state)
{
	static const char *const names[] = { "b", "a", ".hidden", "c" };
	struct buf seen = { 0 };
	struct sys_walk walk = { &seen, note_path, NULL };

	for (size_t i = 0; i < N_ROWS(names); i++) {
		char *path = path_in(state, names[i]);

		assert_int_equal(sys_write_file(path, bytes_of_text("x")), 0);
		free(path);
	}
	assert_int_equal(sys_walk(((struct buf *)*state)->ptr, &walk), 0);
	assert_true(bytes_is(buf_bytes(&seen), "a b c "));
	buf_deinit(&seen);
}

static void test_disk_files(void **state)
{
	struct sys_disk *d;
	struct bytes whole;
	int h;

	assert_int_equal(sys_disk_open(&d, ((struct buf *)*state)->ptr, false),
			 0);
	h = d->ops->create(d, "a");
	assert_true(h >= 0);
	assert_int_equal(d->ops->create(d, "a"), E_EXISTS);
	assert_int_equal(d->ops->write(d, h, bytes_of_text("hello ")), 0);
	assert_int_equal(d->ops->sync(d, h), 0);
	assert_int_equal(d->ops->close(d, h), 0);
	h = d->ops->append(d, "a");
	assert_int_equal(d->ops->write(d, h, bytes_of_text("world")), 0);
	assert_int_equal(d->ops->truncate(d, h, 8), 0);
	d->ops->close(d, h);
	assert_int_equal(d->ops->rename(d, "a", "b"), 0);
	assert_int_equal(d->ops->sync_dir(d), 0);
	assert_int_equal(d->ops->map(d, "a", &whole), E_NOT_FOUND);
	assert_int_equal(d->ops->map(d, "b", &whole), 0);
	assert_int_equal(d->ops->unlink(d, "b"), 0);
	assert_true(bytes_is(whole, "hello wo")); /* stays after an unlink */
	d->ops->unmap(d, whole);
	assert_int_equal(d->ops->append(d, "b"), E_NOT_FOUND);
	d->ops->free(d);
}

static void test_disk_lock(void **state)
{
	struct sys_disk *d;
	int h;

	assert_int_equal(sys_disk_open(&d, ((struct buf *)*state)->ptr, false),
			 0);
	h = d->ops->lock(d, "lock", true);
	assert_true(h >= 0);
	assert_int_equal(d->ops->lock(d, "lock", false), E_EXISTS);
	d->ops->unlock(d, h);
	h = d->ops->lock(d, "lock", false);
	assert_true(h >= 0);
	d->ops->unlock(d, h);
	d->ops->free(d);
}

static void test_zone(void **state)
{
	static const struct {
		const char *zone, *civil, *want;
	} rows[] = {
		{ "UTC", "2023-03-26T02:30:00", "2023-03-26T02:30:00Z" },
		{ "+02:00", "2023-03-26T02:30:00", "2023-03-26T00:30:00Z" },
		{ "-0330", "2023-03-26T02:30:00", "2023-03-26T06:00:00Z" },
		{ "Europe/Berlin", "2023-01-10T12:00:00",
		  "2023-01-10T11:00:00Z" },
		{ "Europe/Berlin", "2023-07-10T12:00:00",
		  "2023-07-10T10:00:00Z" },
		{ "Europe/Berlin", "2023-03-26T01:59:59",
		  "2023-03-26T00:59:59Z" },
		/* skipped: the clock jumps from 02:00 to 03:00 */
		{ "Europe/Berlin", "2023-03-26T02:30:00",
		  "2023-03-26T01:30:00Z" },
		{ "Europe/Berlin", "2023-03-26T03:00:00",
		  "2023-03-26T01:00:00Z" },
		/* occurs twice: the first */
		{ "Europe/Berlin", "2023-10-29T02:30:00",
		  "2023-10-29T00:30:00Z" },
		{ "Europe/Berlin", "2023-10-29T03:00:00",
		  "2023-10-29T02:00:00Z" },
		{ "Asia/Kolkata", "2023-01-10T12:00:00",
		  "2023-01-10T06:30:00Z" },
	};
	struct sys_zone *z;

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		int64_t civil;
		bool has_zone;
		char got[TIME_TEXT_MAX];

		row_is(rows[i].civil);
		assert_int_equal(sys_zone_open(&z, rows[i].zone), 0);
		assert_int_equal(time_parse(bytes_of_text(rows[i].civil),
					    &civil, &has_zone),
				 0);
		time_format(sys_zone_to_utc(z, civil), got);
		assert_string_equal(got, rows[i].want);
		sys_zone_close(z);
	}
	assert_int_equal(sys_zone_open(&z, "Middle/Earth"), E_NOT_FOUND);
	assert_int_equal(sys_zone_open(&z, "../../etc/passwd"), E_NOT_FOUND);
}

static void add_share(void *ctx, unsigned i)
{
	((unsigned *)ctx)[i] += i + 1;
}

static void test_run_gives_each_its_share(void **state)
{
	unsigned shares[5] = { 0 };

	(void)state;
	sys_run(5, add_share, shares);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(shares[i], i + 1);
}

#define IN_DIR(fn) cmocka_unit_test_setup_teardown(fn, make_dir, remove_dir)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIR(test_input_unwraps),
		IN_DIR(test_input_empty_and_missing),
		IN_DIR(test_input_truncated),
		IN_DIR(test_walk_is_sorted),
		IN_DIR(test_disk_files),
		IN_DIR(test_disk_lock),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_run_gives_each_its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
