/* SPDX-License-Identifier: Apache-2.0 */
/*
 * families.c - [9] outbreaks by day, and what followed a first virus
 *
 * Labels are numbers of a catalog that may hold many thousands, most of them
 * no viruses. A slot of four bytes leads from a label to its row; rows, pages
 * of days and groups exist only where something happened.
 *
 * A host counts once in a family and day. Its rows come by time, so it is
 * enough that a family remembers the last host it saw, and that host's day.
 */
#include "tally/measure.h"

#include <stdlib.h>

static void reserve_slots(struct tally_families *f, uint32_t label)
{
	uint32_t n = label < 512 ? 1024 : label * 2;

	f->slots = mem_resize(f->slots, n, sizeof(*f->slots));
	memset(f->slots + f->n_slots, 0, (n - f->n_slots) * sizeof(*f->slots));
	f->n_slots = n;
}

struct tally_family *families_row(struct tally_families *f, uint32_t label)
{
	if (label >= f->n_slots)
		reserve_slots(f, label);
	if (f->slots[label] == 0) {
		MEM_GROW(f->rows, f->n, f->cap);
		f->rows[f->n++] = (struct tally_family){ .label = label };
		f->slots[label] = f->n;
	}
	return &f->rows[f->slots[label] - 1];
}

static size_t n_pages(const struct tally *t)
{
	return t->options.window.n_days / TALLY_FAMILY_PAGE + 1;
}

static struct tally_family_day *page(const struct tally *t,
				     struct tally_family *f, size_t i)
{
	if (f->pages == NULL)
		f->pages = mem_alloc(n_pages(t), sizeof(*f->pages));
	if (f->pages[i] == NULL)
		f->pages[i] = mem_alloc(TALLY_FAMILY_PAGE,
					sizeof(struct tally_family_day));
	return f->pages[i];
}

void families_add_row(struct tally *t, struct tally_families *families,
		      uint32_t label, uint32_t day)
{
	struct tally_family *f = families_row(families, label);
	struct tally_family_day *d = page(t, f, day / TALLY_FAMILY_PAGE);

	d += day % TALLY_FAMILY_PAGE;
	f->mails++;
	d->mails++;
	if (f->seen_host == t->life->serial && f->seen_day == day)
		return;
	d->hosts++;
	if (f->seen_host != t->life->serial) {
		d->fresh++;
		f->hosts++;
	}
	f->seen_host = t->life->serial;
	f->seen_day = day;
}

struct tally_family_day tally_family_day(const struct tally_family *f,
					 uint32_t day)
{
	size_t i = day / TALLY_FAMILY_PAGE;

	if (f->pages == NULL || f->pages[i] == NULL)
		return (struct tally_family_day){ 0 };
	return f->pages[i][day % TALLY_FAMILY_PAGE];
}

static void add_order(struct tally_family *f, const struct life *l)
{
	uint32_t tv = l->first[KIND_VIRUS], ts = l->first[KIND_SPAM];

	f->order[tv < ts ? TALLY_FIRST : ts < tv ? TALLY_SECOND : TALLY_TIE]++;
}

static struct tally_periods *periods_of(struct tally_family *f, unsigned group)
{
	if (f->spam[group] == NULL)
		f->spam[group] = mem_alloc(1, sizeof(struct tally_periods));
	return f->spam[group];
}

static void families_add(struct tally *t, const struct life *l)
{
	struct tally_family *f;

	if (l->family == 0)
		return;
	f = families_row(&t->families, l->family);
	f->first_hosts++;
	if (!life_has(l, KIND_BIT(KIND_SPAM)))
		return;
	add_order(f, l);
	self_add_periods(t, l, KIND_SPAM, periods_of(f, l->group));
}

static void merge_pages(const struct tally *t, struct tally_family *into,
			const struct tally_family *from)
{
	for (size_t i = 0; from->pages != NULL && i < n_pages(t); i++)
		if (from->pages[i] != NULL)
			add_counts((uint64_t *)page(t, into, i),
				   (const uint64_t *)from->pages[i],
				   sizeof(struct tally_family_day) /
					   sizeof(uint64_t) *
					   TALLY_FAMILY_PAGE);
}

static void merge_family(const struct tally *t, struct tally_family *into,
			 const struct tally_family *from)
{
	into->mails += from->mails;
	into->hosts += from->hosts;
	into->first_hosts += from->first_hosts;
	ADD_COUNTS(into->order, from->order);
	merge_pages(t, into, from);
	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		if (from->spam[g] != NULL)
			ADD_COUNTS(periods_of(into, g)->y, from->spam[g]->y);
}

static void merge_rows(const struct tally *t, struct tally_families *into,
		       const struct tally_families *from)
{
	for (uint32_t i = 0; i < from->n; i++)
		merge_family(t, families_row(into, from->rows[i].label),
			     &from->rows[i]);
}

static void families_merge(struct tally *into, const struct tally *from)
{
	merge_rows(into, &into->families, &from->families);
	merge_rows(into, &into->ports, &from->ports);
}

static void free_family(const struct tally *t, struct tally_family *f)
{
	for (size_t i = 0; f->pages != NULL && i < n_pages(t); i++)
		free(f->pages[i]);
	free(f->pages);
	for (unsigned g = 0; g < TALLY_GROUPS; g++)
		free(f->spam[g]);
}

static void free_rows(const struct tally *t, struct tally_families *families)
{
	for (uint32_t i = 0; i < families->n; i++)
		free_family(t, &families->rows[i]);
	free(families->rows);
	free(families->slots);
}

static void families_free(struct tally *t)
{
	free_rows(t, &t->families);
	free_rows(t, &t->ports);
}

const struct measure measure_families = {
	.add = families_add,
	.merge = families_merge,
	.free = families_free,
};
