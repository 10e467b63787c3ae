/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mbox.c - many messages in one file, apart by their "From " lines
 *
 * A separator stands at the start of the file or behind an empty line, and ends
 * in a date; "From now on" behind an empty line is text, and so is ">From ".
 * Content-Length is not believed. Of each message only the header is kept.
 *
 *	        separator              empty line
 *	OUT ─────────────► HEADER ───────────────► BODY
 *	                     ▲                       │ separator behind
 *	                     └───────────────────────┘ an empty line
 */
#include "read/message.h"

#include <stdlib.h>

#define HEADER_MAX ((size_t)1 << 20) /* what is beyond is not looked at */

enum mbox_place { MBOX_OUT, MBOX_HEADER, MBOX_BODY };

struct mbox {
	struct read_unit *unit; /* known from the first line on */
	enum mbox_place place;
	bool was_empty; /* the line before */
	bool too_large;
	size_t size; /* of this message so far */
	struct buf header;
	int64_t time;  /* of its separator */
	int64_t mtime; /* of the file */
};

static void *mbox_stream_new(struct read_job *job, void *job_state,
			     const char *name, int64_t mtime, struct bytes head)
{
	struct mbox *b = mem_alloc(1, sizeof(*b));

	(void)job;
	(void)job_state;
	(void)name;
	(void)head;
	b->was_empty = true;
	b->mtime = mtime > 0 ? mtime : -1;
	return b;
}

static void mbox_stream_free(void *stream_state)
{
	struct mbox *b = stream_state;

	if (b != NULL)
		buf_deinit(&b->header);
	free(b);
}

/* The message that was being read is whole. */
static void end_message(struct mbox *b)
{
	struct message m = {
		.header = buf_bytes(&b->header),
		.other_times = { b->time, b->mtime },
	};

	if (b->place == MBOX_OUT)
		return;
	if (b->too_large)
		read_count_unit(b->unit,
				read_complain(b->unit,
					      "a message of at most %zu bytes",
					      READ_FILE_MAX),
				(struct bytes){ 0 });
	else {
		enum read_verdict v = message_read(b->unit, &read_mbox, &m);

		read_count_unit(b->unit, v, m.sample);
	}
	b->header.len = 0;
	b->too_large = false;
	b->size = 0;
	b->time = -1;
	b->place = MBOX_OUT;
}

static void add_line(struct mbox *b, struct bytes line)
{
	if (line.len == 0) {
		b->place = MBOX_BODY;
	} else if (line.len < HEADER_MAX - b->header.len) {
		buf_add_bytes(&b->header, line);
		buf_add_char(&b->header, '\n');
	}
}

static enum read_verdict mbox_unit(struct read_unit *u, struct bytes line)
{
	struct mbox *b = u->stream_state;
	int64_t time = -1;

	b->unit = u;
	if (b->was_empty && bytes_starts(line, "From "))
		time = message_separator_time(u, line);
	b->was_empty = line.len == 0;
	if (time >= 0) {
		end_message(b);
		b->place = MBOX_HEADER;
		b->time = time;
		return READ_MORE;
	}
	if (b->place == MBOX_OUT && line.len > 0)
		b->place =
			MBOX_HEADER; /* asked to be an mbox, begins as none */
	b->size += line.len + 1;
	b->too_large |= b->size > READ_FILE_MAX;
	if (b->place == MBOX_HEADER)
		add_line(b, line);
	return READ_MORE;
}

static int mbox_stream_finish(struct read_job *job, void *stream_state)
{
	(void)job;
	end_message(stream_state);
	return 0;
}

/* A separator, and a field below it */
static int mbox_detect(const char *name, struct bytes head)
{
	struct bytes line = bytes_cut(&head, '\n');

	(void)name;
	if (!bytes_starts(line, "From "))
		return 0;
	return message_looks_like(head) > 0 ? 90 : 0;
}

const struct read_format read_mbox = {
	.name = "mbox",
	.about = "many messages in a file, each behind a \"From \" line",
	.unit = "messages",
	.detect = mbox_detect,
	.job_new = message_job_new,
	.job_free = message_job_free,
	.stream_new = mbox_stream_new,
	.stream_finish = mbox_stream_finish,
	.stream_free = mbox_stream_free,
	.unit_fn = mbox_unit,
};
