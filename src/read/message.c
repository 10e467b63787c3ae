/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.c - a file that is one message: .eml, Maildir, MH
 *
 * The servers that a message went through put their Received lines one above
 * the other, so the topmost ones are ours. Downwards, each is believed because
 * the one above it is, until a host connects that is not ours: that is who
 * mailed us, and all below is hearsay.
 *
 *	Received: from localhost [127.0.0.1]		ours: a filter
 *	Received: by mx with local			ours: no connection
 *	Received: from relay [10.0.0.7]			ours: private
 *	Received: from who [192.0.2.7]	   <- the host, and the time
 *	Received: from …			never looked at
 */
#include "read/message.h"

#include <stdlib.h>

#include "read/maildate.h"
#include "read/received.h"

/* ------------------------------------------------------------------ fields */

/* The line at the front, without its end; steps over it */
static struct bytes cut_line(struct bytes *rest)
{
	struct bytes line = bytes_cut(rest, '\n');

	if (line.len > 0 && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

static bool is_fold(struct bytes rest)
{
	return rest.len > 0 && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t');
}

/* RFC 5322 2.2: printable ASCII but the colon; blanks before it are obsolete */
static struct bytes field_name(struct bytes line)
{
	struct bytes name = { line.ptr, bytes_find_char(line, ':') };

	if (name.len == line.len)
		return (struct bytes){ 0 };
	while (name.len > 0 && (name.ptr[name.len - 1] == ' ' ||
				name.ptr[name.len - 1] == '\t'))
		name.len--;
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] <= ' ' || name.ptr[i] == 0x7f)
			return (struct bytes){ 0 };
	return name;
}

bool message_next_field(struct bytes whole, struct bytes *rest,
			struct message_field *out)
{
	while (rest->len > 0) {
		const char *start = rest->ptr;
		struct bytes line = cut_line(rest);
		const char *end = line.ptr + line.len;

		if (line.len == 0) {
			*rest = bytes_from(*rest, rest->len);
			return false;
		}
		while (is_fold(*rest)) {
			struct bytes fold = cut_line(rest);

			end = fold.ptr + fold.len;
		}
		out->name = field_name(line);
		if (out->name.len == 0)
			continue;
		line = bytes_from(line, bytes_find_char(line, ':') + 1);
		out->value = bytes_trim(
			bytes_of(line.ptr, (size_t)(end - line.ptr)));
		out->at = (size_t)(start - whole.ptr);
		return true;
	}
	return false;
}

static bool is_field(const struct message_field *f, const char *name)
{
	return bytes_equal_nocase(f->name, bytes_of_text(name));
}

/* --------------------------------------------------------------------- hops */

struct hop {
	enum received_kind kind; /* LOCAL: all of them were */
	uint64_t host;
	int64_t time; /* of the hop, -1 where it has none */
	struct bytes recipient;
	size_t at; /* where the trusted fields end */
	struct bytes line;
};

static bool set_has(struct host_set *set, uint64_t host)
{
	return set != NULL && host_set_has(set, host);
}

static bool is_ours(const struct read_options *o, uint64_t host)
{
	return received_is_private(host) || set_has(o->trusted, host) ||
	       set_has(o->servers, host);
}

static struct hop find_hop(const struct read_options *o, struct bytes header)
{
	struct hop hop = { .kind = RECEIVED_LOCAL, .time = -1 };
	struct bytes rest = header;
	struct message_field f;
	struct received r;

	while (message_next_field(header, &rest, &f)) {
		if (!is_field(&f, "Received"))
			continue;
		received_parse(f.value, &r);
		if (r.kind == RECEIVED_LOCAL ||
		    (r.kind == RECEIVED_HOST && is_ours(o, r.host)))
			continue;
		return (struct hop){
			r.kind,	     r.host, r.has_time ? r.time : -1,
			r.recipient, f.at,   f.value
		};
	}
	return hop;
}

/* ------------------------------------------------------------------- client */

