/* SPDX-License-Identifier: Apache-2.0 */
/*
 * addresses.c - lists of addresses: what a list says of a host, and since when
 *
 *	# dronelist                                         FireHOL's header
 *	# Source File Date: Wed Jan  5 14:31:38 UTC 2022
 *	192.0.2.7
 *	198.51.100.0/24      # a comment; "; a comment" too
 *	192.0.2.9-192.0.2.12
 *	203.0.113.5:3128
 *
 * Everything that a list names is a state as of the list's own date, and so
 * news only where it was not known before. A prefix stands for its hosts up to
 * a /24 (IPv6 /64); what is wider was listed for its network's sake and says
 * nothing of a machine.
 *
 * Told to read a file as a list, we take the first word of each line. Finding
 * one by itself is strict: nothing may follow the address but a comment, or a
 * web server's log would be a blocklist of its visitors. What is no address at
 * all is a bad line of a list that says what it is (FireHOL's header, the name
 * .ipset or .netset), and one in ten may be bad in a list that does not.
 */
#include "read/format.h"

#include <stdlib.h>

#define HOSTS_AT_MOST 256

struct list {
	uint32_t time;
	uint32_t label;
	uint8_t kind;
};

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* ------------------------------------------------------------------ header */

struct header {
	struct bytes name;
	int64_t source_date; /* 0 where there is none */
	int64_t file_date;
	bool is_firehol;
};

static struct bytes take_word(struct bytes *rest)
{
	struct bytes word;

	*rest = bytes_trim(*rest);
	word = *rest;
	for (size_t i = 0; i < rest->len; i++)
		if (is_space(rest->ptr[i])) {
			word.len = i;
			break;
		}
	*rest = bytes_trim(bytes_from(*rest, word.len));
	return word;
}

static int month_of(struct bytes name)
{
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr",
					    "May", "Jun", "Jul", "Aug",
					    "Sep", "Oct", "Nov", "Dec" };

	for (int i = 0; i < 12; i++)
		if (bytes_is(name, months[i]))
			return i + 1;
	return 0;
}

/* "Wed Jan  5 14:31:38 UTC 2022", the form of date(1) in UTC; 0: it is not */
static int64_t parse_date(struct bytes text)
{
	uint64_t day, year;
	struct bytes clock, zone;
	struct buf iso = { 0 };
	int64_t time = 0;
	bool has_zone;
	int month;

	take_word(&text);
	month = month_of(take_word(&text));
	if (month == 0 || bytes_to_u64(take_word(&text), 31, &day) < 0)
		return 0;
	clock = take_word(&text);
	zone = take_word(&text);
	if ((!bytes_is(zone, "UTC") && !bytes_is(zone, "GMT")) ||
	    bytes_to_u64(text, 9999, &year) < 0 || clock.len != 8)
		return 0;
	buf_printf(&iso, "%04u-%02d-%02uT%.*s", (unsigned)year, month,
		   (unsigned)day, BYTES_ARG(clock));
	if (time_parse(buf_bytes(&iso), &time, &has_zone) < 0)
		time = 0;
	buf_deinit(&iso);
	return time;
}

static bool skip_key(struct bytes *line, const char *key)
{
	struct bytes rest = *line;

	if (!bytes_skip(&rest, key))
		return false;
	rest = bytes_trim(rest);
	if (!bytes_skip(&rest, ":"))
		return false;
	*line = bytes_trim(rest);
	return true;
}

static void read_comment(struct header *h, struct bytes line)
{
	line = bytes_trim(bytes_from(line, 1));
	if (line.len == 0)
		return;
	if (h->name.ptr == NULL) { /* of the first line that says anything */
		struct bytes rest = line;

		h->name = take_word(&rest);
		h->name.len = rest.len == 0 ? h->name.len : 0;
	}
	h->is_firehol |= bytes_starts(line, "ipv4 hash:") ||
			 bytes_starts(line, "ipv6 hash:");
	if (skip_key(&line, "Source File Date"))
		h->source_date = parse_date(line);
	else if (skip_key(&line, "This File Date"))
		h->file_date = parse_date(line);
}

