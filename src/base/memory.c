/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/mman.h>

struct arena arena_new(size_t reserve_bytes)
{
	char *p = mmap(NULL, reserve_bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		fatal("no address space for %zu bytes", reserve_bytes);
	return (struct arena){ p, p + reserve_bytes };
}

void arena_free(struct arena whole)
{
	if (whole.at != NULL)
		munmap(whole.at, (size_t)(whole.end - whole.at));
}

void *arena_alloc(struct arena *a, size_t size, size_t align, size_t count)
{
	size_t pad = -(uintptr_t)a->at & (align - 1);
	size_t avail = (size_t)(a->end - a->at);
	char *p;

	assert(size > 0 && (align & (align - 1)) == 0);
	if (avail < pad || count > (avail - pad) / size)
		panic("arena exhausted: %zu x %zu bytes asked, %zu left", count,
		      size, avail);
	p = a->at + pad;
	a->at = p + count * size;
	return memset(p, 0, count * size);
}

struct bytes arena_copy(struct arena *a, struct bytes b)
{
	char *p = ARENA_NEW(a, char, b.len);

	if (b.len > 0)
		memcpy(p, b.ptr, b.len);
	return bytes_of(p, b.len);
}

void *mem_alloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (p == NULL)
		fatal("out of memory: %zu x %zu bytes", count, size);
	return p;
}

void *mem_resize(void *old, size_t count, size_t size)
{
	void *p = reallocarray(old, count ? count : 1, size);

	if (p == NULL)
		fatal("out of memory: %zu x %zu bytes", count, size);
	return p;
}

char *mem_text(struct bytes b)
{
	char *text = mem_alloc(b.len + 1, 1);

	if (b.len > 0)
		memcpy(text, b.ptr, b.len);
	return text;
}
