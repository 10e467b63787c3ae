/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

const char *error_text(int err)
{
	switch (err) {
	case E_OK:
		return "no error";
	case E_IO:
		return errno ? strerror(errno) : "input/output error";
	case E_SYNTAX:
		return "not of the expected form";
	case E_CORRUPT:
		return "damaged: its checksum or its layout is wrong";
	case E_LIMIT:
		return "too large";
	case E_RANGE:
		return "out of range";
	case E_NOT_FOUND:
		return "not found";
	case E_EXISTS:
		return "exists already";
	case E_VERSION:
		return "written by a later version of rapsheet";
	case E_STATE:
		return "not possible after an earlier failure";
	}
	return "unknown error";
}

/* Names of files and what stands in them may tell a terminal what to do. */
static void disarm(struct buf *line)
{
	for (size_t i = 0; i < line->len; i++) {
		unsigned char c = (unsigned char)line->ptr[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			line->ptr[i] = '?';
	}
}

/* One write a line, so that lines of several threads stay whole. */
static void say(const char *kind, const char *format, va_list args)
{
	struct buf line = { 0 };

	buf_printf(&line, "rapsheet: %s", kind);
	buf_vprintf(&line, format, args);
	disarm(&line);
	buf_add_char(&line, '\n');
	fwrite(line.ptr, 1, line.len, stderr);
	buf_deinit(&line);
}

void log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
}

void fatal(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	exit(2);
}

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("bug: ", format, args);
	va_end(args);
	abort();
}