static bool is_comment(struct bytes line)
{
	return line.len > 0 && (line.ptr[0] == '#' || line.ptr[0] == ';');
}

/* The comments before the first address */
static struct header read_header(struct bytes head)
{
	struct header h = { 0 };

	while (head.len > 0) {
		struct bytes line = bytes_trim(bytes_cut(&head, '\n'));

		if (is_comment(line))
			read_comment(&h, line);
		else if (line.len > 0)
			break;
	}
	h.is_firehol |= h.source_date != 0 || h.file_date != 0;
	return h;
}

/* ------------------------------------------------------------------- state */

/* "drones.ipset.gz" is "drones.ipset" */
static struct bytes unpacked_name(const char *path)
{
	static const char *const packed[] = { ".gz", ".xz", ".zst", ".bz2",
					      ".lz4" };
	struct bytes name = bytes_of_text(path);

	for (size_t i = 0; i < sizeof(packed) / sizeof(*packed); i++)
		if (bytes_ends(name, packed[i]))
			name.len -= strlen(packed[i]);
	return name;
}

/* "dir/lists.tar:a/drones.ipset.gz" is "drones" */
static struct bytes base_name(const char *path)
{
	struct bytes name = unpacked_name(path);

	for (size_t i = name.len; i > 0; i--)
		if (path[i - 1] == '/' || path[i - 1] == ':') {
			name = bytes_from(name, i);
			break;
		}
	if (bytes_is(name, "(stdin)"))
		return bytes_of_text("stdin");
	for (size_t i = name.len; i > 1; i--)
		if (name.ptr[i - 1] == '.') {
			name.len = i - 1;
			break;
		}
	return name;
}

static int64_t list_time(const struct read_options *o, const struct header *h,
			 int64_t mtime)
{
	int64_t candidates[] = { h->source_date, h->file_date, mtime, o->now };

	for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++)
		if (candidates[i] > 0 && candidates[i] <= TIME_MAX)
			return candidates[i];
	return 0;
}

static void *list_new(struct read_job *job, void *job_state, const char *name,
		      int64_t mtime, struct bytes head)
{
	const struct read_options *o = read_job_options(job);
	struct list *list = mem_alloc(1, sizeof(*list));
	struct header h = read_header(head);
	struct bytes label = base_name(name);

	(void)job_state;
	if (h.is_firehol && h.name.len > 0)
		label = h.name;
	if (o->label != NULL)
		label = bytes_of_text(o->label);
	list->kind = o->kind < 0 ? KIND_LISTED : (uint8_t)o->kind;
	list->label = catalog_add(read_job_labels(job), label);
	list->time = (uint32_t)list_time(o, &h, mtime);
	return list;
}

/* ----------------------------------------------------------------- entries */

/* What may end an address; a comma for those who keep several columns */
static bool ends_word(char c)
{
	return is_space(c) || c == ',' || c == ';' || c == '#' || c == '|';
}

static struct bytes first_word(struct bytes *line)
{
	size_t n = 0;

	while (n < line->len && !ends_word(line->ptr[n]))
		n++;
	struct bytes word = bytes_of(line->ptr, n);

	*line = bytes_trim(bytes_from(*line, n));
	return word;
}

/* "203.0.113.5:3128": of a list of proxies */
static void cut_port(struct bytes *word)
{
	struct bytes port = *word;
	struct bytes address = bytes_cut(&port, ':');
	uint64_t number;

	if (bytes_find_char(address, '.') < address.len &&
	    bytes_to_u64(port, 65535, &number) == 0)
		*word = address;
}

static int parse_range(struct bytes from, struct bytes to,
		       struct host_prefix *out)
{
	int err = host_parse(from, &out->first);

	if (err == 0)
		err = host_parse(to, &out->last);
	if (err == 0 && (out->first > out->last ||
			 host_is_ipv4(out->first) != host_is_ipv4(out->last)))
		err = E_RANGE;
	out->is_ipv4 = host_is_ipv4(out->first);
	return err;
}

