/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - walking, reading and replacing plain files */
#include "sys/sys.h"
#include "sys/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void report_failure(const struct sys_walk *walk, const char *path)
{
	if (walk->failed != NULL)
		walk->failed(walk->ctx, path,
			     errno == ENOENT ? E_NOT_FOUND : E_IO);
}

static int walk_dir(const char *path, const struct sys_walk *walk);

static int walk_entry(const char *path, const struct sys_walk *walk)
{
	struct stat st;

	if (lstat(path, &st) < 0) {
		report_failure(walk, path);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return walk_dir(path, walk);
	return S_ISREG(st.st_mode) ? walk->file(walk->ctx, path) : 0;
}

static int walk_dir(const char *path, const struct sys_walk *walk)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_visible, by_name);
	int err = 0;

	if (n < 0) {
		report_failure(walk, path);
		return 0;
	}
	for (int i = 0; i < n; i++) {
		struct buf child = { 0 };

		if (err >= 0) {
			buf_printf(&child, "%s/%s", path, entries[i]->d_name);
			err = walk_entry(child.ptr, walk);
		}
		buf_deinit(&child);
		free(entries[i]);
	}
	free(entries);
	return err;
}

int sys_walk(const char *path, const struct sys_walk *walk)
{
	struct stat st;

	if (strcmp(path, "-") == 0)
		return walk->file(walk->ctx, path);
	if (stat(path, &st) < 0) {
		report_failure(walk, path);
		return 0;
	}
	if (S_ISDIR(st.st_mode))
		return walk_dir(path, walk);
	return walk->file(walk->ctx, path);
}

int sys_read_file(const char *path, size_t max_bytes, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->len;
	int err = 0;

	if (fd < 0)
		return errno == ENOENT ? E_NOT_FOUND : E_IO;
	for (;;) {
		ssize_t n;

		buf_reserve(out, 65536);
		n = read(fd, out->ptr + out->len, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = E_IO;
		if (n <= 0)
			break;
		out->len += (size_t)n;
		if (out->len - start > max_bytes) {
			err = E_LIMIT;
			break;
		}
	}
	close(fd);
	return err;
}

int sys_write_file(const char *path, struct bytes content)
{
	struct buf beside = { 0 };
	int fd, err;

	buf_printf(&beside, "%s.new.%ld", path, (long)getpid());
	fd = open(beside.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		buf_deinit(&beside);
		return errno == ENOENT ? E_NOT_FOUND : E_IO;
	}
	err = fd_write_all(fd, content);
	if (err == 0 && fsync(fd) < 0)
		err = E_IO;
	if (close(fd) < 0 && err == 0)
		err = E_IO;
	if (err == 0 && rename(beside.ptr, path) < 0)
		err = E_IO;
	if (err < 0)
		unlink(beside.ptr);
	buf_deinit(&beside);
	return err;
}
