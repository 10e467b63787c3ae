/* SPDX-License-Identifier: Apache-2.0 */
/* spool.c - what can be read only once, kept to be read again */
#include "sys/sys.h"
#include "sys/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_SIZE ((size_t)256 << 10)

static int copy_all(int from, int to)
{
	char *space = mem_alloc(COPY_SIZE, 1);
	int err = 0;

	while (err == 0) {
		ssize_t n = read(from, space, COPY_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			err = E_IO;
		if (n <= 0)
			break;
		err = fd_write_all(to, bytes_of(space, (size_t)n));
	}
	free(space);
	return err;
}

static int copy_to_temp(int from, struct buf *copy)
{
	const char *tmp = getenv("TMPDIR");
	int to, err;

	buf_printf(copy, "%s/rapsheet-input.XXXXXX",
		   tmp && *tmp ? tmp : "/tmp");
	buf_add_char(copy, '\0');
	to = mkostemp(copy->ptr, O_CLOEXEC);
	if (to < 0)
		return E_IO;
	err = copy_all(from, to);
	if (close(to) < 0 && err == 0)
		err = E_IO;
	if (err < 0)
		unlink(copy->ptr);
	return err < 0 ? err : 1;
}

int sys_spool(const char *path, struct buf *copy)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct stat st;
	int fd, err;

	if (!is_stdin && stat(path, &st) < 0)
		return errno == ENOENT ? E_NOT_FOUND : E_IO;
	if (!is_stdin && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		return 0;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return E_IO;
	err = copy_to_temp(fd, copy);
	if (!is_stdin)
		close(fd);
	return err;
}

void sys_spool_remove(const char *copy)
{
	unlink(copy);
}
