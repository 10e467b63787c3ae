/* SPDX-License-Identifier: Apache-2.0 */
/* intake_tell.c - the accounting, for a person and as JSON */
#include "intake.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

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

static json_t *json_count(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *json_templates(const struct read_account *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < a->n_templates; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:o}", "name",
						a->ignored[i].name, "reason",
						a->ignored[i].reason, "count",
						json_count(a->ignored[i].n)));
	return list;
}

static json_t *json_samples(const struct read_account *a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < READ_SAMPLES && a->samples[i] != NULL; i++)
		json_array_append_new(list, json_string(a->samples[i]));
	return list;
}

static json_t *json_account(const struct read_account *a)
{
	return json_pack(
		"{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
		"format", a->format, "unit", a->unit, "inputs",
		json_count(a->n_inputs), "units", json_count(a->n_units),
		"used", json_count(a->n_used), "ignored",
		json_count(a->n_ignored), "unknown", json_count(a->n_unknown),
		"bad", json_count(a->n_bad), "events", json_count(a->n_events),
		"moved", json_count(a->n_moved), "templates", json_templates(a),
		"samples", json_samples(a));
}

void intake_tell_json(const struct intake *in, struct buf *out)
{
	const struct read_account *accounts;
	size_t n = read_job_accounts(in->job, &accounts);
	json_t *formats = json_array();
	json_t *o;
	char *text;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(formats, json_account(&accounts[i]));
	o = json_pack("{s:s, s:o, s:o, s:o, s:o}", "schema",
		      "rapsheet/import/1", "formats", formats, "read",
		      json_count(in->totals.n_read), "passed_over",
		      json_count(in->totals.n_skipped), "failed",
		      json_count(in->totals.n_failed));
	text = json_dumps(o, JSON_INDENT(1));
	buf_add_text(out, text);
	buf_add_char(out, '\n');
	free(text);
	json_decref(o);
}
