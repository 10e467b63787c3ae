/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message_verdict.c - what filters write on top of a message
 *
 *	X-Virus-Status: Infected (Worm.Sobig.F)		clamav-milter, clamsmtp
 *	X-Virus-Report: stream: Worm.Sobig.F FOUND	beside a bare "Yes"
 *	X-Amavis-Alert: INFECTED, message contains virus: Worm.Sobig.F
 *	X-Amavis-Alert: BANNED, message contains .exe
 *	X-Spam-Flag: YES				SpamAssassin, amavis
 *	X-Spam: Yes					Rspamd
 *	X-Spam-Status: Yes, score=9.1 required=5 tests=[A=1.2, B=7.9]
 *	X-Spam-Report: * 1.2 A what it means …
 *	X-Spamd-Result: default: True [16.10 / 15.00]; A(1.20)[]; …
 *
 * A virus is more than a ban, a ban more than spam: virus mail must not make
 * spam (MEASURES 1). Of a score the symbols that rest on the address are
 * subtracted; what falls under the limit then is policy, label "reputation".
 */
#include "read/message.h"

#include "read/reputation.h"

struct findings {
	const struct malware_table *malware;
	bool is_infected; /* .malware_found is set */
	struct malware malware_found;
	struct bytes virus_report;
	bool is_banned;
	bool is_spam;
	bool is_moved; /* a score without the address's symbols is under */

	/* A status and a report, which make a score together */
	bool has_status, has_report;
	int64_t score, limit, by_address;
};

static bool value_starts(struct bytes value, const char *word)
{
	return bytes_starts_nocase(value, word);
}

/* --------------------------------------------------------------------- virus
 */

/* Any malware is more than what is called a virus and is none. */
static void add_malware(struct findings *f, struct bytes names)
{
	struct malware m;

	names = bytes_trim(names);
	malware_name_normalise(f->malware, names, &m);
	if (f->is_infected && f->malware_found.kind == KIND_VIRUS)
		return;
	f->malware_found = m;
	f->is_infected = true;
}

/* "Infected (name)", "Infected with name", "Infected" */
static void read_virus_status(struct findings *f, struct bytes value)
{
	if (!value_starts(value, "Infected") && !value_starts(value, "Yes"))
		return;
	value = bytes_from(value, bytes_find_char(value, ' '));
	value = bytes_trim(value);
	if (value_starts(value, "with "))
		value = bytes_from(value, strlen("with "));
	add_malware(f, value);
}

static void read_virus_report(struct findings *f, struct bytes value)
{
	f->virus_report = bytes_trim(value);
}

/* A status that names nothing is named by the report beside it. */
static void name_by_report(struct findings *f)
{
	if (!f->is_infected || f->virus_report.len == 0 ||
	    value_starts(f->virus_report, "Failed") ||
	    strcmp(f->malware_found.label, "Unknown") != 0)
		return;
	malware_name_normalise(f->malware, f->virus_report, &f->malware_found);
}

static void read_amavis_alert(struct findings *f, struct bytes value)
{
	size_t colon = bytes_find_char(value, ':');

	if (value_starts(value, "INFECTED"))
		add_malware(f, bytes_from(value, colon < value.len ? colon + 1
								   : colon));
	else if (value_starts(value, "BANNED"))
		f->is_banned = true;
}

/* ---------------------------------------------------------------------- spam
 */

static void add_score(struct findings *f, int64_t score, int64_t limit,
		      int64_t by_address)
{
	f->is_moved |= score >= limit && score - by_address < limit;
}

/* The word behind "key=", up to a blank or a comma; false if there is none */
static bool find_value(struct bytes value, const char *key, struct bytes *out)
{
	size_t at = bytes_find_text(value, key), n = 0;

	if (at == value.len)
		return false;
	value = bytes_from(value, at + strlen(key));
	while (n < value.len && strchr(" \t\r\n,", value.ptr[n]) == NULL)
		n++;
	*out = bytes_of(value.ptr, n);
	return true;
}

/* The scores of tests=[A=1.2, B=3], which amavis writes */
static bool find_tests(struct bytes value, int64_t *by_address)
{
	size_t at = bytes_find_text(value, "tests=[");
	bool has_scores = false;

	if (at == value.len)
		return false;
	value = bytes_from(value, at + strlen("tests=["));
	value.len = bytes_find_char(value, ']');
	*by_address = reputation_of_tests(value, &has_scores);
	return has_scores;
}

