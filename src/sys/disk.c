/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disk.c - a directory of the real file system
 *
 * All names are opened relative to a descriptor of the directory, so that the
 * record survives being moved while it is open.
 */
#include "sys/sys.h"
#include "sys/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct real_disk {
	struct sys_disk base;
	int dir_fd;
	uid_t owner;
	gid_t group;
};

static int dir_fd(struct sys_disk *d)
{
	return ((struct real_disk *)d)->dir_fd;
}

static int io_error(void)
{
	switch (errno) {
	case ENOENT:
		return E_NOT_FOUND;
	case EEXIST:
		return E_EXISTS;
	}
	return E_IO;
}

/* Files belong to whom the directory belongs, also when root writes them. */
static int take_owner(struct sys_disk *d, int fd)
{
	const struct real_disk *disk = (const struct real_disk *)d;

	if (geteuid() == 0 && fchown(fd, disk->owner, disk->group) < 0) {
		close(fd);
		return E_IO;
	}
	return fd;
}

static int real_create(struct sys_disk *d, const char *name)
{
	int fd = openat(dir_fd(d), name,
			O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC,
			0640);

	return fd < 0 ? io_error() : take_owner(d, fd);
}

static int real_append(struct sys_disk *d, const char *name)
{
	int fd = openat(dir_fd(d), name, O_WRONLY | O_APPEND | O_CLOEXEC);

	return fd < 0 ? io_error() : fd;
}

static int real_write(struct sys_disk *d, int handle, struct bytes b)
{
	(void)d;
	return fd_write_all(handle, b);
}

static int real_truncate(struct sys_disk *d, int handle, uint64_t len)
{
	(void)d;
	return ftruncate(handle, (off_t)len) < 0 ? E_IO : 0;
}

static int real_sync(struct sys_disk *d, int handle)
{
	(void)d;
	return fdatasync(handle) < 0 ? E_IO : 0;
}

static int real_close(struct sys_disk *d, int handle)
{
	(void)d;
	return close(handle) < 0 ? E_IO : 0;
}

static int real_rename(struct sys_disk *d, const char *from, const char *to)
{
	int fd = dir_fd(d);

	return renameat(fd, from, fd, to) < 0 ? io_error() : 0;
}

static int real_unlink(struct sys_disk *d, const char *name)
{
	return unlinkat(dir_fd(d), name, 0) < 0 ? io_error() : 0;
}

static int real_sync_dir(struct sys_disk *d)
{
	return fsync(dir_fd(d)) < 0 ? E_IO : 0;
}

static int real_map(struct sys_disk *d, const char *name, struct bytes *out)
{
	int fd = openat(dir_fd(d), name, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0)
		return io_error();
	if (fstat(fd, &st) < 0) {
		close(fd);
		return E_IO;
	}
	*out = (struct bytes){ 0 };
	if (st.st_size > 0) {
		p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd,
			 0);
		if (p == MAP_FAILED) {
			close(fd);
			return E_IO;
		}
		*out = bytes_of(p, (size_t)st.st_size);
	}
	close(fd);
	return 0;
}

static void real_unmap(struct sys_disk *d, struct bytes whole)
{
	(void)d;
	if (whole.len > 0)
		munmap((void *)(uintptr_t)whole.ptr, whole.len);
}

static int real_list(struct sys_disk *d, void *ctx,
		     void (*found)(void *ctx, const char *name))
{
	int fd = openat(dir_fd(d), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return E_IO;
	}
	while ((entry = readdir(dir)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			found(ctx, entry->d_name);
	closedir(dir);
	return 0;
}

static int real_lock(struct sys_disk *d, const char *name, bool wait)
{
	int fd = openat(dir_fd(d), name, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	int rc;

	if (fd < 0)
		return io_error();
	do
		rc = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
	while (rc < 0 && errno == EINTR);
	if (rc < 0) {
		int err = errno == EWOULDBLOCK ? E_EXISTS : E_IO;

		close(fd);
		return err;
	}
	return take_owner(d, fd);
}

static void real_unlock(struct sys_disk *d, int handle)
{
	(void)d;
	close(handle);
}

static void real_free(struct sys_disk *d)
{
	close(dir_fd(d));
	free(d);
}

static const struct sys_disk_ops real_ops = {
	.create = real_create,
	.append = real_append,
	.write = real_write,
	.truncate = real_truncate,
	.sync = real_sync,
	.close = real_close,
	.rename = real_rename,
	.unlink = real_unlink,
	.sync_dir = real_sync_dir,
	.map = real_map,
	.unmap = real_unmap,
	.list = real_list,
	.lock = real_lock,
	.unlock = real_unlock,
	.free = real_free,
};

/* mkdir -p */
static int make_dirs(const char *path)
{
	char *copy = mem_text(bytes_of_text(path));
	int err = 0;

	for (char *p = copy + 1; err == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0750) < 0 && errno != EEXIST)
			err = E_IO;
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return err;
}

int sys_disk_open(struct sys_disk **out, const char *path, bool create)
{
	struct real_disk *disk;
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT && create) {
		if (make_dirs(path) < 0)
			return E_IO;
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return io_error();
	if (fstat(fd, &st) < 0) {
		close(fd);
		return E_IO;
	}
	disk = mem_alloc(1, sizeof(*disk));
	*disk = (struct real_disk){ { &real_ops }, fd, st.st_uid, st.st_gid };
	*out = &disk->base;
	return 0;
}

int sys_temp_dir(struct buf *path)
{
	const char *tmp = getenv("TMPDIR");

	buf_printf(path, "%s/rapsheet.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	buf_add_char(path, '\0');
	return mkdtemp(path->ptr) == NULL ? E_IO : 0;
}

static int remove_entry(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	remove(path);
	return 0;
}

void sys_remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}
