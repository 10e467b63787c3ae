/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_smtpd.c - who comes in, and who is turned away
 *
 *	connect from NAME[ADDR]
 *	QUEUEID: client=NAME[ADDR], sasl_method=…, sasl_username=…
 *	QUEUEID: client=localhost[127.0.0.1], orig_queue_id=…, orig_client=N[A]
 *	NOQUEUE: reject: RCPT from NAME[ADDR]: 554 5.7.1 …; from=<…> to=<…> …
 *	QUEUEID: milter-reject: END-OF-MESSAGE from NAME[ADDR]: 5.7.1 …
 *	disconnect from NAME[ADDR] ehlo=1 …
 *
 * A refusal of one recipient counts in its session; a refusal at DATA or later
 * is a verdict on the message. With a user's name behind client= nothing
 * further of that line is read: the rest is what the user chose.
 */
#include "read/postfix.h"

#include "host/host.h"

uint64_t mail_session_key(const struct mail_line *l, struct bytes what)
{
	uint64_t pid = l->pid;

	return mail_key(l->at.scope ^ hash_mix(pid + 1), what);
}

static uint64_t smtpd_key(const struct mail_line *l)
{
	return mail_session_key(l, bytes_of_text("smtpd"));
}

/* ---------------------------------------------------------------- sessions */

static enum read_verdict smtpd_connect(struct mail_line *l, struct bytes text)
{
	struct mail_peer peer;

	if (!mail_take_peer(&text, &peer))
		return READ_UNKNOWN;
	mail_session_begin(&l->at, smtpd_key(l), peer);
	if (peer.has_host)
		mail_host_connects(&l->at, peer.host, false);
	return read_ignore(l->unit, "smtpd: connect",
			   "the client= or reject line says it again");
}

static enum read_verdict smtpd_disconnect(struct mail_line *l)
{
	struct mail_session *s = mail_session_find(&l->at, smtpd_key(l));

	if (s != NULL)
		mail_session_end(&l->at, s);
	return read_ignore(l->unit, "smtpd: disconnect",
			   "how the talk went; what came of it has its own "
			   "line");
}

/* The session that this line belongs to; a new one where it began unseen */
static struct mail_session *session_of(struct mail_line *l, uint64_t key,
				       struct mail_peer peer)
{
	struct mail_session *s = mail_session_find(&l->at, key);

	if (s != NULL && s->has_host == peer.has_host &&
	    (!peer.has_host || s->host == peer.host))
		return s;
	return mail_session_begin(&l->at, key, peer);
}

/* ------------------------------------------------------------------ client */

/* ", orig_queue_id=ID, orig_client=NAME[ADDR]": what XFORWARD told us */
static void take_origin(struct bytes text, struct bytes *id,
			struct mail_peer *peer, bool *has_peer)
{
	*id = bytes_of(NULL, 0);
	*has_peer = false;
	if (bytes_skip(&text, ", orig_queue_id=")) {
		size_t n = bytes_find_char(text, ',');

		if (mail_is_queue_id(bytes_of(text.ptr, n)))
			*id = bytes_of(text.ptr, n);
		text = bytes_from(text, n);
	}
	if (bytes_skip(&text, ", orig_client=")) {
		*has_peer = mail_take_peer(&text, peer);
		if (!*has_peer) /* one that is not known by address */
			*peer = (struct mail_peer){ 0 };
		*has_peer = true;
	}
}

static enum read_verdict smtpd_client(struct mail_line *l, struct bytes id,
				      struct bytes text)
{
	struct mail_peer peer, origin = { 0 };
	struct mail_message *m, *first = NULL;
	struct bytes first_id;
	bool has_origin;

	if (!mail_take_peer(&text, &peer))
		return READ_UNKNOWN;
	take_origin(text, &first_id, &origin, &has_origin);
	m = mail_open(&l->at, mail_key(l->at.scope, id));
	if (first_id.len > 0) /* looked for last: opening may end the oldest */
		first = mail_find_any(&l->at, first_id, true);
	if (has_origin)
		peer = origin;
	m->host = peer.host;
	m->has_host = peer.has_host && !host_is_loopback(peer.host);
	m->submission = bytes_starts(text, ", sasl_method=") ||
			bytes_starts(text, ", sasl_username=");
	if (first != NULL && first != m)
		mail_link(l->at.join, m, first);
	return READ_USED;
}

