/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block.c - rows to bytes and back
 *
 * What makes a row small: the host is told once, its first time once, and then
 * only the gaps between times; a busy host's gaps are short and fill whole
 * groups of their own. Kinds are codes by frequency within the block, so that
 * a stretch of nothing but clean mail costs no bits. Labels stand only at rows
 * of the kinds that have any.
 */
#include "record/block.h"

#include "record/pack.h"

#include <stdlib.h>

/* -------------------------------------------------------------------- rows */

void block_rows_init(struct block_rows *b, size_t n_rows_max)
{
	size_t n = pack_room(n_rows_max);

	*b = (struct block_rows){
		.host = mem_resize(NULL, n, sizeof(*b->host)),
		.start = mem_resize(NULL, n + 1, sizeof(*b->start)),
		.time = mem_resize(NULL, n, sizeof(*b->time)),
		.kind = mem_resize(NULL, n, sizeof(*b->kind)),
		.label = mem_resize(NULL, n, sizeof(*b->label)),
		.client = mem_resize(NULL, n, sizeof(*b->client)),
	};
	b->start[0] = 0;
}

void block_rows_deinit(struct block_rows *b)
{
	free(b->host);
	free(b->start);
	free(b->time);
	free(b->kind);
	free(b->label);
	free(b->client);
	*b = (struct block_rows){ 0 };
}

void block_rows_add(struct block_rows *b, const struct event *e)
{
	size_t i = b->n_rows++;

	if (b->n_hosts == 0 || b->host[b->n_hosts - 1] != e->host)
		b->host[b->n_hosts++] = e->host;
	b->start[b->n_hosts] = (uint32_t)b->n_rows;
	b->time[i] = e->time;
	b->kind[i] = e->kind;
	b->label[i] = e->label;
	b->client[i] = e->client;
}

/* ------------------------------------------------------------- index entry */

void block_index_encode(struct buf *out, const struct block_index *x)
{
	buf_add_u64(out, x->host_first);
	buf_add_u64(out, x->host_last);
	buf_add_u64(out, x->offset);
	buf_add_u32(out, x->rows_len);
	buf_add_u32(out, x->labels_len);
	buf_add_u32(out, x->clients_len);
	buf_add_u32(out, x->n_rows);
	buf_add_u32(out, x->n_hosts);
	buf_add_u32(out, x->time_first);
	buf_add_u32(out, x->time_last);
	buf_add_u32(out, x->kinds);
	buf_add_u64(out, x->rows_hash);
	buf_add_u64(out, x->labels_hash);
	buf_add_u64(out, x->clients_hash);
}

struct block_index block_index_decode(const unsigned char *p)
{
	struct reader r = reader_of(bytes_of(p, BLOCK_INDEX_SIZE));
	struct block_index x;

	x.host_first = read_u64(&r);
	x.host_last = read_u64(&r);
	x.offset = read_u64(&r);
	x.rows_len = read_u32(&r);
	x.labels_len = read_u32(&r);
	x.clients_len = read_u32(&r);
	x.n_rows = read_u32(&r);
	x.n_hosts = read_u32(&r);
	x.time_first = read_u32(&r);
	x.time_last = read_u32(&r);
	x.kinds = read_u32(&r);
	x.rows_hash = read_u64(&r);
	x.labels_hash = read_u64(&r);
	x.clients_hash = read_u64(&r);
	return x;
}

/* ------------------------------------------------------------------ encode */

/* Gaps between hosts, less one: they never repeat. */
static void encode_hosts(struct buf *out, const struct block_rows *b)
{
	uint32_t low[BLOCK_ROWS_MAX], high[BLOCK_ROWS_MAX];

	low[0] = high[0] = 0;
	for (size_t i = 1; i < b->n_hosts; i++) {
		uint64_t gap = b->host[i] - b->host[i - 1] - 1;

		low[i] = (uint32_t)gap;
		high[i] = (uint32_t)(gap >> 32);
	}
	pack_words(out, low, b->n_hosts);
	pack_words(out, high, b->n_hosts);
}

