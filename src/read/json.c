/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - one pass over an object; what is nested is checked and passed over
 *
 * Depth is counted with a bit for each open bracket (object or array), so that
 * no input can exhaust the stack. An unescaped string is never longer than its
 * text, so room for the line is room for all of its strings.
 */
#include "read/json.h"

struct scan {
	const char *at;
	const char *end;
	struct buf *space;
	const char *why; /* the first failure; NULL while all is well */
};

static bool fail(struct scan *s, const char *why)
{
	if (s->why == NULL)
		s->why = why;
	return false;
}

static void skip_space(struct scan *s)
{
	while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' ||
				  *s->at == '\n' || *s->at == '\r'))
		s->at++;
}

/* The next character that is no space, or 0 at the end */
static char peek(struct scan *s)
{
	skip_space(s);
	return s->at < s->end ? *s->at : '\0';
}

static bool take(struct scan *s, char c, const char *why)
{
	if (peek(s) != c || s->at == s->end)
		return fail(s, why);
	s->at++;
	return true;
}

/* ----------------------------------------------------------------- strings */

/* The length of the UTF-8 character there (Unicode 15, table 3-7), or 0 */
static size_t utf8_length(const char *at, const char *end)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = (unsigned char)*at;
	size_t n = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? first : first & (0x7fu >> n);

	if ((first >= 0x80 && first < 0xc2) || first > 0xf4 ||
	    (size_t)(end - at) < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)at[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

static bool take_hex4(struct scan *s, uint32_t *out)
{
	*out = 0;
	if (s->end - s->at < 4)
		return fail(s, "four hexadecimal digits");
	for (int i = 0; i < 4; i++) {
		char c = *s->at++;

		if (c >= '0' && c <= '9')
			*out = *out << 4 | (uint32_t)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			*out = *out << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
		else
			return fail(s, "four hexadecimal digits");
	}
	return true;
}

static void add_utf8(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_add_char(b, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_add_char(b, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_add_char(b, (char)(0xe0 | c >> 12));
		} else {
			buf_add_char(b, (char)(0xf0 | c >> 18));
			buf_add_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buf_add_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buf_add_char(b, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u": one code unit, or two that make a character together */
static bool take_unicode(struct scan *s)
{
	uint32_t c, low;

	if (!take_hex4(s, &c))
		return false;
	if (c == 0)
		return fail(s, "a string without NUL");
	if (c >= 0xd800 && c < 0xdc00) {
		if (s->end - s->at < 2 || s->at[0] != '\\' || s->at[1] != 'u')
			return fail(s, "the second half of a surrogate pair");
		s->at += 2;
		if (!take_hex4(s, &low))
			return false;
		if (low < 0xdc00 || low >= 0xe000)
			return fail(s, "the second half of a surrogate pair");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	} else if (c >= 0xdc00 && c < 0xe000) {
		return fail(s, "the first half of a surrogate pair");
	}
	add_utf8(s->space, c);
	return true;
}

static bool take_escape(struct scan *s)
{
	static const char from[] = "\"\\/bfnrt";
	static const char to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	char c;

	if (s->at == s->end)
		return fail(s, "the end of a string");
	c = *s->at++;
	if (c == 'u')
		return take_unicode(s);
	found = c == '\0' ? NULL : strchr(from, c);
	if (found == NULL)
		return fail(s, "an escape that JSON knows");
	buf_add_char(s->space, to[found - from]);
	return true;
}

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* Over characters that stand for themselves */
static bool skip_plain(struct scan *s)
{
	while (s->at < s->end) {
		size_t n = 1;

		if (!is_plain((unsigned char)*s->at)) {
			if (*s->at == '"' || *s->at == '\\')
				return true;
			if ((unsigned char)*s->at < 0x20)
				return fail(s, "no control character in a "
					       "string");
			n = utf8_length(s->at, s->end);
		}
		if (n == 0)
			return fail(s, "UTF-8");
		s->at += n;
	}
	return fail(s, "the end of a string");
}

static bool take_string(struct scan *s, struct bytes *out)
{
	size_t kept = s->space->len;
	const char *start;

	if (!take(s, '"', "a string"))
		return false;
	start = s->at;
	if (!skip_plain(s))
		return false;
	*out = bytes_of(start, (size_t)(s->at - start));
	if (*s->at++ == '"')
		return true;
	for (;;) { /* the backslash is behind us */
		buf_add(s->space, start, (size_t)(s->at - 1 - start));
		if (!take_escape(s))
			return false;
		start = s->at;
		if (!skip_plain(s))
			return false;
		if (*s->at++ == '"')
			break;
	}
	buf_add(s->space, start, (size_t)(s->at - 1 - start));
	*out = bytes_of(s->space->ptr + kept, s->space->len - kept);
	return true;
}

/* ------------------------------------------------------- numbers and words */

static bool take_digits(struct scan *s)
{
	const char *start = s->at;

	while (s->at < s->end && *s->at >= '0' && *s->at <= '9')
		s->at++;
	return s->at > start || fail(s, "a number");
}

static bool skip_char(struct scan *s, char c)
{
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

static bool take_number(struct scan *s, struct bytes *out)
{
	const char *start = s->at;

	skip_char(s, '-');
	if (!skip_char(s, '0') && !take_digits(s))
		return false;
	if (skip_char(s, '.') && !take_digits(s))
		return false;
	if (skip_char(s, 'e') || skip_char(s, 'E')) {
		if (!skip_char(s, '+'))
			skip_char(s, '-');
		if (!take_digits(s))
			return false;
	}
	*out = bytes_of(start, (size_t)(s->at - start));
	return true;
}

static bool take_word(struct scan *s, const char *word)
{
	struct bytes rest = bytes_of(s->at, (size_t)(s->end - s->at));

	if (!bytes_skip(&rest, word))
		return fail(s, "a value");
	s->at = rest.ptr;
	return true;
}

static bool take_scalar(struct scan *s, struct json_value *out)
{
	char c = peek(s);

	*out = (struct json_value){ .type = JSON_OTHER_VALUE };
	if (c == '"') {
		out->type = JSON_STRING_VALUE;
		return take_string(s, &out->text);
	}
	if (c == '-' || (c >= '0' && c <= '9')) {
		out->type = JSON_NUMBER_VALUE;
		return take_number(s, &out->text);
	}
	if (c == 'n') {
		out->type = JSON_NULL_VALUE;
		return take_word(s, "null");
	}
	return take_word(s, c == 't' ? "true" : "false");
}

/* ---------------------------------------------------------------- nesting */

/* What is open, a bit each: set for an object */
struct nest {
	unsigned depth;
	uint64_t is_object[JSON_DEPTH_MAX / 64];
};

static bool nest_in_object(const struct nest *n)
{
	unsigned top = n->depth - 1;

	return n->is_object[top / 64] >> top % 64 & 1;
}

static bool nest_open(struct scan *s, struct nest *n)
{
	uint64_t bit = (uint64_t)1 << n->depth % 64;

	/* the object that is scanned is open already */
	if (n->depth + 1 == JSON_DEPTH_MAX)
		return fail(s, "less nesting");
	if (*s->at++ == '{')
		n->is_object[n->depth / 64] |= bit;
	else
		n->is_object[n->depth / 64] &= ~bit;
	n->depth++;
	return true;
}

static bool take_key(struct scan *s, struct bytes *key)
{
	return take_string(s, key) && take(s, ':', "a colon");
}

/* Behind a value: over what closes, to where the next value begins */
static bool nest_close(struct scan *s, struct nest *n)
{
	struct bytes key;

	while (n->depth > 0) {
		bool in_object = nest_in_object(n);

		if (peek(s) == ',') {
			s->at++;
			return !in_object || take_key(s, &key);
		}
		if (!take(s, in_object ? '}' : ']', "a comma or a bracket"))
			return false;
		n->depth--;
	}
	return true;
}

/* An object or an array, all of it */
static bool skip_nested(struct scan *s)
{
	struct nest n;
	struct json_value value;
	struct bytes key;

	n.depth = 0;
	do {
		char c = peek(s);

		if (c == '{' || c == '[') {
			if (!nest_open(s, &n))
				return false;
			if (peek(s) != (c == '{' ? '}' : ']')) {
				if (c == '{' && !take_key(s, &key))
					return false;
				continue;
			}
			s->at++;
			n.depth--;
		} else if (!take_scalar(s, &value)) {
			return false;
		}
		if (!nest_close(s, &n))
			return false;
	} while (n.depth > 0);
	return true;
}

static bool take_value(struct scan *s, struct json_value *out)
{
	char c = peek(s);

	if (c != '{' && c != '[')
		return take_scalar(s, out);
	*out = (struct json_value){ .type = JSON_OTHER_VALUE };
	return skip_nested(s);
}

/* ------------------------------------------------------------------ object */

static void keep(const struct bytes *keys, size_t n, struct json_value *out,
		 struct bytes key, const struct json_value *value)
{
	for (size_t i = 0; i < n; i++)
		if (bytes_equal(keys[i], key))
			out[i] = *value;
}

static bool take_object(struct scan *s, const struct bytes *keys, size_t n,
			struct json_value *out)
{
	if (!take(s, '{', "an object"))
		return false;
	if (peek(s) == '}') {
		s->at++;
		return true;
	}
	for (;;) {
		struct json_value value;
		struct bytes key;

		if (!take_key(s, &key) || !take_value(s, &value))
			return false;
		keep(keys, n, out, key, &value);
		if (peek(s) == '}')
			break;
		if (!take(s, ',', "a comma or a brace"))
			return false;
	}
	s->at++;
	return true;
}

int json_find(struct bytes line, const struct bytes *keys, size_t n,
	      struct json_value *out, struct buf *space, const char **why)
{
	struct scan s = { line.ptr, line.ptr + line.len, space, NULL };

	for (size_t i = 0; i < n; i++)
		out[i] = (struct json_value){ .type = JSON_ABSENT };
	space->len = 0;
	buf_reserve(space, line.len); /* so that it stays where it is */
	if (take_object(&s, keys, n, out)) {
		skip_space(&s);
		if (s.at == s.end)
			return 0;
		fail(&s, "nothing behind the object");
	}
	*why = s.why;
	return E_SYNTAX;
}