/* ---------------------------------------------------------------- refusals */

void mail_name_virus(struct mail_line *l, struct mail_reason *r,
		     struct malware *name)
{
	const struct read_options *o = read_job_options(l->unit->job);

	if (r->kind != KIND_VIRUS)
		return;
	malware_name_normalise(o->malware, r->virus, name);
	r->kind = name->kind;
	r->label = bytes_of(name->label, name->label_len);
}

void mail_judge_reason(struct mail_line *l, struct mail_message *m,
		       const struct mail_reason *r, struct bytes to)
{
	if (r->by_address)
		read_count_moved(l->unit->job, &read_postfix);
	m->accepted = true;
	mail_judge(l->at.join, m, r->kind, r->label, to);
}

/* Behind which of these does a refusal hold for the whole message? */
static bool stage_is_message(struct bytes stage)
{
	return bytes_is(stage, "DATA") || bytes_is(stage, "BDAT") ||
	       bytes_is(stage, "END-OF-MESSAGE") || bytes_is(stage, ".");
}

/* "RCPT", "END-OF-MESSAGE": a word of smtpd's own and not of a header */
static bool is_stage(struct bytes word)
{
	for (size_t i = 0; i < word.len; i++)
		if (!(word.ptr[i] >= 'A' && word.ptr[i] <= 'Z') &&
		    word.ptr[i] != '-' && word.ptr[i] != '.')
			return false;
	return word.len > 0;
}

/* A message refused whole: no other line will end it. */
static void refuse_message(struct mail_line *l, struct bytes id,
			   struct mail_peer peer, const struct mail_reason *r,
			   struct bytes to)
{
	uint64_t key = mail_key(l->at.scope, id);
	struct mail_message *m = mail_find(l->at.join, key);

	if (m == NULL) {
		m = mail_open(&l->at, key);
		m->host = peer.host;
		m->has_host = peer.has_host && !host_is_loopback(peer.host);
	}
	m = mail_resolve(l->at.join, m);
	mail_judge_reason(l, m, r, bytes_of(NULL, 0));
	mail_add_recipient(l->at.join, m, to, bytes_of(NULL, 0));
	mail_close(&l->at, m);
}

/* "STAGE from NAME[ADDR]: REASON; from=<…> to=<…> …" */
static enum read_verdict refusal(struct mail_line *l, struct bytes id,
				 struct bytes text, bool is_milter)
{
	struct bytes stage = bytes_cut(&text, ' '), reason, to;
	struct mail_reason r;
	struct malware name;
	struct mail_session *s;
	struct mail_peer peer;

	while (bytes_skip(&text, " "))
		;
	if (!is_stage(stage) || !bytes_skip(&text, "from ") ||
	    !mail_take_peer(&text, &peer))
		return READ_UNKNOWN;
	bytes_skip(&text, ":");
	while (bytes_skip(&text, " "))
		;
	mail_take_envelope(text, &reason, &to);
	if (is_milter)
		mail_filter_reason(reason, &r);
	else
		mail_refusal_reason(reason, peer.host, &r);
	mail_name_virus(l, &r, &name);
	if (id.len > 0 && stage_is_message(stage)) {
		refuse_message(l, id, peer, &r, to);
		return READ_USED;
	}
	s = session_of(l, smtpd_key(l), peer);
	if (!peer.has_host)
		return read_ignore(l->unit, "smtpd: refusal of nobody",
				   "the client was gone before its address "
				   "was known");
	mail_refuse(&l->at, s, peer.host, &r, to);
	return READ_USED;
}

/*
 * "proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=… - INFECTED: Name; …":
 * a filter that sits in the talk itself; whose talk, the session knows.
 */
