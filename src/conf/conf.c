/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.c - libConfuse's tree, checked and copied into ours
 *
 * libConfuse stops at its first error. So that a person sees all wrong values
 * at once, the validators tell of them and let it go on. It does stop at a
 * name it does not know: what follows could belong to anything.
 */
#include "conf/conf.h"

#include <confuse.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define RETENTION_DAYS_MAX 100000

struct conf_client {
	char *domain; /* lower case */
	char *name;
};

struct loader {
	struct conf *conf;
	const char *path;
	void (*complain)(void *ctx, const char *path, unsigned line,
			 const char *what);
	void *ctx;
	int n_complaints;
	const cfg_opt_t *list; /* the list being read, */
	unsigned n_checked;    /* and how many of its values were seen */
};

/*
 * libConfuse hands its callbacks no pointer of ours; this is where the file
 * being read by this thread is kept meanwhile.
 */
static _Thread_local struct loader *loading;

static void complain(unsigned line, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void complain(unsigned line, const char *format, ...)
{
	struct buf what = { 0 };
	va_list args;

	va_start(args, format);
	buf_vprintf(&what, format, args);
	va_end(args);
	buf_add_char(&what, '\0');
	loading->complain(loading->ctx, loading->path, line, what.ptr);
	loading->n_complaints++;
	buf_deinit(&what);
}

static void on_syntax_error(cfg_t *cfg, const char *format, va_list args)
{
	struct buf what = { 0 };

	buf_vprintf(&what, format, args);
	buf_add_char(&what, '\0');
	complain((unsigned)cfg->line, "%s", what.ptr);
	buf_deinit(&what);
}

/*
 * The values of lists are checked as each is read, for the line's sake. The
 * validator comes once more at the closing brace, when nothing is new: NULL.
 */
static const char *newest_value(cfg_opt_t *opt)
{
	unsigned n = cfg_opt_size(opt);

	if (loading->list == opt && loading->n_checked == n) {
		loading->list = NULL;
		return NULL;
	}
	loading->list = opt;
	loading->n_checked = n;
	return n > 0 ? cfg_opt_getnstr(opt, n - 1) : NULL;
}

static int check_prefix(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = newest_value(opt);
	struct host_prefix p;

	if (text == NULL)
		return 0;
	if (host_prefix_parse(bytes_of_text(text), &p) < 0)
		complain((unsigned)cfg->line,
			 "%s: expected an address or a prefix such as "
			 "192.0.2.0/24, not \"%s\"",
			 cfg_opt_name(opt), text);
	else
		host_set_add(strcmp(cfg_opt_name(opt), "servers") == 0
				     ? &loading->conf->servers
				     : &loading->conf->trusted,
			     p);
	return 0;
}

static bool is_domain(const char *text)
{
	size_t len = strlen(text);

	if (len == 0 || len > 253)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) &&
		    !strchr("-._", text[i]) && (unsigned char)text[i] < 0x80)
			return false;
	return text[0] != '.' && text[0] != '-';
}

static char *lower_text(const char *text)
{
	char *copy = mem_text(bytes_of_text(text));

	for (char *p = copy; *p; p++)
		*p = ascii_lower(*p);
	return copy;
}

static void add_client(const char *domain, const char *name)
{
	struct conf *c = loading->conf;

	c->clients =
		mem_resize(c->clients, c->n_clients + 1, sizeof(*c->clients));
	c->clients[c->n_clients++] =
		(struct conf_client){ lower_text(domain),
				      mem_text(bytes_of_text(name)) };
}

static int check_domain(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = newest_value(opt);
	struct bytes known;
	char *lower;

	if (text == NULL)
		return 0;
	lower = lower_text(text);
	known = conf_find_client(loading->conf, bytes_of_text(lower));
	if (!is_domain(text))
		complain((unsigned)cfg->line,
			 "domains: expected a domain name, not \"%s\"", text);
	else if (known.ptr != lower)
		complain((unsigned)cfg->line,
			 "domains: \"%s\" belongs to client \"%.*s\" already",
			 text, BYTES_ARG(known));
	else
		add_client(text, cfg_title(cfg));
	free(lower);
	return 0;
}

static int check_directory(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);

	if (text == NULL || text[0] != '/')
		complain((unsigned)cfg->line,
			 "directory: expected a path from the root, not \"%s\"",
			 text ? text : "");
	return 0;
}

