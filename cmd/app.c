/* SPDX-License-Identifier: Apache-2.0 */
/* app.c - configuration, the record's place, options, progress */
#include "cmd.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void complain(void *ctx, const char *path, unsigned line,
		     const char *what)
{
	(void)ctx;
	log_warn("%s:%u: %s", path, line, what);
}

/* A file that is named must be there; the default one need not be. */
void app_load_conf(struct app *app)
{
	const char *path = app->conf_path ? app->conf_path : CONF_DEFAULT_PATH;
	int n = conf_load(&app->conf, path, complain, NULL);

	if (n == E_NOT_FOUND && app->conf_path == NULL)
		return;
	if (n < 0)
		fatal("%s: %s", path,
		      n == E_NOT_FOUND ? "no such file" : error_text(n));
	if (n > 0)
		fatal("%s: %d thing%s wrong with the configuration", path, n,
		      n == 1 ? "" : "s");
}

static void complain_of_indicators(void *ctx, unsigned line, const char *what)
{
	log_warn("%s:%u: %s", (const char *)ctx, line, what);
}

struct indicators *app_load_indicators(const struct app *app)
{
	char *path = app->conf.indicators;
	struct indicators *set;
	struct buf text = { 0 };
	int err = 0;

	if (path != NULL)
		err = sys_read_file(path, INDICATORS_MAX_BYTES, &text);
	if (err < 0)
		fatal("%s: %s", path, error_text(err));
	set = indicators_new(buf_bytes(&text), complain_of_indicators, path);
	buf_deinit(&text);
	return set;
}

static char *default_record_path(void)
{
	const char *base = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	struct buf path = { 0 };

	if (geteuid() == 0)
		return mem_text(bytes_of_text("/var/lib/rapsheet"));
	if (base != NULL && base[0] == '/')
		buf_printf(&path, "%s/rapsheet", base);
	else if (home != NULL && home[0] == '/')
		buf_printf(&path, "%s/.local/share/rapsheet", home);
	else
		fatal("no HOME: say where the record is with --record DIR");
	return path.ptr;
}

char *app_record_path(const struct app *app)
{
	const char *from_environment = getenv("RAPSHEET_RECORD");
	const char *path = app->record_path;

	if (path == NULL && from_environment != NULL && *from_environment)
		path = from_environment;
	if (path == NULL)
		path = app->conf.record_directory;
	return path ? mem_text(bytes_of_text(path)) : default_record_path();
}

struct sys_disk *app_open_disk(const struct app *app, bool create)
{
	char *path = app_record_path(app);
	struct sys_disk *disk;
	int err = sys_disk_open(&disk, path, create);

	if (err == E_NOT_FOUND)
		fatal("%s: there is no record here; rapsheet import makes one",
		      path);
	if (err < 0)
		fatal("%s: %s", path, error_text(err));
	free(path);
	return disk;
}

struct record *app_open_record(const struct app *app, struct sys_disk *disk)
{
	struct record *r;
	int err = record_open(&r, disk);
	char *path;

	if (err == 0)
		return r;
	path = app_record_path(app);
	if (err == E_NOT_FOUND)
		fatal("%s: there is no record here; rapsheet import makes one",
		      path);
	fatal("%s: the record cannot be opened: %s", path, error_text(err));
}

int app_tell_damage(struct record *r)
{
	const struct record_damage *damage;
	size_t n = record_damage(r, &damage);

	for (size_t i = 0; i < n; i++)
		log_warn("damaged: %s", damage[i].what);
	return n > 0 ? STATUS_BAD : STATUS_OK;
}

void command_help(const struct command *c)
{
	printf("usage: rapsheet %s%s%s\n\n%s\n", c->name,
	       c->synopsis[0] ? " " : "", c->synopsis, c->about);
	if (c->options != NULL)
		printf("\n%s", c->options);
}

int command_usage(const struct command *c, const char *format, ...)
{
	struct buf what = { 0 };
	va_list args;

	va_start(args, format);
	buf_vprintf(&what, format, args);
	va_end(args);
	log_warn("%s: %.*s\nusage: rapsheet %s %s", c->name, BYTES_ARG(what),
		 c->name, c->synopsis);
	buf_deinit(&what);
	return STATUS_USAGE;
}