static enum read_verdict proxy_reject(struct mail_line *l, struct bytes text)
{
	struct mail_session *s = mail_session_find(&l->at, smtpd_key(l));
	struct bytes reason, to;
	struct mail_reason r;
	struct malware name;

	bytes_cut(&text, ' '); /* the stage */
	mail_take_envelope(text, &reason, &to);
	mail_filter_reason(reason, &r);
	mail_name_virus(l, &r, &name);
	if (s == NULL || !s->has_host)
		return read_ignore(l->unit, "smtpd: proxy-reject of nobody",
				   "whose talk it was, this log does not say");
	mail_refuse(&l->at, NULL, s->host, &r, to);
	return READ_USED;
}

/* "too many errors after RCPT (0 bytes) from NAME[ADDR]" */
static enum read_verdict too_many_errors(struct mail_line *l, struct bytes text)
{
	struct mail_reason r = { .kind = KIND_POLICY };
	struct mail_session *s;
	struct mail_peer peer;

	bytes_cut(&text, ' ');
	if (bytes_starts(text, "("))
		text = bytes_from(text, bytes_find_char(text, ')'));
	bytes_skip(&text, ") ");
	if (!bytes_skip(&text, "from ") || !mail_take_peer(&text, &peer))
		return READ_UNKNOWN;
	s = session_of(l, smtpd_key(l), peer);
	r.label = bytes_of_text("errors");
	if (peer.has_host && !s->refused)
		mail_refuse(&l->at, s, peer.host, &r, bytes_of(NULL, 0));
	return READ_USED;
}

/* "Connection rate limit exceeded: 20 from NAME[ADDR] for service smtp" */
static enum read_verdict rate_limit(struct mail_line *l, struct bytes text)
{
	static const char *const limits[] = {
		"Connection concurrency limit exceeded: ",
		"Connection rate limit exceeded: ",
		"Recipient address rate limit exceeded: ",
		"Message delivery request rate limit exceeded: ",
		"New TLS session rate limit exceeded: ",
		"AUTH command rate limit exceeded: ",
	};
	struct mail_reason r = { .kind = KIND_POLICY };
	struct mail_session *s;
	struct mail_peer peer;
	size_t i = 0;

	while (i < sizeof(limits) / sizeof(*limits) &&
	       !bytes_skip(&text, limits[i]))
		i++;
	if (i == sizeof(limits) / sizeof(*limits))
		return READ_UNKNOWN;
	bytes_cut(&text, ' ');
	if (!bytes_skip(&text, "from ") || !mail_take_peer(&text, &peer))
		return READ_UNKNOWN;
	if (!peer.has_host)
		return READ_UNKNOWN;
	s = session_of(l, smtpd_key(l), peer);
	r.label = bytes_of_text("rate");
	mail_refuse(&l->at, s, peer.host, &r, bytes_of(NULL, 0));
	return READ_USED;
}

/* "discard: RCPT from NAME[ADDR]: <…>: … triggers DISCARD action; from=…" */
static enum read_verdict discarded(struct mail_line *l, struct bytes text)
{
	struct bytes stage = bytes_cut(&text, ' '), reason, to;
	struct mail_reason r = { .kind = KIND_POLICY };
	struct mail_peer peer;

	while (bytes_skip(&text, " "))
		;
	if (!is_stage(stage) || !bytes_skip(&text, "from ") ||
	    !mail_take_peer(&text, &peer) || !peer.has_host)
		return READ_UNKNOWN;
	bytes_skip(&text, ":");
	mail_take_envelope(bytes_trim(text), &reason, &to);
	r.label = bytes_of_text("discard");
	mail_refuse(&l->at, session_of(l, smtpd_key(l), peer), peer.host, &r,
		    to);
	return READ_USED;
}

/* Verb and what it does, with a queue id (perhaps empty) before it */
static enum read_verdict smtpd_verb(struct mail_line *l, struct bytes id,
				    struct bytes text)
{
	struct bytes rest = text;

