/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.c - small batches, durable at once
 *
 *	            append                fold: long, or closed
 *	  journal ---------> journal  --------------------------> run
 *	     |                                                     ^
 *	     +-- the writer dies: its lock is free ----------------+
 *	                           the next fold of anybody adopts it
 *
 * A journal counts while the manifest names it. Folding writes its rows as
 * parts; then one change names the runs, drops the journal, and names a new
 * empty one. So a batch is in a journal or in a run and never in both.
 */
#include "record/journal.h"
#include "record/manifest.h"
#include "record/merge.h"
#include "record/record.h"
#include "record/sort.h"

#include <errno.h>
#include <stdlib.h>

#define FOLD_BYTES ((size_t)4 << 20)
#define N_TRIES	   8

/* The journal being written */
struct own_journal {
	uint64_t id;
	int lock;   /* -1: there is none */
	int handle; /* -1: not open */
	size_t n_bytes;
	uint32_t n_batches;
	uint32_t n_labels, n_clients; /* names that it holds */
};

struct record_writer {
	struct sys_disk *disk;
	struct work work;
	struct catalog labels, clients;
	struct own_journal journal;
	size_t fold_at; /* bytes of the journal */
	int err;	/* sticky */
};

/* ---------------------------------------------------------- own journal */

/*
 * A new file, locked, with its header on stable storage. The caller holds the
 * lock of the record, so that nobody takes it for a leftover.
 */
static int journal_begin(struct own_journal *j, struct sys_disk *disk,
			 uint64_t id)
{
	char name[FILE_NAME_MAX];
	struct buf b = { 0 };
	int err = 0;

	*j = (struct own_journal){ .id = id, .handle = -1 };
	file_name(name, id, JOURNAL_SUFFIX);
	j->lock = disk->ops->lock(disk, name, false);
	if (j->lock < 0)
		return E_IO;
	j->handle = disk->ops->append(disk, name);
	if (j->handle < 0)
		return E_IO;
	journal_header_encode(&b, id);
	err = disk->ops->write(disk, j->handle, buf_bytes(&b));
	if (err == 0)
		err = disk->ops->sync(disk, j->handle);
	j->n_bytes = b.len;
	buf_deinit(&b);
	return err;
}

static void journal_end(struct own_journal *j, struct sys_disk *disk)
{
	if (j->handle >= 0)
		disk->ops->close(disk, j->handle);
	if (j->lock >= 0)
		disk->ops->unlock(disk, j->lock);
	j->handle = j->lock = -1;
}

/* ------------------------------------------------------------------- folds */

/* Journals to be folded: our own, and those whose writers died */
struct fold {
	uint64_t *ids;
	int *locks; /* of the dead ones; -1 for our own */
	size_t n;
	struct journal_rows rows;
	struct catalog labels, clients;
	struct run_list parts;
};

static void fold_deinit(struct fold *f, struct sys_disk *disk)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->locks[i] >= 0)
			disk->ops->unlock(disk, f->locks[i]);
	free(f->ids);
	free(f->locks);
	free(f->rows.events);
	catalog_deinit(&f->labels);
	catalog_deinit(&f->clients);
	run_list_deinit(&f->parts);
}

struct find {
	const char *name;
	bool found;
};

static void match(void *ctx, const char *name)
{
	struct find *f = ctx;

	f->found |= !strcmp(f->name, name);
}

/* Taking the lock of a file that is lost would make it anew, and empty. */
static int lock_existing(struct sys_disk *disk, const char *name)
{
	struct find f = { name, false };

	disk->ops->list(disk, &f, match);
	return f.found ? disk->ops->lock(disk, name, false) : E_NOT_FOUND;
}

/*
 * Read one journal. A damaged one is left where it is: every view reads what
 * is left of it and tells the damage.
 */
