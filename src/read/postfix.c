/* SPDX-License-Identifier: Apache-2.0 */
/* postfix.c - mail logs of Postfix and amavis; see postfix.h */
#include "read/postfix.h"

#include <stdlib.h>

struct mail_job {
	struct mail_join *join;
	struct sys_zone *zone; /* ours where options name none */
};

/* -------------------------------------------------------------------- lines */

/*
 * A line that says what became of a message, and that nothing here could read:
 * no template may hide it, also not where it is tried as another program's.
 */
static bool says_verdict(struct bytes text)
{
	static const char *const verbs[] = {
		"reject:",	 "milter-reject:", "milter-discard:",
		"proxy-reject:", "discard:",	   "Blocked ",
		"Passed ",	 "INFECTED (",	   "BANNED (",
	};

	mail_take_queue_id(&text);
	bytes_skip(&text, "NOQUEUE: ");
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (bytes_starts(text, verbs[i]))
			return true;
	return false;
}

enum read_verdict mail_known(struct mail_line *l, struct bytes text)
{
	const struct mail_template *t = mail_known_text(l->program, text);

	if (says_verdict(text))
		return READ_UNKNOWN;
	return t ? read_ignore(l->unit, t->name, t->reason) : READ_UNKNOWN;
}

enum read_verdict mail_known_id(struct mail_line *l, struct bytes text)
{
	const struct mail_template *t = mail_known_of_id(l->program, text);

	if (says_verdict(text))
		return READ_UNKNOWN;
	return t ? read_ignore(l->unit, t->name, t->reason)
		 : mail_known(l, text);
}

static enum read_verdict by_program(struct mail_line *l)
{
	switch (l->program) {
	case PROGRAM_SMTPD:
		return mail_smtpd_line(l);
	case PROGRAM_POSTSCREEN:
		return mail_postscreen_line(l);
	case PROGRAM_DNSBLOG:
		return mail_dnsblog_line(l);
	case PROGRAM_CLEANUP:
		return mail_cleanup_line(l);
	case PROGRAM_QMGR:
		return mail_qmgr_line(l);
	case PROGRAM_DELIVERY:
		return mail_delivery_line(l);
	case PROGRAM_AMAVIS:
		return mail_amavis_line(l);
	case PROGRAM_POSTFIX:
		return mail_other_line(l);
	case PROGRAM_FOREIGN:
		break;
	}
	return READ_UNKNOWN;
}

/* Services may be renamed in master.cf: what no form fits is tried as others.
 */
static enum read_verdict by_form(struct mail_line *l)
{
	static const enum mail_program others[] = {
		PROGRAM_SMTPD,	  PROGRAM_CLEANUP,    PROGRAM_QMGR,
		PROGRAM_DELIVERY, PROGRAM_POSTSCREEN, PROGRAM_DNSBLOG,
		PROGRAM_POSTFIX,
	};
	enum read_verdict v = READ_UNKNOWN;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		l->program = others[i];
		v = by_program(l);
		if (v != READ_UNKNOWN)
			break;
	}
	return v;
}

static enum read_verdict dispatch(struct mail_line *l, struct bytes program)
{
	enum read_verdict v;

	if (l->program == PROGRAM_FOREIGN) {
		const struct mail_template *t = mail_known_program(program);

		return read_ignore(l->unit, t->name, t->reason);
	}
	v = by_program(l);
	if (v == READ_UNKNOWN && l->program != PROGRAM_AMAVIS)
		v = by_form(l);
	return v;
}

static bool is_repetition(struct bytes line)
{
	size_t at = bytes_find_text(line, "last message repeated ");

	return at < 64 && at < line.len;
}

static enum read_verdict postfix_unit(struct read_unit *u, struct bytes text)
{
	struct mail_job *job = u->job_state;
	struct mail_stream *stream = u->stream_state;
	struct mail_line l = { .unit = u };
	struct bytes instance, service;
	struct syslog_line s;

	if (syslog_parse(&stream->clock, text, &s) < 0) {
		if (is_repetition(text))
			return read_ignore(u, "repeated line",
					   "the line before it stands for it");
		if (bytes_trim(text).len == 0)
			return read_ignore(u, "blank line",
					   "nothing stands in it");
		return READ_UNKNOWN;
	}
	if (!s.has_year && !stream->clock.year_is_given)
		stream->holds = true;
	l.program = mail_program_of(s.program, &instance, &service);
	l.text = s.text;
	l.pid = s.pid;
	l.at = (struct mail_at){ .join = job->join,
				 .stream = stream,
				 .time = s.time };
	if (l.program == PROGRAM_AMAVIS)
		instance = bytes_of_text("amavis");
	if (l.program != PROGRAM_FOREIGN)
		l.at.scope =
			mail_scope(job->join, s.host, instance, &l.at.log_host);
	mail_advance(&l.at);
	return dispatch(&l, s.program);
}

