/* SPDX-License-Identifier: Apache-2.0 */
/* Any input, its format found by itself; the first byte says how it is cut. */
#include "read_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 0)
		fuzz_chunks(NULL, bytes_of(data + 1, size - 1),
			    data[0] % 64u + 1);
	return 0;
}
