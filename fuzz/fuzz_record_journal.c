/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A journal that somebody made to break us: the bytes as a file, and as the
 * payload of a frame whose checksums fit. And a manifest.
 */
#include "record/journal.h"
#include "record/manifest.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_journal(struct bytes b, uint64_t id)
{
	struct journal_rows rows = { 0 };
	struct catalog labels = { 0 }, clients = { 0 };
	const char *why;

	journal_decode(&rows, b, id, &labels, &clients, &why);
	for (size_t i = 0; i < rows.n; i++)
		if (rows.events[i].kind >= N_KINDS ||
		    rows.events[i].label > labels.n ||
		    rows.events[i].client > clients.n)
			abort();
	free(rows.events);
	catalog_deinit(&labels);
	catalog_deinit(&clients);
}

static void read_manifest(struct bytes b)
{
	struct manifest m;

	if (manifest_decode(&m, b) == 0)
		manifest_deinit(&m);
}

/* With the checksum at its end made to fit */
static void read_mended_manifest(struct bytes b)
{
	struct buf copy = { 0 };

	buf_add_bytes(&copy, b);
	buf_add_u64(&copy, hash_bytes(b));
	read_manifest(buf_bytes(&copy));
	buf_deinit(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = bytes_of(data, size);
	struct buf framed = { 0 };

	read_journal(b, 5);
	journal_header_encode(&framed, 5);
	journal_frame_encode(&framed, 5, 0, b);
	read_journal(buf_bytes(&framed), 5);
	buf_deinit(&framed);
	read_manifest(b);
	read_mended_manifest(b);
	return 0;
}