/* -------------------------------------------------------------------- head */

/* Of the head's whole lines, how many are syslog's and how many are ours? */
static void look(struct bytes head, size_t *lines, size_t *syslog, size_t *mail)
{
	struct syslog_clock clock;
	struct bytes instance, service;
	struct syslog_line s;

	syslog_clock_init(&clock, NULL, 0, 0, 2000);
	*lines = *syslog = *mail = 0;
	while (head.len > 0 && *lines < 200) {
		struct bytes line = bytes_cut(&head, '\n');

		if (bytes_trim(line).len == 0)
			continue;
		if (line.ptr[line.len - 1] == '\r')
			line.len--;
		++*lines;
		if (syslog_parse(&clock, line, &s) < 0)
			continue;
		++*syslog;
		if (mail_program_of(s.program, &instance, &service) !=
		    PROGRAM_FOREIGN)
			++*mail;
	}
}

static int postfix_detect(const char *name, struct bytes head)
{
	size_t lines, syslog, mail;

	(void)name;
	look(head, &lines, &syslog, &mail);
	if (mail > 0)
		return mail * 2 >= lines ? 95 : 80;
	return syslog * 2 > lines ? 30 : 0;
}

static void clock_open(struct syslog_clock *clock, const struct read_job *job,
		       struct sys_zone *ours, int64_t mtime)
{
	const struct read_options *o = read_job_options(job);
	struct sys_zone *zone = read_job_zone(job);

	syslog_clock_init(clock, zone ? zone : ours, mtime, o->now, o->year);
}

static int postfix_first_time(const struct read_job *job, const char *name,
			      int64_t mtime, struct bytes head, int64_t *out)
{
	struct syslog_clock clock;
	struct syslog_line s;

	(void)name;
	clock_open(&clock, job, NULL, mtime);
	while (head.len > 0) {
		if (syslog_parse(&clock, bytes_cut(&head, '\n'), &s) < 0)
			continue;
		*out = s.time;
		return 0;
	}
	return E_NOT_FOUND;
}

/* ------------------------------------------------------------------- states */

static void *postfix_job_new(struct read_job *job)
{
	struct mail_job *state = mem_alloc(1, sizeof(*state));

	state->join = mail_join_new(job);
	if (read_job_zone(job) == NULL)
		sys_zone_open(&state->zone, NULL);
	return state;
}

static int postfix_job_finish(struct read_job *job, void *job_state)
{
	struct mail_job *state = job_state;

	(void)job;
	return mail_finish(state->join);
}

static void postfix_job_free(void *job_state)
{
	struct mail_job *state = job_state;

	mail_join_free(state->join);
	if (state->zone != NULL)
		sys_zone_close(state->zone);
	free(state);
}

struct open_stream {
	struct mail_stream stream; /* first: units see only this */
	struct mail_join *join;
};

static void *postfix_stream_new(struct read_job *job, void *job_state,
				const char *name, int64_t mtime,
				struct bytes head)
{
	struct open_stream *o = mem_alloc(1, sizeof(*o));
	struct mail_job *state = job_state;

	(void)name;
	(void)head;
	o->join = state->join;
	o->stream.number = mail_next_stream(state->join);
	clock_open(&o->stream.clock, job, state->zone, mtime);
	return o;
}

static int postfix_stream_finish(struct read_job *job, void *stream_state)
{
	struct open_stream *o = stream_state;

	(void)job;
	mail_stream_end(o->join, &o->stream);
	return 0;
}

static void postfix_stream_free(void *stream_state)
{
	struct open_stream *o = stream_state;

	free(o->stream.held);
	free(o);
}

const struct read_format read_postfix = {
	.name = "postfix",
	.about = "mail logs of Postfix and amavis, as syslog writes them",
	.unit = "lines",
	.detect = postfix_detect,
	.first_time = postfix_first_time,
	.job_new = postfix_job_new,
	.job_finish = postfix_job_finish,
	.job_free = postfix_job_free,
	.stream_new = postfix_stream_new,
	.stream_finish = postfix_stream_finish,
	.stream_free = postfix_stream_free,
	.unit_fn = postfix_unit,
};
