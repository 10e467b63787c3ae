/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of Postfix and amavis: any bytes, cut anywhere */
#include "read_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_chunks("postfix", bytes_of(data, size), 7);
	return 0;
}
