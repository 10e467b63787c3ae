/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_fuzz.h - the properties that hold for every reader and every input
 *
 * Whatever the bytes: the accounts add up, and neither events, complaints nor
 * accounts depend on how the bytes were cut into chunks.
 */
#pragma once

#include "../tests/read_run.h"

#define FUZZ_MTIME 1061292345 /* so that years are inferred the same way */

static inline const struct malware_table *fuzz_malware(void)
{
	static struct malware_table *table; /* costly to make each time */

	if (table == NULL)
		table = malware_table_new((struct bytes){ 0 }, NULL, NULL);
	return table;
}

static inline void fuzz_print_accounts(struct run *run, struct buf *out)
{
	const struct read_account *a;
	size_t n = read_job_accounts(run_job(run), &a);

	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s %llu %llu %llu %llu\n", a[i].format,
			   (unsigned long long)a[i].n_used,
			   (unsigned long long)a[i].n_ignored,
			   (unsigned long long)a[i].n_unknown,
			   (unsigned long long)a[i].n_bad);
		for (size_t k = 0; k < READ_SAMPLES && a[i].samples[k]; k++)
			buf_printf(out, "%s\n", a[i].samples[k]);
	}
}

/* All that comes of the input, as one text */
static inline struct buf fuzz_read(const char *format, struct bytes input,
				   size_t chunk)
{
	struct buf out = { 0 };
	struct run run;
	int err;

	run_init_with(&run, fuzz_malware());
	run.options.format = format;
	err = run_feed_at(&run, "x", FUZZ_MTIME, input, chunk);
	if (err < 0 && (format != NULL || err != E_SYNTAX))
		panic("reading failed: %s", error_text(err));
	if (run_finish(&run) < 0)
		panic("the end failed");
	if (!run_adds_up(&run))
		panic("the accounts do not add up");
	for (size_t i = 0; i < run.n; i++)
		run_print_event(&run, &run.events[i], &out);
	buf_add_bytes(&out, buf_bytes(&run.complaints));
	fuzz_print_accounts(&run, &out);
	run_deinit(&run);
	return out;
}

/* Read all at once and in chunks, and compare. format NULL: found by itself */
static inline void fuzz_chunks(const char *format, struct bytes input,
			       size_t chunk)
{
	struct buf whole = fuzz_read(format, input, 0);
	struct buf cut = fuzz_read(format, input, chunk);

	if (!bytes_equal(buf_bytes(&whole), buf_bytes(&cut)))
		panic("chunks of %zu change the result", chunk);
	buf_deinit(&whole);
	buf_deinit(&cut);
}