/*
 * The hosts that a line names; what stands behind them stays in *line.
 * E_SYNTAX, E_RANGE: its first word is no address.
 */
static int parse_entry(struct bytes *line, struct host_prefix *out)
{
	struct bytes word = first_word(line);
	struct bytes to = word;
	struct bytes from = bytes_cut(&to, '-');

	if (from.len < word.len)
		return parse_range(from, to, out);
	if (line->len > 1 && line->ptr[0] == '-' && is_space(line->ptr[1])) {
		struct bytes rest = bytes_trim(bytes_from(*line, 1));

		to = first_word(&rest);
		if (parse_range(word, to, out) == 0) {
			*line = rest;
			return 0;
		}
	}
	cut_port(&word);
	return host_prefix_parse(word, out);
}

static enum read_verdict emit_hosts(struct read_unit *u,
				    const struct host_prefix *p)
{
	const struct list *list = u->stream_state;
	struct event e = { .time = list->time,
			   .label = list->label,
			   .kind = list->kind };
	bool any = false;

	for (uint64_t i = 0; i <= p->last - p->first; i++) {
		e.host = p->first + i;
		any |= read_emit_news(u->job, &read_addresses, e);
	}
	if (any)
		return READ_USED;
	return read_ignore(u, "loopback or own server",
			   "ours are never charged");
}

static enum read_verdict list_unit(struct read_unit *u, struct bytes line)
{
	struct host_prefix p;

	line = bytes_trim(line);
	if (u->line == 1 && bytes_skip(&line, "\xef\xbb\xbf"))
		line = bytes_trim(line); /* a byte order mark */
	if (line.len == 0)
		return read_ignore(u, "blank line", "nothing stands in it");
	if (is_comment(line))
		return read_ignore(u, "comment", "it names no host");
	if (parse_entry(&line, &p) < 0)
		return read_complain(u, "an address or a prefix as the first "
					"word of the line");
	if (p.last - p.first >= HOSTS_AT_MOST ||
	    (!p.is_ipv4 && p.last > p.first))
		return read_ignore(u, "prefix wider than /24",
				   "it says a network, not a host");
	return emit_hosts(u, &p);
}

/* --------------------------------------------------------------- detection */

/* A list without a name holds at most one bad line in so many. */
#define BAD_OF 10

static bool has_list_name(const char *path)
{
	struct bytes name = unpacked_name(path);

	return bytes_ends(name, ".ipset") || bytes_ends(name, ".netset");
}

static int list_detect(const char *name, struct bytes head)
{
	bool is_cut = head.len >= READ_HEAD_MAX;
	bool is_named = read_header(head).is_firehol || has_list_name(name);
	struct host_prefix p;
	size_t n = 0, n_bad = 0;

	while (head.len > 0) {
		bool whole = bytes_find_char(head, '\n') < head.len;
		struct bytes line = bytes_trim(bytes_cut(&head, '\n'));

		if (line.len == 0 || is_comment(line) || (is_cut && !whole))
			continue;
		if (parse_entry(&line, &p) < 0)
			n_bad++;
		else if (line.len == 0 || is_comment(line))
			n++;
		else
			return 0;
	}
	if (is_named)
		return n_bad <= n ? 95 : 0;
	return n > 0 && n_bad * BAD_OF <= n ? 60 : 0;
}

static int list_first_time(const struct read_job *job, const char *name,
			   int64_t mtime, struct bytes head, int64_t *out)
{
	struct header h = read_header(head);

	(void)name;
	*out = list_time(read_job_options(job), &h, mtime);
	return 0;
}

const struct read_format read_addresses = {
	.name = "addresses",
	.about = "a list of addresses or prefixes, one a line (.ipset, "
		 ".netset)",
	.unit = "lines",
	.detect = list_detect,
	.first_time = list_first_time,
	.stream_new = list_new,
	.stream_free = free,
	.unit_fn = list_unit,
};
