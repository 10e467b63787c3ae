/* SPDX-License-Identifier: Apache-2.0 */
/* postfix_reason.c - two tables: what servers say, and what filters say */
#include "read/postfix_reason.h"

#include "read/postfix_text.h"

/* ---------------------------------------------------------------- refusals */

struct phrase {
	const char *text; /* found anywhere in the reason, any case */
	const char *label;
};

/* The first that is found. What is most telling stands first. */
static const struct phrase refusals[] = {
	{ "blocked using", "blocklist" },
	{ "relay access denied", "relay-denied" },
	{ "relaying denied", "relay-denied" },
	{ "greylist", "greylisted" },
	{ "graylist", "greylisted" },
	{ "grey listed", "greylisted" },
	{ "helo command rejected", "helo" },
	{ "sender address rejected", "sender" },
	{ "user unknown", "unknown-user" },
	{ "unknown user", "unknown-user" },
	{ "recipient unknown", "unknown-user" },
	{ "no such user", "unknown-user" },
	{ "recipient address rejected: undeliverable", "unknown-user" },
	{ "recipient address rejected: unverified", "unknown-user" },
	{ "mailbox unavailable", "unknown-user" },
	{ "rate limit", "rate" },
	{ "too many", "rate" },
	{ "limit exceeded", "rate" },
	{ "concurrency limit", "rate" },
	{ "quota", "quota" },
	{ "message size exceeds", "size" },
	{ "openspf.org", "spf" },
	{ "spf.pobox.com", "spf" },
	{ "message rejected due to: spf", "spf" },
	{ "spf fail", "spf" },
	{ "dmarc", "dmarc" },
	{ "server configuration", "server" },
	{ "temporary lookup failure", "server" },
	{ "insufficient system storage", "server" },
	{ "all server ports", "server" },
	{ "all screening ports", "server" },
	{ "cannot find your", "client-name" },
	{ "recipient address rejected: access denied", "access" },
	{ "recipient address rejected: domain not found", "recipient" },
	{ "recipient address rejected: need fully-qualified", "recipient" },
	{ "recipient address rejected: malformed", "recipient" },
	{ "recipient address rejected", "policy-service" },
	{ "client host rejected", "access" },
	{ "end-of-data rejected", "access" },
	{ "pipelining", "protocol" },
	{ "bare <", "protocol" },
	{ "protocol error", "protocol" },
	{ "command rejected", "protocol" },
	{ "policy", "policy-service" },
};

#define N_REFUSALS (sizeof(refusals) / sizeof(*refusals))

/* Offset of a lower case phrase in text of any case, or text.len */
static size_t find_nocase(struct bytes text, const char *phrase)
{
	size_t n = strlen(phrase);

	for (size_t i = 0; i + n <= text.len; i++) {
		size_t k = 0;

		while (k < n && ascii_lower(text.ptr[i + k]) == phrase[k])
			k++;
		if (k == n)
			return i;
	}
	return text.len;
}

static bool has(struct bytes text, const char *phrase)
{
	return find_nocase(text, phrase) < text.len;
}

/* Codes: "554 5.7.1 " */
static struct bytes skip_codes(struct bytes text)
{
	size_t i = 0;

	while (i < text.len && ((text.ptr[i] >= '0' && text.ptr[i] <= '9') ||
				text.ptr[i] == '.' || text.ptr[i] == ' '))
		i++;
	return bytes_from(text, i);
}

/*
 * "Service unavailable; Client host [192.0.2.7] blocked using LIST; why", in
 * old versions "Service unavailable; [192.0.2.7] blocked using LIST, reason:",
 * in postscreen "client [192.0.2.7]". A list of names says "Sender address
 * [a@b] blocked using": evidence against a name and not against the host.
 */
static struct bytes host_list(struct bytes text, uint64_t host)
{
	size_t semicolon = bytes_find_text(text, "; ");
	size_t end, n = 0;
	uint64_t named;

	if (semicolon == text.len || bytes_starts(text, "<"))
		return bytes_of(NULL, 0);
	text = bytes_from(text, semicolon + 2);
	bytes_skip(&text, "Unverified ");
	if (!bytes_skip(&text, "Client host ") && !bytes_skip(&text, "client "))
		bytes_skip(&text, "Client ");
	if (!bytes_skip(&text, "["))
		return bytes_of(NULL, 0);
	end = bytes_find_char(text, ']');
	if (!mail_parse_address(bytes_of(text.ptr, end), &named) ||
	    named != host)
		return bytes_of(NULL, 0);
	text = bytes_from(text, end);
	if (!bytes_skip(&text, "] blocked using "))
		return bytes_of(NULL, 0);
	while (n < text.len && text.ptr[n] != ';' && text.ptr[n] != ',' &&
	       !bytes_starts(bytes_from(text, n), ". "))
		n++;
	while (n > 0 && text.ptr[n - 1] == '.')
		n--;
	return mail_list_name(bytes_of(text.ptr, n));
}

/* A subscriber's key before the zone is the reader's secret. */
struct bytes mail_list_name(struct bytes list)
{
	size_t n = bytes_find_char(list, '.');

	for (size_t i = 0; i < n; i++)
		if (list.ptr[i] == '-' || list.ptr[i] == ' ')
			return list;
	return n >= 20 && n < list.len ? bytes_from(list, n + 1) : list;
}

void mail_refusal_reason(struct bytes text, uint64_t host,
			 struct mail_reason *out)
{
	struct bytes thing;

