/* SPDX-License-Identifier: Apache-2.0 */
#include "record/view.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void view_init(struct view *v)
{
	*v = (struct view){ 0 };
	pthread_mutex_init(&v->mutex, NULL);
}

void view_deinit(struct view *v)
{
	for (size_t i = 0; i < v->n_runs; i++)
		run_close(&v->runs[i]);
	free(v->runs);
	block_rows_deinit(&v->memory);
	for (size_t i = 0; i < v->n_damage; i++)
		free(v->damage[i].what);
	free(v->damage);
	pthread_mutex_destroy(&v->mutex);
	*v = (struct view){ 0 };
}

/* Each scan meets the same damage again, and it is told once. */
static bool is_noted(const struct view *v, const char *what)
{
	for (size_t i = 0; i < v->n_damage; i++)
		if (!strcmp(v->damage[i].what, what))
			return true;
	return false;
}

void view_note_damage(struct view *v, const char *format, ...)
{
	struct buf b = { 0 };
	va_list args;

	va_start(args, format);
	buf_vprintf(&b, format, args);
	va_end(args);
	buf_add_char(&b, '\0');
	pthread_mutex_lock(&v->mutex);
	if (is_noted(v, b.ptr)) {
		buf_deinit(&b);
	} else {
		MEM_GROW(v->damage, v->n_damage, v->cap_damage);
		v->damage[v->n_damage++].what = b.ptr;
	}
	pthread_mutex_unlock(&v->mutex);
}

int view_add_run(struct view *v, struct sys_disk *disk, const char *name,
		 const struct run_facts *want)
{
	struct run run;
	const char *why;
	int err = run_open(&run, disk, name, &why);

	if (err == E_CORRUPT) {
		view_note_damage(v, "%s: %s", name, why);
		return 0;
	}
	if (err < 0)
		return err;
	if (want != NULL && run.facts.check != want->check) {
		view_note_damage(v, "%s: not the run that was published", name);
		run_close(&run);
		return 0;
	}
	MEM_GROW(v->runs, v->n_runs, v->cap_runs);
	v->runs[v->n_runs++] = run;
	return 0;
}

static void add_names(struct catalog *c, const struct run_names *names)
{
	for (uint32_t i = 1; i < names->n; i++)
		catalog_add(c, names->name[i]);
}

void view_add_names(struct view *v, struct catalog *labels,
		    struct catalog *clients)
{
	for (size_t i = 0; i < v->n_runs; i++) {
		add_names(labels, &v->runs[i].labels);
		add_names(clients, &v->runs[i].clients);
	}
}

void view_translate(struct view *v, const struct catalog *labels,
		    const struct catalog *clients)
{
	for (size_t i = 0; i < v->n_runs; i++)
		run_translate(&v->runs[i], labels, clients);
}

void view_set_memory(struct view *v, const struct event *e, size_t n)
{
	block_rows_deinit(&v->memory);
	if (n == 0)
		return;
	block_rows_init(&v->memory, n);
	for (size_t i = 0; i < n; i++)
		block_rows_add(&v->memory, &e[i]);
}
