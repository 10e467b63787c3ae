/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <xxhash.h>

uint64_t hash_bytes(struct bytes b)
{
	return XXH3_64bits(b.ptr, b.len);
}
