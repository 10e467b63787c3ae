/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.c - libConfuse's tree of families, checked and copied into rows
 *
 * A value is checked when it is read, for the line's sake; what it takes to
 * be a family, at its closing brace. There it becomes a row, or, if anything
 * in it was wrong, nothing. So broken syntax costs only what stands behind it.
 */
#include "indicator/indicator.h"

#include <confuse.h>
#include <stdlib.h>

#include "indicator/series.h"

extern const char data_indicators[];
extern const size_t data_indicators_len;

#define TAIL_DAYS_MAX 36500

struct loader {
	struct indicators *set;
	void (*complain)(void *ctx, unsigned line, const char *what);
	void *ctx;
	bool is_good;	  /* nothing wrong since the last family */
	bool is_broken;	  /* syntax that ended the reading was told */
	unsigned n_lines; /* of the text */
};

/*
 * libConfuse hands its callbacks no pointer of ours; this is where the file
 * being read by this thread is kept meanwhile.
 */
static _Thread_local struct loader *loading;

static void complain(const cfg_t *cfg, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void complain_of(unsigned line, const char *format, va_list args)
{
	struct buf what = { 0 };

	loading->is_good = false;
	buf_vprintf(&what, format, args);
	buf_add_char(&what, '\0');
	if (loading->complain != NULL)
		loading->complain(loading->ctx, line, what.ptr);
	buf_deinit(&what);
}

static void complain(const cfg_t *cfg, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_of((unsigned)cfg->line, format, args);
	va_end(args);
}

/* Behind the last line stands only the end mark: see parse(). */
static void on_syntax_error(cfg_t *cfg, const char *format, va_list args)
{
	if ((unsigned)cfg->line > loading->n_lines)
		return;
	complain_of((unsigned)cfg->line, format, args);
	loading->is_broken = true;
}

/* ------------------------------------------------------------------- values */

static const char *text_of(cfg_opt_t *opt)
{
	const char *text = cfg_opt_getnstr(opt, 0);

	return text ? text : "";
}

/* "2003-08-19": the whole of the text is a date */
static bool read_date(const char *text, int64_t *out)
{
	bool has_zone;

	return strlen(text) == strlen("2003-08-19") && text[4] == '-' &&
	       time_parse(bytes_of_text(text), out, &has_zone) == 0;
}

static int check_date(cfg_t *cfg, cfg_opt_t *opt)
{
	int64_t t;

	if (!read_date(text_of(opt), &t))
		complain(cfg,
			 "%s: expected a date such as 2003-08-19, not "
			 "\"%s\"",
			 cfg_opt_name(opt), text_of(opt));
	return 0;
}

static const struct {
	const char *setting;
	const char *values[3]; /* in the order of their enum, if any */
} choices[] = {
	{ "stop-meaning", { "first silent day", "last spreading day" } },
	{ "stop-scope", { "spread", "download", "all" } },
	{ "direction", { "in", "out" } },
	{ "confidence", { "high", "medium", "low" } },
};

/* Which of the setting's values it is, or -1 */
static int choice_of(const char *setting, const char *text)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (strcmp(choices[i].setting, setting) != 0)
			continue;
		for (int k = 0; k < 3 && choices[i].values[k]; k++)
			if (!strcmp(choices[i].values[k], text))
				return k;
	}
	return -1;
}

static const char *choices_text(const char *setting, struct buf *out)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		for (int k = 0; k < 3 && choices[i].values[k] &&
				!strcmp(choices[i].setting, setting);
		     k++)
			buf_printf(out, "%s\"%s\"", k > 0 ? " or " : "",
				   choices[i].values[k]);
	buf_add_char(out, '\0');
	return out->ptr;
}

static int check_choice(cfg_t *cfg, cfg_opt_t *opt)
{
	const char *setting = cfg_opt_name(opt);
	struct buf expected = { 0 };

	if (choice_of(setting, text_of(opt)) < 0)
		complain(cfg, "%s: expected %s, not \"%s\"", setting,
			 choices_text(setting, &expected), text_of(opt));
	buf_deinit(&expected);
	return 0;
}

