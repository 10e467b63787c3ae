/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_format.c - header and footer, both ways
 *
 * Reading begins at the end: the trailer tells where the index and the names
 * lie, and carries their hashes; blocks are checked when they are read. So
 * every byte of the file is under exactly one hash.
 */
#include "record/run_format.h"

#include "host/host.h"

#include <stdlib.h>

void run_header_encode(struct buf *out, uint32_t month)
{
	size_t at = out->len;

	buf_add(out, RUN_MAGIC, RUN_MAGIC_SIZE);
	buf_add_u32(out, RUN_VERSION);
	buf_add_u32(out, month);
	buf_add_u64(out, 0);
	buf_add_u64(out, hash_bytes(bytes_from(buf_bytes(out), at)));
}

static void encode_names(struct buf *out, const struct run_names *names)
{
	buf_add_varint(out, names->n - 1);
	for (uint32_t i = 1; i < names->n; i++) {
		buf_add_varint(out, names->count[i]);
		buf_add_string(out, names->name[i]);
	}
}

static void encode_kinds(struct buf *out, const struct run_facts *f)
{
	for (unsigned k = 0; k < N_KINDS; k++) {
		buf_add_u64(out, f->by_kind[k].n);
		buf_add_u32(out, f->by_kind[k].first);
		buf_add_u32(out, f->by_kind[k].last);
	}
}

size_t run_footer_encode(struct buf *out, struct run_facts *f,
			 struct bytes index, const struct run_names *labels,
			 const struct run_names *clients)
{
	size_t start = out->len, names = start + index.len, trailer;

	buf_add_bytes(out, index);
	encode_names(out, labels);
	encode_names(out, clients);
	trailer = out->len;
	buf_add_u64(out, f->n_bytes);
	buf_add_u64(out, trailer - names);
	buf_add_u32(out, f->n_blocks);
	buf_add_u32(out, f->month);
	buf_add_u64(out, f->n_events);
	buf_add_u64(out, f->n_hosts);
	buf_add_u64(out, f->host_first);
	buf_add_u64(out, f->host_last);
	buf_add_u32(out, f->time_first);
	buf_add_u32(out, f->time_last);
	encode_kinds(out, f);
	buf_add_u64(out, hash_bytes(index));
	buf_add_u64(out,
		    hash_bytes(bytes_of(out->ptr + names, trailer - names)));
	f->check = hash_bytes(bytes_of(out->ptr + trailer, out->len - trailer));
	buf_add_u64(out, f->check);
	buf_add(out, RUN_END_MAGIC, RUN_MAGIC_SIZE);
	return out->len - start;
}

/* ----------------------------------------------------------------- reading */

struct trailer {
	uint64_t index_offset;
	uint64_t names_len;
	uint64_t index_hash, names_hash;
};

static int wrong(const char **why, const char *what)
{
	*why = what;
	return E_CORRUPT;
}

static int decode_header(struct bytes whole, uint32_t *month, const char **why)
{
	struct reader r = reader_of(whole);
	struct bytes magic = read_bytes(&r, RUN_MAGIC_SIZE);
	uint32_t version = read_u32(&r);
	uint64_t zero, hash;

	*month = read_u32(&r);
	zero = read_u64(&r);
	hash = read_u64(&r);
	if (r.err < 0)
		return wrong(why, "shorter than a header");
	if (!bytes_equal(magic, bytes_of(RUN_MAGIC, RUN_MAGIC_SIZE)))
		return wrong(why, "not a run");
	if (hash != hash_bytes(bytes_of(whole.ptr, RUN_HEADER_SIZE - 8)))
		return wrong(why, "header: checksum differs");
	if (version > RUN_VERSION) {
		*why = "written by a later rapsheet";
		return E_VERSION;
	}
	return version == RUN_VERSION && zero == 0 ? 0 : wrong(why, "header");
}

static void decode_facts(struct reader *r, struct run_facts *f,
			 struct trailer *t)
{
	t->index_offset = read_u64(r);
	t->names_len = read_u64(r);
	f->n_blocks = read_u32(r);
	f->month = read_u32(r);
	f->n_events = read_u64(r);
	f->n_hosts = read_u64(r);
	f->host_first = read_u64(r);
	f->host_last = read_u64(r);
	f->time_first = read_u32(r);
	f->time_last = read_u32(r);
	for (unsigned k = 0; k < N_KINDS; k++) {
		f->by_kind[k].n = read_u64(r);
		f->by_kind[k].first = read_u32(r);
		f->by_kind[k].last = read_u32(r);
	}
	t->index_hash = read_u64(r);
	t->names_hash = read_u64(r);
	f->check = read_u64(r);
}

static int decode_trailer(struct bytes whole, struct run_facts *f,
			  struct trailer *t, const char **why)
{
	struct bytes part, magic = bytes_of(RUN_END_MAGIC, RUN_MAGIC_SIZE);
	struct reader r;

