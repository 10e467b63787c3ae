/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - one thing that one host did, and the names in it
 *
 *   event     host, time, kind, label, client
 *   catalog   names as small numbers: labels and clients
 *   time      civil dates and ISO 8601, always UTC inside
 *   malware   what scanners call a thing -> kind and label
 *
 * Source: MEASURES 1 for the kinds; ISO 8601 and RFC 3339 for times.
 */
#pragma once

#include "base/base.h"

/* ------------------------------------------------------------------- event */

/* The numbers are stored on disk. */
enum kind {
	KIND_CLEAN = 0,	    /* accepted, nothing found */
	KIND_SPAM = 1,	    /* the content was judged spam */
	KIND_VIRUS = 2,	    /* label: family and variant */
	KIND_POLICY = 3,    /* refused for what is not content */
	KIND_UNSCANNED = 4, /* let through or deferred without a full look */
	KIND_RELAY = 5,	    /* evidence: open SMTP relay */
	KIND_PROXY = 6,	    /* evidence: open proxy; label: which kind */
	KIND_BACKDOOR = 7,  /* evidence: ports of a family; label: which */
	KIND_LISTED = 8,    /* evidence: a blocklist; label: which */
};

#define N_KINDS	     9
#define N_MAIL_KINDS 5 /* the first five are mail, the others evidence */

static inline bool kind_is_mail(enum kind k)
{
	return k < N_MAIL_KINDS;
}

/* relay, proxy or backdoor: the host is open (MEASURES 1, set R) */
static inline bool kind_is_open(enum kind k)
{
	return k >= KIND_RELAY && k <= KIND_BACKDOOR;
}

const char *kind_name(enum kind k);		   /* "clean" … "listed" */
int kind_parse(struct bytes name, enum kind *out); /* E_SYNTAX */

/*
 * 24 bytes, so that sorting moves little. label and client are numbers in a
 * catalog that goes with the events; 0 is none.
 */
struct event {
	uint64_t host; /* host/host.h */
	uint32_t time; /* seconds since 1970 UTC, until 2106-02-07 */
	uint32_t label;
	uint32_t client;
	uint8_t kind; /* enum kind */
};

/* By host, time, kind, label, client: a total order, equal only if equal */
int event_compare(const struct event *a, const struct event *b);

/* ----------------------------------------------------------------- catalog */

/* Names numbered from 1 in the order of their arrival; 0 is "no name". */
struct catalog {
	struct catalog_entry *entries; /* entries[i] is number i + 1 */
	uint32_t n;
	uint32_t cap;
	uint32_t *slots; /* hash table of numbers, 0 empty */
	uint32_t n_slots;
};

#define NAME_MAX_BYTES 255
#define CATALOG_MAX    (1u << 24) /* names in one catalog */

void catalog_deinit(struct catalog *c); /* init: all zero */

/*
 * The number of the name, a new one where it is new. Names are clipped to
 * NAME_MAX_BYTES at a character's boundary, and bytes that are not printable
 * UTF-8 become '?'. The empty name is 0, and so is a new one past CATALOG_MAX.
 */
uint32_t catalog_add(struct catalog *c, struct bytes name);
uint32_t catalog_find(const struct catalog *c, struct bytes name);

/* Borrowed until the catalog goes; number 0 is the empty name. */
struct bytes catalog_name(const struct catalog *c, uint32_t number);

/* -------------------------------------------------------------------- time */

#define TIME_MAX    UINT32_MAX
#define DAY_SECONDS 86400

/* Seconds since 1970 of a date of the proleptic Gregorian calendar */
int64_t time_from_civil(int year, int month, int day, int hour, int minute,
			int second);

struct civil {
	int year, month, day, hour, minute, second;
};
struct civil time_to_civil(int64_t t);

/*
 * "2003-08-19", "2003-08-19T12:00", "2003-08-19 12:00:00.123+02:00",
 * "20030819T120000Z". All of the text. *has_zone says whether an offset or Z
 * stood there (and is applied); otherwise the time is as if it were UTC.
 * Fractions are cut off. E_SYNTAX; E_RANGE outside 1970 … TIME_MAX or for a
 * date that does not exist.
 */
int time_parse(struct bytes text, int64_t *out, bool *has_zone);

#define TIME_TEXT_MAX 24
size_t time_format(int64_t t, char out[TIME_TEXT_MAX]); /* …T…Z */
size_t date_format(int64_t t, char out[TIME_TEXT_MAX]); /* 2003-08-19 */

/* The same as a member of JSON: "2003-08-19T12:00:00Z" */
void json_put_time(struct json *w, const char *key, int64_t t);

/* ----------------------------------------------------------------- malware */

/*
 * Scanners call one thing by many names: W32/Sobig.e@MM, Worm.Sobig.E-1,
 * WORM_SOBIG.E, I-Worm.Sobig.e. The table (data/malware-names.conf says its
 * form) brings them to the CARO family and variant, "Sobig.E"; it also knows
 * what is no virus: third-party spam and phishing signatures, limits that a
 * scanner met, test files.
 */
struct malware_table;

#define MALWARE_NAMES_MAX ((size_t)16 << 20) /* bytes of a file of names */

/*
 * A new table holding what ships with rapsheet. text (may be empty) is a file
 * of the same form whose lines go before ours. Lines not understood are left
 * out and told by complain, which may be NULL.
 */
struct malware_table *malware_table_new(struct bytes text,
					void (*complain)(void *ctx,
							 unsigned line,
							 const char *expected),
					void *ctx);
void malware_table_free(struct malware_table *t);

struct malware {
	enum kind kind;	    /* VIRUS, SPAM, POLICY or UNSCANNED */
	unsigned label_len; /* never 0 */
	char label[NAME_MAX_BYTES + 1];
};

/* Never fails: a name that says nothing is a virus of family "Unknown". */
void malware_name_normalise(const struct malware_table *t, struct bytes raw,
			    struct malware *out);
