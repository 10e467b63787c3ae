/* SPDX-License-Identifier: Apache-2.0 */
#include "record/manifest.h"

#include "record/run_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MANIFEST_MAGIC	    "RapMan\r\n"
#define MANIFEST_MAGIC_SIZE 8
#define MANIFEST_VERSION    1

void manifest_deinit(struct manifest *m)
{
	catalog_deinit(&m->labels);
	catalog_deinit(&m->clients);
	run_list_deinit(&m->runs);
	free(m->journals);
	free(m->inputs);
	*m = (struct manifest){ 0 };
}

/* ------------------------------------------------------------------- bytes */

static void encode_catalog(struct buf *out, const struct catalog *c)
{
	buf_add_u32(out, c->n);
	for (uint32_t i = 1; i <= c->n; i++)
		buf_add_string(out, catalog_name(c, i));
}

static int decode_catalog(struct catalog *c, struct reader *r)
{
	uint32_t n = read_u32(r);

	for (uint32_t i = 1; i <= n && r->err == 0; i++)
		if (catalog_add(c, read_string(r)) != i)
			r->err = E_CORRUPT;
	return r->err;
}

static void encode_run(struct buf *out, const struct run_facts *f)
{
	buf_add_string(out, bytes_of_text(f->name));
	buf_add_u32(out, f->month);
	buf_add_u64(out, f->group);
	buf_add_u64(out, f->n_bytes);
	buf_add_u64(out, f->n_events);
	buf_add_u64(out, f->n_hosts);
	buf_add_u32(out, f->n_blocks);
	buf_add_u64(out, f->host_first);
	buf_add_u64(out, f->host_last);
	buf_add_u32(out, f->time_first);
	buf_add_u32(out, f->time_last);
	for (unsigned k = 0; k < N_KINDS; k++) {
		buf_add_u64(out, f->by_kind[k].n);
		buf_add_u32(out, f->by_kind[k].first);
		buf_add_u32(out, f->by_kind[k].last);
	}
	buf_add_u64(out, f->check);
}

static void decode_run(struct reader *r, struct run_facts *f)
{
	struct bytes name = read_string(r);

	if (name.len == 0 || name.len >= sizeof(f->name) ||
	    memchr(name.ptr, '/', name.len) != NULL)
		r->err = E_CORRUPT;
	else
		memcpy(f->name, name.ptr, name.len);
	f->month = read_u32(r);
	f->group = read_u64(r);
	f->n_bytes = read_u64(r);
	f->n_events = read_u64(r);
	f->n_hosts = read_u64(r);
	f->n_blocks = read_u32(r);
	f->host_first = read_u64(r);
	f->host_last = read_u64(r);
	f->time_first = read_u32(r);
	f->time_last = read_u32(r);
	for (unsigned k = 0; k < N_KINDS; k++) {
		f->by_kind[k].n = read_u64(r);
		f->by_kind[k].first = read_u32(r);
		f->by_kind[k].last = read_u32(r);
	}
	f->check = read_u64(r);
}

void manifest_encode(struct buf *out, const struct manifest *m)
{
	size_t at = out->len;

	buf_add(out, MANIFEST_MAGIC, MANIFEST_MAGIC_SIZE);
	buf_add_u32(out, MANIFEST_VERSION);
	buf_add_u64(out, m->generation);
	buf_add_u64(out, m->next_id);
	encode_catalog(out, &m->labels);
	encode_catalog(out, &m->clients);
	buf_add_u64(out, m->runs.n);
	for (size_t i = 0; i < m->runs.n; i++)
		encode_run(out, &m->runs.items[i]);
	buf_add_u64(out, m->n_journals);
	for (size_t i = 0; i < m->n_journals; i++)
		buf_add_u64(out, m->journals[i]);
	buf_add_u64(out, m->n_inputs);
	for (size_t i = 0; i < m->n_inputs; i++)
		buf_add_u64(out, m->inputs[i]);
	buf_add_u64(out, hash_bytes(bytes_from(buf_bytes(out), at)));
}

static void decode_runs(struct manifest *m, struct reader *r)
{
	uint64_t n = read_u64(r);

	for (uint64_t i = 0; i < n && r->err == 0; i++) {
		struct run_facts f = { 0 };

		decode_run(r, &f);
		MEM_GROW(m->runs.items, m->runs.n, m->runs.cap);
		m->runs.items[m->runs.n++] = f;
	}
}