	if (bytes_skip(&rest, "client=") && id.len > 0)
		return smtpd_client(l, id, rest);
	if (bytes_skip(&rest, "reject:"))
		return refusal(l, id, bytes_trim(rest), false);
	if (bytes_skip(&rest, "milter-reject:") ||
	    bytes_skip(&rest, "milter-discard:"))
		return refusal(l, id, bytes_trim(rest), true);
	if (bytes_skip(&rest, "proxy-reject:"))
		return proxy_reject(l, bytes_trim(rest));
	if (bytes_skip(&rest, "discard:"))
		return discarded(l, bytes_trim(rest));
	return READ_UNKNOWN;
}

enum read_verdict mail_smtpd_line(struct mail_line *l)
{
	struct bytes text = l->text, rest = text, id;
	enum read_verdict v;

	if (bytes_skip(&rest, "connect from "))
		return smtpd_connect(l, rest);
	if (bytes_starts(text, "disconnect from "))
		return smtpd_disconnect(l);
	id = mail_take_queue_id(&text);
	if (id.len > 0 || bytes_skip(&text, "NOQUEUE: ")) {
		while (bytes_skip(&text, " "))
			;
		v = smtpd_verb(l, id, text);
		if (v != READ_UNKNOWN)
			return v;
		return mail_known_id(l, text);
	}
	v = smtpd_verb(l, id, text);
	if (v == READ_UNKNOWN && bytes_skip(&rest, "too many errors after "))
		v = too_many_errors(l, rest);
	if (v == READ_UNKNOWN && bytes_skip(&rest, "warning: "))
		v = rate_limit(l, rest);
	return v != READ_UNKNOWN ? v : mail_known(l, l->text);
}

/* ----------------------------------------------------------------- cleanup */

/* What the rule itself says, the last of the line: "… helo=<…>: text" */
static struct bytes rule_text(struct bytes text)
{
	struct bytes found = bytes_of(NULL, 0);
	size_t at;

	while ((at = bytes_find_text(text, " helo=<")) < text.len) {
		text = bytes_from(text, at + 7);
		found = text;
	}
	at = bytes_find_text(found, ">: ");
	return at < found.len ? bytes_from(found, at + 3) : bytes_of(NULL, 0);
}

static const char *check_label(struct bytes text, bool discard)
{
	if (discard)
		return "discard";
	return bytes_starts(text, "body") ? "body-check" : "header-check";
}

/*
 * "reject: header Subject: … from NAME[ADDR]; from=…": the header stands before
 * the host, and whoever wrote it can write a host into it. The queue id says
 * whose message it is.
 */
static enum read_verdict cleanup_refusal(struct mail_line *l, struct bytes id,
					 struct bytes text, bool discard)
{
	uint64_t key = mail_key(l->at.scope, id);
	struct mail_message *m = mail_find(l->at.join, key);
	struct mail_reason r;
	struct malware name;

	if (m == NULL)
		m = mail_open(&l->at, key);
	m = mail_resolve(l->at.join, m);
	mail_filter_reason(rule_text(text), &r);
	mail_name_virus(l, &r, &name);
	if (r.kind != KIND_VIRUS && r.kind != KIND_SPAM) {
		r = (struct mail_reason){ .kind = KIND_POLICY };
		r.label = bytes_of_text(check_label(text, discard));
	}
	mail_judge_reason(l, m, &r, bytes_of(NULL, 0));
	if (!discard)
		mail_close(&l->at, m);
	return READ_USED;
}

enum read_verdict mail_cleanup_line(struct mail_line *l)
{
	struct bytes text = l->text, rest, id = mail_take_queue_id(&text);

	if (id.len == 0)
		return mail_known(l, l->text);
	rest = text;
	if (bytes_skip(&rest, "milter-reject:") ||
	    bytes_skip(&rest, "milter-discard:"))
		return refusal(l, id, bytes_trim(rest), true);
	if (bytes_skip(&rest, "reject:"))
		return cleanup_refusal(l, id, bytes_trim(rest), false);
	if (bytes_skip(&rest, "discard:"))
		return cleanup_refusal(l, id, bytes_trim(rest), true);
	if (bytes_starts(text, "to="))
		return mail_delivery_line(l);
	return mail_known_id(l, text);
}
