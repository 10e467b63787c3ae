/* SPDX-License-Identifier: Apache-2.0 */
/*
 * received.c - one Received line read by its structure
 *
 * The line is cut into words, comments in balanced parentheses, and addresses
 * in angle brackets, up to the semicolon; a date must follow. Then
 *
 *	from ITEM… by ITEM… [with ITEM…] [for ITEM] … ; date
 *
 * must hold exactly once. The server writes `by` and what follows it, and its
 * own words close every line; so whatever a sender puts into his HELO, he can
 * neither hide them (that leaves a bracket open) nor put another sentence
 * before them (that makes two `by`, or words behind the date). All he can do is
 * to add to the items between `from` and `by`. There, exactly one place may
 * hold an address (judge_from()); two make the line mangled.
 */
#include "read/received.h"

#include "event/event.h"
#include "host/host.h"
#include "read/maildate.h"

#define ITEMS_MAX     64
#define HOST_LOOPBACK 0x7f000001

enum item_kind {
	ITEM_WORD,
	ITEM_LITERAL, /* "[192.0.2.7]", a word of its own */
	ITEM_COMMENT, /* without its parentheses */
	ITEM_ANGLE,   /* without its brackets */
};

struct item {
	enum item_kind kind;
	struct bytes text;
};

struct line {
	struct item items[ITEMS_MAX];
	size_t n;
	struct bytes date; /* behind the first semicolon */
	bool has_date;
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool received_is_private(uint64_t host)
{
	uint64_t top = host >> 56;

	if (!host_is_ipv4(host))
		return (top & 0xfe) == 0xfc || host >> 54 == 0xfe80 >> 6;
	return host_is_loopback(host) || host >> 24 == 10 || host >> 24 == 0 ||
	       host >> 20 == (172 << 4 | 1) || host >> 16 == (192 << 8 | 168) ||
	       host >> 16 == (169 << 8 | 254);
}

/* ------------------------------------------------------------------ items */

/* Past the parenthesis that closes the one at `at`; 0 if none does */
static size_t comment_end(struct bytes b, size_t at)
{
	size_t depth = 0;

	for (; at < b.len; at++) {
		depth += b.ptr[at] == '(';
		depth -= b.ptr[at] == ')';
		if (depth == 0)
			return at + 1;
	}
	return 0;
}

/* Past the > of the < at `at`; 0 if there is none, or another < before it */
static size_t angle_end(struct bytes b, size_t at)
{
	for (at++; at < b.len && b.ptr[at] != '<'; at++)
		if (b.ptr[at] == '>')
			return at + 1;
	return 0;
}

static size_t word_end(struct bytes b, size_t at)
{
	while (at < b.len && !is_blank(b.ptr[at]) && b.ptr[at] != '(' &&
	       b.ptr[at] != ')' && b.ptr[at] != '<' && b.ptr[at] != ';')
		at++;
	return at;
}

static bool add_item(struct line *l, enum item_kind kind, struct bytes text)
{
	if (l->n == ITEMS_MAX)
		return false;
	if (kind == ITEM_WORD && text.len > 2 && text.ptr[0] == '[' &&
	    text.ptr[text.len - 1] == ']')
		kind = ITEM_LITERAL;
	l->items[l->n++] = (struct item){ kind, text };
	return true;
}

/* One item at `at`; returns where it ends, 0 if it is of no form */
static size_t take_item(struct line *l, struct bytes b, size_t at)
{
	enum item_kind kind = b.ptr[at] == '('	 ? ITEM_COMMENT
			      : b.ptr[at] == '<' ? ITEM_ANGLE
						 : ITEM_WORD;
	size_t end = kind == ITEM_COMMENT ? comment_end(b, at)
		     : kind == ITEM_ANGLE ? angle_end(b, at)
					  : word_end(b, at);
	size_t edge = kind != ITEM_WORD;

	if (end <= at + edge ||
	    !add_item(l, kind,
		      bytes_of(b.ptr + at + edge, end - at - 2 * edge)))
		return 0;
	return end;
}

static bool split(struct bytes b, struct line *l)
{
	size_t at = 0;

	l->n = 0;
	l->has_date = false;
	while (at < b.len) {
		if (is_blank(b.ptr[at])) {
			at++;
		} else if (b.ptr[at] == ';') {
			l->has_date = true;
			l->date = bytes_from(b, at + 1);
			return true;
		} else {
			at = take_item(l, b, at);
			if (at == 0)
				return false;
		}
	}
	return true;
}

static bool is_word(const struct item *i, const char *word)
{
	return i->kind == ITEM_WORD &&
	       bytes_equal_nocase(i->text, bytes_of_text(word));
}

/* ---------------------------------------------------------------- comments */

enum comment_kind {
	COMMENT_OTHER,
	COMMENT_HELO,	   /* (HELO x), (EHLO x) */
	COMMENT_HELO_EXIM, /* (helo=x), (port=1 helo=x), (account a HELO x) */
	COMMENT_HOST,	   /* an address, at the place for it */
	COMMENT_DOUBT,	   /* an address, but not there, or several */
};

/* "192.0.2.7", "IPv6:2001:db8::1", "fe80::1%eth0", with a port or without */
static bool parse_address(struct bytes text, uint64_t *host)
{
	struct bytes port = text, address;

	if (bytes_starts_nocase(text, "IPv6:"))
		text = bytes_trim(bytes_from(text, strlen("IPv6:")));
	if (bytes_is(text, "local")) { /* OpenSMTPD's socket */
		*host = HOST_LOOPBACK;
		return true;
	}
	text.len = bytes_find_char(text, '%');
	if (host_parse(text, host) == 0)
		return true;
	address = bytes_cut(&port, ':');
	return bytes_find_char(port, ':') == port.len &&
	       bytes_find_char(address, '.') < address.len &&
	       host_parse(address, host) == 0;
}

/* The next blank-separated word; false at the end */
static bool next_word(struct bytes *rest, struct bytes *word)
{
	size_t n = 0;

	*rest = bytes_trim(*rest);
	while (n < rest->len && !is_blank(rest->ptr[n]))
		n++;
	*word = bytes_of(rest->ptr, n);
	*rest = bytes_from(*rest, n);
	return n > 0;
}

/* What servers write behind the literal: a port, what Exim knows, remarks */
static bool is_remark(struct bytes word, bool alone)
{
	static const char *const remarks[] = { "verified", "RDNS", "failed",
					       "may",	   "be",   "forged" };

	if (word.ptr[0] == ':')
		return bytes_find_char(word, '.') == word.len;
	if (alone &&
	    (bytes_starts(word, "helo=") || bytes_starts(word, "ident=") ||
	     bytes_starts(word, "port=")))
		return true;
	for (size_t i = 0; i < sizeof(remarks) / sizeof(*remarks); i++)
		if (bytes_equal_nocase(word, bytes_of_text(remarks[i])))
			return true;
	return false;
}

/* "(may be forged)" inside a comment; only at its end, and without addresses */
static bool cut_nested(struct bytes *inner)
{
	size_t at = bytes_find_char(*inner, '(');
	struct bytes nested = bytes_from(*inner, at);

	inner->len = at;
	return bytes_find_char(nested, '[') == nested.len;
}

/*
 * One "[…]" at the place of an address: behind a name or alone, and nothing
 * behind it that a sender could have written, but for the helo= of Exim.
 */
static enum comment_kind judge_literal(struct bytes inner, size_t open,
				       uint64_t *host)
{
	struct bytes rest = bytes_from(inner, open + 1), word;
	size_t close = bytes_find_char(rest, ']');
	bool alone = bytes_trim(bytes_of(inner.ptr, open)).len == 0;

	if (close == rest.len ||
	    !parse_address(bytes_of(rest.ptr, close), host))
		return COMMENT_DOUBT;
	rest = bytes_from(rest, close + 1);
	while (next_word(&rest, &word))
		if (!is_remark(word, alone))
			return COMMENT_DOUBT;
	return COMMENT_HOST;
}

/* Opening brackets but for those of helo=[…] and ident=[…] */
static size_t count_literals(struct bytes inner, size_t *first)
{
	size_t n = 0;

	for (size_t i = 0; i < inner.len; i++) {
		struct bytes before = bytes_of(inner.ptr, i);

		if (inner.ptr[i] != '[' || bytes_ends(before, "helo=") ||
		    bytes_ends(before, "ident="))
			continue;
		if (n++ == 0)
			*first = i;
	}
	return n;
}

/* qmail, Exchange: "(192.0.2.7)", "(user@192.0.2.7)", "(… with login)" */
static enum comment_kind judge_bare(struct bytes inner, uint64_t *host)
{
	struct bytes word, rest = inner, address;

