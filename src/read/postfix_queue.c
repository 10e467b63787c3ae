/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_queue.c - what becomes of a message: queue, filters, deliveries
 *
 *	QUEUEID: from=<…>, size=…, nrcpt=1 (queue active)
 *	QUEUEID: to=<…>, orig_to=<…>, relay=NAME[ADDR]:PORT, …, status=sent (…)
 *	QUEUEID: removed
 *
 * What another server replies is its own affair: only a reply from loopback,
 * where our content filter listens, says a verdict, or which queue id the
 * message came back under.
 */
#include "read/postfix.h"

#include "host/host.h"
#include "read/amavis.h"

static enum read_verdict stranger(struct mail_line *l)
{
	return read_ignore(l->unit, "message without client",
			   "submitted on the server itself, or before this log "
			   "begins");
}

/* -------------------------------------------------------------------- qmgr */

enum read_verdict mail_qmgr_line(struct mail_line *l)
{
	struct bytes text = l->text, id = mail_take_queue_id(&text);
	struct mail_message *m;

	if (id.len == 0)
		return mail_known(l, l->text);
	if (!bytes_is(text, "removed") && !bytes_starts(text, "from="))
		return mail_known_id(l, text);
	m = mail_find(l->at.join, mail_key(l->at.scope, id));
	if (m == NULL)
		return stranger(l);
	m->accepted = true;
	if (bytes_is(text, "removed"))
		mail_close(&l->at, m);
	return READ_USED;
}

/* ---------------------------------------------------------------- delivery */

struct delivery {
	struct bytes to, original;
	uint64_t relay;
	bool from_filter; /* relay is on this machine */
	bool from_inside; /* or of a network that is nobody's in public */
	struct bytes status;
	struct bytes reply;
};

/* "<a@b>", or "a@b" as some have it */
static bool take_recipient(struct bytes *text, struct bytes *address)
{
	size_t n;

	if (mail_take_address(text, address))
		return true;
	n = bytes_find_char(*text, ',');
	if (n == text->len)
		return false;
	*address = bytes_of(text->ptr, n);
	*text = bytes_from(*text, n);
	return true;
}

static void skip_blanks(struct bytes *text)
{
	while (bytes_skip(text, ",") || bytes_skip(text, " "))
		;
}

/* RFC 1918, RFC 6598 and RFC 4193 */
static bool is_private(uint64_t host)
{
	if (!host_is_ipv4(host))
		return host >> 57 == 0xfc >> 1;
	return host >> 24 == 10 || host >> 20 == 0xac1 ||
	       host >> 16 == 0xc0a8 || host >> 22 == 0x191;
}

static bool parse_delivery(struct bytes text, struct delivery *d)
{
	struct mail_peer relay = { 0 };
	size_t at;

	*d = (struct delivery){ 0 };
	if (!bytes_skip(&text, "to=") || !take_recipient(&text, &d->to))
		return false;
	skip_blanks(&text);
	if (bytes_skip(&text, "orig_to=")) {
		if (!take_recipient(&text, &d->original))
			return false;
		skip_blanks(&text);
	}
	if (!bytes_skip(&text, "relay="))
		return false;
	mail_take_peer(&text, &relay);
	d->relay = relay.host;
	d->from_filter = relay.has_host && host_is_loopback(relay.host);
	d->from_inside = relay.has_host && is_private(relay.host);
	at = bytes_find_text(text, "status=");
	if (at == text.len)
		return false;
	text = bytes_from(text, at + 7);
	d->status = bytes_cut(&text, ' ');
	d->reply = text;
	return true;
}

/* The queue id in "… queued as 4PbC4z6W5Qz3tG3)", the last of the reply */
static struct bytes queued_as(struct bytes reply)
{
	struct bytes id = bytes_of(NULL, 0);

	for (;;) {
		size_t at = bytes_find_text(reply, "queued as "), n;

		if (at == reply.len)
			return id;
		reply = bytes_from(reply, at + 10);
		for (n = 0; n < reply.len && reply.ptr[n] != ')' &&
			    reply.ptr[n] != ' ' && reply.ptr[n] != ';';
		     n++)
			;
		if (mail_is_queue_id(bytes_of(reply.ptr, n)))
			id = bytes_of(reply.ptr, n);
	}
}

