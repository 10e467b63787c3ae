/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"
#include "sys/sys.h"

#include <stdlib.h>
#include <unistd.h>

#include "test.h"

static void note(void *ctx, const char *path, unsigned line, const char *what)
{
	(void)path;
	buf_printf(ctx, "%u: %s\n", line, what);
}

/* Load a configuration given as text; complaints as lines into *said. */
static int load_text(struct conf *c, const char *text, struct buf *said)
{
	struct buf dir = { 0 }, path = { 0 };
	int rc;

	assert_int_equal(sys_temp_dir(&dir), 0);
	buf_printf(&path, "%s/rapsheet.conf", dir.ptr);
	assert_int_equal(sys_write_file(path.ptr, bytes_of_text(text)), 0);
	rc = conf_load(c, path.ptr, note, said);
	sys_remove_tree(dir.ptr);
	buf_deinit(&dir);
	buf_deinit(&path);
	return rc;
}

static void test_everything_set(void **state)
{
	static const char text[] =
		"# ours\n"
		"servers = { \"192.0.2.1\", \"2001:db8:1::/64\" }\n"
		"trusted = { \"198.51.100.0/24\" }\n"
		"timezone = \"Europe/Berlin\"\n"
		"record {\n"
		"	directory = \"/srv/record\"\n"
		"	retention = 400\n"
		"}\n"
		"client \"Example Ltd\" {\n"
		"	domains = { \"Example.com\", \"example.net\" }\n"
		"}\n"
		"client \"other\" { domains = { \"other.example\" } }\n";
	struct conf c;
	struct buf said = { 0 };
	uint64_t host;

	(void)state;
	assert_int_equal(load_text(&c, text, &said), 0);
	assert_int_equal(said.len, 0);
	assert_string_equal(c.record_directory, "/srv/record");
	assert_int_equal(c.retention_days, 400);
	assert_string_equal(c.timezone, "Europe/Berlin");
	assert_int_equal(host_parse(bytes_of_text("2001:db8:1::5"), &host), 0);
	assert_true(host_set_has(&c.servers, host));
	assert_int_equal(host_parse(bytes_of_text("198.51.100.77"), &host), 0);
	assert_true(host_set_has(&c.trusted, host));
	assert_false(host_set_has(&c.servers, host));
	assert_true(bytes_is(conf_find_client(&c, bytes_of_text("example.com")),
			     "Example Ltd"));
	assert_true(
		bytes_is(conf_find_client(&c, bytes_of_text("else.example")),
			 "else.example"));
	conf_deinit(&c);
}

static void test_empty_is_good(void **state)
{
	struct conf c;
	struct buf said = { 0 };

	(void)state;
	assert_int_equal(load_text(&c, "", &said), 0);
	assert_null(c.record_directory);
	assert_int_equal(c.retention_days, 0);
	assert_int_equal(c.n_clients, 0);
	conf_deinit(&c);
	assert_int_equal(conf_load(&c, "/nonexistent/x.conf", note, &said),
			 E_NOT_FOUND);
	conf_deinit(&c);
}

static void test_complaints_name_their_line(void **state)
{
	static const char text[] =
		"servers = { \"192.0.2.1\",\n"
		"	\"not an address\" }\n"
		"record { directory = \"here\" }\n"
		"client \"a\" { domains = { \"x.example\" } }\n"
		"client \"b\" { domains = { \"x.example\", \"bad domain\" } }\n"
		"malware-names = \"/nonexistent/names\"\n"
		"record { retention = -1 }\n"
		"colour = \"blue\"\n";
	static const char *const want[] = {
		"2: servers: expected an address or a prefix such as "
		"192.0.2.0/24, not \"not an address\"\n",
		"3: directory: expected a path from the root, not \"here\"\n",
		"5: domains: \"x.example\" belongs to client \"a\" already\n",
		"5: domains: expected a domain name, not \"bad domain\"\n",
		"6: malware-names: \"/nonexistent/names\": No such file or "
		"directory\n",
		"7: retention: expected a number of days from 1 to 100000, "
		"not -1\n",
		"8: no such option 'colour'\n",
	};
	struct conf c;
	struct buf said = { 0 };
	struct bytes rest;

	(void)state;
	assert_int_equal(load_text(&c, text, &said), N_ROWS(want));
	rest = buf_bytes(&said);
	for (size_t i = 0; i < N_ROWS(want); i++) {
		row_is(want[i]);
		assert_true(bytes_skip(&rest, want[i]));
	}
	assert_int_equal(rest.len, 0);
	buf_deinit(&said);
	conf_deinit(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_set),
		cmocka_unit_test(test_empty_is_good),
		cmocka_unit_test(test_complaints_name_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