	*out = (struct mail_reason){ .kind = KIND_POLICY };
	text = skip_codes(text);
	out->list = host_list(text, host);
	if (bytes_starts(text, "<") && mail_take_address(&text, &thing))
		bytes_skip(&text, ":");
	out->label = bytes_of_text("other");
	for (size_t i = 0; i < N_REFUSALS; i++) {
		if (!has(text, refusals[i].text))
			continue;
		out->label = bytes_of_text(refusals[i].label);
		break;
	}
	out->of_stranger = bytes_is(out->label, "relay-denied");
}

/* ----------------------------------------------------------------- filters */

/* What stands before a virus's name */
static const char *const virus_before[] = {
	"infected: ",	      "infected with ",	 "infected by ",
	"virus found: ",      "found virus: ",	 "found virus ",
	"contains virus: ",   "contains virus ", "virus detected: ",
	"malware detected: ", "malware found: ", "virus: ",
	"infected (",	      "virus (",	 "malware: ",
	"detected virus ",    "a virus: ",
};

#define N_VIRUS_BEFORE (sizeof(virus_before) / sizeof(*virus_before))

static struct bytes cut_name(struct bytes b)
{
	size_t n = 0;

	while (b.len > 0 &&
	       (b.ptr[0] == '"' || b.ptr[0] == '\'' || b.ptr[0] == '(' ||
		b.ptr[0] == ' ' || b.ptr[0] == '\\'))
		b = bytes_from(b, 1);
	while (n < b.len && (unsigned char)b.ptr[n] > ' ' && b.ptr[n] != '"' &&
	       b.ptr[n] != '\'' && b.ptr[n] != '\\' && b.ptr[n] != ')' &&
	       b.ptr[n] != '(' && b.ptr[n] != ',' && b.ptr[n] != ';')
		n++;
	while (n > 0 && (b.ptr[n - 1] == '.' || b.ptr[n - 1] == ':'))
		n--;
	return bytes_of(b.ptr, n);
}

/* "(I-Worm.Sobig.f)": a scanner's name in brackets */
static bool find_worm(struct bytes text, struct bytes *name)
{
	size_t at = bytes_find_char(text, '(');

	if (at == text.len || (!has(text, "worm.") && !has(text, "w32/")))
		return false;
	*name = cut_name(bytes_from(text, at));
	return find_nocase(*name, "worm.") < name->len ||
	       find_nocase(*name, "w32/") < name->len;
}

static bool find_virus(struct bytes text, struct bytes *name)
{
	*name = bytes_of(NULL, 0);
	for (size_t i = 0; i < N_VIRUS_BEFORE; i++) {
		size_t at = find_nocase(text, virus_before[i]);

		if (at == text.len)
			continue;
		*name = cut_name(
			bytes_from(text, at + strlen(virus_before[i])));
		return true;
	}
	if (find_worm(text, name))
		return true;
	/* "virus Eicar-Test-Signature detected by ClamAV" */
	if (has(text, "virus ")) {
		size_t at = find_nocase(text, "virus ");
		struct bytes word = cut_name(bytes_from(text, at + 6));
		struct bytes rest = bytes_from(text, at + 6);

		rest = bytes_from(rest,
				  word.len < rest.len ? word.len : rest.len);
		if (word.len > 0 && bytes_starts_nocase(rest, " detected"))
			*name = word;
	}
	return has(text, "virus") || has(text, "infected") ||
	       has(text, "malware");
}

/* Does the verdict rest on who the host is and not on the content? */
static bool is_by_address(struct bytes text)
{
	bool on_list = has(text, "blacklist") || has(text, "black list") ||
		       has(text, "blocklist") || has(text, "block list") ||
		       has(text, "dnsbl") || has(text, "rbl ") ||
		       has(text, "reputation") || has(text, "blocked using");

	if (has(text, "uri") || has(text, "url") || has(text, "surbl"))
		return false; /* what the content points to */
	return on_list;
}

void mail_filter_reason(struct bytes text, struct mail_reason *out)
{
	static const struct phrase others[] = {
		{ "try again later", "greylisted" },
		{ "greylist", "greylisted" },
		{ "graylist", "greylisted" },
		{ "banned", "banned" },
		{ "bad-header", "bad-header" },
		{ "bad header", "bad-header" },
		{ "dmarc", "dmarc" },
		{ "spf ", "spf" },
		{ "dkim", "dkim" },
		{ "rate", "rate" },
		{ "user unknown", "unknown-user" },
	};

	*out = (struct mail_reason){ .kind = KIND_POLICY };
	text = skip_codes(text);
	out->label = bytes_of_text("milter");
	if (find_virus(text, &out->virus)) {
		out->kind = KIND_VIRUS;
		return;
	}
	/* Postfix's own words where a milter is down or does not say more */
	if (has(text, "service unavailable - try again later")) {
		out->kind = KIND_UNSCANNED;
		out->label = bytes_of_text("down");
		return;
	}
	if (is_by_address(text)) {
		out->label = bytes_of_text("reputation");
		out->by_address = has(text, "spam") || has(text, "reputation");
		return;
	}
	if (has(text, "spam") || has(text, "gtube") || has(text, "uribl") ||
	    has(text, "surbl") || has(text, "black listed url")) {
		out->kind = KIND_SPAM;
		out->label = bytes_of(NULL, 0);
		return;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		if (!has(text, others[i].text))
			continue;
		out->label = bytes_of_text(others[i].label);
		return;
	}
}
