/* SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

#include "test.h"

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		int want;
		uint64_t want_key;
	} rows[] = {
		{ "0.0.0.0", 0, 0 },
		{ "192.0.2.7", 0, 0xc0000207 },
		{ "255.255.255.255", 0, 0xffffffff },
		{ "::ffff:192.0.2.7", 0, 0xc0000207 },
		{ "::ffff:c000:207", 0, 0xc0000207 },
		{ "64:ff9b::192.0.2.7", 0, 0xc0000207 },
		{ "64:ff9b:1::1", 0, 0x0064ff9b00010000 },
		{ "2001:db8:1:2:3:4:5:6", 0, 0x20010db800010002 },
		{ "2001:DB8::", 0, 0x20010db800000000 },
		{ "::1", 0, 0x7f000001 },
		{ "::", E_RANGE, 0 },
		{ "::2", E_RANGE, 0 },
		{ "0:0:1::", E_RANGE, 0 }, /* inside the reserved ::/32 */
		{ "192.0.2", E_SYNTAX, 0 },
		{ "192.0.2.7.1", E_SYNTAX, 0 },
		{ "192.0.2.256", E_SYNTAX, 0 },
		{ "192.0.2.07", E_SYNTAX, 0 },
		{ "192.0.2.", E_SYNTAX, 0 },
		{ ".0.2.7", E_SYNTAX, 0 },
		{ "192.0.2.7 ", E_SYNTAX, 0 },
		{ "0x7f.0.0.1", E_SYNTAX, 0 },
		{ "2001:db8::1%eth0", E_SYNTAX, 0 },
		{ "[2001:db8::1]", E_SYNTAX, 0 },
		{ "2001:db8::1::2", E_SYNTAX, 0 },
		{ "2001:db8:1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16", E_SYNTAX,
		  0 },
		{ "", E_SYNTAX, 0 },
		{ "unknown", E_SYNTAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		uint64_t key = 0;
		int err = host_parse(bytes_of_text(rows[i].text), &key);

		row_is(rows[i].text);
		assert_int_equal(err, rows[i].want);
		assert_true(key == rows[i].want_key);
	}
}

static void test_parse_stops_at_nul(void **state)
{
	uint64_t key;

	(void)state;
	assert_int_equal(host_parse(bytes_of("::1\0", 4), &key), E_SYNTAX);
	assert_int_equal(host_parse(bytes_of("1.2.3.4\0", 8), &key), E_SYNTAX);
}

static void test_format_reads_back(void **state)
{
	static const struct {
		uint64_t key;
		const char *want;
	} rows[] = {
		{ 0xc0000207, "192.0.2.7" },
		{ 0, "0.0.0.0" },
		{ 0x20010db800010000, "2001:db8:1::/64" },
		{ 0x20010db800000002, "2001:db8:0:2::/64" },
		{ UINT64_MAX, "ffff:ffff:ffff:ffff::/64" },
	};
	char text[HOST_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct host_prefix p;

		assert_int_equal(host_format(rows[i].key, text),
				 strlen(rows[i].want));
		assert_string_equal(text, rows[i].want);
		assert_int_equal(host_prefix_parse(bytes_of_text(text), &p), 0);
		assert_true(p.first == rows[i].key && p.last == rows[i].key);
	}
}

static void test_network_and_group(void **state)
{
	uint64_t v4 = 0xc0000207, v6 = 0x20010db800010002;

	(void)state;
	assert_true(host_network(v4) == 0xc000);
	assert_true(host_network(v6) == 0x20010db8);
	assert_int_equal(host_group(v4), hash_mix(0xc000) >> 58);
	assert_int_equal(host_group(v4), host_group(0xc000ffff));
	assert_true(host_network_end(v4) == 0xc0010000);
	assert_true(host_network_end(0xffffffff) == (uint64_t)1 << 32);
	assert_true(host_network_end(v6) == 0x20010db900000000);
	assert_true(host_network_end(UINT64_MAX) == 0);
}

static void test_prefix_parse(void **state)
{
	static const struct {
		const char *text;
		int want;
		uint64_t want_first, want_last;
		const char *want_text;
	} rows[] = {
		{ "192.0.2.0/24", 0, 0xc0000200, 0xc00002ff, "192.0.2.0/24" },
		{ "192.0.2.77/24", 0, 0xc0000200, 0xc00002ff, "192.0.2.0/24" },
		{ "192.0.2.7", 0, 0xc0000207, 0xc0000207, "192.0.2.7/32" },
		{ "0.0.0.0/0", 0, 0, 0xffffffff, "0.0.0.0/0" },
		{ "2001:db8::/32", 0, 0x20010db800000000, 0x20010db8ffffffff,
		  "2001:db8::/32" },
		{ "2001:db8::1/128", 0, 0x20010db800000000, 0x20010db800000000,
		  "2001:db8::/128" },
		{ "::/0", 0, (uint64_t)1 << 32, UINT64_MAX, "::1:0:0/0" },
		{ "::ffff:192.0.2.0/120", 0, 0xc0000200, 0xc00002ff,
		  "192.0.2.0/24" },
		{ "::ffff:192.0.2.0/80", E_RANGE, 0, 0, NULL },
		{ "192.0.2.0/33", E_RANGE, 0, 0, NULL },
		{ "192.0.2.0/", E_SYNTAX, 0, 0, NULL },
		{ "192.0.2.0/2x", E_SYNTAX, 0, 0, NULL },
		{ "2001:db8::/129", E_RANGE, 0, 0, NULL },
		{ "/24", E_SYNTAX, 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct host_prefix p;
		char text[HOST_TEXT_MAX];
		int err = host_prefix_parse(bytes_of_text(rows[i].text), &p);

		row_is(rows[i].text);
		assert_int_equal(err, rows[i].want);
		if (err < 0)
			continue;
		assert_true(p.first == rows[i].want_first);
		assert_true(p.last == rows[i].want_last);
		if (strcmp(rows[i].text, "::/0") == 0)
			continue;
		host_prefix_format(p, text);
		assert_string_equal(text, rows[i].want_text);
	}
}

static void test_set(void **state)
{
	static const char *const prefixes[] = { "192.0.2.0/25", "10.0.0.0/8",
						"192.0.2.64/26",
						"2001:db8::/32",
						"10.1.0.0/16" };
	static const struct {
		const char *host;
		bool want;
	} rows[] = {
		{ "192.0.2.0", true },	      { "192.0.2.127", true },
		{ "192.0.2.128", false },     { "10.0.0.0", true },
		{ "10.255.255.255", true },   { "11.0.0.0", false },
		{ "2001:db8:ffff::1", true }, { "2001:db9::", false },
	};
	struct host_set set = { 0 };

	(void)state;
	assert_false(host_set_has(&set, 0));
	for (size_t i = 0; i < N_ROWS(prefixes); i++) {
		struct host_prefix p;

		assert_int_equal(
			host_prefix_parse(bytes_of_text(prefixes[i]), &p), 0);
		host_set_add(&set, p);
	}
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		uint64_t key;

		row_is(rows[i].host);
		assert_int_equal(host_parse(bytes_of_text(rows[i].host), &key),
				 0);
		assert_int_equal(host_set_has(&set, key), rows[i].want);
	}
	host_set_deinit(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_parse_stops_at_nul),
		cmocka_unit_test(test_format_reads_back),
		cmocka_unit_test(test_network_and_group),
		cmocka_unit_test(test_prefix_parse),
		cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
