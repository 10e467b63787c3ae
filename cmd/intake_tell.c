/* SPDX-License-Identifier: Apache-2.0 */
/* intake_tell.c - the accounting, for a person and as JSON */
#include "intake.h"

#include <inttypes.h>
#include <stdio.h>

/* 1234567 -> "1,234,567" */
static void add_count(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

static void add_part(struct buf *out, const char *before, uint64_t n,
		     const char *after)
{
	buf_add_text(out, before);
	add_count(out, n);
	buf_add_text(out, after);
}

static void tell_account(const struct read_account *a, bool with_ignored,
			 struct buf *out)
{
	buf_printf(out, "%s: ", a->format);
	add_part(out, "", a->n_units, " ");
	buf_add_text(out, a->unit);
	add_part(out, " = ", a->n_used, " used for events");
	add_part(out, " + ", a->n_ignored, " known and ignored");
	add_part(out, " + ", a->n_unknown, " not understood");
	if (a->n_bad > 0)
		add_part(out, " + ", a->n_bad, " bad");
	add_part(out, "; ", a->n_events, " events");
	if (a->n_moved > 0)
		add_part(out, ", ", a->n_moved,
			 " verdicts by address taken as policy and not spam");
	buf_add_char(out, '\n');
	for (size_t i = 0; i < READ_SAMPLES && a->samples[i] != NULL; i++)
		buf_printf(out, "    not understood: %s\n", a->samples[i]);
	for (size_t i = 0; with_ignored && i < a->n_templates; i++) {
		buf_add_text(out, "    ignored ");
		add_part(out, "", a->ignored[i].n, " ");
		buf_printf(out, "%s (%s)\n", a->ignored[i].name,
			   a->ignored[i].reason);
	}
}

void intake_tell_text(const struct intake *in, bool with_ignored,
		      struct buf *out)
{
	const struct read_account *accounts;
	size_t n = read_job_accounts(in->job, &accounts);

	for (size_t i = 0; i < n; i++)
		tell_account(&accounts[i], with_ignored, out);
	if (in->totals.n_skipped > 0)
		add_part(out, "passed over: ", in->totals.n_skipped,
			 " inputs that were imported before\n");
	if (n == 0 && in->totals.n_skipped == 0)
		buf_add_text(out, "nothing was read\n");
}

static void put_templates(struct json *w, const struct read_account *a)
{
	json_begin_array(w, "templates");
	for (size_t i = 0; i < a->n_templates; i++) {
		json_begin_object(w, NULL);
		json_put_text(w, "name", bytes_of_text(a->ignored[i].name));
		json_put_text(w, "reason", bytes_of_text(a->ignored[i].reason));
		json_put_count(w, "count", a->ignored[i].n);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_samples(struct json *w, const struct read_account *a)
{
	json_begin_array(w, "samples");
	for (size_t i = 0; i < READ_SAMPLES && a->samples[i] != NULL; i++)
		json_put_text(w, NULL, bytes_of_text(a->samples[i]));
	json_end_array(w);
}

static void put_account(struct json *w, const struct read_account *a)
{
	json_begin_object(w, NULL);
	json_put_text(w, "format", bytes_of_text(a->format));
	json_put_text(w, "unit", bytes_of_text(a->unit));
	json_put_count(w, "inputs", a->n_inputs);
	json_put_count(w, "units", a->n_units);
	json_put_count(w, "used", a->n_used);
	json_put_count(w, "ignored", a->n_ignored);
	json_put_count(w, "unknown", a->n_unknown);
	json_put_count(w, "bad", a->n_bad);
	json_put_count(w, "events", a->n_events);
	json_put_count(w, "moved", a->n_moved);
	put_templates(w, a);
	put_samples(w, a);
	json_end_object(w);
}

void intake_tell_json(const struct intake *in, struct buf *out)
{
	const struct read_account *accounts;
	size_t n = read_job_accounts(in->job, &accounts);
	struct json w = json_to(out);

	json_begin_object(&w, NULL);
	json_put_text(&w, "schema", bytes_of_text("rapsheet/import/1"));
	json_begin_array(&w, "formats");
	for (size_t i = 0; i < n; i++)
		put_account(&w, &accounts[i]);
	json_end_array(&w);
	json_put_count(&w, "read", in->totals.n_read);
	json_put_count(&w, "passed_over", in->totals.n_skipped);
	json_put_count(&w, "failed", in->totals.n_failed);
	json_end_object(&w);
	json_finish(&w);
}
