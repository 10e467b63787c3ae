/* SPDX-License-Identifier: Apache-2.0 */
#include "read_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_chunks("message", bytes_of(data, size), 5);
	return 0;
}
