/* SPDX-License-Identifier: Apache-2.0 */
/* The rap sheet of one host: fed in pieces, it says what it was fed */
#include "report/report.h"

#include <jansson.h>

#include "report/utf8.h"
#include "report_sample.h"

#define HOST  0xc0000207u /* 192.0.2.7 */
#define START 1061251200u /* 2003-08-19 */

struct row {
	uint32_t time;
	uint8_t kind;
	uint32_t label, client;
};

static void feed(struct report_host *h, const struct row *rows, size_t n,
		 size_t piece_len)
{
	for (size_t i = 0; i < n; i += piece_len) {
		uint32_t time[256], label[256], client[256];
		uint8_t kind[256];
		size_t len = n - i < piece_len ? n - i : piece_len;
		struct record_piece p = { .host = HOST,
					  .n = len,
					  .time = time,
					  .kind = kind,
					  .label = label,
					  .client = client,
					  .first = i == 0,
					  .last = i + len == n };

		for (size_t k = 0; k < len; k++) {
			time[k] = rows[i + k].time;
			kind[k] = rows[i + k].kind;
			label[k] = rows[i + k].label;
			client[k] = rows[i + k].client;
		}
		report_host_add(h, &p);
	}
}

static const struct row life[] = {
	{ START + 60, KIND_CLEAN, 0, 1 },
	{ START + 3600, KIND_VIRUS, 1, 1 },
	{ START + 3600, KIND_VIRUS, 1, 0 },
	{ START + 7200, KIND_VIRUS, 2, 1 },
	{ START + 90000, KIND_PROXY, 3, 0 },
	{ START + 3 * 86400, KIND_SPAM, 0, 1 },
	{ START + 3 * 86400 + 1, KIND_SPAM, 0, 1 },
	{ START + 40 * 86400, KIND_POLICY, 0, 0 },
};

struct names {
	struct catalog labels, clients;
};

static void names_init(struct names *n)
{
	*n = (struct names){ 0 };
	catalog_add(&n->labels, bytes_of_text("Sobig.F"));
	catalog_add(&n->labels, bytes_of_text("Klez.H"));
	catalog_add(&n->labels, bytes_of_text("socks"));
	catalog_add(&n->clients, bytes_of_text("example.com"));
}

static void names_deinit(struct names *n)
{
	catalog_deinit(&n->labels);
	catalog_deinit(&n->clients);
}

static void assert_width(const struct buf *page)
{
	struct bytes rest = buf_bytes(page);

	while (rest.len > 0)
		assert_true(utf8_width(bytes_cut(&rest, '\n')) <=
			    REPORT_COLUMNS);
}

static void test_golden(void **state)
{
	struct report_host h;
	struct names names;
	struct buf page = { 0 };

	(void)state;
	names_init(&names);
	report_host_init(&h, HOST);
	feed(&h, life, N_ROWS(life), 3);
	report_host_text(&h, &names.labels, &names.clients, &page);
	assert_width(&page);
	assert_golden(&page, "report_host.txt");
	page.len = 0;
	report_host_json(&h, &names.labels, &names.clients, &page);
	assert_golden(&page, "report_host.json");
	buf_deinit(&page);
	report_host_deinit(&h);
	names_deinit(&names);
}

/* However a life is cut into pieces, its sheet is the same. */
static void test_pieces(void **state)
{
	struct buf first = { 0 };

	(void)state;
	for (size_t len = 1; len <= N_ROWS(life); len++) {
		struct report_host h;
		struct buf page = { 0 };

		report_host_init(&h, HOST);
		feed(&h, life, N_ROWS(life), len);
		report_host_json(&h, NULL, NULL, &page);
		if (len == 1)
			buf_add_bytes(&first, buf_bytes(&page));
		assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&page)));
		buf_deinit(&page);
		report_host_deinit(&h);
	}
	buf_deinit(&first);
}

static void test_nothing(void **state)
{
	struct report_host h;
	struct buf page = { 0 };
	json_t *root;

	(void)state;
	report_host_init(&h, HOST);
	report_host_text(&h, NULL, NULL, &page);
	assert_true(bytes_is(buf_bytes(&page), "192.0.2.7 has no record.\n"));
	page.len = 0;
	report_host_json(&h, NULL, NULL, &page);
	root = json_loadb(page.ptr, page.len, 0, NULL);
	assert_non_null(root);
	assert_true(json_is_null(json_object_get(root, "first")));
	json_decref(root);
	buf_deinit(&page);
	report_host_deinit(&h);
}

/* A busy host: thousands of labels and events; the ring keeps the last. */
static void test_busy(void **state)
{
	struct report_host h;
	struct buf page = { 0 };
	struct row row = { START, KIND_VIRUS, 0, 0 };

	(void)state;
	report_host_init(&h, HOST);
	for (uint32_t i = 0; i < 5000; i++) {
		row.time = START + i * 40000;
		row.label = 1 + i % 2500;
		feed(&h, &row, 1, 1);
	}
	assert_int_equal(h.n_events, 5000);
	assert_int_equal(h.n_labels, 2500);
	for (size_t i = 0; i < h.n_labels; i++)
		assert_int_equal(h.labels[i].n, 2);
	for (uint32_t i = 0; i < REPORT_HOST_LATEST; i++)
		assert_int_equal(report_host_latest(&h, i)->time,
				 START + (4999 - i) * 40000);
	report_host_text(&h, NULL, NULL, &page);
	assert_width(&page);
	buf_deinit(&page);
	report_host_deinit(&h);
}

static void test_steps(void **state)
{
	static const struct {
		const char *name;
		uint32_t step_days, n;
		const char *want;
	} rows[] = {
		{ "days", 1, 10, "Day by day" },
		{ "months", 1, 100, "Month by month" },
		{ "years", 30, 100, "Year by year" },
	};

	(void)state;
	for (size_t i = 0; i < N_ROWS(rows); i++) {
		struct report_host h;
		struct buf page = { 0 };
		struct row row = { START, KIND_SPAM, 0, 0 };

		row_is(rows[i].name);
		report_host_init(&h, HOST);
		for (uint32_t k = 0; k < rows[i].n; k++) {
			row.time = START + k * rows[i].step_days * 86400;
			feed(&h, &row, 1, 1);
		}
		report_host_text(&h, NULL, NULL, &page);
		assert_true(bytes_find_text(buf_bytes(&page), rows[i].want) <
			    page.len);
		buf_deinit(&page);
		report_host_deinit(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),	cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_nothing), cmocka_unit_test(test_busy),
		cmocka_unit_test(test_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
