/* SPDX-License-Identifier: Apache-2.0 */
/* postfix_text.c - see postfix_text.h */
#include "read/postfix_text.h"

#include "host/host.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* -------------------------------------------------------------------- host */

bool mail_parse_address(struct bytes text, uint64_t *host)
{
	if (bytes_starts_nocase(text, "IPv6:"))
		text = bytes_from(text, 5);
	text = bytes_of(text.ptr, bytes_find_char(text, '%'));
	return host_parse(text, host) == 0;
}

/* Is what stands behind a ']' the end of the peer? Then where the word ends. */
static bool peer_ends(struct bytes rest, size_t *len)
{
	size_t i = 0;

	*len = 0;
	if (rest.len == 0 || rest.ptr[0] == ' ' || rest.ptr[0] == ',' ||
	    rest.ptr[0] == ';')
		return true;
	if (rest.ptr[0] != ':')
		return false;
	if (rest.len == 1 || rest.ptr[1] == ' ')
		return true; /* "host[addr]: text" */
	for (i = 1; i < rest.len && is_alnum(rest.ptr[i]); i++)
		;
	*len = i;
	return i > 1 && (i == rest.len || rest.ptr[i] == ' ' ||
			 rest.ptr[i] == ',' || rest.ptr[i] == ':');
}

bool mail_take_peer(struct bytes *b, struct mail_peer *out)
{
	size_t open = SIZE_MAX, tail;

	for (size_t i = 0; i < b->len; i++) {
		char c = b->ptr[i];

		if (c == ' ' || c == ',' || c == ';' || c == '<' || c == '>')
			return false;
		if (c == '[')
			open = i + 1;
		if (c != ']' || open == SIZE_MAX ||
		    !peer_ends(bytes_from(*b, i + 1), &tail))
			continue;
		out->has_host = mail_parse_address(
			bytes_of(b->ptr + open, i - open), &out->host);
		*b = bytes_from(*b, i + 1 + tail);
		return true;
	}
	return false;
}

/* ---------------------------------------------------------------- queue id */

#define QUEUE_ID_MIN  5
#define QUEUE_ID_LONG 10 /* from here on it may be one of the long form */
#define QUEUE_ID_MAX  40

/* Short ones are upper case hexadecimal; long ones letters and digits. */
bool mail_is_queue_id(struct bytes word)
{
	bool hex = true, digit = false;

	if (word.len < QUEUE_ID_MIN || word.len > QUEUE_ID_MAX)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];

		if (is_digit(c)) {
			digit = true;
			continue;
		}
		if (!is_alnum(c))
			return false;
		if (c < 'A' || c > 'F')
			hex = false;
	}
	return hex || (digit && word.len >= QUEUE_ID_LONG);
}

struct bytes mail_take_queue_id(struct bytes *b)
{
	size_t i = 0;
	struct bytes id;

	while (i < b->len && i <= QUEUE_ID_MAX && is_alnum(b->ptr[i]))
		i++;
	id = bytes_of(b->ptr, i);
	if (i + 1 >= b->len || b->ptr[i] != ':' || b->ptr[i + 1] != ' ' ||
	    !mail_is_queue_id(id))
		return bytes_of(NULL, 0);
	*b = bytes_from(*b, i + 2);
	while (b->len > 0 && b->ptr[0] == ' ')
		*b = bytes_from(*b, 1);
	return id;
}

/* --------------------------------------------------------------- addresses */

/* Where the '>' is that closes an address begun before b; b.len if nowhere */
static size_t address_end(struct bytes b)
{
	bool quoted = false;

	for (size_t i = 0; i < b.len; i++) {
		if (quoted && b.ptr[i] == '\\')
			i++;
		else if (b.ptr[i] == '"')
			quoted = !quoted;
		else if (b.ptr[i] == '>' && !quoted)
			return i;
	}
	return b.len;
}

bool mail_take_address(struct bytes *b, struct bytes *address)
{
	struct bytes rest = *b;
	size_t end;

	if (!bytes_skip(&rest, "<"))
		return false;
	end = address_end(rest);
	if (end == rest.len) /* a quote that nobody closed */
		end = bytes_find_char(rest, '>');
	if (end == rest.len)
		return false;
	*address = bytes_of(rest.ptr, end);
	*b = bytes_from(rest, end + 1);
	return true;
}

struct bytes mail_domain(struct bytes address)
{
	size_t at = address.len;

	while (at > 0 && address.ptr[at - 1] != '@')
		at--;
	if (at == 0)
		return bytes_of(NULL, 0);
	return bytes_from(address, at);
}

/* Step over "<address>: ", the thing refused, which the sender may have chosen
 */
static size_t refused_thing(struct bytes text)
{
	struct bytes rest = text, address;
	size_t at = bytes_find_char(text, '<');

	/* Only codes like "554 5.7.1 " stand before it. */
	for (size_t i = 0; i < at && i < text.len; i++)
		if (!is_digit(text.ptr[i]) && text.ptr[i] != '.' &&
		    text.ptr[i] != ' ' && text.ptr[i] != '-')
			return 0;
	if (at == text.len)
		return 0;
	rest = bytes_from(text, at);
	if (!mail_take_address(&rest, &address))
		return 0;
	return text.len - rest.len;
}

/* Offset of "; field" in b, blanks between them allowed; b.len if nowhere */
static size_t find_field(struct bytes b, const char *field, size_t *len)
{
	size_t n = strlen(field);

	for (size_t i = 0; i < b.len; i++) {
		size_t k = i + 1;

		if (b.ptr[i] != ';')
			continue;
		while (k < b.len && b.ptr[k] == ' ')
			k++;
		if (b.len - k >= n && memcmp(b.ptr + k, field, n) == 0) {
			*len = k + n - i;
			return i;
		}
	}
	*len = 0;
	return b.len;
}

bool mail_take_envelope(struct bytes text, struct bytes *reason,
			struct bytes *to)
{
	size_t start = refused_thing(text), from_len, to_len, len;
	struct bytes rest = bytes_from(text, start), sender;
	size_t from = find_field(rest, "from=", &from_len);
	size_t direct = find_field(rest, "to=", &to_len);

	*to = bytes_of(NULL, 0);
	if (direct < from) {
		*reason = bytes_of(text.ptr, start + direct);
		rest = bytes_from(rest, direct + to_len);
		return mail_take_address(&rest, to);
	}
	if (from == rest.len)
		from = find_field(rest, "proto=", &len);
	*reason = bytes_of(text.ptr, start + from);
	if (from_len == 0)
		return false;
	rest = bytes_from(rest, from + from_len);
	if (!mail_take_address(&rest, &sender))
		return false;
	bytes_skip(&rest, ",");
	while (rest.len > 0 && rest.ptr[0] == ' ')
		rest = bytes_from(rest, 1);
	return bytes_skip(&rest, "to=") && mail_take_address(&rest, to);
}
