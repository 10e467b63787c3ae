/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_join.h - from many lines to one message (private to read/)
 *
 *	client=            opens a message and says whom it is charged to
 *	filters            judge it, whole or for one recipient's domain
 *	to=                names a client (recipient domain)
 *	removed, a refusal closes it
 *
 * A closed message lingers for a minute of the log's time, since programs
 * write in no fixed order, and is then given out: one event for each client.
 * What a content filter hands back is the same message: see mail_link().
 *
 *	refusals  once per session (a connection of smtpd or postscreen) and
 *		  client
 *	listings  once per connection of the host and list, at most an hour
 *
 * Scope: who wrote the line, log host and Postfix instance, since two servers
 * may use one queue id. A key is a hash of scope and id.
 */
#pragma once

#include "read/format.h"
#include "read/postfix_reason.h"
#include "read/postfix_text.h"
#include "read/syslog.h"

#define MAIL_MAX_MESSAGES (1u << 18)
#define MAIL_MAX_SESSIONS (1u << 16)
#define MAIL_MAX_DONE	  (1u << 18) /* refusals and listings remembered */
#define MAIL_MAX_PARTS	  256	     /* clients of one message */
#define MAIL_MAX_HELD	  (1u << 20) /* events waiting for a year */
#define MAIL_MAX_SCOPES	  256

/* One client of a message; numbers of the client catalog */
struct mail_part {
	uint32_t to; /* domain of the address delivered to */
	uint32_t client;
	uint32_t label;
	uint8_t kind;
	bool judged;
};

struct mail_message {
	struct mail_part *parts;
	uint32_t n_parts, cap_parts;
	struct mail_part whole; /* the verdict on all of it */
	uint64_t host;
	uint64_t same_as; /* key of the message that this one is, or 0 */
	uint64_t filter;  /* key of a filter's verdict to be joined, or 0 */
	int64_t time;
	int64_t closed_at;
	uint32_t stream; /* number of the input that opened it */
	bool has_host;
	bool accepted;	 /* reached the queue */
	bool submission; /* by an authenticated user */
	bool filtered;	 /* a filter's own line judged it */
	bool by_filter;	 /* opened by a filter's line, not by client= */
	bool closed;
};

struct mail_session {
	uint64_t host;
	uint64_t serial; /* tells one connection from the next */
	uint32_t stream;
	bool has_host;
	bool refused;
};

/* One input */
struct mail_stream {
	uint32_t number;
	struct syslog_clock clock;
	struct event *held; /* their year may still change */
	size_t n_held, cap_held;
	bool holds;
};

struct mail_join;

struct mail_join *mail_join_new(struct read_job *job);
void mail_join_free(struct mail_join *j);
uint32_t mail_next_stream(struct mail_join *j);

/* Where a line stands */
struct mail_at {
	struct mail_join *join;
	struct mail_stream *stream;
	int64_t time;
	uint64_t scope;	   /* of log host and instance */
	uint64_t log_host; /* of log host alone */
};

/*
 * The scope of a log host and an instance ("postfix", "postfix-mx1"), known
 * from now on to mail_find_any().
 */
uint64_t mail_scope(struct mail_join *j, struct bytes log_host,
		    struct bytes instance, uint64_t *log_host_hash);

/* ---------------------------------------------------------------- messages */

uint64_t mail_key(uint64_t scope, struct bytes id);

/* Itself, not what it is the same as; NULL where there is none */
struct mail_message *mail_find(struct mail_join *j, uint64_t key);

/* By queue id, in the instances of this log host, then of all */
struct mail_message *mail_find_any(const struct mail_at *at, struct bytes id,
				   bool other_hosts);

/* New and open; what had this key before is given out. */
struct mail_message *mail_open(const struct mail_at *at, uint64_t key);

/* The message that this one is the same as, or itself */
struct mail_message *mail_resolve(struct mail_join *j, struct mail_message *m);

/* From now on `copy` is the same message as `m`; verdicts on it move over. */
void mail_link(struct mail_join *j, struct mail_message *copy,
	       struct mail_message *m);

/* All verdicts of `from` are passed on `m`; `from` is gone. */
void mail_merge(struct mail_join *j, struct mail_message *m,
		struct mail_message *from);

/* A recipient; original may be empty: the address before it was rewritten */
void mail_add_recipient(struct mail_join *j, struct mail_message *m,
			struct bytes to, struct bytes original);

/* Pass a verdict; the gravest stays. to empty: on the whole message. */
void mail_judge(struct mail_join *j, struct mail_message *m, enum kind kind,
		struct bytes label, struct bytes to);

void mail_close(const struct mail_at *at, struct mail_message *m);
uint64_t mail_message_key(const struct mail_join *j,
			  const struct mail_message *m);

/* ---------------------------------------------------------------- sessions */

struct mail_session *mail_session_find(const struct mail_at *at, uint64_t key);

/* A new connection; ends the one that had this key. */
struct mail_session *mail_session_begin(const struct mail_at *at, uint64_t key,
					struct mail_peer peer);
void mail_session_end(const struct mail_at *at, struct mail_session *s);

/*
 * A refusal of `to` (an address, or empty), as an event unless this session
 * has had one for the same client. The session may be NULL.
 */
void mail_refuse(const struct mail_at *at, struct mail_session *s,
		 uint64_t host, const struct mail_reason *r, struct bytes to);

/* The host begins a connection: listings count anew. */
void mail_host_connects(const struct mail_at *at, uint64_t host,
			bool postscreen);
void mail_host_passes(const struct mail_at *at, uint64_t host);
void mail_listed(const struct mail_at *at, uint64_t host, struct bytes list);

/* -------------------------------------------------------------------- time */

/* To be called with each line's time, after the clock was asked */
void mail_advance(const struct mail_at *at);
void mail_stream_end(struct mail_join *j, struct mail_stream *s);

/* Give out all that is open. */
int mail_finish(struct mail_join *j);
