/* SPDX-License-Identifier: Apache-2.0 */
/*
 * replay.c - give every file of a corpus to a fuzz target, without a fuzzer
 *
 * Prints TAP: one line a file. What crashes once stays in the corpus forever.
 */
#include "sys/sys.h"

#include <stdio.h>

#define INPUT_MAX ((size_t)64 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(void *ctx, const char *path)
{
	unsigned *n = ctx;
	struct buf input = { 0 };
	int err = sys_read_file(path, INPUT_MAX, &input);

	if (err == 0)
		LLVMFuzzerTestOneInput((const uint8_t *)input.ptr, input.len);
	printf("%sok %u - %s\n", err < 0 ? "not " : "", ++*n, path);
	buf_deinit(&input);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned n = 0;

	for (int i = 1; i < argc; i++)
		sys_walk(argv[i], &(struct sys_walk){ &n, replay, NULL });
	printf("1..%u\n", n);
	return n == 0;
}