static int check_tail(cfg_t *cfg, cfg_opt_t *opt)
{
	long days = cfg_opt_getnint(opt, 0);

	if (days < 0 || days > TAIL_DAYS_MAX)
		complain(cfg, "tail: expected 0 to %d days, not %ld",
			 TAIL_DAYS_MAX, days);
	return 0;
}

/* At the closing brace of a port: opt holds all of the family so far. */
static int check_port(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *port = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	struct series s;

	if (series_parse(bytes_of_text(cfg_title(port)), &s) < 0)
		complain(cfg,
			 "port: expected such as udp/995-999 or tcp/6777, "
			 "not \"%s\"",
			 cfg_title(port));
	if (cfg_getstr(port, "direction") == NULL)
		complain(cfg, "port \"%s\": expected a direction",
			 cfg_title(port));
	return 0;
}

/* ---------------------------------------------------------------- a family */

static char *copy_text(cfg_t *cfg, const char *name)
{
	const char *text = cfg_getstr(cfg, name);

	return mem_text(bytes_of_text(text ? text : ""));
}

static struct indicator_texts copy_texts(cfg_t *cfg, const char *name)
{
	struct indicator_texts t = { .n = cfg_size(cfg, name) };

	t.items = mem_alloc(t.n + 1, sizeof(*t.items));
	for (unsigned i = 0; i < t.n; i++)
		t.items[i] = mem_text(bytes_of_text(cfg_getnstr(cfg, name, i)));
	return t;
}

static struct indicator_port copy_port(cfg_t *cfg)
{
	struct series s = { 0 };

	if (series_parse(bytes_of_text(cfg_title(cfg)), &s) < 0)
		panic("a port that was not checked");
	return (struct indicator_port){
		.series = mem_text(bytes_of_text(cfg_title(cfg))),
		.meaning = copy_text(cfg, "meaning"),
		.first = s.first,
		.last = s.last,
		.is_udp = s.is_udp,
		.listens = choice_of("direction",
				     cfg_getstr(cfg, "direction")) == 0,
		.one_of = cfg_getbool(cfg, "one-of"),
		.ambiguous = cfg_getbool(cfg, "ambiguous"),
	};
}

static void copy_ports(cfg_t *cfg, struct indicator *i)
{
	i->n_ports = cfg_size(cfg, "port");
	i->ports = mem_alloc(i->n_ports + 1, sizeof(*i->ports));
	for (unsigned k = 0; k < i->n_ports; k++)
		i->ports[k] = copy_port(cfg_getnsec(cfg, "port", k));
}

static void copy_stop(cfg_t *cfg, struct indicator *i)
{
	const char *meaning = cfg_getstr(cfg, "stop-meaning");
	const char *scope = cfg_getstr(cfg, "stop-scope");
	long tail = cfg_getint(cfg, "tail");

	i->stop_date = -1;
	if (cfg_getstr(cfg, "stop-date") != NULL) {
		read_date(cfg_getstr(cfg, "stop-date"), &i->stop_date);
		i->stop_is_last_day = choice_of("stop-meaning", meaning) == 1;
		i->stop_scope =
			(enum indicator_scope)choice_of("stop-scope", scope);
	}
	i->tail_days = i->stop_scope == INDICATOR_ALL ? 0 : INDICATOR_TAIL_DAYS;
	if (tail >= 0)
		i->tail_days = (uint32_t)tail;
}

static struct indicator copy_family(cfg_t *cfg)
{
	struct indicator i = {
		.name = mem_text(bytes_of_text(cfg_title(cfg))),
		.confidence = copy_text(cfg, "confidence"),
		.aliases = copy_texts(cfg, "aliases"),
		.constants = copy_texts(cfg, "constants"),
		.volume = copy_texts(cfg, "volume"),
		.sources = copy_texts(cfg, "sources"),
		.conflicts = copy_texts(cfg, "conflicts"),
	};

