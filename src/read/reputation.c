/* SPDX-License-Identifier: Apache-2.0 */
#include "read/reputation.h"

/*
 * Patterns with one * at either end or none. Lists of addresses and what else
 * is known of the host by its address: not URIBL and the like, which judge what
 * stands in the message, nor what its own HELO and PTR look like.
 */
static const char *const symbols[] = {
	/* SpamAssassin: 20_dnsbl_tests.cf, and its plugins of reputation */
	"RCVD_IN_*",
	"TXREP",
	"AWL",
	"SENDERSCORE*",
	"RELAYCOUNTRY*",
	"BOTNET*",
	/* Rspamd: modules rbl, reputation, asn and their predecessors */
	"RBL_*",
	"RWL_*",
	"RECEIVED_*",
	"*_DNSBL",
	"*_RBL",
	"IP_REPUTATION*",
	"ASN*",
	"IP_SCORE*",
	"DNSWL_*",
	"MAILSPIKE*",
	"BLOCKLISTDE*",
	"IP_BLACKLIST*",
	"LOCAL_BL_IP*",
};

static bool fits(struct bytes symbol, const char *pattern)
{
	struct bytes p = bytes_of_text(pattern);

	if (bytes_skip(&p, "*"))
		return symbol.len >= p.len &&
		       bytes_equal(bytes_from(symbol, symbol.len - p.len), p);
	if (!bytes_ends(p, "*"))
		return bytes_equal(symbol, p);
	p.len--;
	return symbol.len >= p.len &&
	       bytes_equal(bytes_of(symbol.ptr, p.len), p);
}

bool reputation_is_symbol(struct bytes symbol)
{
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		if (fits(symbol, symbols[i]))
			return true;
	return false;
}

int reputation_parse_score(struct bytes text, int64_t *thousandths)
{
	bool negative = bytes_skip(&text, "-");
	struct bytes fraction = text, whole;
	uint64_t units, rest = 0;
	int err;

	if (!negative)
		bytes_skip(&fraction, "+");
	whole = bytes_cut(&fraction, '.');
	err = bytes_to_u64(whole, 1000000, &units);
	if (err < 0)
		return err;
	for (size_t i = 0; i < 3; i++) {
		unsigned digit = 0;

		if (i < fraction.len)
			digit = (unsigned char)fraction.ptr[i] - (unsigned)'0';
		if (digit > 9)
			return E_SYNTAX;
		rest = rest * 10 + digit;
	}
	*thousandths = (int64_t)(units * 1000 + rest) * (negative ? -1 : 1);
	return 0;
}

/* SYMBOL(score)[options]; options may hold anything but "];" */
int64_t reputation_of_rspamd(struct bytes list)
{
	int64_t sum = 0, score;

	while (list.len > 0) {
		size_t end = bytes_find_text(list, "];");
		struct bytes entry = bytes_trim(bytes_of(list.ptr, end));
		struct bytes rest = entry, symbol = bytes_cut(&rest, '(');

		if (reputation_is_symbol(symbol) &&
		    reputation_parse_score(bytes_cut(&rest, ')'), &score) == 0)
			sum += score;
		list = bytes_from(list, end < list.len ? end + 2 : end);
	}
	return sum;
}

int64_t reputation_of_tests(struct bytes list, bool *has_scores)
{
	int64_t sum = 0, score;

	*has_scores = false;
	while (list.len > 0) {
		struct bytes entry = bytes_trim(bytes_cut(&list, ','));
		struct bytes rest = entry, symbol = bytes_cut(&rest, '=');

		if (symbol.len == entry.len ||
		    reputation_parse_score(bytes_trim(rest), &score) < 0)
			continue;
		*has_scores = true;
		if (reputation_is_symbol(symbol))
			sum += score;
	}
	return sum;
}

int64_t reputation_of_report(struct bytes report, bool *has_scores)
{
	int64_t sum = 0, score;

	*has_scores = false;
	while (report.len > 0) {
		struct bytes line = bytes_trim(bytes_cut(&report, '\n'));
		struct bytes rest;

		if (!bytes_skip(&line, "*"))
			continue;
		rest = bytes_trim(line);
		if (reputation_parse_score(bytes_cut(&rest, ' '), &score) < 0)
			continue;
		*has_scores = true;
		rest = bytes_trim(rest);
		if (reputation_is_symbol(bytes_cut(&rest, ' ')))
			sum += score;
	}
	return sum;
}
