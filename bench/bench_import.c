/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_import.c - how fast a CSV and a Postfix log become a record
 *
 *	bench_import DIRECTORY CSV [MB [SEED [BASE]]]
 *
 * CSV is a file made by `rapsheet simulate --csv`. The log is made here, of MB
 * million bytes: each round is the log BASE (examples/mail.log.zst) once more,
 * its stamps moved on by whole days and its queue ids and processes made new
 * by the seed, so that nothing joins across rounds; without BASE there is no
 * log. The programs run as users run them; each stage is a process of its own,
 * so that its peak memory is its own:
 *
 *	hash    the pass that tells whether an input is known
 *	parse   and the events thrown away
 *	import  and sorted, written, synced and published
 *
 * All of it from the page cache, with as many threads as CPUs: `taskset -c 0`
 * for one. What is in DIRECTORY is replaced.
 */
#include "read/read.h"
#include "record/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY	((size_t)2 << 30)
#define N_TRIES 3

enum stage { HASH, PARSE, IMPORT, N_STAGES };

static const char *const stage_names[N_STAGES] = { "hash", "parse", "import" };

/* What a stage tells, in memory that both processes see */
struct outcome {
	double seconds, commit_seconds, cpu_seconds;
	uint64_t n_units, n_events, n_bytes;
	long peak_kib;
};

/* ----------------------------------------------------------- the Postfix log
 */

struct maker {
	FILE *out;
	uint64_t salt; /* of this round */
	int64_t shift; /* seconds */
};

static bool is_id_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* Ten to fifteen letters and digits between marks: a queue id, near enough */
static bool is_id(struct bytes word)
{
	bool has_digit = false, has_upper = false;

	if (word.len < 10 || word.len > 15)
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (!is_id_char(word.ptr[i]))
			return false;
		has_digit |= word.ptr[i] <= '9';
		has_upper |= word.ptr[i] >= 'A' && word.ptr[i] <= 'Z';
	}
	return has_digit && has_upper;
}

/* Another id of the same length; equal ones become equal ones. */
static void renew_id(struct maker *m, struct bytes word, struct buf *line)
{
	static const char letters[] = "0123456789BCDFGHJKLMNPQRSTVWXYZ";
	uint64_t x = hash_mix(hash_bytes(word) ^ m->salt);

	for (size_t i = 0; i < word.len; i++) {
		buf_add_char(line, i == 0 ? '4' : letters[x % 31]);
		x = x / 31 + (i == 7 ? hash_mix(x ^ m->salt) : 0);
	}
}

static void renew_line(struct maker *m, struct bytes text, struct buf *line)
{
	struct bytes stamp = bytes_cut(&text, ' ');
	char when[TIME_TEXT_MAX];
	bool has_zone;
	int64_t t;

	line->len = 0;
	if (time_parse(stamp, &t, &has_zone) < 0)
		return;
	time_format(t + m->shift, when);
	buf_printf(line, "%.19s.%06u+00:00 ", when, (unsigned)(t % 1000));
	while (text.len > 0) {
		size_t n = 0;

		while (n < text.len && is_id_char(text.ptr[n]))
			n++;
		if (is_id(bytes_of(text.ptr, n)))
			renew_id(m, bytes_of(text.ptr, n), line);
		else
			buf_add(line, text.ptr, n);
		if (n < text.len)
			buf_add_char(line, text.ptr[n++]);
		text = bytes_from(text, n);
	}
	buf_add_char(line, '\n');
	if (fwrite(line->ptr, 1, line->len, m->out) != line->len)
		fatal("cannot write the log");
}

static void read_base(const char *path, struct buf *out)
{
	struct sys_input *in;
	const char *name;
	int64_t mtime;
	long n = 1;

	if (sys_input_open(&in, path) < 0 ||
	    sys_input_next(in, &name, &mtime) != 1)
		fatal("%s cannot be read", path);
	while (n > 0) {
		buf_reserve(out, 65536);
		n = sys_input_read(in, out->ptr + out->len, 65536);
		out->len += n > 0 ? (size_t)n : 0;
	}
	sys_input_close(in);
}

/* The days that the base log spans, its rounds being so far apart */
static int64_t n_days(struct bytes base)
{
	int64_t first = 0, last = 0, t;
	bool has_zone;

	while (base.len > 0) {
		struct bytes line = bytes_cut(&base, '\n');

		if (time_parse(bytes_cut(&line, ' '), &t, &has_zone) < 0)
			continue;
		first = first ? first : t;
		last = t;
	}
	return (last - first) / DAY_SECONDS + 1;
}

static void make_log(const char *path, const char *base_path, uint64_t n_bytes,
		     uint64_t seed)
{
	struct buf base = { 0 }, line = { 0 };
	struct maker m = { .out = fopen(path, "w") };
	int64_t days;

	if (m.out == NULL)
		fatal("%s cannot be written", path);
	read_base(base_path, &base);
	days = n_days(buf_bytes(&base));
	for (uint64_t round = 0; (uint64_t)ftello(m.out) < n_bytes; round++) {
		struct bytes rest = buf_bytes(&base);

		m.salt = hash_mix(seed ^ round << 20);
		m.shift = (int64_t)round * days * DAY_SECONDS;
		while (rest.len > 0)
			renew_line(&m, bytes_cut(&rest, '\n'), &line);
	}
	if (fclose(m.out) != 0)
		fatal("%s cannot be written", path);
	buf_deinit(&base);
	buf_deinit(&line);
}

/* ------------------------------------------------------------------ a stage */

struct run {
	enum stage stage;
	struct record_import *import;
	struct outcome *out;
};

