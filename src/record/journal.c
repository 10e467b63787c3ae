/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.c - frames
 *
 *	header  magic 8, version 4, zero 4, id 8, hash 8
 *	frame   length 4, number 4, hash of the payload 8, hash of these 16 and
 *	        the journal's id 8; the payload
 *
 * Torn or damaged? A batch is acknowledged after all of it is on stable
 * storage. So a file that ends within a frame lost nothing that was promised;
 * so did one whose rest is all zero (a length that reached the disk before
 * its bytes). A frame that is all there and does not fit its hashes is told
 * as damage: it may have been whole once.
 */
#include "record/journal.h"

#include <stdlib.h>

#define JOURNAL_MAGIC	   "RapJou\r\n"
#define JOURNAL_MAGIC_SIZE 8
#define JOURNAL_VERSION	   1
#define EVENT_SIZE	   21

void journal_header_encode(struct buf *out, uint64_t id)
{
	size_t at = out->len;

	buf_add(out, JOURNAL_MAGIC, JOURNAL_MAGIC_SIZE);
	buf_add_u32(out, JOURNAL_VERSION);
	buf_add_u32(out, 0);
	buf_add_u64(out, id);
	buf_add_u64(out, hash_bytes(bytes_from(buf_bytes(out), at)));
}

static uint64_t frame_hash(uint32_t len, uint32_t seq, uint64_t hash,
			   uint64_t id)
{
	unsigned char b[24];

	memcpy(b, &len, 4);
	memcpy(b + 4, &seq, 4);
	memcpy(b + 8, &hash, 8);
	memcpy(b + 16, &id, 8);
	return hash_bytes(bytes_of(b, sizeof(b)));
}

void journal_frame_encode(struct buf *out, uint64_t id, uint32_t seq,
			  struct bytes payload)
{
	uint32_t len = (uint32_t)payload.len;
	uint64_t hash = hash_bytes(payload);

	buf_add_u32(out, len);
	buf_add_u32(out, seq);
	buf_add_u64(out, hash);
	buf_add_u64(out, frame_hash(len, seq, hash, id));
	buf_add_bytes(out, payload);
}

static void encode_names(struct buf *out, const struct catalog *c,
			 uint32_t n_known)
{
	buf_add_varint(out, c->n - n_known);
	for (uint32_t i = n_known + 1; i <= c->n; i++)
		buf_add_string(out, catalog_name(c, i));
}

void journal_batch_encode(struct buf *out, uint64_t id, uint32_t seq,
			  const struct event *e, size_t n,
			  const struct catalog *labels, uint32_t n_labels,
			  const struct catalog *clients, uint32_t n_clients)
{
	struct buf payload = { 0 };

	encode_names(&payload, labels, n_labels);
	encode_names(&payload, clients, n_clients);
	buf_add_u32(&payload, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		buf_add_u64(&payload, e[i].host);
		buf_add_u32(&payload, e[i].time);
		buf_add_u32(&payload, e[i].label);
		buf_add_u32(&payload, e[i].client);
		buf_add_u8(&payload, e[i].kind);
	}
	journal_frame_encode(out, id, seq, buf_bytes(&payload));
	buf_deinit(&payload);
}

/* ------------------------------------------------------------------ decode */

/* From a journal's numbers to ours */
struct numbers {
	uint32_t *of;
	uint32_t n, cap;
};

static void add_number(struct numbers *x, uint32_t number)
{
	MEM_GROW(x->of, x->n, x->cap);
	x->of[x->n++] = number;
}

static void decode_names(struct reader *r, struct numbers *x, struct catalog *c)
{
	uint64_t n = read_varint(r);

	for (uint64_t i = 0; i < n && r->err == 0; i++) {
		struct bytes name = read_string(r);

		if (r->err == 0)
			add_number(x, catalog_add(c, name));
	}
}

static void decode_event(struct reader *r, struct event *e,
			 const struct numbers *labels,
			 const struct numbers *clients)
{
	e->host = read_u64(r);
	e->time = read_u32(r);
	e->label = read_u32(r);
	e->client = read_u32(r);
	e->kind = read_u8(r);
	if (e->label >= labels->n || e->client >= clients->n ||
	    e->kind >= N_KINDS) {
		r->err = E_CORRUPT;
		return;
	}
	e->label = labels->of[e->label];
	e->client = clients->of[e->client];
}