static void encode_counts(struct buf *out, const struct block_rows *b)
{
	uint32_t more[BLOCK_ROWS_MAX];

	for (size_t i = 0; i < b->n_hosts; i++)
		more[i] = b->start[i + 1] - b->start[i] - 1;
	pack_words(out, more, b->n_hosts);
}

static void encode_times(struct buf *out, const struct block_rows *b,
			 uint32_t time_first)
{
	uint32_t first[BLOCK_ROWS_MAX], gap[BLOCK_ROWS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < b->n_hosts; i++) {
		first[i] = b->time[b->start[i]] - time_first;
		for (uint32_t k = b->start[i] + 1; k < b->start[i + 1]; k++)
			gap[n++] = b->time[k] - b->time[k - 1];
	}
	pack_words(out, first, b->n_hosts);
	pack_words(out, gap, n);
}

/* The kinds in the block, the most frequent first; returns their number */
static unsigned rank_kinds(const struct block_rows *b, uint8_t ranked[N_KINDS])
{
	size_t count[N_KINDS] = { 0 };
	unsigned n = 0;

	for (size_t i = 0; i < b->n_rows; i++)
		count[b->kind[i]]++;
	for (unsigned k = 0; k < N_KINDS; k++) {
		unsigned at = n;

		if (count[k] == 0)
			continue;
		for (; at > 0 && count[ranked[at - 1]] < count[k]; at--)
			ranked[at] = ranked[at - 1];
		ranked[at] = (uint8_t)k;
		n++;
	}
	return n;
}

static void encode_kinds(struct buf *out, const struct block_rows *b,
			 struct block_index *x)
{
	uint8_t ranked[N_KINDS], code_of[N_KINDS], codes[BLOCK_ROWS_MAX];
	unsigned n = rank_kinds(b, ranked);

	x->kinds = 0;
	for (unsigned i = 0; i < n; i++) {
		code_of[ranked[i]] = (uint8_t)i;
		x->kinds |= 1u << ranked[i];
	}
	for (size_t i = 0; i < b->n_rows; i++)
		codes[i] = code_of[b->kind[i]];
	buf_add(out, ranked, n);
	pack_bytes(out, codes, b->n_rows);
}

static void encode_labels(struct buf *out, const struct block_rows *b)
{
	uint32_t codes[BLOCK_ROWS_MAX];
	unsigned kinds = 0;
	size_t n = 0;

	for (size_t i = 0; i < b->n_rows; i++)
		if (b->label[i] != 0)
			kinds |= 1u << b->kind[i];
	if (kinds == 0)
		return;
	for (size_t i = 0; i < b->n_rows; i++)
		if (kinds >> b->kind[i] & 1)
			codes[n++] = b->label[i];
	buf_add_u16(out, (uint16_t)kinds);
	buf_add_u16(out, (uint16_t)n);
	pack_words(out, codes, n);
}

static void encode_clients(struct buf *out, const struct block_rows *b)
{
	uint32_t codes[BLOCK_ROWS_MAX], least = UINT32_MAX, most = 0;

	for (size_t i = 0; i < b->n_rows; i++) {
		least = b->client[i] < least ? b->client[i] : least;
		most = b->client[i] > most ? b->client[i] : most;
	}
	if (most == 0)
		return;
	for (size_t i = 0; i < b->n_rows; i++)
		codes[i] = b->client[i] - least;
	buf_add_u32(out, least);
	pack_words(out, codes, b->n_rows);
}

static void find_times(const struct block_rows *b, struct block_index *x)
{
	x->time_first = UINT32_MAX;
	x->time_last = 0;
	for (size_t i = 0; i < b->n_hosts; i++) {
		uint32_t first = b->time[b->start[i]];
		uint32_t last = b->time[b->start[i + 1] - 1];

		x->time_first = first < x->time_first ? first : x->time_first;
		x->time_last = last > x->time_last ? last : x->time_last;
	}
}