static int take_journal(struct fold *f, struct sys_disk *disk, uint64_t id,
			int lock)
{
	size_t before = f->rows.n;
	char name[FILE_NAME_MAX];
	struct bytes whole;
	const char *why;
	int err;

	file_name(name, id, JOURNAL_SUFFIX);
	err = disk->ops->map(disk, name, &whole);
	if (err < 0)
		return err;
	err = journal_decode(&f->rows, whole, id, &f->labels, &f->clients,
			     &why);
	disk->ops->unmap(disk, whole);
	if (err < 0) {
		f->rows.n = before;
		return err;
	}
	f->ids[f->n] = id;
	f->locks[f->n++] = lock;
	return 0;
}

static int collect(struct fold *f, struct record_writer *w)
{
	struct sys_disk *disk = w->disk;
	struct manifest m;
	int err = manifest_load(&m, disk);

	if (err < 0)
		return err;
	f->ids = mem_alloc(m.n_journals, sizeof(*f->ids));
	f->locks = mem_alloc(m.n_journals, sizeof(*f->locks));
	for (size_t i = 0; i < m.n_journals; i++) {
		uint64_t id = m.journals[i];
		char name[FILE_NAME_MAX];
		int lock = -1;

		file_name(name, id, JOURNAL_SUFFIX);
		if (id != w->journal.id) {
			lock = lock_existing(disk, name);
			if (lock < 0)
				continue;
		}
		err = take_journal(f, disk, id, lock);
		if (err < 0 && lock >= 0)
			disk->ops->unlock(disk, lock);
		if (err < 0 && id == w->journal.id)
			break;
		err = 0;
	}
	manifest_deinit(&m);
	return err;
}

static int write_parts(struct fold *f, struct run_place *place)
{
	struct event *scratch;

	if (f->rows.n == 0)
		return 0;
	scratch = mem_resize(NULL, f->rows.n, sizeof(*scratch));
	events_sort_months(f->rows.events, f->rows.n, scratch);
	free(scratch);
	return events_write(f->rows.events, f->rows.n, &f->labels, &f->clients,
			    place, &f->parts);
}

static void add_names(struct catalog *to, const struct catalog *from)
{
	for (uint32_t i = 1; i <= from->n; i++)
		catalog_add(to, catalog_name(from, i));
}

static bool names_journal(const struct manifest *m, uint64_t id)
{
	for (size_t i = 0; i < m->n_journals; i++)
		if (m->journals[i] == id)
			return true;
	return false;
}

/*
 * We hold the locks of all of them; but a dead one may have been adopted
 * between our reading of the manifest and of the lock.
 */
static bool still_there(const struct fold *f, const struct manifest *m)
{
	for (size_t i = 0; i < f->n; i++)
		if (!names_journal(m, f->ids[i]))
			return false;
	return true;
}

static int publish(struct record_writer *w, struct fold *f,
		   struct own_journal *next)
{
	struct change c;
	int err = change_begin(&c, w->disk);

	if (err < 0)
		return err;
	if (!still_there(f, &c.m)) {
		change_end(&c);
		return E_STATE;
	}
	err = change_add_runs(&c, &f->parts);
	for (size_t i = 0; i < f->n; i++)
		manifest_remove_journal(&c.m, f->ids[i]);
	add_names(&c.m.labels, &f->labels);
	add_names(&c.m.clients, &f->clients);
	if (err == 0 && next != NULL) {
		err = journal_begin(next, w->disk, c.m.next_id++);
		manifest_add_journal(&c.m, next->id);
	}
	if (err == 0) {
		err = change_commit(&c);
		/* Does our journal still count? We cannot know. */
		w->err = err < 0 ? E_STATE : 0;
	}
	if (err == 0)
		change_clean(&c);
	change_end(&c);
	return err;
}