	if (!next_word(&rest, &word))
		return COMMENT_OTHER;
	address = word;
	for (size_t i = word.len; i > 0; i--)
		if (word.ptr[i - 1] == '@') {
			address = bytes_from(word, i);
			break;
		}
	if (!parse_address(address, host))
		return COMMENT_OTHER;
	rest = bytes_trim(rest);
	if (rest.len > 0 && !bytes_is(rest, "with login"))
		return COMMENT_DOUBT;
	return COMMENT_HOST;
}

static bool first_word_is(struct bytes text, const char *word)
{
	size_t n = strlen(word);

	return bytes_starts_nocase(text, word) &&
	       (text.len == n || is_blank(text.ptr[n]));
}

static enum comment_kind judge_comment(struct bytes inner, uint64_t *host)
{
	size_t n, first = 0;
	bool is_exim;

	inner = bytes_trim(inner);
	if (first_word_is(inner, "HELO") || first_word_is(inner, "EHLO"))
		return COMMENT_HELO;
	if (!cut_nested(&inner))
		return COMMENT_DOUBT;
	n = count_literals(inner, &first);
	is_exim = bytes_starts(inner, "helo=") ||
		  bytes_starts(inner, "port=") ||
		  first_word_is(inner, "account");
	if (n > 1 || (n == 1 && is_exim))
		return COMMENT_DOUBT;
	if (is_exim)
		return COMMENT_HELO_EXIM;
	return n == 1 ? judge_literal(inner, first, host)
		      : judge_bare(inner, host);
}

/* --------------------------------------------------------- from … by, judged
 */

struct from {
	const struct item *items;
	size_t n;
	bool is_exim; /* so does `by` say */

