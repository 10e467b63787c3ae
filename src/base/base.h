/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base.h - what every part stands on, and nothing of the outside world
 *
 *   errors      one enum; 0 is success, negative an error, positive an answer
 *   bytes       a slice of memory that somebody else owns
 *   arena       memory of one operation, given back all at once
 *   buf         bytes that grow: text being written, blocks being encoded
 *   utf8, json  characters out of bytes, and JSON into a buf
 *   reader      bytes being decoded, with a sticky error
 *   hash        64 bits out of anything
 *   log         the three ways to speak: warn, fatal, panic
 *
 * Threads: nothing here is shared but the log, which writes whole lines.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* ------------------------------------------------------------------ errors */

enum error {
	E_OK = 0,
	E_IO = -1,	  /* the machine refused; errno says why */
	E_SYNTAX = -2,	  /* text is not of its form */
	E_CORRUPT = -3,	  /* stored bytes are not what was stored */
	E_LIMIT = -4,	  /* larger than what we promise to handle */
	E_RANGE = -5,	  /* of the right form, but not a value we accept */
	E_NOT_FOUND = -6, /* no such thing */
	E_EXISTS = -7,	  /* there already */
	E_VERSION = -8,	  /* written by a later rapsheet */
	E_STATE = -9,	  /* an earlier failure forbids going on */
};

/* A few words for a person, never NULL; for E_IO those of errno. */
const char *error_text(int err);

/* ------------------------------------------------------------------- bytes */

/* A borrowed slice. ptr may be NULL where len is 0; no NUL at the end. */
struct bytes {
	const char *ptr;
	size_t len;
};

/* For printf: "%.*s", BYTES_ARG(b) */
#define BYTES_ARG(b) (int)(b).len, (b).ptr

static inline struct bytes bytes_of(const void *ptr, size_t len)
{
	return (struct bytes){ ptr, len };
}

static inline struct bytes bytes_of_text(const char *text)
{
	return (struct bytes){ text, strlen(text) };
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || !memcmp(a.ptr, b.ptr, a.len));
}

static inline bool bytes_is(struct bytes b, const char *text)
{
	return bytes_equal(b, bytes_of_text(text));
}

static inline bool bytes_starts(struct bytes b, const char *prefix)
{
	size_t n = strlen(prefix);

	return b.len >= n && !memcmp(b.ptr, prefix, n);
}

static inline bool bytes_ends(struct bytes b, const char *suffix)
{
	size_t n = strlen(suffix);

	return b.len >= n && !memcmp(b.ptr + b.len - n, suffix, n);
}

/* The slice without its first n bytes; n <= b.len */
static inline struct bytes bytes_from(struct bytes b, size_t n)
{
	return (struct bytes){ n ? b.ptr + n : b.ptr, b.len - n };
}

/* If b starts with prefix, step over it and say so. */
static inline bool bytes_skip(struct bytes *b, const char *prefix)
{
	if (!bytes_starts(*b, prefix))
		return false;
	*b = bytes_from(*b, strlen(prefix));
	return true;
}

/* Order by unsigned bytes, the shorter first: as strcmp in the C locale */
int bytes_compare(struct bytes a, struct bytes b);

/* Of the letters of ASCII, and no others; no locale has a say in it */
static inline char ascii_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Equal but for the case of ASCII letters */
bool bytes_equal_nocase(struct bytes a, struct bytes b);
bool bytes_starts_nocase(struct bytes b, const char *prefix);

/* Offset of the first such byte or text, or b.len when there is none */
size_t bytes_find_char(struct bytes b, char c);
size_t bytes_find_text(struct bytes b, const char *text);

/* Without ASCII white space at either end */
struct bytes bytes_trim(struct bytes b);

/*
 * Cut the slice at the first c: what stands before it is the result, what
 * stands after it stays in *rest (all and empty where there is no c).
 */
struct bytes bytes_cut(struct bytes *rest, char c);

/* Decimal digits and nothing else. E_SYNTAX, E_RANGE when above max. */
int bytes_to_u64(struct bytes b, uint64_t max, uint64_t *out);

/* ------------------------------------------------------------------- arena */

/*
 * A region of memory handed out from its front. Copying the struct copies the
 * position: a function that takes `struct arena scratch` by value gives back
 * all it took when it returns. Memory comes zeroed.
 */
struct arena {
	char *at;
	char *end;
};

/* Reserve address space; pages are taken as they are touched. */
struct arena arena_new(size_t reserve_bytes);
void arena_free(struct arena whole);

/* Never NULL: an arena that is too small is a limit chosen wrongly. */
void *arena_alloc(struct arena *a, size_t size, size_t align, size_t count);

#define ARENA_NEW(a, type, count) \
	((type *)arena_alloc((a), sizeof(type), _Alignof(type), (count)))

struct bytes arena_copy(struct arena *a, struct bytes b);

/* -------------------------------------------------------------------- heap */

/* As malloc and friends, but never NULL; mem_alloc gives zeroed memory. */
void *mem_alloc(size_t count, size_t size);
void *mem_resize(void *old, size_t count, size_t size);
char *mem_text(struct bytes b); /* NUL-terminated copy; free() it */