	if (whole.len < RUN_HEADER_SIZE + RUN_TRAILER_SIZE)
		return wrong(why, "cut short");
	part = bytes_from(whole, whole.len - RUN_TRAILER_SIZE);
	if (!bytes_equal(bytes_from(part, part.len - RUN_MAGIC_SIZE), magic))
		return wrong(why, "cut short or overwritten at its end");
	r = reader_of(part);
	decode_facts(&r, f, t);
	part.len -= RUN_MAGIC_SIZE + 8;
	if (f->check != hash_bytes(part))
		return wrong(why, "trailer: checksum differs");
	f->n_bytes = whole.len;
	return 0;
}

/* Counts and sizes of the trailer against each other and the file */
static int check_layout(struct bytes whole, const struct run_facts *f,
			const struct trailer *t, const char **why)
{
	uint64_t left = whole.len - RUN_TRAILER_SIZE;
	uint64_t n_by_kind = 0;

	for (unsigned k = 0; k < N_KINDS; k++)
		n_by_kind += f->by_kind[k].n;
	if (f->n_blocks == 0 || f->n_blocks > RUN_BLOCKS_MAX ||
	    t->index_offset < RUN_HEADER_SIZE || t->index_offset > left ||
	    t->names_len > left - t->index_offset ||
	    left - t->index_offset - t->names_len !=
		    (uint64_t)f->n_blocks * BLOCK_INDEX_SIZE)
		return wrong(why, "trailer: offsets do not fit the file");
	if (n_by_kind != f->n_events || f->host_first > f->host_last ||
	    f->time_first > f->time_last ||
	    month_of_time(f->time_first) != f->month ||
	    month_of_time(f->time_last) != f->month)
		return wrong(why, "trailer: facts contradict each other");
	return 0;
}

static int decode_names(struct reader *r, struct run_names *names,
			const char **why)
{
	uint64_t n = read_varint(r);

	if (r->err < 0 || n > CATALOG_MAX || n > reader_left(r) / 2)
		return wrong(why, "names are cut short");
	names->n = (uint32_t)n + 1;
	names->name = mem_alloc(names->n, sizeof(*names->name));
	names->count = mem_alloc(names->n, sizeof(*names->count));
	for (uint32_t i = 1; i < names->n; i++) {
		names->count[i] = read_varint(r);
		names->name[i] = read_string(r);
		if (names->name[i].len == 0 ||
		    names->name[i].len > NAME_MAX_BYTES)
			r->err = E_CORRUPT;
	}
	return r->err == 0 ? 0 : wrong(why, "names are cut short");
}

/* Blocks lie one after the other, without gaps, hosts ascending. */
static int check_index(const struct run *run, uint64_t end, const char **why)
{
	uint64_t at = RUN_HEADER_SIZE, n_rows = 0, host = run->facts.host_first;
	const struct run_facts *f = &run->facts;

	for (uint32_t i = 0; i < f->n_blocks; i++) {
		struct block_index x = run_block(run, i);
		uint64_t len =
			(uint64_t)x.rows_len + x.labels_len + x.clients_len;

		if (x.offset != at || len > end - at)
			return wrong(why, "index: blocks overlap");
		if (x.host_first < host || x.host_last < x.host_first ||
		    x.host_last > f->host_last ||
		    (i == 0 && x.host_first != f->host_first))
			return wrong(why, "index: hosts are not in order");
		if (x.n_rows == 0 || x.n_rows > BLOCK_ROWS_MAX ||
		    x.n_hosts == 0 || x.n_hosts > x.n_rows || x.kinds == 0 ||
		    x.kinds >> N_KINDS != 0 || x.time_first > x.time_last ||
		    x.time_first < f->time_first || x.time_last > f->time_last)
			return wrong(why, "index: an entry is impossible");
		at += len;
		n_rows += x.n_rows;
		host = x.host_last;
	}
	if (at != end || n_rows != f->n_events || host != f->host_last)
		return wrong(why, "index: does not add up");
	return 0;
}

static int parse_tables(struct run *run, struct bytes whole,
			const struct trailer *t, const char **why)
{
	struct bytes index =
		bytes_of(whole.ptr + t->index_offset,
			 (size_t)run->facts.n_blocks * BLOCK_INDEX_SIZE);
	struct bytes names =
		bytes_of(index.ptr + index.len, (size_t)t->names_len);
	struct reader r = reader_of(names);
	int err;

	if (hash_bytes(index) != t->index_hash)
		return wrong(why, "index: checksum differs");
	if (hash_bytes(names) != t->names_hash)
		return wrong(why, "names: checksum differs");
	run->index = (const unsigned char *)index.ptr;
	err = decode_names(&r, &run->labels, why);
	if (err == 0)
		err = decode_names(&r, &run->clients, why);
	if (err == 0 && reader_left(&r) > 0)
		err = wrong(why, "names: bytes left over");
	return err < 0 ? err : check_index(run, t->index_offset, why);
}

int run_parse(struct run *run, struct bytes whole, const char **why)
{
	struct trailer t;
	uint32_t month;
	int err = decode_header(whole, &month, why);

	run->whole = whole;
	if (err == 0)
		err = decode_trailer(whole, &run->facts, &t, why);
	if (err == 0 && run->facts.month != month)
		err = wrong(why, "header and trailer differ");
	if (err == 0)
		err = check_layout(whole, &run->facts, &t, why);
	if (err == 0)
		err = parse_tables(run, whole, &t, why);
	return err;
}