	size_t n_hosts; /* comments that hold an address */
	size_t n_helos;
	size_t n_exim;
	size_t n_before; /* other comments before the address */
	uint64_t host;
};

/* false: in doubt */
static bool read_comments(struct from *f)
{
	for (size_t i = 0; i < f->n; i++) {
		uint64_t host = 0;

		if (f->items[i].kind != ITEM_COMMENT)
			continue;
		switch (judge_comment(f->items[i].text, &host)) {
		case COMMENT_DOUBT:
			return false;
		case COMMENT_HOST:
			f->host = host;
			f->n_hosts++;
			break;
		case COMMENT_HELO:
			if (f->n_hosts > 0)
				return false;
			f->n_helos++;
			break;
		case COMMENT_HELO_EXIM:
			f->n_exim++;
			break;
		case COMMENT_OTHER:
			f->n_before += f->n_hosts == 0;
		}
	}
	return f->n_hosts <= 1 && f->n_helos <= 1;
}

static bool has_literal_behind(const struct from *f)
{
	for (size_t i = 1; i < f->n; i++)
		if (f->items[i].kind == ITEM_LITERAL)
			return true;
	return false;
}

static bool literal_host(const struct item *i, uint64_t *host)
{
	return parse_address(bytes_of(i->text.ptr + 1, i->text.len - 2), host);
}

/*
 * Whose address? A comment's, if just one has one. A literal as the first word
 * is a HELO wherever a comment follows that has the address; it is the host
 * only with the servers that then write the HELO behind it.
 */
static enum received_kind judge_from(struct from *f)
{
	bool literal = f->n > 0 && f->items[0].kind == ITEM_LITERAL;