/*
 * Make room for one more in a growing array: for p, n and cap of one array,
 *	MEM_GROW(p, n, cap);
 *	p[n++] = x;
 */
#define MEM_GROW(p, n, cap)                                         \
	do {                                                        \
		if ((n) == (cap)) {                                 \
			(cap) = (cap) ? (cap)*2 : 16;               \
			(p) = mem_resize((p), (cap), sizeof(*(p))); \
		}                                                   \
	} while (0)

/* --------------------------------------------------------------------- buf */

/* Growing bytes. Zero-initialise; buf_deinit() when done. */
struct buf {
	char *ptr;
	size_t len;
	size_t cap;
};

void buf_deinit(struct buf *b);
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *ptr, size_t len);
void buf_add_bytes(struct buf *b, struct bytes x);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Little-endian, and unsigned LEB128 for the varint */
void buf_add_u8(struct buf *b, uint8_t x);
void buf_add_u16(struct buf *b, uint16_t x);
void buf_add_u32(struct buf *b, uint32_t x);
void buf_add_u64(struct buf *b, uint64_t x);
void buf_add_varint(struct buf *b, uint64_t x);
void buf_add_string(struct buf *b, struct bytes x); /* varint length, bytes */

static inline struct bytes buf_bytes(const struct buf *b)
{
	return (struct bytes){ b->ptr, b->len };
}

/* -------------------------------------------------------------------- utf8 */

#define UTF8_REPLACEMENT 0xfffdu

/*
 * Step over one character of b (b->len > 0). A byte that begins none, or one
 * that is overlong, a surrogate or past U+10FFFF, is U+FFFD and one byte.
 */
uint32_t utf8_next(struct bytes *b);
void utf8_add(struct buf *out, uint32_t c);

/* -------------------------------------------------------------------- json */

/*
 * JSON (RFC 8259), written in order and never built in memory. The caller says
 * what comes next; commas, line breaks and escapes are the writer's. A key of
 * NULL is for members of an array and for the root. The outer levels break
 * lines, so that two outputs can be compared line by line; what lies deeper
 * than JSON_WRITER_BROKEN stays on one line. Named apart from jansson, which
 * reads JSON in the tests.
 */
#define JSON_WRITER_BROKEN 2
#define JSON_WRITER_DEPTH  16

struct json {
	struct buf *out;
	unsigned depth;
	bool has_member[JSON_WRITER_DEPTH + 1];
};

struct json json_to(struct buf *out);

void json_begin_object(struct json *w, const char *key);
void json_end_object(struct json *w);
void json_begin_array(struct json *w, const char *key);
void json_end_array(struct json *w);
void json_finish(struct json *w); /* the root is closed: a newline */

void json_put_null(struct json *w, const char *key);
void json_put_bool(struct json *w, const char *key, bool x);
void json_put_count(struct json *w, const char *key, uint64_t x);
void json_put_integer(struct json *w, const char *key, int64_t x);

/* The shortest text that reads back as x; null where x is not finite. */
void json_put_number(struct json *w, const char *key, double x);

/* Escaped; bytes that are not UTF-8 become U+FFFD. */
void json_put_text(struct json *w, const char *key, struct bytes x);

/* ------------------------------------------------------------------ reader */

/*
 * Bytes being decoded. Past the end everything reads as zero and err becomes
 * E_CORRUPT, to be asked once after a whole structure was read.
 */
struct reader {
	const unsigned char *at;
	const unsigned char *end;
	int err;
};

struct reader reader_of(struct bytes b);
uint8_t read_u8(struct reader *r);
uint16_t read_u16(struct reader *r);
uint32_t read_u32(struct reader *r);
uint64_t read_u64(struct reader *r);
uint64_t read_varint(struct reader *r);
struct bytes read_bytes(struct reader *r, size_t len); /* borrowed */
struct bytes read_string(struct reader *r);	       /* borrowed */

static inline size_t reader_left(const struct reader *r)
{
	return (size_t)(r->end - r->at);
}

/* -------------------------------------------------------------------- hash */

/* XXH3-64: checksums on disk and hash tables in memory */
uint64_t hash_bytes(struct bytes b);

/* The same of bytes that come in pieces. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *h, struct bytes b);
uint64_t hash_stream_value(const struct hash_stream *h); /* so far */
void hash_stream_free(struct hash_stream *h);

/* The splitmix64 finaliser (MEASURES 1, "group"); a bijection */
static inline uint64_t hash_mix(uint64_t z)
{
	z ^= z >> 30;
	z *= 0xbf58476d1ce4e5b9u;
	z ^= z >> 27;
	z *= 0x94d049bb133111ebu;
	z ^= z >> 31;
	return z;
}

/* --------------------------------------------------------------------- log */

/* One line to stderr, "rapsheet: " before it, a newline behind it. */
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The machine's or the set-up's fault: one line, exit status 2. */
_Noreturn void fatal(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Our own fault: an invariant does not hold. One line, abort(). */
_Noreturn void panic(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