/* With next, writing goes on in a new journal. */
static int try_fold(struct record_writer *w, struct own_journal *next)
{
	struct fold f = { 0 };
	int err = collect(&f, w);

	if (err == 0)
		err = write_parts(&f, &w->work.place);
	if (err == 0 && (f.n > 0 || next != NULL))
		err = publish(w, &f, next);
	if (err < 0 && next != NULL)
		journal_end(next, w->disk);
	fold_deinit(&f, w->disk);
	return err;
}

/* E_STATE: two adopted the same dead journal, and the other was faster. */
static int fold(struct record_writer *w, struct own_journal *next)
{
	int err = E_STATE;

	for (int i = 0; i < N_TRIES && err == E_STATE; i++)
		err = try_fold(w, next);
	return err;
}

/* Failing before the commit does no harm: the journal still holds it all. */
int record_writer_fold(struct record_writer *w)
{
	struct own_journal next = { .lock = -1, .handle = -1 };
	int err;

	if (w->err < 0)
		return w->err;
	err = fold(w, &next);
	if (err < 0)
		return err;
	journal_end(&w->journal, w->disk);
	w->journal = next;
	w->fold_at = FOLD_BYTES;
	merge_published(&w->work);
	return 0;
}

/* ------------------------------------------------------------- open, append */

int record_writer_open(struct record_writer **out, struct sys_disk *disk)
{
	struct record_writer *w = mem_alloc(1, sizeof(*w));
	int err;

	w->disk = disk;
	w->fold_at = FOLD_BYTES;
	w->journal.lock = w->journal.handle = -1;
	err = work_begin(&w->work, disk);
	if (err == 0)
		err = fold(w, &w->journal);
	if (err < 0) {
		record_writer_close(w);
		return err;
	}
	*out = w;
	return 0;
}

struct catalog *record_writer_labels(struct record_writer *w)
{
	return &w->labels;
}

struct catalog *record_writer_clients(struct record_writer *w)
{
	return &w->clients;
}

static void check_events(const struct record_writer *w, const struct event *e,
			 size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (e[i].kind >= N_KINDS || e[i].label > w->labels.n ||
		    e[i].client > w->clients.n)
			panic("append: an event of kind %u, label %u, "
			      "client %u",
			      e[i].kind, e[i].label, e[i].client);
}

static int write_batch(struct record_writer *w, struct bytes b)
{
	const struct sys_disk_ops *ops = w->disk->ops;
	int err = ops->write(w->disk, w->journal.handle, b);

	return err < 0 ? err : ops->sync(w->disk, w->journal.handle);
}

int record_append(struct record_writer *w, const struct event *events, size_t n)
{
	struct own_journal *j = &w->journal;
	struct buf b = { 0 };

	if (w->err < 0)
		return E_STATE;
	if (n > RECORD_BATCH_MAX)
		return E_LIMIT;
	check_events(w, events, n);
	if (n == 0)
		return 0;
	journal_batch_encode(&b, j->id, j->n_batches, events, n, &w->labels,
			     j->n_labels, &w->clients, j->n_clients);
	if (b.len > JOURNAL_BATCH_MAX) {
		buf_deinit(&b);
		return E_LIMIT;
	}
	w->err = write_batch(w, buf_bytes(&b));
	j->n_bytes += b.len;
	j->n_batches++;
	j->n_labels = w->labels.n;
	j->n_clients = w->clients.n;
	buf_deinit(&b);
	if (w->err < 0)
		return E_IO;
	if (j->n_bytes >= w->fold_at) {
		w->fold_at = 2 * j->n_bytes; /* if this fails */
		record_writer_fold(w);	     /* the batch is safe either way */
	}
	return 0;
}

void record_writer_close(struct record_writer *w)
{
	if (w == NULL)
		return;
	if (w->err == 0 && w->journal.handle >= 0 && fold(w, NULL) == 0)
		merge_published(&w->work);
	journal_end(&w->journal, w->disk);
	work_end(&w->work);
	catalog_deinit(&w->labels);
	catalog_deinit(&w->clients);
	free(w);
}
