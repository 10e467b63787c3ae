/* SPDX-License-Identifier: Apache-2.0 */
/* host_parts.h - what text and JSON of one host share */
#pragma once

#include "report/report.h"

/* A copy for printing: by kind (as kinds_by_weight), most first; free() it. */
struct report_host_label *host_labels_sorted(const struct report_host *h);

/* What matters most about a host first: viruses, open, spam, … */
extern const enum kind kinds_by_weight[N_KINDS];

struct bytes host_name_of(const struct catalog *c, uint32_t number);
size_t host_n_latest(const struct report_host *h);

/* Whose ports they are: lines below the labels, and the key "ports_of" */
void host_text_known(const struct report_host *h, const struct catalog *labels,
		     struct buf *out);
void host_json_known(struct json *w, const struct report_host *h,
		     enum kind kind, struct bytes label, int64_t first,
		     int64_t last);