/* Length and hash of what was appended since `from` */
static uint32_t seal(const struct buf *out, size_t from, uint64_t *hash)
{
	*hash = hash_bytes(bytes_from(buf_bytes(out), from));
	return (uint32_t)(out->len - from);
}

void block_encode(struct buf *out, const struct block_rows *b,
		  struct block_index *x)
{
	size_t at = out->len;

	x->n_rows = (uint32_t)b->n_rows;
	x->n_hosts = (uint32_t)b->n_hosts;
	x->host_first = b->host[0];
	x->host_last = b->host[b->n_hosts - 1];
	find_times(b, x);
	encode_hosts(out, b);
	encode_counts(out, b);
	encode_times(out, b, x->time_first);
	encode_kinds(out, b, x);
	x->rows_len = seal(out, at, &x->rows_hash);
	at = out->len;
	encode_labels(out, b);
	x->labels_len = seal(out, at, &x->labels_hash);
	at = out->len;
	encode_clients(out, b);
	x->clients_len = seal(out, at, &x->clients_hash);
}

/* ------------------------------------------------------------------ decode */

static int wrong(const char **why, const char *what)
{
	*why = what;
	return E_CORRUPT;
}

static int check(struct bytes part, uint64_t hash, const char **why)
{
	return hash_bytes(part) == hash ? 0 : wrong(why, "checksum differs");
}

static int decode_hosts(struct block_rows *b, const struct block_index *x,
			struct reader *r, struct block_space *s,
			const char **why)
{
	uint64_t host = x->host_first;

	unpack_words(r, s->a, x->n_hosts);
	unpack_words(r, s->b, x->n_hosts);
	if (r->err < 0)
		return wrong(why, "hosts are cut short");
	b->host[0] = host;
	for (size_t i = 1; i < x->n_hosts; i++) {
		uint64_t gap = (uint64_t)s->b[i] << 32 | s->a[i];

		if (gap >= x->host_last - host)
			return wrong(why, "hosts are not in order");
		host += gap + 1;
		b->host[i] = host;
	}
	if (host != x->host_last)
		return wrong(why, "the last host differs");
	b->n_hosts = x->n_hosts;
	return 0;
}

static int decode_counts(struct block_rows *b, const struct block_index *x,
			 struct reader *r, struct block_space *s,
			 const char **why)
{
	uint32_t at = 0;

	unpack_words(r, s->a, x->n_hosts);
	b->start[0] = 0;
	for (size_t i = 0; i < x->n_hosts; i++) {
		if (s->a[i] >= x->n_rows - at)
			return wrong(why, "the numbers of rows differ");
		at += s->a[i] + 1;
		b->start[i + 1] = at;
	}
	if (r->err < 0 || at != x->n_rows)
		return wrong(why, "the numbers of rows differ");
	b->n_rows = x->n_rows;
	return 0;
}

static int decode_times(struct block_rows *b, const struct block_index *x,
			struct reader *r, struct block_space *s,
			const char **why)
{
	const uint32_t *gap = s->b;
	uint64_t last = 0;

	unpack_words(r, s->a, x->n_hosts);
	unpack_words(r, s->b, x->n_rows - x->n_hosts);
	if (r->err < 0)
		return wrong(why, "times are cut short");
	for (size_t i = 0; i < x->n_hosts; i++) {
		uint64_t t = (uint64_t)x->time_first + s->a[i];

		b->time[b->start[i]] = (uint32_t)t;
		for (uint32_t k = b->start[i] + 1; k < b->start[i + 1]; k++) {
			t += *gap++;
			b->time[k] = (uint32_t)t;
		}
		last = t > last ? t : last;
	}
	return last == x->time_last ? 0 : wrong(why, "times are out of bounds");
}

static int decode_kinds(struct block_rows *b, const struct block_index *x,
			struct reader *r, const char **why)
{
	unsigned n = (unsigned)__builtin_popcount(x->kinds);
	uint8_t table[16], bad = 0;
	unsigned seen = 0;

