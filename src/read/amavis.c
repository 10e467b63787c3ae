/* SPDX-License-Identifier: Apache-2.0 */
/* amavis.c - see amavis.h */
#include "read/amavis.h"

#include "read/postfix_text.h"
#include "read/reputation.h"

#define SPAM_LIMIT 6200 /* thousandths: $sa_tag2_level_deflt as shipped */

static bool is_id_char(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static bool is_upper_word(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_' || c == '/' || c == '.';
}

/* "(12345-01) ", then perhaps "(!)" or "(!!)" */
static struct bytes take_id(struct bytes *b)
{
	size_t i = 1;
	struct bytes id;

	if (b->len < 3 || b->ptr[0] != '(' || b->ptr[1] < '0' ||
	    b->ptr[1] > '9')
		return bytes_of(NULL, 0);
	while (i < b->len && is_id_char(b->ptr[i]))
		i++;
	if (i + 1 >= b->len || b->ptr[i] != ')' || b->ptr[i + 1] != ' ')
		return bytes_of(NULL, 0);
	id = bytes_of(b->ptr + 1, i - 1);
	*b = bytes_from(*b, i + 2);
	return id;
}

/* ---------------------------------------------------------------- envelope */

struct envelope {
	uint64_t host;
	bool has_host;
	struct bytes recipients;
	struct bytes rest; /* behind it */
};

/* "[192.0.2.7]:4711 "; the first one is kept */
static bool take_bracket(struct bytes *b, struct envelope *e, bool first)
{
	size_t end = bytes_find_char(*b, ']');
	uint64_t host;

	if (end == b->len || end > 64)
		return false;
	if (mail_parse_address(bytes_of(b->ptr + 1, end - 1), &host) && first) {
		e->host = host;
		e->has_host = true;
	}
	*b = bytes_from(*b, end + 1);
	if (bytes_skip(b, ":"))
		while (b->len > 0 && b->ptr[0] >= '0' && b->ptr[0] <= '9')
			*b = bytes_from(*b, 1);
	return bytes_skip(b, " ");
}

/* "LOCAL ", "ORIGINATING/MYNETS ", "ESMTP/UTF8SMTP " */
static bool take_flag(struct bytes *b)
{
	size_t i = 0;

	while (i < b->len && is_upper_word(b->ptr[i]))
		i++;
	if (i == 0 || i == b->len || b->ptr[i] != ' ')
		return false;
	*b = bytes_from(*b, i + 1);
	return true;
}

/* " {RelayedInbound,Quarantined}" */
static bool skip_actions(struct bytes *b)
{
	size_t i = 2;

	if (!bytes_starts(*b, " {"))
		return true;
	while (i < b->len && b->ptr[i] != '}') {
		char c = b->ptr[i++];

		if (c != ',' && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z'))
			return false;
	}
	if (i == b->len)
		return false;
	*b = bytes_from(*b, i + 1);
	return true;
}

/* An address, also where its '<' is lost or a second '>' stands behind */
static bool take_angle(struct bytes *b)
{
	struct bytes address;

	if (!mail_take_address(b, &address))
		return false;
	bytes_skip(b, ">");
	return true;
}

static struct bytes take_recipients(struct bytes *b)
{
	struct bytes start = *b;

	while (take_angle(b)) {
		if (!bytes_starts(*b, ",<"))
			break;
		*b = bytes_from(*b, 1);
	}
	return bytes_of(start.ptr, start.len - b->len);
}

/* " {Actions}, FLAGS [addr]:port [addr] PROTO <from> -> <to>,<to>" */
static bool take_envelope(struct bytes b, struct envelope *e)
{
	bool first = true;

	*e = (struct envelope){ 0 };
	if (!skip_actions(&b) || !bytes_skip(&b, ", "))
		return false;
	for (;;) {
		if (bytes_starts(b, "[")) {
			if (!take_bracket(&b, e, first))
				return false;
			first = false;
		} else if (!take_flag(&b)) {
			break;
		}
	}
	bytes_skip(&b, "(?) "); /* an unknown sender */
	if (!take_angle(&b) ||
	    (!bytes_skip(&b, " -> ") && !bytes_skip(&b, " --> ")))
		return false;
	e->recipients = take_recipients(&b);
	e->rest = b;
	return e->recipients.len > 0;
}

/*
 * The envelope behind "CATEGORY (names". In how many ways can it be read? The
 * names of banned parts are the sender's; those of viruses are the scanner's.
 */
static unsigned find_envelope(struct bytes b, struct bytes *names,
			      struct envelope *e)
{
	unsigned n = 0;

	for (size_t i = 0; i + 1 < b.len; i++) {
		struct envelope found;

		if (b.ptr[i] != ')' ||
		    (b.ptr[i + 1] != ',' && b.ptr[i + 1] != ' '))
			continue;
		if (!take_envelope(bytes_from(b, i + 1), &found))
			continue;
		if (n++ > 0)
			return n;
		*names = bytes_of(b.ptr, i);
		*e = found;
	}
	return n;
}

/* ------------------------------------------------------------------ fields */

/* What stands before Queue-ID: "(ESMTP://…)" and "quarantine: x" */
static void take_queue_id(struct bytes *b, struct amavis_line *out)
{
	size_t n;

	bytes_skip(b, " ");
	bytes_skip(b, ", ");
	if (bytes_starts(*b, "(")) {
		size_t end = bytes_find_text(*b, "), ");

		if (end == b->len)
			return;
		*b = bytes_from(*b, end + 3);
	}
	if (bytes_starts(*b, "quarantine: ") ||
	    bytes_starts(*b, "quarantine ")) {
		size_t end = bytes_find_text(*b, ", ");

		*b = bytes_from(*b, end == b->len ? end : end + 2);
	}
	if (!bytes_skip(b, "Queue-ID: "))
		return;
	n = bytes_find_char(*b, ',');
	if (mail_is_queue_id(bytes_of(b->ptr, n)))
		out->queue_id = bytes_of(b->ptr, n);
	*b = bytes_from(*b, n);
	bytes_skip(b, ", ");
}

static struct bytes word_of(struct bytes b)
{
	return bytes_of(b.ptr, bytes_find_char(b, ','));
}

/* One field of "mail_id: x, b: y, Hits: 1, size: 2, queued_as: z" */
static void take_field(struct bytes b, struct amavis_line *out)
{
	size_t n = 0;

	if (bytes_skip(&b, "Hits: ")) {
		out->hits = bytes_trim(word_of(b));
	} else if (bytes_skip(&b, "queued_as: ")) {
		while (n < b.len && is_id_char(b.ptr[n]))
			n++;
		if (mail_is_queue_id(bytes_of(b.ptr, n)))
			out->queued_as = bytes_of(b.ptr, n);
	}
}

/* What follows the ids, up to where the sender's words begin again */
static void take_fields(struct bytes b, struct amavis_line *out)
{
	struct bytes address;

	while (bytes_skip(&b, "Message-ID: ") ||
	       bytes_skip(&b, "Resent-Message-ID: ")) {
		if (!mail_take_address(&b, &address))
			return;
		bytes_skip(&b, ", ");
	}
	while (b.len > 0 && !bytes_starts(b, "Subject:") &&
	       !bytes_starts(b, "From:")) {
		size_t end = bytes_find_text(b, ", ");

		take_field(b, out);
		b = bytes_from(b, end == b.len ? end : end + 2);
	}
}

/* The last of the line: all that a sender chose stands before it. */
static void take_tests(struct bytes b, struct amavis_line *out)
{
	static const char before[] = ", Tests: [";
	size_t at;

	while ((at = bytes_find_text(b, before)) < b.len) {
		b = bytes_from(b, at + strlen(before));
		out->tests = bytes_of(b.ptr, bytes_find_char(b, ']'));
	}
}

static void parse_verdict(struct bytes b, struct amavis_line *out)
{
	struct envelope e = { 0 };
	size_t n = 0;
	unsigned readings = 1;

	bytes_skip(&b, " ");
	while (n < b.len && is_upper_word(b.ptr[n]))
		n++;
	out->category = bytes_of(b.ptr, n);
	b = bytes_from(b, n);
	if (bytes_skip(&b, " ("))
		readings = find_envelope(b, &out->names, &e);
	else if (!take_envelope(b, &e))
		return;
	if (readings == 0)
		return;
	out->form = AMAVIS_VERDICT;
	if (readings > 1 && !bytes_is(out->category, "INFECTED"))
		return;
	out->host = e.host;
	out->has_host = e.has_host;
	out->recipients = e.recipients;
	take_queue_id(&e.rest, out);
	take_fields(e.rest, out);
	take_tests(e.rest, out);
}

void amavis_parse(struct bytes text, struct amavis_line *out)
{
	struct bytes b = text;

	*out = (struct amavis_line){ .form = AMAVIS_OTHER };
	out->id = take_id(&b);
	out->text = b;
	if (out->id.len > 0 && bytes_starts(b, "...")) {
		out->form = AMAVIS_CONTINUED;
		return;
	}
	if (bytes_skip(&b, "Passed")) {
		parse_verdict(b, out);
	} else if (bytes_skip(&b, "Blocked")) {
		out->blocked = true;
		parse_verdict(b, out);
	} else if (bytes_starts(b, "INFECTED (") ||
		   bytes_starts(b, "BANNED (") ||
		   bytes_starts(b, "Not-Delivered")) {
		out->blocked = true;
		parse_verdict(b, out);
	}
}

bool amavis_take_recipient(struct bytes *recipients, struct bytes *address)
{
	bytes_skip(recipients, ",");
	if (!mail_take_address(recipients, address))
		return false;
	bytes_skip(recipients, ">");
	return true;
}

/* "6.86", also "-2.541-3": with what was added for one recipient */
static bool parse_hits(struct bytes hits, int64_t *thousandths)
{
	size_t n = 1;

	while (n < hits.len && hits.ptr[n] != '-' && hits.ptr[n] != '+')
		n++;
	return hits.len > 0 &&
	       reputation_parse_score(bytes_of(hits.ptr, n), thousandths) == 0;
}

bool amavis_rests_on_address(const struct amavis_line *a)
{
	int64_t hits, limit = SPAM_LIMIT, by_address;
	bool has_scores;

	if (!bytes_starts(a->category, "SPAM") || !parse_hits(a->hits, &hits))
		return false;
	by_address = reputation_of_tests(a->tests, &has_scores);
	if (hits < limit)
		limit = hits;
	return has_scores && hits - by_address < limit;
}

/* ----------------------------------------------------------------- verdict */

static void set_label(struct malware *m, const char *label)
{
	m->label_len = (unsigned)strlen(label);
	memcpy(m->label, label, m->label_len + 1);
}

struct category {
	const char *name;
	enum kind passed, blocked;
	const char *label_passed, *label_blocked;
};

/* By prefix: "UNCHECKED-ENCRYPTED" before "UNCHECKED" */
static const struct category categories[] = {
	{ "SPAM", KIND_SPAM, KIND_SPAM, "", "" }, /* and SPAMMY */
	{ "CLEAN", KIND_CLEAN, KIND_CLEAN, "", "" },
	{ "BANNED", KIND_POLICY, KIND_POLICY, "banned", "banned" },
	{ "BAD-HEADER", KIND_CLEAN, KIND_POLICY, "", "bad-header" },
	{ "UNCHECKED-ENCRYPTED", KIND_UNSCANNED, KIND_UNSCANNED, "encrypted",
	  "encrypted" },
	{ "UNCHECKED", KIND_UNSCANNED, KIND_UNSCANNED, "unchecked",
	  "unchecked" },
	{ "OVERSIZED", KIND_UNSCANNED, KIND_UNSCANNED, "large", "large" },
	{ "TEMPFAIL", KIND_UNSCANNED, KIND_UNSCANNED, "down", "down" },
	{ "MTA-BLOCKED", KIND_CLEAN, KIND_POLICY, "", "mta" },
	{ "VIRUS", KIND_VIRUS, KIND_VIRUS, "", "" },
	{ "INFECTED", KIND_VIRUS, KIND_VIRUS, "", "" },
	{ "OTHER", KIND_CLEAN, KIND_POLICY, "", "other" },
	{ "", KIND_CLEAN, KIND_POLICY, "", "other" },
};

void amavis_verdict(const struct malware_table *malware, bool blocked,
		    struct bytes category, struct bytes names,
		    struct amavis_verdict *out)
{
	const struct category *c = categories;

	*out = (struct amavis_verdict){ .kind = KIND_CLEAN };
	while (!bytes_starts_nocase(category, c->name))
		c++;
	out->kind = blocked ? c->blocked : c->passed;
	set_label(&out->name, blocked ? c->label_blocked : c->label_passed);
	if (out->kind == KIND_VIRUS) {
		/* of several names the one that says most */
		malware_name_normalise(malware, names, &out->name);
		out->kind = out->name.kind;
	}
}

bool amavis_reply(struct bytes reply, struct bytes *id, struct bytes *category,
		  struct bytes *names)
{
	size_t at = bytes_find_text(reply, "id="), n = 0;

	*id = *category = *names = bytes_of(NULL, 0);
	if (at == reply.len)
		return false;
	reply = bytes_from(reply, at + 3);
	while (n < reply.len && is_id_char(reply.ptr[n]))
		n++;
	*id = bytes_of(reply.ptr, n);
	reply = bytes_from(reply, n);
	if (!bytes_skip(&reply, " - "))
		return false;
	n = 0;
	while (n < reply.len && (is_upper_word(reply.ptr[n]) ||
				 (reply.ptr[n] >= 'a' && reply.ptr[n] <= 'z')))
		n++;
	*category = bytes_of(reply.ptr, n);
	*names = bytes_from(reply, n);
	if (bytes_skip(names, ": "))
		*names = bytes_of(names->ptr, bytes_find_text(*names, " ("));
	else
		*names = bytes_of(NULL, 0);
	names->len = names->len > 0 && names->ptr[names->len - 1] == ')'
			     ? names->len - 1
			     : names->len;
	return n > 0;
}