	read_date(cfg_getstr(cfg, "first-seen"), &i.first_seen);
	copy_stop(cfg, &i);
	copy_ports(cfg, &i);
	return i;
}

static void free_texts(struct indicator_texts *t)
{
	for (size_t k = 0; k < t->n; k++)
		free(t->items[k]);
	free(t->items);
}

static void free_row(struct indicator *i)
{
	for (size_t k = 0; k < i->n_ports; k++) {
		free(i->ports[k].series);
		free(i->ports[k].meaning);
	}
	free(i->ports);
	free(i->name);
	free(i->confidence);
	free_texts(&i->aliases);
	free_texts(&i->constants);
	free_texts(&i->volume);
	free_texts(&i->sources);
	free_texts(&i->conflicts);
}

static void add_row(struct indicators *set, struct indicator row)
{
	for (size_t k = 0; k < set->n; k++)
		if (bytes_equal_nocase(bytes_of_text(set->rows[k].name),
				       bytes_of_text(row.name))) {
			free_row(&set->rows[k]);
			set->rows[k] = row;
			return;
		}
	MEM_GROW(set->rows, set->n, set->cap);
	set->rows[set->n++] = row;
}

/* What is given must make sense together. */
static void check_dates(cfg_t *cfg, cfg_t *family)
{
	const char *first = cfg_getstr(family, "first-seen");
	const char *stop = cfg_getstr(family, "stop-date");
	const char *name = cfg_title(family);
	int64_t a, b;

	if (first == NULL)
		complain(cfg, "family \"%s\": expected a first-seen", name);
	if (stop != NULL && (cfg_getstr(family, "stop-meaning") == NULL ||
			     cfg_getstr(family, "stop-scope") == NULL))
		complain(cfg,
			 "family \"%s\": expected a stop-meaning and a "
			 "stop-scope beside its stop-date",
			 name);
	if (first != NULL && stop != NULL && read_date(first, &a) &&
	    read_date(stop, &b) && b < a)
		complain(cfg,
			 "family \"%s\": expected a stop-date no earlier "
			 "than first-seen",
			 name);
}

static int end_family(cfg_t *cfg, cfg_opt_t *opt)
{
	cfg_t *family = cfg_opt_getnsec(opt, cfg_opt_size(opt) - 1);
	size_t len = strlen(cfg_title(family));

	if (len == 0 || len > NAME_MAX_BYTES)
		complain(cfg, "family: expected a name of 1 to %d bytes",
			 NAME_MAX_BYTES);
	check_dates(cfg, family);
	if (cfg_getstr(family, "confidence") == NULL)
		complain(cfg, "family \"%s\": expected a confidence",
			 cfg_title(family));
	if (cfg_size(family, "sources") == 0)
		complain(cfg, "family \"%s\": expected a source",
			 cfg_title(family));
	if (loading->is_good)
		add_row(loading->set, copy_family(family));
	loading->is_good = true;
	return 0;
}

/* ------------------------------------------------------------------- a file */

/*
 * To libConfuse the end of a file closes whatever is open, so half a family
 * would be one. Hence a last setting of our own: it is met only where nothing
 * is left open before it.
 */
#define END_MARK "end-of-indicators"

static unsigned count_lines(struct bytes text)
{
	unsigned n = 1;

	for (size_t i = 0; i < text.len; i++)
		n += text.ptr[i] == '\n' && i + 1 < text.len;
	return n;
}

static void parse_text(cfg_t *cfg, struct bytes text)
{
	cfg_t end = { .line = (int)loading->n_lines };
	struct buf whole = { 0 };

	buf_add_bytes(&whole, text);
	if (!bytes_ends(text, "\n"))
		buf_add_char(&whole, '\n');
	buf_add_text(&whole, END_MARK " = true\n");
	buf_add_char(&whole, '\0');
	cfg_parse_buf(cfg, whole.ptr);
	if (!cfg_getbool(cfg, END_MARK) && !loading->is_broken)
		complain(&end, "the file ends within a family, a string or a "
			       "comment");
	buf_deinit(&whole);
}