static int take_events(void *ctx, const struct event *e, size_t n)
{
	struct run *r = ctx;

	r->out->n_events += n;
	return r->stage == IMPORT ? record_import_add(r->import, e, n) : 0;
}

static int begin_input(void *ctx, const char *name, uint64_t hash)
{
	struct run *r = ctx;

	(void)name;
	if (r->stage == HASH)
		return 0;
	if (r->stage == IMPORT)
		return !record_import_has(r->import, hash);
	return 1;
}

static int end_input(void *ctx, const char *name, uint64_t hash, int err)
{
	struct run *r = ctx;

	(void)name, (void)err;
	if (r->stage == IMPORT)
		record_import_note(r->import, hash);
	return 0;
}

static void complain(void *ctx, const char *input, uint64_t line,
		     const char *expected)
{
	(void)ctx;
	log_warn("%s:%" PRIu64 ": %s", input, line, expected);
}

static void read_and_commit(struct run *r, const char *path,
			    const struct malware_table *malware)
{
	const struct read_options options = {
		.kind = -1,
		.malware = malware,
		.now = sys_now(),
	};
	const struct read_sink sink = {
		.ctx = r,
		.labels = record_import_labels(r->import),
		.clients = record_import_clients(r->import),
		.events = take_events,
		.complain = complain,
	};
	const struct read_caller caller = { r, begin_input, end_input };
	struct read_job *job = read_job_new(&options, &sink);
	const struct read_account *accounts;
	struct read_totals totals = { 0 };
	double start;
	size_t n;

	if (read_paths(job, &path, 1, &caller, &totals) < 0 ||
	    read_job_finish(job) < 0)
		fatal("%s: the import failed", path);
	start = sys_monotonic();
	if (r->stage == IMPORT && record_import_commit(r->import) < 0)
		fatal("cannot publish");
	r->out->commit_seconds = sys_monotonic() - start;
	n = read_job_accounts(job, &accounts);
	for (size_t i = 0; i < n; i++)
		r->out->n_units += accounts[i].n_units;
	r->out->n_bytes = totals.n_bytes;
	read_job_free(job);
}

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static void do_stage(struct run *r, const char *directory, const char *path)
{
	struct malware_table *malware =
		malware_table_new((struct bytes){ 0 }, NULL, NULL);
	struct sys_disk *disk;
	struct rusage usage;
	double start;

	sys_remove_tree(directory);
	if (sys_disk_open(&disk, directory, true) < 0)
		fatal("%s: no record can be there", directory);
	start = sys_monotonic();
	if (record_import_open(&r->import, disk, MEMORY) < 0)
		fatal("cannot import");
	read_and_commit(r, path, malware);
	r->out->seconds = sys_monotonic() - start;
	record_import_close(r->import);
	disk->ops->free(disk);
	malware_table_free(malware);
	getrusage(RUSAGE_SELF, &usage);
	r->out->peak_kib = usage.ru_maxrss;
	r->out->cpu_seconds =
		seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

static struct outcome in_process(struct run r, const char *directory,
				 const char *path)
{
	struct outcome *shared =
		mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct outcome out;
	int status = 0;
	pid_t pid;

	if (shared == MAP_FAILED)
		fatal("no memory");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		r.out = shared;
		do_stage(&r, directory, path);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0)
		fatal("a stage failed");
	out = *shared;
	munmap(shared, sizeof(*shared));
	return out;
}

static void print_stage(enum stage stage, const struct outcome *o,
			uint64_t n_bytes)
{
	printf("  %-6s %7.3f s (CPU %.3f)", stage_names[stage], o->seconds,
	       o->cpu_seconds);
	printf("  %7.1f MB/s", (double)n_bytes / o->seconds / 1e6);
	if (stage != HASH)
		printf("  %6.2f M units/s  %6.2f M events/s",
		       (double)o->n_units / o->seconds / 1e6,
		       (double)o->n_events / o->seconds / 1e6);
	if (stage == IMPORT)
		printf("  (commit %.3f s)", o->commit_seconds);
	printf("  peak %ld MiB\n", o->peak_kib >> 10);
}

static void measure(const char *what, const char *directory, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		fatal("%s is not there", path);
	printf("%s, %.1f MB, the best of %d\n", what, (double)st.st_size / 1e6,
	       N_TRIES);
	for (unsigned s = 0; s < N_STAGES; s++) {
		struct outcome best = { .seconds = 1e9 };

		for (unsigned i = 0; i < N_TRIES; i++) {
			struct outcome o = in_process(
				(struct run){ .stage = s }, directory, path);

			if (o.seconds < best.seconds)
				best = o;
		}
		print_stage(s, &best, (uint64_t)st.st_size);
	}
}

int main(int argc, char **argv)
{
	uint64_t n_mb = argc > 3 ? strtoull(argv[3], NULL, 10) : 400;
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
	struct buf log = { 0 }, record = { 0 };

	if (argc < 3)
		fatal("usage: bench_import DIRECTORY CSV [MB [SEED [BASE]]]");
	buf_printf(&record, "%s/record%c", argv[1], '\0');
	buf_printf(&log, "%s/mail.log%c", argv[1], '\0');
	printf("%u CPUs, memory for sorting %zu MiB, seed %" PRIu64 "\n",
	       sys_n_cpus(), MEMORY >> 20, seed);
	measure("csv", record.ptr, argv[2]);
	if (argc > 5) {
		mkdir(argv[1], 0750);
		make_log(log.ptr, argv[5], n_mb * 1000000, seed);
		measure("postfix", record.ptr, log.ptr);
	}
	sys_remove_tree(record.ptr);
	buf_deinit(&log);
	buf_deinit(&record);
	return 0;
}
