/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_screen.c - who is let near smtpd at all: postscreen and dnsblog
 *
 *	CONNECT from [ADDR]:PORT to [ADDR]:25
 *	addr ADDR listed by domain LIST as 127.0.0.2	(dnsblog)
 *	DNSBL rank 3 for [ADDR]:PORT
 *	NOQUEUE: reject: RCPT from [ADDR]:PORT: 550 5.7.1 …; from=<…>, to=<…>, …
 *	PASS OLD [ADDR]:PORT, or DISCONNECT [ADDR]:PORT
 *
 * A failed test refuses nothing by itself: a host that then offers mail gets a
 * reject line, and one that offers none has sent no mail. So a connection that
 * postscreen drops at once (its action "drop") is evidence by dnsblog alone.
 */
#include "read/postfix.h"

/* --------------------------------------------------------------- postscreen */

/* "[ADDR]:PORT" at the front; the key of its session */
static bool screen_peer(struct mail_line *l, struct bytes *text,
			struct mail_peer *peer, uint64_t *key)
{
	struct bytes start = *text;
	size_t n;

	if (!bytes_starts(*text, "[") || !mail_take_peer(text, peer))
		return false;
	n = start.len - text->len;
	*key = mail_session_key(l, bytes_of(start.ptr, n));
	return peer->has_host;
}

static enum read_verdict screen_connect(struct mail_line *l, struct bytes text)
{
	struct mail_peer peer;
	uint64_t key;

	if (!screen_peer(l, &text, &peer, &key))
		return READ_UNKNOWN;
	mail_host_connects(&l->at, peer.host, true);
	return read_ignore(l->unit, "postscreen: connect",
			   "what came of it has its own line");
}

/* "550 5.7.1 …; from=<…>, to=<…>, …", or "too many connections" */
static enum read_verdict screen_reject(struct mail_line *l, struct bytes text)
{
	struct bytes reason, to;
	struct mail_session *s;
	struct mail_reason r;
	struct mail_peer peer;
	uint64_t key;

	bytes_cut(&text, ' '); /* the stage */
	if (!bytes_skip(&text, "from ") ||
	    !screen_peer(l, &text, &peer, &key) || !bytes_skip(&text, ": "))
		return READ_UNKNOWN;
	mail_take_envelope(text, &reason, &to);
	mail_refusal_reason(reason, peer.host, &r);
	s = mail_session_find(&l->at, key);
	if (s == NULL)
		s = mail_session_begin(&l->at, key, peer);
	mail_refuse(&l->at, s, peer.host, &r, to);
	return READ_USED;
}

static enum read_verdict screen_gone(struct mail_line *l, struct bytes text)
{
	struct mail_session *s;
	struct mail_peer peer;
	uint64_t key;

	if (!screen_peer(l, &text, &peer, &key))
		return READ_UNKNOWN;
	s = mail_session_find(&l->at, key);
	if (s != NULL)
		mail_session_end(&l->at, s);
	return read_ignore(l->unit, "postscreen: disconnect",
			   "what came of it has its own line");
}

static enum read_verdict screen_passed(struct mail_line *l, struct bytes text)
{
	struct mail_peer peer;
	uint64_t key;
	struct mail_session *s;

	if (!screen_peer(l, &text, &peer, &key))
		return READ_UNKNOWN;
	mail_host_passes(&l->at, peer.host);
	s = mail_session_find(&l->at, key);
	if (s != NULL)
		mail_session_end(&l->at, s);
	return read_ignore(l->unit, "postscreen: passed",
			   "what smtpd makes of it has its own line");
}

enum read_verdict mail_postscreen_line(struct mail_line *l)
{
	struct bytes t = l->text;

	if (bytes_skip(&t, "CONNECT from "))
		return screen_connect(l, t);
	if (bytes_skip(&t, "DISCONNECT "))
		return screen_gone(l, t);
	if (bytes_skip(&t, "PASS OLD ") || bytes_skip(&t, "PASS NEW ") ||
	    bytes_skip(&t, "WHITELISTED ") || bytes_skip(&t, "ALLOWLISTED "))
		return screen_passed(l, t);
	if (bytes_skip(&t, "NOQUEUE: reject: "))
		return screen_reject(l, t);
	return mail_known(l, l->text);
}

/* ----------------------------------------------------------------- dnsblog */

/* Lists of good hosts are asked in the same way. */
static bool is_allowlist(struct bytes list, struct bytes answer)
{
	static const char *const parts[] = { "dnswl", "whitelist", "allowlist",
					     "swl.",  "wl.",	   "white." };

	for (size_t i = 0; i < 3; i++)
		if (bytes_find_text(list, parts[i]) < list.len)
			return true;
	for (size_t i = 3; i < sizeof(parts) / sizeof(*parts); i++)
		if (bytes_starts(list, parts[i]))
			return true;
	if (bytes_starts(list, "hostkarma."))
		return bytes_is(answer, "127.0.0.1") ||
		       bytes_is(answer, "127.0.0.3") ||
		       bytes_is(answer, "127.0.0.5");
	return false;
}

/* "addr ADDR listed by domain LIST as 127.0.0.2" */
enum read_verdict mail_dnsblog_line(struct mail_line *l)
{
	struct bytes t = l->text, list;
	uint64_t host;

	if (!bytes_skip(&t, "addr "))
		return mail_known(l, l->text);
	if (!mail_parse_address(bytes_cut(&t, ' '), &host) ||
	    !bytes_skip(&t, "listed by domain "))
		return READ_UNKNOWN;
	list = bytes_cut(&t, ' ');
	if (list.len == 0 || !bytes_skip(&t, "as "))
		return READ_UNKNOWN;
	if (bytes_starts(t, "127.255.255."))
		return read_ignore(l->unit, "dnsblog: refused answer",
				   "the list refused to answer us");
	if (is_allowlist(list, t))
		return read_ignore(l->unit, "dnsblog: list of good hosts",
				   "no evidence against the host");
	mail_listed(&l->at, host, mail_list_name(list));
	return READ_USED;
}