static int check_retention(cfg_t *cfg, cfg_opt_t *opt)
{
	long days = cfg_opt_getnint(opt, 0);

	if (days < 1 || days > RETENTION_DAYS_MAX)
		complain((unsigned)cfg->line,
			 "retention: expected a number of days from 1 to %d, "
			 "not %ld",
			 RETENTION_DAYS_MAX, days);
	else
		loading->conf->retention_days = (unsigned)days;
	return 0;
}

static int check_timezone(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);

	if (text == NULL || text[0] == '\0')
		complain((unsigned)cfg->line,
			 "timezone: expected a name such as \"Europe/Berlin\"");
	return 0;
}

static int check_readable(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);

	if (text == NULL || access(text, R_OK) < 0)
		complain((unsigned)cfg->line, "%s: \"%s\": %s",
			 cfg_opt_name(opt), text ? text : "", strerror(errno));
	return 0;
}

static void set_text(char **field, cfg_t *cfg, const char *name)
{
	const char *text = cfg ? cfg_getstr(cfg, name) : NULL;

	if (text != NULL && text[0] != '\0')
		*field = mem_text(bytes_of_text(text));
}

int conf_load(struct conf *out, const char *path,
	      void (*complain_fn)(void *ctx, const char *path, unsigned line,
				  const char *what),
	      void *ctx)
{
	cfg_opt_t record_opts[] = { CFG_STR("directory", NULL, CFGF_NONE),
				    CFG_INT("retention", 0, CFGF_NONE),
				    CFG_END() };
	cfg_opt_t client_opts[] = { CFG_STR_LIST("domains", NULL, CFGF_NONE),
				    CFG_END() };
	cfg_opt_t opts[] = { CFG_STR_LIST("servers", NULL, CFGF_NONE),
			     CFG_STR_LIST("trusted", NULL, CFGF_NONE),
			     CFG_STR("timezone", NULL, CFGF_NONE),
			     CFG_STR("malware-names", NULL, CFGF_NONE),
			     CFG_STR("indicators", NULL, CFGF_NONE),
			     CFG_SEC("record", record_opts, CFGF_NONE),
			     CFG_SEC("client", client_opts,
				     CFGF_MULTI | CFGF_TITLE),
			     CFG_END() };
	struct loader loader = {
		.conf = out, .path = path, .complain = complain_fn, .ctx = ctx
	};
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);
	int rc;

	*out = (struct conf){ 0 };
	loading = &loader;
	cfg_set_error_function(cfg, on_syntax_error);
	cfg_set_validate_func(cfg, "servers", check_prefix);
	cfg_set_validate_func(cfg, "trusted", check_prefix);
	cfg_set_validate_func(cfg, "timezone", check_timezone);
	cfg_set_validate_func(cfg, "malware-names", check_readable);
	cfg_set_validate_func(cfg, "indicators", check_readable);
	cfg_set_validate_func(cfg, "record|directory", check_directory);
	cfg_set_validate_func(cfg, "record|retention", check_retention);
	cfg_set_validate_func(cfg, "client|domains", check_domain);
	rc = cfg_parse(cfg, path);
	if (rc == CFG_SUCCESS) {
		set_text(&out->timezone, cfg, "timezone");
		set_text(&out->malware_names, cfg, "malware-names");
		set_text(&out->indicators, cfg, "indicators");
		set_text(&out->record_directory, cfg_getsec(cfg, "record"),
			 "directory");
	}
	loading = NULL;
	cfg_free(cfg);
	if (rc == CFG_FILE_ERROR)
		return errno == ENOENT ? E_NOT_FOUND : E_IO;
	return loader.n_complaints;
}

void conf_deinit(struct conf *c)
{
	for (size_t i = 0; i < c->n_clients; i++) {
		free(c->clients[i].domain);
		free(c->clients[i].name);
	}
	free(c->clients);
	free(c->record_directory);
	free(c->timezone);
	free(c->malware_names);
	free(c->indicators);
	host_set_deinit(&c->servers);
	host_set_deinit(&c->trusted);
	*c = (struct conf){ 0 };
}

/* A few dozen clients are looked through; the readers remember the answer. */
struct bytes conf_find_client(const struct conf *c, struct bytes domain)
{
	for (size_t i = 0; i < c->n_clients; i++)
		if (bytes_is(domain, c->clients[i].domain))
			return bytes_of_text(c->clients[i].name);
	return domain;
}