static void read_spam_status(struct findings *f, struct bytes value)
{
	struct bytes word;
	int64_t by_address;

	if (!value_starts(value, "Yes"))
		return;
	f->is_spam = true;
	if (!find_value(value, "score=", &word) ||
	    reputation_parse_score(word, &f->score) < 0 ||
	    !find_value(value, "required=", &word) ||
	    reputation_parse_score(word, &f->limit) < 0)
		return;
	if (find_tests(value, &by_address))
		add_score(f, f->score, f->limit, by_address);
	else
		f->has_status = true;
}

static void read_spam_report(struct findings *f, struct bytes value)
{
	f->by_address = reputation_of_report(value, &f->has_report);
}

/* Rspamd prints the limit of "reject"; that of "add header" is by default: */
#define RSPAMD_ADD_HEADER 6000

/*
 * default: True [16.10 / 15.00]; SYMBOL(1.20)[]; …
 *
 * "False" is not refused, and may be spam all the same: then X-Spam says so.
 */
static void read_rspamd_result(struct findings *f, struct bytes value)
{
	struct bytes rest = value, scores, score_text;
	int64_t score, limit;
	bool is_refused;

	bytes_cut(&rest, ':');
	rest = bytes_trim(rest);
	is_refused = value_starts(rest, "True");
	f->is_spam |= is_refused;
	bytes_cut(&rest, '[');
	scores = bytes_cut(&rest, ']');
	score_text = bytes_cut(&scores, '/');
	if (reputation_parse_score(bytes_trim(score_text), &score) < 0 ||
	    reputation_parse_score(bytes_trim(scores), &limit) < 0)
		return;
	bytes_cut(&rest, ';');
	add_score(f, score, is_refused ? limit : RSPAMD_ADD_HEADER,
		  reputation_of_rspamd(rest));
}

static void read_spam_flag(struct findings *f, struct bytes value)
{
	f->is_spam |= value_starts(value, "YES");
}

/* ----------------------------------------------------------------- the fields
 */

static const struct {
	const char *name;
	void (*read)(struct findings *f, struct bytes value);
} fields[] = {
	{ "X-Virus-Status", read_virus_status },
	{ "X-Virus-Report", read_virus_report },
	{ "X-Amavis-Alert", read_amavis_alert },
	{ "X-Spam-Flag", read_spam_flag },
	{ "X-Spam", read_spam_flag },
	{ "X-Spam-Status", read_spam_status },
	{ "X-Spam-Report", read_spam_report },
	{ "X-Spamd-Result", read_rspamd_result },
};

static void read_field(struct findings *f, const struct message_field *field)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (bytes_equal_nocase(field->name,
				       bytes_of_text(fields[i].name)))
			fields[i].read(f, field->value);
}

static void conclude(struct message_verdict *v, enum kind kind,
		     struct bytes label)
{
	v->kind = kind;
	v->label_len = (unsigned)label.len;
	memcpy(v->label, label.ptr, label.len);
}

static void conclude_text(struct message_verdict *v, enum kind kind,
			  const char *label)
{
	conclude(v, kind, bytes_of_text(label));
}

void message_judge(const struct malware_table *malware, struct bytes trusted,
		   struct message_verdict *out)
{
	struct findings f = { .malware = malware };
	struct bytes rest = trusted;
	struct message_field field;
	struct malware *m = &f.malware_found;

	*out = (struct message_verdict){ .kind = KIND_CLEAN };
	while (message_next_field(trusted, &rest, &field))
		read_field(&f, &field);
	name_by_report(&f);
	if (f.has_status && f.has_report)
		add_score(&f, f.score, f.limit, f.by_address);
	if (f.is_infected)
		conclude(out, m->kind, bytes_of(m->label, m->label_len));
	else if (f.is_banned)
		conclude_text(out, KIND_POLICY, "banned");
	else if (f.is_spam && f.is_moved)
		conclude_text(out, KIND_POLICY, "reputation");
	else if (f.is_spam)
		out->kind = KIND_SPAM;
	out->is_moved =
		out->kind == KIND_POLICY && !f.is_infected && !f.is_banned;
}
