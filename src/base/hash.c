/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base.h"

#include <xxhash.h>

uint64_t hash_bytes(struct bytes b)
{
	return XXH3_64bits(b.ptr, b.len);
}

/* XXH3_state_t wants an alignment of its own, so xxhash makes it. */
static XXH3_state_t *state_of(struct hash_stream *h)
{
	return (XXH3_state_t *)h;
}

struct hash_stream *hash_stream_new(void)
{
	XXH3_state_t *state = XXH3_createState();

	if (state == NULL)
		fatal("out of memory");
	XXH3_64bits_reset(state);
	return (struct hash_stream *)state;
}

void hash_stream_add(struct hash_stream *h, struct bytes b)
{
	if (b.len > 0)
		XXH3_64bits_update(state_of(h), b.ptr, b.len);
}

uint64_t hash_stream_value(const struct hash_stream *h)
{
	return XXH3_64bits_digest((const XXH3_state_t *)h);
}

void hash_stream_free(struct hash_stream *h)
{
	if (h != NULL)
		XXH3_freeState(state_of(h));
}
