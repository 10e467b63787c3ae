/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run_format.h - the fixed parts of a run file
 *
 *	header   32 bytes   magic, version, month, zero, hash
 *	blocks              see block.h
 *	index               80 bytes each block
 *	names               labels, then clients: n; each count, length, bytes
 *	trailer  240 bytes  facts, hashes of index and names, hash, magic
 *
 * Source: doc/format/run.md
 */
#pragma once

#include "record/run.h"

#define RUN_MAGIC	 "RapRun\r\n" /* a text-mode copy breaks it */
#define RUN_END_MAGIC	 "\r\nRapEnd"
#define RUN_MAGIC_SIZE	 8
#define RUN_VERSION	 1
#define RUN_HEADER_SIZE	 32
#define RUN_TRAILER_SIZE (64 + 16 * N_KINDS + 32)

void run_header_encode(struct buf *out, uint32_t month);

/*
 * Append index, names and trailer; f->n_bytes is what stands before them, and
 * f->check is set. Returns the number of bytes.
 */
size_t run_footer_encode(struct buf *out, struct run_facts *f,
			 struct bytes index, const struct run_names *labels,
			 const struct run_names *clients);