int command_getopt(const struct command *c, int argc, char **argv,
		   const struct option *options)
{
	int option = getopt_long(argc, argv, "h", options, NULL);

	if (option == 'h') {
		command_help(c);
		exit(STATUS_OK);
	}
	if (option == '?') /* getopt has said what */
		exit(STATUS_USAGE);
	return option;
}

/* Nine digits and more are unix seconds; eight are a date, 20030819. */
int64_t parse_time_option(const char *name, const char *text)
{
	uint64_t seconds;
	int64_t t;
	bool has_zone;

	if (strlen(text) > 8 &&
	    bytes_to_u64(bytes_of_text(text), TIME_MAX, &seconds) == 0)
		return (int64_t)seconds;
	if (time_parse(bytes_of_text(text), &t, &has_zone) < 0)
		fatal("%s: expected a date such as 2003-08-19 or "
		      "2003-08-19T12:00:00Z, not \"%s\"",
		      name, text);
	return t;
}

uint64_t parse_count_option(const char *name, const char *text, uint64_t min,
			    uint64_t max)
{
	uint64_t n;

	if (bytes_to_u64(bytes_of_text(text), max, &n) < 0 || n < min)
		fatal("%s: expected a number from %llu to %llu, not \"%s\"",
		      name, (unsigned long long)min, (unsigned long long)max,
		      text);
	return n;
}

size_t parse_size_option(const char *name, const char *text)
{
	static const char units[] = "KMGT";
	struct bytes digits = bytes_of_text(text);
	const char *unit = NULL;
	unsigned shift = 0;
	uint64_t n;

	if (digits.len > 0)
		unit = strchr(units, digits.ptr[digits.len - 1]);
	if (unit != NULL) {
		digits.len--;
		shift = 10 * (unsigned)(unit - units + 1);
	}
	if (bytes_to_u64(digits, SIZE_MAX >> shift, &n) < 0 ||
	    n << shift < (uint64_t)1 << 20)
		fatal("%s: expected a size such as 512M or 2G, 1M at least, "
		      "not \"%s\"",
		      name, text);
	return (size_t)(n << shift);
}

size_t app_memory(const struct app *app)
{
	return app->memory > 0 ? app->memory : IMPORT_MEMORY;
}

void print_all(struct bytes text)
{
	if (fwrite(text.ptr, 1, text.len, stdout) != text.len ||
	    fflush(stdout) != 0)
		fatal("cannot write the output: %s", strerror(errno));
}

void progress_begin(struct progress *p, const char *what)
{
	*p = (struct progress){ .what = what,
				.began = sys_monotonic(),
				.is_on = isatty(STDERR_FILENO) };
	p->shown = p->began;
}

/* True once a second, on a terminal */
static bool is_time_to_tell(struct progress *p, double *seconds)
{
	double now;

	if (!p->is_on)
		return false;
	now = sys_monotonic();
	if (now - p->shown < 1.0)
		return false;
	p->shown = now;
	*seconds = now - p->began;
	return true;
}

void progress_step_bytes(struct progress *p, uint64_t done, uint64_t all)
{
	double seconds, rate;

	if (!is_time_to_tell(p, &seconds))
		return;
	rate = (double)done / seconds;
	fprintf(stderr, "\r\033[K%s: %.0f", p->what, (double)done / 1e6);
	if (all >= done && done > 0)
		fprintf(stderr, " of %.0f MB, %.0f MB/s, %.0f s left",
			(double)all / 1e6, rate / 1e6,
			(double)(all - done) / rate);
	else
		fprintf(stderr, " MB, %.0f MB/s", rate / 1e6);
	fflush(stderr);
}

void progress_step(struct progress *p, uint64_t done, const char *unit)
{
	double seconds;

	if (!is_time_to_tell(p, &seconds))
		return;
	fprintf(stderr, "\r\033[K%s: %llu %s, %.0f a second", p->what,
		(unsigned long long)done, unit, (double)done / seconds);
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->is_on && p->shown > p->began)
		fputs("\r\033[K", stderr);
}