	if (!read_comments(f))
		return RECEIVED_MANGLED;
	if (f->n_hosts == 1)
		return f->n_exim > 0 || f->n_before > 0 ||
				       has_literal_behind(f) ||
				       (literal && f->n_helos > 0)
			       ? RECEIVED_MANGLED
			       : RECEIVED_HOST;
	if (has_literal_behind(f))
		return RECEIVED_NO_ADDRESS;
	if (literal && f->n_before == 0 &&
	    (f->n_exim + f->n_helos == 1 || (f->n == 1 && f->is_exim)))
		return literal_host(&f->items[0], &f->host) ? RECEIVED_HOST
							    : RECEIVED_MANGLED;
	return RECEIVED_NO_ADDRESS;
}

/* ------------------------------------------------------------- the sentence */

/* The item behind the first such word from `at` on, or NULL */
static const struct item *behind(const struct line *l, size_t at,
				 const char *word)
{
	for (; at + 1 < l->n; at++)
		if (is_word(&l->items[at], word))
			return &l->items[at + 1];
	return NULL;
}

static size_t find_word(const struct line *l, size_t at, const char *word)
{
	while (at < l->n && !is_word(&l->items[at], word))
		at++;
	return at;
}

static bool has_comment(const struct line *l, size_t at, size_t end,
			const char *prefix)
{
	for (; at < end; at++)
		if (l->items[at].kind == ITEM_COMMENT &&
		    bytes_starts_nocase(l->items[at].text, prefix))
			return true;
	return false;
}

/*
 * How far behind `by` the server speaks of itself: its name, its protocol, its
 * software. Then come the envelope's addresses, which are the sender's.
 */
static size_t own_end(const struct line *l, size_t by)
{
	size_t at = by;

	while (at < l->n && l->items[at].kind != ITEM_ANGLE &&
	       bytes_find_char(l->items[at].text, '<') ==
		       l->items[at].text.len &&
	       !is_word(&l->items[at], "for"))
		at++;
	return at;
}

/*
 * Steps that are no connection from outside, by what the server says behind
 * `by`: delivery on the spot, filters, mailboxes fetched with IMAP or POP.
 */
static bool is_local_step(const struct line *l, size_t by)
{
	static const char *const with[] = { "local",	    "imap",
					    "pop",	    "qmail-scanner",
					    "spamassassin", "lmtp" };
	size_t end = own_end(l, by), at = find_word(l, by, "with") + 1;

	if (has_comment(l, by, end, "fetchmail"))
		return true;
	if (at >= end || l->items[at].kind != ITEM_WORD)
		return false;
	for (size_t i = 0; i < sizeof(with) / sizeof(*with); i++)
		if (bytes_starts_nocase(l->items[at].text, with[i]))
			return true;
	return false;
}

/* "from 203.0.113.9 by HOST (envelope-from <x>, uid 0) with qmail-scanner" */
static bool is_scanner(const struct line *l, size_t by)
{
	const struct item *protocol = behind(l, by, "with");

	return by == 2 && protocol != NULL && protocol->kind == ITEM_WORD &&
	       bytes_starts_nocase(protocol->text, "qmail-scanner");
}

/* qmail-scanner: "from SENDER by HOST by uid 1005 with qmail-scanner-1.10" */
static bool is_by_uid(const struct line *l)
{
	return l->n > 5 && l->items[1].kind == ITEM_WORD &&
	       is_word(&l->items[2], "by") && is_word(&l->items[4], "by") &&
	       is_word(&l->items[5], "uid") && find_word(l, 5, "by") == l->n;
}

static enum received_kind judge_line(const struct line *l, struct received *out)
{
	size_t by = find_word(l, 0, "by");
	struct from f = { .items = l->items + 1 };
	enum received_kind kind;

	if (l->n == 0)
		return RECEIVED_MANGLED;
	if (!is_word(&l->items[0], "from"))
		return find_word(l, 0, "from") < l->n ? RECEIVED_NO_ADDRESS
						      : RECEIVED_LOCAL;
	if (is_by_uid(l))
		return RECEIVED_LOCAL;
	if (by == l->n || find_word(l, by + 1, "by") < l->n ||
	    find_word(l, 1, "from") < by)
		return RECEIVED_MANGLED;
	if (is_local_step(l, by))
		return RECEIVED_LOCAL;
	f.n = by - 1;
	f.is_exim = has_comment(l, by, own_end(l, by), "Exim");
	kind = judge_from(&f);
	out->host = f.host;
	if (kind == RECEIVED_NO_ADDRESS && is_scanner(l, by))
		return RECEIVED_LOCAL;
	return kind;
}

/* Behind the semicolon there is a date, or at least no other sentence. */
static bool read_date(const struct line *l, struct received *out)
{
	struct line rest;
	bool has_zone;

	if (!l->has_date)
		return true;
	if (!split(l->date, &rest))
		return false;
	if (rest.has_date || find_word(&rest, 0, "by") < rest.n ||
	    find_word(&rest, 0, "from") < rest.n)
		return false;
	out->has_time =
		maildate_parse(l->date, &out->time, &has_zone) == 0 && has_zone;
	return true;
}

void received_parse(struct bytes value, struct received *out)
{
	struct line l;
	const struct item *recipient;

	*out = (struct received){ .kind = RECEIVED_MANGLED };
	if (!split(value, &l) || !read_date(&l, out))
		return;
	out->kind = judge_line(&l, out);
	recipient = behind(&l, find_word(&l, 0, "by"), "for");
	if (recipient != NULL &&
	    (recipient->kind == ITEM_WORD || recipient->kind == ITEM_ANGLE))
		out->recipient = recipient->text;
}
