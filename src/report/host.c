/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.c - the life of one host, condensed while it passes by
 *
 * A host may have millions of events; what is kept is bounded by its days and
 * labels. The latest events stay in a ring.
 */
#include "report/host_parts.h"

#include <stdlib.h>

const enum kind kinds_by_weight[N_KINDS] = {
	KIND_VIRUS,  KIND_BACKDOOR, KIND_PROXY,	    KIND_RELAY, KIND_SPAM,
	KIND_LISTED, KIND_POLICY,   KIND_UNSCANNED, KIND_CLEAN,
};

void report_host_init(struct report_host *h, uint64_t host)
{
	*h = (struct report_host){ .host = host,
				   .first = INT64_MAX,
				   .last = INT64_MIN };
}

void report_host_deinit(struct report_host *h)
{
	free(h->labels);
	free(h->days);
	free(h->slots);
	*h = (struct report_host){ 0 };
}

/* ------------------------------------------------------------------ labels */

/* Open addressing; a slot holds index + 1. Never more than half full. */
static uint32_t *find_slot(const struct report_host *h, unsigned kind,
			   uint32_t label)
{
	size_t i = hash_mix((uint64_t)label << 8 | kind) & (h->n_slots - 1);

	for (;; i = (i + 1) & (h->n_slots - 1)) {
		uint32_t index = h->slots[i];

		if (index == 0 || (h->labels[index - 1].label == label &&
				   h->labels[index - 1].kind == kind))
			return &h->slots[i];
	}
}

static void grow_slots(struct report_host *h)
{
	free(h->slots);
	h->n_slots = h->n_slots ? h->n_slots * 2 : 64;
	h->slots = mem_alloc(h->n_slots, sizeof(*h->slots));
	for (size_t i = 0; i < h->n_labels; i++)
		*find_slot(h, h->labels[i].kind, h->labels[i].label) =
			(uint32_t)(i + 1);
}

static void count_label(struct report_host *h, unsigned kind, uint32_t label,
			int64_t time)
{
	struct report_host_label *l;
	uint32_t *slot;

	if (h->n_labels * 2 >= h->n_slots)
		grow_slots(h);
	slot = find_slot(h, kind, label);
	if (*slot == 0) {
		MEM_GROW(h->labels, h->n_labels, h->cap_labels);
		h->labels[h->n_labels++] = (struct report_host_label){
			.label = label,
			.kind = (uint8_t)kind,
			.first = time,
		};
		*slot = (uint32_t)h->n_labels;
	}
	l = &h->labels[*slot - 1];
	l->n++;
	l->last = time;
}

/* ------------------------------------------------------------------ events */

static void count_day(struct report_host *h, unsigned kind, int64_t time)
{
	int64_t day = time / DAY_SECONDS;

	if (h->n_days == 0 || h->days[h->n_days - 1].day != day) {
		MEM_GROW(h->days, h->n_days, h->cap_days);
		h->days[h->n_days++] = (struct report_host_day){ .day = day };
	}
	h->days[h->n_days - 1].n[kind]++;
}

static void count_kind(struct report_host *h, unsigned kind, int64_t time)
{
	if (h->n[kind]++ == 0)
		h->first_by_kind[kind] = time;
	h->last_by_kind[kind] = time;
	if (time < h->first)
		h->first = time;
	if (time > h->last)
		h->last = time;
}

void report_host_add(struct report_host *h, const struct record_piece *piece)
{
	if (piece->host != h->host)
		panic("a piece of another host's life");
	for (size_t i = 0; i < piece->n; i++) {
		unsigned kind = piece->kind[i];
		int64_t time = piece->time[i];
		uint32_t label = piece->label ? piece->label[i] : 0;

		count_kind(h, kind, time);
		count_day(h, kind, time);
		count_label(h, kind, label, time);
		h->latest[h->n_events++ % REPORT_HOST_LATEST] =
			(struct report_host_event){
				.time = time,
				.label = label,
				.client = piece->client ? piece->client[i] : 0,
				.kind = (uint8_t)kind,
			};
	}
}

const struct report_host_event *report_host_latest(const struct report_host *h,
						   size_t i)
{
	if (i >= host_n_latest(h))
		panic("event %zu of %zu", i, host_n_latest(h));
	return &h->latest[(h->n_events - 1 - i) % REPORT_HOST_LATEST];
}

/* ----------------------------------------------------------- for the pages */

size_t host_n_latest(const struct report_host *h)
{
	return h->n_events < REPORT_HOST_LATEST ? (size_t)h->n_events
						: REPORT_HOST_LATEST;
}

struct bytes host_name_of(const struct catalog *c, uint32_t number)
{
	return c && number > 0 && number <= c->n ? catalog_name(c, number)
						 : (struct bytes){ 0 };
}

static int weight_of(unsigned kind)
{
	for (int i = 0; i < N_KINDS; i++)
		if (kinds_by_weight[i] == (enum kind)kind)
			return i;
	return N_KINDS;
}

static int compare_labels(const void *pa, const void *pb)
{
	const struct report_host_label *a = pa, *b = pb;
	int by_kind = weight_of(a->kind) - weight_of(b->kind);

	if (by_kind != 0)
		return by_kind;
	if (a->n != b->n)
		return a->n > b->n ? -1 : 1;
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	return a->label < b->label ? -1 : a->label > b->label;
}

struct report_host_label *host_labels_sorted(const struct report_host *h)
{
	struct report_host_label *copy =
		mem_alloc(h->n_labels + 1, sizeof(*copy));

	if (h->n_labels > 0) {
		memcpy(copy, h->labels, h->n_labels * sizeof(*copy));
		qsort(copy, h->n_labels, sizeof(*copy), compare_labels);
	}
	return copy;
}
