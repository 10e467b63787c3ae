/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.c - bytes out of files, however they are wrapped
 *
 * libarchive finds the compression and the archive format. Its "raw" format
 * is the file itself and takes anything that is no archive; an empty file is
 * the one thing that it does not take ("empty"), and has no bytes either way.
 *
 * gzip, what logs are rotated into, is unpacked here, because libarchive throws
 * away the last piece of a file that breaks off, and small logs are one piece.
 *
 * mtree is left out on purpose: it is a text format with a lax test, and a log
 * must not be taken for one.
 */
#include "sys/sys.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define READ_SIZE ((size_t)256 << 10)
#define GZIP_SIZE (64u << 10)

struct sys_input {
	struct archive *archive;
	char *path;
	struct buf name; /* NUL-terminated */
	int64_t file_mtime;
	gzFile gzip;   /* NULL where it is none */
	char *space;   /* what came out of it */
	int broken;    /* how it ended */
	bool is_empty; /* its one member has no bytes and no entry */
};

static struct archive *new_archive(void)
{
	struct archive *a = archive_read_new();

	if (a == NULL)
		fatal("out of memory");
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_lzma(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_lz4(a);
	archive_read_support_filter_compress(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_gnutar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_7zip(a);
	archive_read_support_format_empty(a);
	archive_read_support_format_raw(a);
	return a;
}

/* -------------------------------------------------------------------- gzip */

static bool is_gzip(const char *path)
{
	unsigned char magic[2] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool found;

	if (fd < 0)
		return false;
	found = read(fd, magic, 2) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
	close(fd);
	return found;
}

/* A file that breaks off is all that it gave: what is wrong is asked later. */
static la_ssize_t read_gzip(struct archive *a, void *ctx, const void **out)
{
	struct sys_input *in = ctx;
	int n = gzread(in->gzip, in->space, GZIP_SIZE), code;

	(void)a;
	gzerror(in->gzip, &code);
	if (code != Z_OK && code != Z_STREAM_END)
		in->broken = code == Z_ERRNO ? E_IO : E_CORRUPT;
	*out = in->space;
	return n > 0 ? n : 0;
}

static int open_gzip(struct sys_input *in, const char *path)
{
	in->gzip = gzopen(path, "rbe");
	if (in->gzip == NULL)
		return ARCHIVE_FATAL;
	gzbuffer(in->gzip, READ_SIZE);
	in->space = mem_alloc(GZIP_SIZE, 1);
	return archive_read_open(in->archive, in, NULL, read_gzip, NULL);
}

/* ------------------------------------------------------------- open, close */

static int open_archive(struct sys_input *in, const char *path, bool is_stdin)
{
	if (!is_stdin && is_gzip(path))
		return open_gzip(in, path);
	return archive_read_open_filename(in->archive, is_stdin ? NULL : path,
					  READ_SIZE);
}

/* What libarchive says of bytes that it does not understand */
static int open_error(int number)
{
	if (number <= 0 || number == EILSEQ || number == EINVAL)
		return E_CORRUPT;
	errno = number;
	return E_IO;
}

int sys_input_open(struct sys_input **out, const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st = { 0 };
	struct sys_input *in;

	if (!is_stdin && stat(path, &st) < 0)
		return errno == ENOENT ? E_NOT_FOUND : E_IO;
	in = mem_alloc(1, sizeof(*in));
	in->archive = new_archive();
	in->path = mem_text(bytes_of_text(is_stdin ? "(stdin)" : path));
	in->file_mtime = st.st_mtime;
	if (open_archive(in, path, is_stdin) != ARCHIVE_OK) {
		int err = open_error(archive_errno(in->archive));
		int saved = errno;

		sys_input_close(in);
		errno = saved;
		return err;
	}
	*out = in;
	return 0;
}

void sys_input_close(struct sys_input *in)
{
	if (in == NULL)
		return;
	archive_read_free(in->archive);
	if (in->gzip != NULL)
		gzclose(in->gzip);
	free(in->space);
	free(in->path);
	buf_deinit(&in->name);
	free(in);
}

static void set_name(struct sys_input *in, struct archive_entry *entry)
{
	const char *member = entry ? archive_entry_pathname(entry) : NULL;

	in->name.len = 0;
	buf_add_text(&in->name, in->path);
	if (archive_format(in->archive) != ARCHIVE_FORMAT_RAW && member)
		buf_printf(&in->name, ":%s", member);
	buf_add_char(&in->name, '\0');
}

/* A file without any bytes is a plain file too, and has its one member. */
static int end_or_empty(struct sys_input *in, const char **name, int64_t *mtime)
{
	if (archive_format(in->archive) != ARCHIVE_FORMAT_EMPTY)
		return 0;
	in->is_empty = true;
	set_name(in, NULL);
	*name = in->name.ptr;
	*mtime = in->file_mtime;
	return 1;
}

int sys_input_next(struct sys_input *in, const char **name, int64_t *mtime)
{
	struct archive_entry *entry;
	int rc;

	if (in->is_empty)
		return 0;
	do {
		rc = archive_read_next_header(in->archive, &entry);
		if (rc == ARCHIVE_EOF)
			return end_or_empty(in, name, mtime);
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
			return E_CORRUPT;
	} while (archive_format(in->archive) != ARCHIVE_FORMAT_RAW &&
		 archive_entry_filetype(entry) != AE_IFREG);
	set_name(in, entry);
	*name = in->name.ptr;
	*mtime = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry)
						   : in->file_mtime;
	return 1;
}

long sys_input_read(struct sys_input *in, char *out, size_t cap)
{
	la_ssize_t n;

	n = in->is_empty ? 0 : archive_read_data(in->archive, out, cap);
	if (n == 0 && in->broken < 0)
		return in->broken;
	if (n >= 0)
		return (long)n;
	errno = archive_errno(in->archive);
	return errno == EIO || errno == EISDIR ? E_IO : E_CORRUPT;
}
