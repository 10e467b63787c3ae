/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys.h - the only place that calls the operating system
 *
 *   disk     one directory of files, as a table of functions: the record
 *            lives on it, and a test can be the disk
 *   input    bytes to be read: files, stdin, compressed, inside archives
 *   walk     the files under a path
 *   zone     civil time of a named place to UTC
 *   run      the same work on several threads
 *
 * Errors:   E_IO leaves the reason in errno.
 * Threads:  a disk may be used by many at once; everything else by one.
 */
#pragma once

#include "base/base.h"

/* -------------------------------------------------------------------- disk */

/*
 * A directory. Names are relative to it and hold no "..". What was written is
 * on stable storage after sync(), and a new or renamed name after sync_dir().
 */
struct sys_disk {
	const struct sys_disk_ops *ops;
};

struct sys_disk_ops {
	/* A new empty file for writing. E_EXISTS. Returns a handle >= 0. */
	int (*create)(struct sys_disk *d, const char *name);
	/* An existing file, for writing at its end. E_NOT_FOUND. */
	int (*append)(struct sys_disk *d, const char *name);
	/* All of the bytes, or E_IO and an unknown part of them. */
	int (*write)(struct sys_disk *d, int handle, struct bytes b);
	int (*truncate)(struct sys_disk *d, int handle, uint64_t len);
	int (*sync)(struct sys_disk *d, int handle);
	int (*close)(struct sys_disk *d, int handle);

	int (*rename)(struct sys_disk *d, const char *from, const char *to);
	int (*unlink)(struct sys_disk *d, const char *name);
	int (*sync_dir)(struct sys_disk *d);

	/* The whole file as it is now, read-only; stays after an unlink. */
	int (*map)(struct sys_disk *d, const char *name, struct bytes *out);
	void (*unmap)(struct sys_disk *d, struct bytes whole);

	/* Calls back for every file, in no order. */
	int (*list)(struct sys_disk *d, void *ctx,
		    void (*found)(void *ctx, const char *name));

	/*
	 * An advisory lock of the whole file `name`, made if need be; it ends
	 * with unlock() or with the process. Returns a handle >= 0, or, with
	 * wait false and another holder, E_EXISTS.
	 */
	int (*lock)(struct sys_disk *d, const char *name, bool wait);
	void (*unlock)(struct sys_disk *d, int handle);

	void (*free)(struct sys_disk *d);
};

/*
 * A real directory. With create, it and its parents are made (0750) and files
 * written in it take the directory's owner. E_NOT_FOUND, E_IO.
 */
int sys_disk_open(struct sys_disk **out, const char *path, bool create);

/* A new directory for one run of the program, to be removed by its maker. */
int sys_temp_dir(struct buf *path);
void sys_remove_tree(const char *path);

/* ------------------------------------------------------------------- input */

/*
 * A file of bytes, whatever wraps it: gzip, xz, zstd, bzip2, and tar, zip and
 * other archives of libarchive, of which each regular member is read in turn.
 */
struct sys_input;

/* path "-" is stdin. E_NOT_FOUND, E_IO, E_CORRUPT. */
int sys_input_open(struct sys_input **out, const char *path);
void sys_input_close(struct sys_input *in);

/*
 * Step to the next member; a plain or compressed file has exactly one.
 * Returns 1, 0 at the end, E_CORRUPT where the wrapping is broken. The name
 * is that of the file, for a member of an archive "file:member"; it stays
 * until the next step. mtime is 0 where nobody knows.
 */
int sys_input_next(struct sys_input *in, const char **name, int64_t *mtime);

/*
 * Up to cap bytes of the member. Returns their number, 0 at its end, or
 * E_CORRUPT (a truncated or damaged compressed file), E_IO.
 */
long sys_input_read(struct sys_input *in, char *out, size_t cap);

/*
 * What can be read only once (stdin "-", a pipe, a device) is copied as it is
 * to a file in TMPDIR, for those who must read it twice; its path goes to
 * copy, NUL-terminated. Returns 1, 0 where the path is a plain file or a
 * directory and nothing was done, E_NOT_FOUND, E_IO.
 */
int sys_spool(const char *path, struct buf *copy);
void sys_spool_remove(const char *copy);

/*
 * Call back for the path itself if it is a file, or, in the order of their
 * names, for all regular files under it. Dot files are passed over, links are
 * not followed below the first. A directory that cannot be read is told by
 * `failed`. The callback returns < 0 to stop, and that is returned.
 */
struct sys_walk {
	void *ctx;
	int (*file)(void *ctx, const char *path);
	void (*failed)(void *ctx, const char *path, int err);
};
int sys_walk(const char *path, const struct sys_walk *walk);

/* The whole of a small file, to be appended to out. E_LIMIT past max. */
int sys_read_file(const char *path, size_t max_bytes, struct buf *out);

/* Replace a file as a whole: write beside it, sync, rename. */
int sys_write_file(const char *path, struct bytes content);

/* -------------------------------------------------------------------- time */

int64_t sys_now(void);	    /* seconds since 1970, UTC */
double sys_monotonic(void); /* seconds since some moment */

/*
 * A time zone by its name ("Europe/Berlin", "UTC", "+02:00", or NULL for that
 * of this machine). E_NOT_FOUND.
 */
struct sys_zone;
int sys_zone_open(struct sys_zone **out, const char *name);
void sys_zone_close(struct sys_zone *z);

/*
 * Seconds since 1970 UTC of a civil time there, given as the seconds that the
 * same clock reading would be in UTC. A reading that occurs twice is the
 * first; one that is skipped goes on as the clock before the jump.
 */
int64_t sys_zone_to_utc(struct sys_zone *z, int64_t civil);

/* ----------------------------------------------------------------- threads */

unsigned sys_n_cpus(void); /* that this process may use */

/* fn(ctx, 0) … fn(ctx, n_threads - 1), each on a thread; returns when all do */
void sys_run(unsigned n_threads, void (*fn)(void *ctx, unsigned i), void *ctx);