/* Letters, digits, dots and hyphens, with a dot in it; lower case into out */
static size_t copy_domain(struct bytes address, char out[NAME_MAX_BYTES])
{
	size_t at = address.len;
	struct bytes domain;

	while (at > 0 && address.ptr[at - 1] != '@')
		at--;
	domain = bytes_from(address, at);
	if (bytes_ends(domain, ">"))
		domain.len--;
	if (at == 0 || domain.len > NAME_MAX_BYTES ||
	    bytes_find_char(domain, '.') == domain.len)
		return 0;
	for (size_t i = 0; i < domain.len; i++) {
		char c = ascii_lower(domain.ptr[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '-' || c == '.'))
			return 0;
		out[i] = c;
	}
	return domain.len;
}

static uint32_t find_client(struct read_unit *u, struct bytes trusted,
			    struct bytes recipient)
{
	static const char *const names[] = { "Delivered-To", "X-Original-To",
					     "Envelope-To" };
	char domain[NAME_MAX_BYTES];
	struct message_field f;
	size_t len = 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct bytes rest = trusted;

		while (len == 0 && message_next_field(trusted, &rest, &f))
			if (is_field(&f, names[i]))
				len = copy_domain(f.value, domain);
	}
	if (len == 0)
		len = copy_domain(recipient, domain);
	return len ? read_job_client_of(u->job, bytes_of(domain, len)) : 0;
}

/* ------------------------------------------------------------------ message */

static void set_verdict(struct read_unit *u, const struct read_format *f,
			struct bytes trusted, struct event *e)
{
	const struct read_options *o = read_job_options(u->job);
	struct catalog *labels = read_job_labels(u->job);
	struct message_verdict v;

	if (o->kind >= 0) {
		e->kind = (uint8_t)o->kind;
		if (o->label != NULL)
			e->label = catalog_add(labels, bytes_of_text(o->label));
		return;
	}
	message_judge(o->malware, trusted, &v);
	e->kind = (uint8_t)v.kind;
	e->label = catalog_add(labels, bytes_of(v.label, v.label_len));
	if (v.is_moved)
		read_count_moved(u->job, f);
}

/* The hop's own clock, else what the mailbox or its file remembers */
static int64_t find_time(const struct hop *hop, const struct message *m)
{
	if (hop->time >= 0)
		return hop->time;
	for (size_t i = 0; i < 2; i++)
		if (m->other_times[i] >= 0 && m->other_times[i] <= TIME_MAX)
			return m->other_times[i];
	return -1;
}

static enum read_verdict emit(struct read_unit *u, const struct read_format *f,
			      const struct hop *hop, struct message *m)
{
	struct bytes trusted = { m->header.ptr, hop->at };
	int64_t time = find_time(hop, m);
	struct event e = { .host = hop->host };

	if (time < 0) {
		m->sample = hop->line;
		return READ_UNKNOWN;
	}
	e.time = (uint32_t)time;
	e.client = find_client(u, trusted, hop->recipient);
	set_verdict(u, f, trusted, &e);
	if (!read_emit(u->job, f, e))
		return read_ignore(u, "our own server",
				   "mail of ours is charged to nobody");
	return READ_USED;
}

enum read_verdict message_read(struct read_unit *u, const struct read_format *f,
			       struct message *m)
{
	struct hop hop = find_hop(read_job_options(u->job), m->header);

	switch (hop.kind) {
	case RECEIVED_HOST:
		return emit(u, f, &hop, m);
	case RECEIVED_LOCAL:
		return read_ignore(u, "no connecting address: local mail",
				   "no host but ours ever connected");
	case RECEIVED_NO_ADDRESS:
		return read_ignore(u, "no connecting address: not told",
				   "our server did not write who connected");
	default:
		m->sample = hop.line;
		return READ_UNKNOWN;
	}
}

void *message_job_new(struct read_job *job)
{
	struct sys_zone *ours = NULL;

	if (read_job_zone(job) == NULL)
		sys_zone_open(&ours, NULL);
	return ours;
}

void message_job_free(void *job_state)
{
	if (job_state != NULL)
		sys_zone_close(job_state);
}