/* amavis knows no queue id in old versions; its own id is in its reply. */
static uint64_t filter_key(const struct mail_line *l, struct bytes id)
{
	return mail_key(hash_mix(l->at.log_host + 1), id);
}

static void judge_amavis(struct mail_line *l, struct mail_message *m,
			 bool blocked, struct bytes category,
			 struct bytes names, struct bytes to)
{
	const struct read_options *o = read_job_options(l->unit->job);
	struct amavis_verdict v;

	amavis_verdict(o->malware, blocked, category, names, &v);
	m->accepted = true;
	mail_judge(l->at.join, m, v.kind,
		   bytes_of(v.name.label, v.name.label_len), to);
}

/*
 * A filter's "said: 554 …" at the end of DATA, in other words than amavis', or
 * before it that the message is too big for the system (RFC 3463, X.3.4).
 */
static void judge_reply(struct mail_line *l, struct mail_message *m,
			const struct delivery *d)
{
	struct mail_reason r;
	struct malware name;
	size_t said = bytes_find_text(d->reply, " said: ");
	struct bytes text = d->reply;

	if (said == text.len)
		return;
	text = bytes_from(text, said + 7);
	if (bytes_starts(text, "552 5.3.4 "))
		mail_judge(l->at.join, m, KIND_POLICY, bytes_of_text("size"),
			   d->to);
	if (bytes_find_text(text, "(in reply to end of DATA") == text.len)
		return;
	text.len = bytes_find_char(text, '<');
	mail_filter_reason(text, &r);
	if (r.kind != KIND_VIRUS && r.kind != KIND_SPAM)
		return;
	mail_name_virus(l, &r, &name);
	mail_judge_reason(l, m, &r, d->to);
}

/* What amavis wrote of this message, by its id or by the queue id behind it */
static struct mail_message *find_pending(struct mail_line *l, struct bytes id,
					 const struct mail_message *copy)
{
	struct mail_message *pending = NULL;

	if (id.len > 0)
		pending = mail_find(l->at.join, filter_key(l, id));
	if (pending == NULL && copy != NULL && copy->filter != 0)
		pending = mail_find(l->at.join, copy->filter);
	return pending;
}

/* amavis' own line says more than its reply, so it is asked first. */
static void filter_replied(struct mail_line *l, struct mail_message *m,
			   const struct delivery *d)
{
	struct bytes id, category, names, next = queued_as(d->reply);
	bool judged = amavis_reply(d->reply, &id, &category, &names);
	struct mail_message *pending, *copy = NULL;

	if (next.len > 0)
		copy = mail_find_any(&l->at, next, false);
	pending = find_pending(l, id, copy);
	if (pending != NULL && pending != m)
		mail_merge(l->at.join, m, pending);
	if (!m->filtered && judged)
		judge_amavis(l, m, true, category, names, d->to);
	else if (!m->filtered && !bytes_is(d->status, "sent"))
		judge_reply(l, m, d);
	if (copy != NULL && copy != m)
		mail_link(l->at.join, copy, m);
}

/* A filter on another machine inside, which hands the message back to us */
static void came_back(struct mail_line *l, struct mail_message *m,
		      const struct delivery *d)
{
	struct bytes next = queued_as(d->reply);
	struct mail_message *copy = NULL;

	if (next.len > 0)
		copy = mail_find_any(&l->at, next, false);
	if (copy != NULL && copy != m && copy->has_host &&
	    copy->host == d->relay)
		mail_link(l->at.join, copy, m);
}

enum read_verdict mail_delivery_line(struct mail_line *l)
{
	struct bytes text = l->text, id = mail_take_queue_id(&text);
	struct mail_message *m;
	struct delivery d;