static void decode_numbers(struct manifest *m, struct reader *r)
{
	uint64_t n = read_u64(r);

	for (uint64_t i = 0; i < n && r->err == 0; i++)
		manifest_add_journal(m, read_u64(r));
	n = read_u64(r);
	for (uint64_t i = 0; i < n && r->err == 0; i++) {
		uint64_t input = read_u64(r);

		if (m->n_inputs > 0 && m->inputs[m->n_inputs - 1] >= input)
			r->err = E_CORRUPT;
		MEM_GROW(m->inputs, m->n_inputs, m->cap_inputs);
		m->inputs[m->n_inputs++] = input;
	}
}

static int decode_body(struct manifest *m, struct reader *r)
{
	m->generation = read_u64(r);
	m->next_id = read_u64(r);
	decode_catalog(&m->labels, r);
	decode_catalog(&m->clients, r);
	decode_runs(m, r);
	decode_numbers(m, r);
	if (r->err == 0 && reader_left(r) > 0)
		r->err = E_CORRUPT;
	return r->err;
}

int manifest_decode(struct manifest *m, struct bytes b)
{
	struct reader r;
	uint32_t version;
	int err;

	*m = (struct manifest){ 0 };
	if (b.len < MANIFEST_MAGIC_SIZE + 12 ||
	    memcmp(b.ptr, MANIFEST_MAGIC, MANIFEST_MAGIC_SIZE) != 0)
		return E_CORRUPT;
	r = reader_of(bytes_from(b, b.len - 8));
	b.len -= 8;
	if (read_u64(&r) != hash_bytes(b))
		return E_CORRUPT;
	r = reader_of(bytes_from(b, MANIFEST_MAGIC_SIZE));
	version = read_u32(&r);
	if (version != MANIFEST_VERSION)
		return version > MANIFEST_VERSION ? E_VERSION : E_CORRUPT;
	err = decode_body(m, &r);
	if (err < 0)
		manifest_deinit(m);
	return err;
}

int manifest_load(struct manifest *m, struct sys_disk *disk)
{
	struct bytes whole;
	int err;

	*m = (struct manifest){ 0 };
	err = disk->ops->map(disk, MANIFEST_NAME, &whole);
	if (err < 0)
		return err;
	err = manifest_decode(m, whole);
	disk->ops->unmap(disk, whole);
	return err;
}

/* ------------------------------------------------------------------- parts */

/* Where the input is, or belongs */
static size_t input_at(const struct manifest *m, uint64_t input)
{
	size_t lo = 0, hi = m->n_inputs;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->inputs[mid] < input)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool manifest_has_input(const struct manifest *m, uint64_t input)
{
	size_t at = input_at(m, input);

	return at < m->n_inputs && m->inputs[at] == input;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void manifest_add_inputs(struct manifest *m, const uint64_t *inputs, size_t n)
{
	size_t n_unique = 0;

	for (size_t i = 0; i < n; i++) {
		MEM_GROW(m->inputs, m->n_inputs, m->cap_inputs);
		m->inputs[m->n_inputs++] = inputs[i];
	}
	if (m->n_inputs > 0)
		qsort(m->inputs, m->n_inputs, sizeof(*m->inputs), by_value);
	for (size_t i = 0; i < m->n_inputs; i++)
		if (i == 0 || m->inputs[i] != m->inputs[n_unique - 1])
			m->inputs[n_unique++] = m->inputs[i];
	m->n_inputs = n_unique;
}

bool manifest_has_run(const struct manifest *m, const char *name)
{
	for (size_t i = 0; i < m->runs.n; i++)
		if (!strcmp(m->runs.items[i].name, name))
			return true;
	return false;
}

void manifest_add_journal(struct manifest *m, uint64_t id)
{
	MEM_GROW(m->journals, m->n_journals, m->cap_journals);
	m->journals[m->n_journals++] = id;
}

void manifest_remove_journal(struct manifest *m, uint64_t id)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_journals; i++)
		if (m->journals[i] != id)
			m->journals[n++] = m->journals[i];
	m->n_journals = n;
}

void file_name(char out[FILE_NAME_MAX], uint64_t id, const char *suffix)
{
	snprintf(out, FILE_NAME_MAX, "%06" PRIu64 "%s", id, suffix);
}

bool file_name_parse(const char *name, const char *suffix, uint64_t *id)
{
	struct bytes rest = bytes_of_text(name), number;

	if (!bytes_ends(rest, suffix))
		return false;
	number = bytes_cut(&rest, '.');
	return bytes_to_u64(number, UINT64_MAX, id) == 0;
}