int64_t message_separator_time(const struct read_unit *u, struct bytes line)
{
	struct sys_zone *named = read_job_zone(u->job);
	struct sys_zone *zone = named ? named : u->job_state;
	bool has_zone;
	int64_t time;

	if (!bytes_skip(&line, "From "))
		return -1;
	line = bytes_trim(line);
	line = bytes_from(line, bytes_find_char(line, ' '));
	if (maildate_parse(line, &time, &has_zone) < 0)
		return -1;
	return !has_zone && zone != NULL ? sys_zone_to_utc(zone, time) : time;
}

/* ---------------------------------------------------------------- the format
 */

static bool is_known_name(struct bytes name)
{
	static const char *const names[] = {
		"Received",
		"Return-Path",
		"Delivered-To",
		"From",
		"To",
		"Cc",
		"Date",
		"Subject",
		"Message-ID",
		"MIME-Version",
		"Content-Type",
		"Reply-To",
		"Envelope-To",
		"X-Original-To",
		"DKIM-Signature",
		"Sender",
		"X-Mailer",
		"Received-SPF",
		"Authentication-Results",
		"ARC-Seal",
		"X-Spam-Status",
		"Errors-To",
		"Status",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (bytes_equal_nocase(name, bytes_of_text(names[i])))
			return true;
	return false;
}

/* Every line of it a field or a fold, two of them known, or one Received */
int message_looks_like(struct bytes head)
{
	unsigned n_known = 0, n_received = 0;

	while (head.len > 0) {
		bool whole = bytes_find_char(head, '\n') < head.len;
		bool fold = is_fold(head);
		struct bytes line = cut_line(&head);
		struct bytes name = field_name(line);

		if (line.len == 0 || (!whole && name.len == 0))
			break;
		if (fold)
			continue;
		if (name.len == 0)
			return 0;
		n_known += is_known_name(name);
		n_received +=
			bytes_equal_nocase(name, bytes_of_text("Received"));
	}
	return n_known >= 2 || n_received > 0 ? 80 : 0;
}

/* What mail servers keep among the messages of a Maildir, binary or not */
static bool is_store_file(const char *path)
{
	static const char *const names[] = { "dovecot", "courierimap",
					     "maildirsize", "maildirfolder",
					     "subscriptions" };
	struct bytes name = bytes_of_text(path);

	for (size_t i = name.len; i > 0; i--)
		if (name.ptr[i - 1] == '/' || name.ptr[i - 1] == ':') {
			name = bytes_from(name, i);
			break;
		}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (bytes_starts(name, names[i]))
			return true;
	return false;
}

static int message_detect(const char *name, struct bytes head)
{
	int score = message_looks_like(head);

	return score == 0 && is_store_file(name) ? 100 : score;
}

static void *message_stream_new(struct read_job *job, void *job_state,
				const char *name, int64_t mtime,
				struct bytes head)
{
	int64_t *time = mem_alloc(1, sizeof(*time));

	(void)job;
	(void)job_state;
	(void)name;
	(void)head;
	*time = mtime > 0 ? mtime : -1;
	return time;
}

static enum read_verdict message_unit(struct read_unit *u, struct bytes text)
{
	const int64_t *mtime = u->stream_state;
	struct message m = { .header = text, .other_times = { -1, *mtime } };
	struct bytes rest = text;
	enum read_verdict v;

	if (is_store_file(u->input) && message_looks_like(text) == 0)
		return read_ignore(u, "mail store: notes of its server",
				   "no message of it");
	m.other_times[0] = message_separator_time(u, cut_line(&rest));
	v = message_read(u, &read_message, &m);
	read_count_unit(u, v, m.sample);
	return READ_MORE; /* counted: with the line that says why */
}

const struct read_format read_message = {
	.name = "message",
	.about = "a message a file: .eml, Maildir, MH, a directory of them",
	.unit = "messages",
	.whole_file = true,
	.detect = message_detect,
	.job_new = message_job_new,
	.job_free = message_job_free,
	.stream_new = message_stream_new,
	.stream_free = free,
	.unit_fn = message_unit,
};
