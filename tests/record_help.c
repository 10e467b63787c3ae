/* SPDX-License-Identifier: Apache-2.0 */
#include "record_help.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void list_add(struct event_list *l, const struct event *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		MEM_GROW(l->e, l->n, l->cap);
		l->e[l->n++] = e[i];
	}
}

void list_deinit(struct event_list *l)
{
	free(l->e);
	*l = (struct event_list){ 0 };
}

static int compare(const void *a, const void *b)
{
	return event_compare(a, b);
}

void list_sort(struct event_list *l)
{
	if (l->n > 0)
		qsort(l->e, l->n, sizeof(*l->e), compare);
}

void place_init(struct place *p)
{
	*p = (struct place){ 0 };
	assert_int_equal(sys_temp_dir(&p->path), 0);
	assert_int_equal(sys_disk_open(&p->disk, p->path.ptr, true), 0);
}

void place_deinit(struct place *p)
{
	p->disk->ops->free(p->disk);
	sys_remove_tree(p->path.ptr);
	buf_deinit(&p->path);
}

static void add_names(struct catalog *c, char letter, uint32_t n)
{
	char name[16];

	for (uint32_t i = 1; i <= n; i++) {
		snprintf(name, sizeof(name), "%c%u", letter, i);
		catalog_add(c, bytes_of_text(name));
	}
}

void name_labels(struct catalog *c, uint32_t n)
{
	add_names(c, 'L', n);
}

void name_clients(struct catalog *c, uint32_t n)
{
	add_names(c, 'C', n);
}

/* The number in a name of ours; a view numbers them as it likes */
static uint32_t number_of(const struct catalog *c, uint32_t number)
{
	struct bytes name = catalog_name(c, number);
	uint64_t x = 0;

	assert_true(number <= c->n);
	if (name.len > 0)
		assert_int_equal(
			bytes_to_u64(bytes_from(name, 1), UINT32_MAX, &x), 0);
	return (uint32_t)x;
}

static void add_piece(struct event_list *out, const struct record *r,
		      const struct record_piece *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct event e = { .host = p->host,
				   .time = p->time[i],
				   .kind = p->kind[i] };

		if (p->label != NULL)
			e.label = number_of(record_labels(r), p->label[i]);
		if (p->client != NULL)
			e.client = number_of(record_clients(r), p->client[i]);
		list_add(out, &e, 1);
	}
}

static void check_order(const struct event_list *l, size_t from, size_t n)
{
	for (size_t i = from > 0 ? from : 1; i < from + n; i++) {
		const struct event *a = &l->e[i - 1], *b = &l->e[i];

		if (a->host != b->host)
			continue;
		assert_true(a->time < b->time ||
			    (a->time == b->time && a->kind <= b->kind));
	}
}

void assert_no_damage(struct record *r)
{
	const struct record_damage *damage;

	if (record_damage(r, &damage) > 0)
		fail_msg("%s", damage[0].what);
}

void read_query(struct event_list *out, struct record *r,
		const struct record_query *q)
{
	struct record_cursor *c;
	struct record_piece p = { 0 };
	uint64_t host = 0;
	bool is_open = false, is_any = false;
	int err;

	assert_int_equal(record_cursor_open(&c, r, q), 0);
	while ((err = record_cursor_next(c, &p)) > 0) {
		assert_in_range(p.n, 1, RECORD_PIECE_MAX);
		assert_int_equal(p.first, !is_open);
		if (is_open)
			assert_true(p.host == host);
		else
			assert_true(!is_any || p.host > host);
		assert_int_equal(p.label != NULL,
				 (q->columns & RECORD_LABELS) != 0);
		assert_int_equal(p.client != NULL,
				 (q->columns & RECORD_CLIENTS) != 0);
		is_any = true;
		host = p.host;
		is_open = !p.last;
		add_piece(out, r, &p);
		check_order(out, out->n - p.n, p.n);
	}
	assert_int_equal(err, 0);
	assert_false(is_open);
	record_cursor_close(c);
	list_sort(out);
}

void read_all(struct event_list *out, struct sys_disk *disk)
{
	struct record *r;

	assert_int_equal(record_open(&r, disk), 0);
	read_query(out, r, &RECORD_EVERYTHING);
	assert_no_damage(r);
	assert_int_equal(record_stat(r)->n_events, out->n);
	record_close(r);
}

int import_events(struct sys_disk *disk, const struct event *e, size_t n,
		  size_t memory)
{
	struct record_import *im;
	uint32_t label = 0, client = 0;
	int err = record_import_open(&im, disk, memory);

	if (err < 0)
		return err;
	for (size_t i = 0; i < n; i++) {
		label = e[i].label > label ? e[i].label : label;
		client = e[i].client > client ? e[i].client : client;
	}
	name_labels(record_import_labels(im), label);
	name_clients(record_import_clients(im), client);
	err = record_import_add(im, e, n);
	if (err == 0)
		err = record_import_commit(im);
	record_import_close(im);
	return err;
}

void assert_same_events(const struct event_list *got,
			const struct event_list *want)
{
	assert_int_equal(got->n, want->n);
	for (size_t i = 0; i < got->n; i++)
		if (event_compare(&got->e[i], &want->e[i]) != 0)
			fail_msg("row %zu of %zu: host %llx time %u kind %u "
				 "label %u client %u",
				 i, got->n, (unsigned long long)got->e[i].host,
				 got->e[i].time, got->e[i].kind,
				 got->e[i].label, got->e[i].client);
}