static void parse(struct bytes text)
{
	cfg_opt_t port_opts[] = { CFG_STR("direction", NULL, CFGF_NONE),
				  CFG_STR("meaning", NULL, CFGF_NONE),
				  CFG_BOOL("one-of", cfg_false, CFGF_NONE),
				  CFG_BOOL("ambiguous", cfg_false, CFGF_NONE),
				  CFG_END() };
	cfg_opt_t family_opts[] = { CFG_STR_LIST("aliases", NULL, CFGF_NONE),
				    CFG_STR("first-seen", NULL, CFGF_NONE),
				    CFG_STR("stop-date", NULL, CFGF_NONE),
				    CFG_STR("stop-meaning", NULL, CFGF_NONE),
				    CFG_STR("stop-scope", NULL, CFGF_NONE),
				    CFG_INT("tail", -1, CFGF_NONE),
				    CFG_SEC("port", port_opts,
					    CFGF_MULTI | CFGF_TITLE |
						    CFGF_NO_TITLE_DUPES),
				    CFG_STR_LIST("constants", NULL, CFGF_NONE),
				    CFG_STR_LIST("volume", NULL, CFGF_NONE),
				    CFG_STR("confidence", NULL, CFGF_NONE),
				    CFG_STR_LIST("sources", NULL, CFGF_NONE),
				    CFG_STR_LIST("conflicts", NULL, CFGF_NONE),
				    CFG_END() };
	cfg_opt_t opts[] = {
		CFG_SEC("family", family_opts,
			CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES),
		CFG_BOOL(END_MARK, cfg_false, CFGF_NONE), CFG_END()
	};
	cfg_t *cfg = cfg_init(opts, CFGF_NONE);

	cfg_set_error_function(cfg, on_syntax_error);
	cfg_set_validate_func(cfg, "family", end_family);
	cfg_set_validate_func(cfg, "family|first-seen", check_date);
	cfg_set_validate_func(cfg, "family|stop-date", check_date);
	cfg_set_validate_func(cfg, "family|stop-meaning", check_choice);
	cfg_set_validate_func(cfg, "family|stop-scope", check_choice);
	cfg_set_validate_func(cfg, "family|confidence", check_choice);
	cfg_set_validate_func(cfg, "family|tail", check_tail);
	cfg_set_validate_func(cfg, "family|port", check_port);
	cfg_set_validate_func(cfg, "family|port|direction", check_choice);
	parse_text(cfg, text);
	cfg_free(cfg);
}

/* A NUL would end the text without a word. */
static void read_file(struct loader loader, struct bytes text)
{
	struct bytes rest = text;
	struct bytes good = bytes_cut(&rest, '\0');
	cfg_t at = { .line = (int)count_lines(good) };

	loader.is_good = true;
	loader.n_lines = (unsigned)at.line;
	loading = &loader;
	parse(good);
	if (good.len < text.len)
		complain(&at, "a byte that is no text; nothing is read from "
			      "here on");
	loading = NULL;
}

/* What ships with us has nothing wrong, or we are wrong. */
static void wrong_at_home(void *ctx, unsigned line, const char *what)
{
	(void)ctx;
	panic("indicators.conf: line %u: %s", line, what);
}

struct indicators *indicators_new(struct bytes text,
				  void (*complain_fn)(void *ctx, unsigned line,
						      const char *what),
				  void *ctx)
{
	struct indicators *set = mem_alloc(1, sizeof(*set));

	read_file((struct loader){ .set = set, .complain = wrong_at_home },
		  bytes_of(data_indicators, data_indicators_len));
	read_file((struct loader){ .set = set,
				   .complain = complain_fn,
				   .ctx = ctx },
		  text);
	return set;
}

void indicators_free(struct indicators *set)
{
	if (set == NULL)
		return;
	for (size_t k = 0; k < set->n; k++)
		free_row(&set->rows[k]);
	free(set->rows);
	free(set);
}