	memset(table, 0xff, sizeof(table));
	for (unsigned i = 0; i < n && i < N_KINDS; i++) {
		table[i] = read_u8(r);
		seen |= table[i] < N_KINDS ? 1u << table[i] : 0;
	}
	unpack_codes(r, b->kind, x->n_rows, table);
	if (r->err < 0 || seen != x->kinds || reader_left(r) > 0)
		return wrong(why, "kinds are not those of the index");
	for (size_t i = 0; i < x->n_rows; i++)
		bad |= b->kind[i];
	return bad & 0x80 ? wrong(why, "a kind is unknown") : 0;
}

int block_decode_rows(struct block_rows *b, const struct block_index *x,
		      struct bytes part, struct block_space *s,
		      const char **why)
{
	struct reader r = reader_of(part);
	int err = check(part, x->rows_hash, why);

	if (err == 0)
		err = decode_hosts(b, x, &r, s, why);
	if (err == 0)
		err = decode_counts(b, x, &r, s, why);
	if (err == 0)
		err = decode_times(b, x, &r, s, why);
	if (err == 0)
		err = decode_kinds(b, x, &r, why);
	return err;
}

/*
 * Spread n codes over the rows of these kinds, without a branch that could be
 * guessed wrong: a row of another kind takes code 0, which is no label, and
 * does not move on. Returns false if the codes are not exactly used up.
 */
static bool spread_labels(struct block_rows *b, unsigned kinds,
			  const uint32_t *code, size_t n,
			  struct block_names names)
{
	size_t at = 0, n_bad = 0;

	for (size_t i = 0; i < b->n_rows; i++) {
		uint32_t has = kinds >> b->kind[i] & 1;
		uint32_t x = code[at] & (0 - has);
		uint32_t bad = x >= names.n || at + has > n;

		x = bad ? 0 : x;
		n_bad += bad;
		at += bad ? 0 : has;
		b->label[i] = names.number[x];
	}
	return n_bad == 0 && at == n;
}

int block_decode_labels(struct block_rows *b, const struct block_index *x,
			struct bytes part, struct block_names names,
			struct block_space *s, const char **why)
{
	struct reader r = reader_of(part);
	unsigned kinds;
	size_t n;

	if (part.len == 0 && x->labels_len == 0) {
		memset(b->label, 0, x->n_rows * sizeof(*b->label));
		return 0;
	}
	if (check(part, x->labels_hash, why) < 0)
		return E_CORRUPT;
	kinds = read_u16(&r);
	n = read_u16(&r);
	if (n > x->n_rows)
		return wrong(why, "there are more labels than rows");
	unpack_words(&r, s->a, n);
	s->a[n] = 0; /* read, and not used, behind the last one */
	if (r.err < 0 || reader_left(&r) > 0)
		return wrong(why, "labels are cut short");
	if (!spread_labels(b, kinds, s->a, n, names))
		return wrong(why, "labels do not fit rows or dictionary");
	return 0;
}

int block_decode_clients(struct block_rows *b, const struct block_index *x,
			 struct bytes part, struct block_names names,
			 const char **why)
{
	struct reader r = reader_of(part);
	uint32_t least, most = 0;

	if (part.len == 0 && x->clients_len == 0) {
		memset(b->client, 0, x->n_rows * sizeof(*b->client));
		return 0;
	}
	if (check(part, x->clients_hash, why) < 0)
		return E_CORRUPT;
	least = read_u32(&r);
	unpack_words(&r, b->client, x->n_rows);
	if (r.err < 0 || reader_left(&r) > 0)
		return wrong(why, "clients are cut short");
	for (size_t i = 0; i < x->n_rows; i++)
		most = b->client[i] > most ? b->client[i] : most;
	if (least >= names.n || most >= names.n - least)
		return wrong(why, "a client is not in the dictionary");
	for (size_t i = 0; i < x->n_rows; i++)
		b->client[i] = names.number[least + b->client[i]];
	return 0;
}