static int decode_payload(struct journal_rows *rows, struct bytes payload,
			  struct numbers *labels, struct catalog *label_names,
			  struct numbers *clients, struct catalog *client_names)
{
	struct reader r = reader_of(payload);
	size_t before = rows->n;
	uint32_t n;

	decode_names(&r, labels, label_names);
	decode_names(&r, clients, client_names);
	n = read_u32(&r);
	if (r.err < 0 || reader_left(&r) != (uint64_t)n * EVENT_SIZE)
		return E_CORRUPT;
	for (uint32_t i = 0; i < n && r.err == 0; i++) {
		struct event e = { 0 };

		decode_event(&r, &e, labels, clients);
		MEM_GROW(rows->events, rows->n, rows->cap);
		rows->events[rows->n++] = e;
	}
	if (r.err < 0)
		rows->n = before;
	return r.err;
}

static bool is_zero(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (b.ptr[i] != 0)
			return false;
	return true;
}

static int wrong(const char **why, const char *what)
{
	*why = what;
	return E_CORRUPT;
}

/*
 * Take the next frame's payload. Returns 1, 0 at the end or at a torn frame,
 * or E_CORRUPT.
 */
static int next_frame(struct bytes *rest, uint64_t id, uint32_t seq,
		      struct bytes *payload, const char **why)
{
	struct reader r = reader_of(*rest);
	uint32_t len = read_u32(&r), number = read_u32(&r);
	uint64_t hash = read_u64(&r), check = read_u64(&r);

	if (r.err < 0 || is_zero(*rest))
		return 0;
	if (check != frame_hash(len, number, hash, id) || number != seq)
		return wrong(why, "a batch's header is damaged");
	if (len > JOURNAL_BATCH_MAX)
		return wrong(why, "a batch is too long");
	if (len > reader_left(&r))
		return 0;
	*payload = read_bytes(&r, len);
	*rest = bytes_from(*rest, JOURNAL_FRAME_SIZE + (size_t)len);
	if (hash_bytes(*payload) == hash)
		return 1;
	return wrong(why, "a batch's checksum differs");
}

static int check_header(struct bytes whole, uint64_t id, const char **why)
{
	struct reader r = reader_of(whole);
	struct bytes magic = read_bytes(&r, JOURNAL_MAGIC_SIZE);
	uint32_t version = read_u32(&r), zero = read_u32(&r);
	uint64_t own = read_u64(&r), hash = read_u64(&r);

	if (r.err < 0)
		return wrong(why, "its header is cut short");
	if (memcmp(magic.ptr, JOURNAL_MAGIC, JOURNAL_MAGIC_SIZE) != 0)
		return wrong(why, "not a journal");
	if (hash != hash_bytes(bytes_of(whole.ptr, JOURNAL_HEADER_SIZE - 8)))
		return wrong(why, "its header is damaged");
	if (version > JOURNAL_VERSION) {
		*why = "written by a later rapsheet";
		return E_VERSION;
	}
	if (version != JOURNAL_VERSION || zero != 0 || own != id)
		return wrong(why, "its header is that of another");
	return 0;
}

int journal_decode(struct journal_rows *rows, struct bytes whole, uint64_t id,
		   struct catalog *labels, struct catalog *clients,
		   const char **why)
{
	struct numbers label_of = { 0 }, client_of = { 0 };
	struct bytes payload;
	int err = check_header(whole, id, why);

	add_number(&label_of, 0);
	add_number(&client_of, 0);
	if (err == 0)
		whole = bytes_from(whole, JOURNAL_HEADER_SIZE);
	for (uint32_t seq = 0; err == 0; seq++) {
		err = next_frame(&whole, id, seq, &payload, why);
		if (err <= 0)
			break;
		err = decode_payload(rows, payload, &label_of, labels,
				     &client_of, clients);
		if (err < 0)
			wrong(why, "a batch holds what cannot be");
	}
	free(label_of.of);
	free(client_of.of);
	return err;
}