	if (id.len == 0)
		return mail_known(l, l->text);
	if (!parse_delivery(text, &d))
		return mail_known_id(l, text);
	m = mail_find(l->at.join, mail_key(l->at.scope, id));
	if (m == NULL)
		return stranger(l);
	m->accepted = true;
	if (m->same_as != 0)
		return READ_USED; /* the first id has named the recipient */
	mail_add_recipient(l->at.join, m, d.to, d.original);
	if (d.from_filter)
		filter_replied(l, m, &d);
	else if (d.from_inside)
		came_back(l, m, &d);
	return READ_USED;
}

/* ------------------------------------------------------------------ amavis */

static void judge_recipient(struct mail_line *l, struct mail_message *m,
			    const struct amavis_line *a, bool by_address,
			    struct bytes to)
{
	if (by_address)
		mail_judge(l->at.join, m, KIND_POLICY,
			   bytes_of_text("reputation"), to);
	else
		judge_amavis(l, m, a->blocked, a->category, a->names, to);
}

static void judge_recipients(struct mail_line *l, struct mail_message *m,
			     const struct amavis_line *a)
{
	bool by_address = amavis_rests_on_address(a), any = false;
	struct bytes rest = a->recipients, to;

	m->accepted = true;
	m->filtered = true;
	if (by_address)
		read_count_moved(l->unit->job, &read_postfix);
	while (amavis_take_recipient(&rest, &to)) {
		judge_recipient(l, m, a, by_address, to);
		any = true;
	}
	if (!any)
		judge_recipient(l, m, a, by_address, bytes_of(NULL, 0));
}

/* A verdict whose message we do not see stands for itself, after a while. */
static struct mail_message *open_by_filter(struct mail_line *l, uint64_t key,
					   const struct amavis_line *a)
{
	struct mail_message *m = mail_find(l->at.join, key);

	if (m != NULL && (!a->has_host || m->host == a->host))
		return m;
	m = mail_open(&l->at, key);
	m->host = a->host;
	m->has_host = a->has_host && !host_is_loopback(a->host);
	m->by_filter = true;
	mail_close(&l->at, m);
	return m;
}

static struct mail_message *find_copy(const struct mail_line *l,
				      const struct amavis_line *a)
{
	return a->queued_as.len > 0 ? mail_find_any(&l->at, a->queued_as, false)
				    : NULL;
}

/* The message that the line is about; a new one where none is known */
static struct mail_message *find_judged(struct mail_line *l,
					const struct amavis_line *a)
{
	struct mail_message *m = NULL, *copy = find_copy(l, a);

	if (a->queue_id.len > 0) {
		m = mail_find_any(&l->at, a->queue_id, false);
		if (m != NULL)
			return m;
		return open_by_filter(l, mail_key(l->at.log_host, a->queue_id),
				      a);
	}
	/* In the talk itself there is but the one queue id behind the filter.
	 */
	if (copy != NULL && copy->has_host && a->has_host &&
	    copy->host == a->host)
		return copy;
	if (a->id.len == 0) /* never seen, and then each stands alone */
		return open_by_filter(
			l, mail_key(hash_mix(l->unit->line), l->text), a);
	return open_by_filter(l, filter_key(l, a->id), a);
}

static void amavis_judged(struct mail_line *l, const struct amavis_line *a)
{
	struct mail_message *m = mail_resolve(l->at.join, find_judged(l, a));
	struct mail_message *copy = find_copy(l, a);

	judge_recipients(l, m, a);
	if (copy == NULL || copy == m || copy->has_host)
		return;
	if (m->by_filter)
		copy->filter = mail_message_key(l->at.join, m);
	else
		mail_link(l->at.join, copy, m);
}

enum read_verdict mail_amavis_line(struct mail_line *l)
{
	struct amavis_line a;

	amavis_parse(l->text, &a);
	if (a.form != AMAVIS_VERDICT)
		return mail_known(l, a.text);
	amavis_judged(l, &a);
	return READ_USED;
}

/* ------------------------------------------------------------------- others */

enum read_verdict mail_other_line(struct mail_line *l)
{
	struct bytes text = l->text, id = mail_take_queue_id(&text);

	return id.len > 0 ? mail_known_id(l, text) : mail_known(l, text);
}
