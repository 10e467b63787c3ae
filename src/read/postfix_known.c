/* SPDX-License-Identifier: Apache-2.0 */
/* postfix_known.c - the tables of what is known and ignored */
#include "read/postfix_known.h"

#include "read/postfix_text.h"

#define TROUBLE "our own server's trouble, nothing a host did"
#define AGAIN	"the line that gives the verdict says it again"
#define SIZE	"counts and settings of the server"
#define TALK	"how the talk went; what came of it has its own line"
#define FAILED	"refuses nothing by itself: mail then offered has a reject line"
#define EDIT	"changed on its way and not judged"
#define DEBUG	"what a daemon writes when told to be verbose"

/* ---------------------------------------------------------------- programs */

struct name {
	const char *text;
	enum mail_program program;
};

static const struct name services[] = {
	{ "smtpd", PROGRAM_SMTPD },
	{ "postscreen", PROGRAM_POSTSCREEN },
	{ "dnsblog", PROGRAM_DNSBLOG },
	{ "cleanup", PROGRAM_CLEANUP },
	{ "qmgr", PROGRAM_QMGR },
	{ "postsuper", PROGRAM_QMGR },
	{ "nqmgr", PROGRAM_QMGR },
	{ "oqmgr", PROGRAM_QMGR },
	{ "smtp", PROGRAM_DELIVERY },
	{ "lmtp", PROGRAM_DELIVERY },
	{ "local", PROGRAM_DELIVERY },
	{ "virtual", PROGRAM_DELIVERY },
	{ "pipe", PROGRAM_DELIVERY },
	{ "error", PROGRAM_DELIVERY },
	{ "discard", PROGRAM_DELIVERY },
	{ "retry", PROGRAM_DELIVERY },
	{ "relay", PROGRAM_DELIVERY },
	{ "spawn", PROGRAM_POSTFIX },
	{ "bounce", PROGRAM_POSTFIX },
	{ "defer", PROGRAM_POSTFIX },
	{ "trace", PROGRAM_POSTFIX },
	{ "pickup", PROGRAM_POSTFIX },
	{ "master", PROGRAM_POSTFIX },
	{ "anvil", PROGRAM_POSTFIX },
	{ "scache", PROGRAM_POSTFIX },
	{ "tlsmgr", PROGRAM_POSTFIX },
	{ "tlsproxy", PROGRAM_POSTFIX },
	{ "verify", PROGRAM_POSTFIX },
	{ "proxymap", PROGRAM_POSTFIX },
	{ "proxywrite", PROGRAM_POSTFIX },
	{ "showq", PROGRAM_POSTFIX },
	{ "flush", PROGRAM_POSTFIX },
	{ "sendmail", PROGRAM_POSTFIX },
	{ "postdrop", PROGRAM_POSTFIX },
	{ "postqueue", PROGRAM_POSTFIX },
	{ "postlog", PROGRAM_POSTFIX },
	{ "postmap", PROGRAM_POSTFIX },
	{ "postalias", PROGRAM_POSTFIX },
	{ "postlogd", PROGRAM_POSTFIX },
	{ "postconf", PROGRAM_POSTFIX },
	{ "qmqpd", PROGRAM_POSTFIX },
	{ "trivial-rewrite", PROGRAM_POSTFIX },
	{ "postfix-script", PROGRAM_POSTFIX },
};

#define N_SERVICES (sizeof(services) / sizeof(*services))

enum mail_program mail_program_of(struct bytes program, struct bytes *instance,
				  struct bytes *service)
{
	size_t slash = bytes_find_char(program, '/');
	size_t last = program.len;

	*instance = bytes_of(program.ptr, slash);
	*service = program;
	if (bytes_starts(program, "amavis"))
		return PROGRAM_AMAVIS;
	if (slash == program.len)
		return bytes_starts(program, "postfix") ? PROGRAM_POSTFIX
							: PROGRAM_FOREIGN;
	while (program.ptr[last - 1] != '/')
		last--;
	*service = bytes_from(program, last);
	for (size_t i = 0; i < N_SERVICES; i++)
		if (bytes_is(*service, services[i].text))
			return services[i].program;
	return bytes_starts(program, "postfix") ? PROGRAM_POSTFIX
						: PROGRAM_FOREIGN;
}

/* Programs beside Postfix; anything else is "another program" */
static const struct mail_template programs[] = {
	{ "opendkim", "opendkim", "signatures: no verdict on a host" },
	{ "opendmarc", "opendmarc", "what it refuses, the milter line says" },
	{ "openarc", "openarc", "signatures: no verdict on a host" },
	{ "dkim", "dkim filter", "signatures: no verdict on a host" },
	{ "policyd-spf", "policyd-spf", "what it refuses, smtpd says" },
	{ "python-policyd-spf", "policyd-spf", "what it refuses, smtpd says" },
	{ "policyd", "policyd", "what it refuses, smtpd says" },
	{ "policy-spf", "policyd-spf", "what it refuses, smtpd says" },
	{ "postfwd", "postfwd", "what it refuses, smtpd says" },
	{ "postgrey", "postgrey", "what it refuses, smtpd says" },
	{ "sqlgrey", "sqlgrey", "what it refuses, smtpd says" },
	{ "milter-greylist", "milter-greylist", "the milter line says it" },
	{ "clamav-milter", "clamav-milter", "the milter line says it" },
	{ "spamass-milter", "spamass-milter", "the milter line says it" },
	{ "rspamd", "rspamd", "the milter line says it" },
	{ "dovecot", "dovecot", "mail already delivered, and users' logins" },
	{ "saslauthd", "saslauthd", "users' logins" },
	{ "spamd", "spamd", "names no host; who called it gives the verdict" },
	{ "spamc", "spamc", "names no host; who called it gives the verdict" },
	{ "clamd", "clamd", "names no host; who called it gives the verdict" },
	{ "freshclam", "freshclam", "fetches signatures" },
	{ "", "other program", "not a part of the mail server" },
};

const struct mail_template *mail_known_program(struct bytes program)
{
	const struct mail_template *t = programs;

	while (!bytes_starts(program, t->prefix))
		t++;
	return t;
}

/* ---------------------------------------------------------------- any part */

static const struct mail_template any_text[] = {
	{ "warning: ", "postfix: warning", TROUBLE },
	{ "fatal: ", "postfix: fatal", TROUBLE },
	{ "error: ", "postfix: error", TROUBLE },
	{ "panic: ", "postfix: panic", TROUBLE },
	{ "statistics: ", "postfix: statistics", SIZE },
	{ "table ", "postfix: table has changed", SIZE },
	{ "cache ", "postfix: cache cleanup", SIZE },
	{ "close database ", "postfix: cache cleanup", SIZE },
	{ "message repeated ", "postfix: repeated line",
	  "the line before it stands for it" },
	{ "last message repeated ", "postfix: repeated line",
	  "the line before it stands for it" },
	{ "looking for plugins", "postfix: SASL plug-ins", SIZE },
	{ "unable to ", "postfix: SASL plug-ins", SIZE },
	{ "unable to dlopen", "postfix: SASL plug-ins", SIZE },
	{ "OTP unavailable", "postfix: SASL plug-ins", SIZE },
	{ "DIGEST-MD5 ", "postfix: SASL plug-ins", SIZE },
	{ "GSSAPI ", "postfix: SASL plug-ins", SIZE },
	{ "NTLM ", "postfix: SASL plug-ins", SIZE },
	{ "sql plugin ", "postfix: SASL plug-ins", SIZE },
	{ "auxpropfunc ", "postfix: SASL plug-ins", SIZE },
	{ "initializing the server-side TLS", "postfix: TLS", TALK },
	{ "initializing the client-side TLS", "postfix: TLS", TALK },
	{ "setting up TLS ", "postfix: TLS", TALK },
	{ "Anonymous TLS connection ", "postfix: TLS", TALK },
	{ "Trusted TLS connection ", "postfix: TLS", TALK },
	{ "Untrusted TLS connection ", "postfix: TLS", TALK },
	{ "Verified TLS connection ", "postfix: TLS", TALK },
	{ "TLS connection ", "postfix: TLS", TALK },
	{ "TLS SNI ", "postfix: TLS", TALK },
	{ "TLS handshake ", "postfix: TLS", TALK },
	{ "TLS ", "postfix: TLS", TALK },
	{ "SSL_", "postfix: TLS", TALK },
	{ "SSL3 ", "postfix: TLS", TALK },
	{ "certificate ", "postfix: TLS", TALK },
	{ "certificate verification ", "postfix: TLS", TALK },
	{ "cert ", "postfix: TLS", TALK },
	{ "Verified: ", "postfix: TLS", TALK },
	{ "Unverified: ", "postfix: TLS", TALK },
	{ "Peer certificate", "postfix: TLS", TALK },
	{ "Peer verification", "postfix: TLS", TALK },
	{ "Host offered STARTTLS", "postfix: TLS", TALK },
	{ "cannot load ", "postfix: TLS", TALK },
	{ "Cannot start TLS", "postfix: TLS", TALK },
	{ "save session ", "postfix: TLS", TALK },
	{ "read from ", "postfix: verbose", DEBUG },
	{ "write to ", "postfix: verbose", DEBUG },
	{ "connect to ", "postfix: connect to",
	  "we called another server, nobody called us" },
	{ "daemon started", "postfix: start and stop", SIZE },
	{ "terminating on signal", "postfix: start and stop", SIZE },
	{ "reload ", "postfix: start and stop", SIZE },
	{ "starting the Postfix", "postfix: start and stop", SIZE },
	{ "stopping the Postfix", "postfix: start and stop", SIZE },
	{ "refreshing the Postfix", "postfix: start and stop", SIZE },
	{ "the Postfix mail system", "postfix: start and stop", SIZE },
	{ "aborting the Postfix", "postfix: start and stop", SIZE },
	{ "waiting for the Postfix", "postfix: start and stop", SIZE },
	{ "Postfix is ", "postfix: start and stop", SIZE },
	{ "using backwards-compatible", "postfix: start and stop", SIZE },
	{ "See http", "postfix: start and stop", SIZE },
	{ "To disable backwards", "postfix: start and stop", SIZE },
	{ "not owned by ", "postfix: start and stop", SIZE },
};

static const struct mail_template any_of_id[] = {
	{ "warning: ", "postfix: warning", TROUBLE },
	{ "uid=", "pickup: uid", "submitted on the server itself" },
	{ "sender=", "pickup: uid", "submitted on the server itself" },
	{ "sender ", "bounce: notification", "written by the server itself" },
	{ "postmaster ", "bounce: notification",
	  "written by the server itself" },
	{ "status=", "delivery: reply", "what another server said to us" },
	{ "recipient limit ", "postfix: verbose", DEBUG },
	{ "requeued", "postsuper: by hand", "moved by hand" },
	{ "placed on hold", "postsuper: by hand", "moved by hand" },
	{ "released from hold", "postsuper: by hand", "moved by hand" },
	{ "expired", "postsuper: by hand", "moved by hand" },
	{ "host ", "delivery: reply", "what another server said to us" },
	{ "lost connection ", "delivery: reply",
	  "what another server said to us" },
	{ "conversation ", "delivery: reply",
	  "what another server said to us" },
	{ "enabling PIX ", "delivery: reply",
	  "what another server said to us" },
	{ "breaking line ", "delivery: reply",
	  "what another server said to us" },
	{ "SASL ", "delivery: reply", "what another server said to us" },
	{ "Cannot start TLS", "postfix: TLS", TALK },
	{ "TLS ", "postfix: TLS", TALK },
	{ "Server certificate ", "postfix: TLS", TALK },
	{ "SMTPUTF8 ", "delivery: reply", "what another server said to us" },
	{ "passing ", "delivery: reply", "what another server said to us" },
	{ "disabling ", "delivery: reply", "what another server said to us" },
	{ "using ", "delivery: reply", "what another server said to us" },
	{ "flush ", "postfix: verbose", DEBUG },
	{ "replace: ", "postfix: header changed", EDIT },
	{ "prepend: ", "postfix: header changed", EDIT },
	{ "ignore: ", "postfix: header changed", EDIT },
	{ "strip: ", "postfix: header changed", EDIT },
	{ "info: ", "postfix: header noted", EDIT },
	{ "pass: ", "postfix: header noted", EDIT },
	{ "filter: ", "postfix: routed", EDIT },
	{ "redirect: ", "postfix: routed", EDIT },
	{ "bcc: ", "postfix: routed", EDIT },
	{ "milter-header-", "postfix: header changed", EDIT },
	{ "milter-body-", "postfix: header changed", EDIT },
	{ "hold: ", "postfix: hold",
	  "kept for a look; what comes of it has its own line" },
	{ "milter-hold: ", "postfix: hold",
	  "kept for a look; what comes of it has its own line" },
	{ "reject_warning: ", "smtpd: reject_warning",
	  "a rule on trial, nothing was refused" },
	{ "warn: ", "smtpd: reject_warning",
	  "a rule on trial, nothing was refused" },
	{ "info: ", "smtpd: noted", EDIT },
	{ "permit: ", "smtpd: noted", EDIT },
	{ "trigger ", "smtpd: noted", EDIT },
	{ "lost connection after ", "smtpd: lost connection", TALK },
	{ "timeout after ", "smtpd: lost connection", TALK },
	{ "proxy-accept: ", "smtpd: proxy-accept",
	  "the message behind the filter says it" },
	{ "skipped, still being delivered", "qmgr: skipped", SIZE },
	{ "resent-message-id=", "cleanup: message-id",
	  "written by the sender" },
	{ "message-id=", "cleanup: message-id", "written by the sender" },
};

/* -------------------------------------------------------------------- each */

static const struct mail_template smtpd_text[] = {
	{ "lost connection after ", "smtpd: lost connection", TALK },
	{ "timeout after ", "smtpd: lost connection", TALK },
	{ "SSL_accept ", "postfix: TLS", TALK },
	{ "improper command pipelining after ", "smtpd: bad manners", TALK },
	{ "bare <", "smtpd: bad manners", TALK },
	{ "non-SMTP command from ", "smtpd: bad manners", TALK },
	{ "postfix/smtpd[", "smtpd: bad manners", TALK },
	{ "discarding EHLO keywords", "smtpd: EHLO keywords", SIZE },
	{ "reject_warning: ", "smtpd: reject_warning",
	  "a rule on trial, nothing was refused" },
	{ "proxy-accept: ", "smtpd: proxy-accept",
	  "the message behind the filter says it" },
	{ "client=", "smtpd: client without queue id",
	  "a session's client, said again with the queue id" },
	{ "SASL ", "smtpd: SASL", "users' logins" },
	{ "xsasl_", "smtpd: SASL", "users' logins" },
};

static const struct mail_template postscreen_text[] = {
	{ "DNSBL rank ", "postscreen: a test failed", FAILED },
	{ "PREGREET ", "postscreen: a test failed", FAILED },
	{ "BLACKLISTED ", "postscreen: a test failed", FAILED },
	{ "DENYLISTED ", "postscreen: a test failed", FAILED },
	{ "HANGUP ", "postscreen: hangup", TALK },
	{ "WHITELIST VETO ", "postscreen: tests", TALK },
	{ "ALLOWLIST VETO ", "postscreen: tests", TALK },
	{ "COMMAND ", "postscreen: bad manners", TALK },
	{ "NON-SMTP COMMAND ", "postscreen: bad manners", TALK },
	{ "BARE NEWLINE ", "postscreen: bad manners", TALK },
	{ "PASS ", "postscreen: tests", TALK },
	{ "FAIL ", "postscreen: tests", TALK },
	{ "UNFAIL ", "postscreen: tests", TALK },
	{ "UNPASS ", "postscreen: tests", TALK },
	{ "SKIP ", "postscreen: tests", TALK },
	{ "DROP ", "postscreen: tests", TALK },
	{ "ENFORCE ", "postscreen: tests", TALK },
	{ "PENALTY ", "postscreen: tests", TALK },
	{ "WHITELISTED ", "postscreen: tests", TALK },
	{ "ALLOWLISTED ", "postscreen: tests", TALK },
	{ "entering STRESS mode", "postscreen: stress", SIZE },
	{ "leaving STRESS mode", "postscreen: stress", SIZE },
	{ "stress: ", "postscreen: stress", SIZE },
};

static const struct mail_template qmgr_text[] = {
	{ "Deleted: ", "postsuper: by hand", "moved by hand" },
	{ "Requeued: ", "postsuper: by hand", "moved by hand" },
	{ "Placed on hold: ", "postsuper: by hand", "moved by hand" },
	{ "Released from hold: ", "postsuper: by hand", "moved by hand" },
	{ "Expired: ", "postsuper: by hand", "moved by hand" },
	{ "Renamed to match inode", "postsuper: by hand", "moved by hand" },
};

static const struct mail_template delivery_text[] = {
	{ "host ", "delivery: reply", "what another server said to us" },
	{ "status=", "delivery: reply", "what another server said to us" },
	{ "lost connection ", "delivery: reply",
	  "what another server said to us" },
	{ "conversation ", "delivery: reply",
	  "what another server said to us" },
	{ "host_offered", "postfix: TLS", TALK },
	{ "setting ", "postfix: TLS", TALK },
};

static const struct mail_template postfix_text[] = {
	{ "CONNECT ", "tlsproxy: connection", TALK },
	{ "DISCONNECT ", "tlsproxy: connection", TALK },
	{ "disconnect ", "tlsproxy: connection", TALK },
	{ "connect ", "tlsproxy: connection", TALK },
	{ "NOQUEUE: ", "qmqpd: connection", TALK },
	{ "open smtp TLS cache", "postfix: TLS", TALK },
	{ "scanned ", "postfix: cache cleanup", SIZE },
	{ "reopen", "postfix: TLS", TALK },
	{ "Postfix ", "postfix: start and stop", SIZE },
	{ "/", "postfix: start and stop", SIZE },
	{ "or the command ", "postfix: start and stop", SIZE },
	{ "to submit mail", "postfix: start and stop", SIZE },
	{ "mail system ", "postfix: start and stop", SIZE },
	{ "mailbox ", "postfix: start and stop", SIZE },
	{ "symlink ", "postfix: start and stop", SIZE },
	{ "executing ", "postfix: start and stop", SIZE },
	{ "set-permissions", "postfix: start and stop", SIZE },
	{ "-- ", "postfix: start and stop", SIZE },
};

static const struct mail_template verbose[] = {
	{ "input attribute ", "postfix: verbose", DEBUG },
	{ "send attr ", "postfix: verbose", DEBUG },
	{ "< ", "postfix: verbose", DEBUG },
	{ "> ", "postfix: verbose", DEBUG },
	{ ">>> ", "postfix: verbose", DEBUG },
	{ "<<< ", "postfix: verbose", DEBUG },
	{ "private/", "postfix: verbose", DEBUG },
	{ "public/", "postfix: verbose", DEBUG },
	{ "request: ", "postfix: verbose", DEBUG },
	{ "request ", "postfix: verbose", DEBUG },
	{ "done ", "postfix: verbose", DEBUG },
	{ "start ", "postfix: verbose", DEBUG },
	{ "end ", "postfix: verbose", DEBUG },
	{ "wakeup ", "postfix: verbose", DEBUG },
	{ "connection ", "postfix: verbose", DEBUG },
	{ "watchdog", "postfix: verbose", DEBUG },
	{ "connect to subsystem", "postfix: verbose", DEBUG },
	{ "inet_", "postfix: verbose", DEBUG },
	{ "trying...", "postfix: verbose", DEBUG },
	{ "smtpd_", "postfix: verbose", DEBUG },
	{ "idle timeout", "postfix: verbose", DEBUG },
	{ "generic_checks", "postfix: verbose", DEBUG },
	{ "smtp_stream_setup", "postfix: verbose", DEBUG },
	{ "maps_", "postfix: verbose", DEBUG },
	{ "name ", "postfix: verbose", DEBUG },
	{ "open ", "postfix: verbose", DEBUG },
	{ "process ", "postfix: verbose", DEBUG },
	{ "before ", "postfix: verbose", DEBUG },
	{ "after ", "postfix: verbose", DEBUG },
	{ "read ", "postfix: verbose", DEBUG },
	{ "mapped ", "postfix: verbose", DEBUG },
	{ "fingerprint", "postfix: verbose", DEBUG },
	{ "subject_CN", "postfix: TLS", TALK },
	{ "issuer", "postfix: TLS", TALK },
	{ "xsasl", "postfix: verbose", DEBUG },
	{ "permit_", "postfix: verbose", DEBUG },
	{ "reject_", "postfix: verbose", DEBUG },
	{ "rewrite stream", "postfix: verbose", DEBUG },
	{ "auto_clnt", "postfix: verbose", DEBUG },
	{ "initial envelope ", "postfix: verbose", DEBUG },
	{ "extracted envelope ", "postfix: verbose", DEBUG },
	{ "cleanup flags", "postfix: verbose", DEBUG },
	{ "cleanup socket", "postfix: verbose", DEBUG },
	{ "smtp socket", "postfix: verbose", DEBUG },
	{ "rewrite socket", "postfix: verbose", DEBUG },
	{ "lmtp socket", "postfix: verbose", DEBUG },
	{ "mynetworks", "postfix: verbose", DEBUG },
	{ "fsspace", "postfix: verbose", DEBUG },
	{ "Run-time linked", "postfix: verbose", DEBUG },
	{ "Compiled against", "postfix: verbose", DEBUG },
	{ "master disconnect", "postfix: verbose", DEBUG },
	{ "pref ", "postfix: verbose", DEBUG },
	{ "proxymap stream", "postfix: verbose", DEBUG },
	{ "lookup ", "postfix: verbose", DEBUG },
	{ "connecting to ", "postfix: verbose", DEBUG },
	{ "begin ", "postfix: verbose", DEBUG },
	{ "vstream", "postfix: verbose", DEBUG },
	{ "dict_", "postfix: verbose", DEBUG },
	{ "match_", "postfix: verbose", DEBUG },
	{ "name_mask", "postfix: verbose", DEBUG },
	{ "relay_domains", "postfix: verbose", DEBUG },
	{ "report ", "postfix: verbose", DEBUG },
	{ "clear ", "postfix: verbose", DEBUG },
	{ "client ", "postfix: verbose", DEBUG },
	{ "auto_", "postfix: verbose", DEBUG },
	{ "milter", "postfix: verbose", DEBUG },
	{ "event_", "postfix: verbose", DEBUG },
	{ "queue_", "postfix: verbose", DEBUG },
	{ "unix_", "postfix: verbose", DEBUG },
	{ "rewrite ", "postfix: verbose", DEBUG },
	{ "resolve ", "postfix: verbose", DEBUG },
	{ "delivering ", "postfix: verbose", DEBUG },
	{ "deliver_", "postfix: verbose", DEBUG },
	{ "mail_", "postfix: verbose", DEBUG },
	{ "smtp_", "postfix: verbose", DEBUG },
	{ "been_here", "postfix: verbose", DEBUG },
	{ ">>> ", "postfix: verbose", DEBUG },
	{ "deleting ", "postfix: verbose", DEBUG },
	{ "scan ", "postfix: verbose", DEBUG },
	{ "skip ", "postfix: verbose", DEBUG },
	{ "trigger ", "postfix: verbose", DEBUG },
	{ "sending ", "postfix: verbose", DEBUG },
	{ "received ", "postfix: verbose", DEBUG },
	{ "got ", "postfix: verbose", DEBUG },
	{ "new ", "postfix: verbose", DEBUG },
	{ "flush ", "postfix: verbose", DEBUG },
	{ "checking ", "postfix: verbose", DEBUG },
	{ "abort ", "postfix: verbose", DEBUG },
	{ "update ", "postfix: verbose", DEBUG },
	{ "mark ", "postfix: verbose", DEBUG },
	{ "rec_", "postfix: verbose", DEBUG },
};

static const struct mail_template amavis_text[] = {
	{ "...", "amavis: continued", "the rest of a line that was cut" },
	{ "SPAM, ", "amavis: score", AGAIN },
	{ "SPAM-TAG, ", "amavis: score", AGAIN },
	{ "spam_scan: ", "amavis: score", AGAIN },
	{ "SPAM", "amavis: score", AGAIN },
	{ "FAKE SENDER", "amavis: score", AGAIN },
	{ "PenPals", "amavis: score", AGAIN },
	{ "virus_scan: ", "amavis: scanner", AGAIN },
	{ "ask_av ", "amavis: scanner", AGAIN },
	{ "run_av ", "amavis: scanner", AGAIN },
	{ "INFECTED ", "amavis: scanner", AGAIN },
	{ "Turning AV infection ", "amavis: scanner", AGAIN },
	{ "ClamAV", "amavis: scanner", AGAIN },
	{ "Sophie", "amavis: scanner", AGAIN },
	{ "p.path ", "amavis: banned part", AGAIN },
	{ "p0", "amavis: part", "a part of a message" },
	{ "p1", "amavis: part", "a part of a message" },
	{ "check_header", "amavis: header", AGAIN },
	{ "BAD HEADER", "amavis: header", AGAIN },
	{ "INFO: ", "amavis: message", SIZE },
	{ "NOTICE: ", "amavis: message", SIZE },
	{ "WARN: ", "amavis: message", SIZE },
	{ "_WARN: ", "amavis: message", SIZE },
	{ "WARN ", "amavis: message", SIZE },
	{ "(!", "amavis: trouble", TROUBLE },
	{ "TROUBLE", "amavis: trouble", TROUBLE },
	{ "PANIC", "amavis: trouble", TROUBLE },
	{ "PRESERVING EVIDENCE", "amavis: trouble", TROUBLE },
	{ "Requesting process rundown", "amavis: trouble", TROUBLE },
	{ "dcc ", "amavis: trouble", TROUBLE },
	{ "open(", "amavis: trouble", TROUBLE },
	{ "mangling ", "amavis: mangling", EDIT },
	{ "DEFANGING ", "amavis: mangling", EDIT },
	{ "truncating ", "amavis: message", SIZE },
	{ "do_", "amavis: unpacking", "what a part was made of" },
	{ "Decoding ", "amavis: unpacking", "what a part was made of" },
	{ "DSN", "amavis: notification", "written by the server itself" },
	{ "DSN: ", "amavis: notification", "written by the server itself" },
	{ "bounce ", "amavis: bounce", "a bounce was recognised" },
	{ "Quarantine", "amavis: quarantine", "released by hand" },
	{ "Quarantined message release", "amavis: quarantine",
	  "released by hand" },
	{ "quarantine ", "amavis: quarantine", "released by hand" },
	{ "Negative SMTP response", "amavis: talk", TALK },
	{ "smtp ", "amavis: talk", TALK },
	{ "smtp_", "amavis: talk", TALK },
	{ "response to ", "amavis: talk", TALK },
	{ "SMTP", "amavis: talk", TALK },
	{ "LMTP", "amavis: talk", TALK },
	{ "ESMTP", "amavis: talk", TALK },
	{ "AM.PDP", "amavis: talk", TALK },
	{ "policy protocol", "amavis: talk", TALK },
	{ "FWD ", "amavis: talk", TALK },
	{ "fwd ", "amavis: talk", TALK },
	{ "mail_via_", "amavis: talk", TALK },
	{ "Checking: ", "amavis: talk", TALK },
	{ "Checking ", "amavis: talk", TALK },
	{ "OS_fingerprint", "amavis: fingerprint", "a guess at the system" },
	{ "Open relay? ", "amavis: talk", TALK },
	{ "TempDir", "amavis: temporary files", SIZE },
	{ "TIMING", "amavis: timing", SIZE },
	{ "SA ", "amavis: SpamAssassin", SIZE },
	{ "SpamAssassin", "amavis: SpamAssassin", SIZE },
	{ "SpamControl", "amavis: SpamAssassin", SIZE },
	{ "extra modules loaded", "amavis: start and stop", SIZE },
	{ "lookup", "amavis: look-up", SIZE },
	{ "connect_to_", "amavis: look-up", SIZE },
	{ "sql ", "amavis: look-up", SIZE },
	{ "wbl: ", "amavis: white and black lists", AGAIN },
	{ "white_black_list", "amavis: white and black lists", AGAIN },
	{ "Internal decoder ", "amavis: start and stop", SIZE },
	{ "No decoder ", "amavis: start and stop", SIZE },
	{ "Found ", "amavis: start and stop", SIZE },
	{ "No ", "amavis: start and stop", SIZE },
	{ "Using ", "amavis: start and stop", SIZE },
	{ "Module ", "amavis: start and stop", SIZE },
	{ "socket module ", "amavis: start and stop", SIZE },
	{ "starting", "amavis: start and stop", SIZE },
	{ "config files read", "amavis: start and stop", SIZE },
	{ "Creating db ", "amavis: start and stop", SIZE },
	{ "BerkeleyDB", "amavis: start and stop", SIZE },
	{ "after_chroot_init", "amavis: start and stop", SIZE },
	{ "Net::Server", "amavis: start and stop", SIZE },
	{ "user=", "amavis: start and stop", SIZE },
	{ "perl=", "amavis: start and stop", SIZE },
	{ "INIT", "amavis: start and stop", SIZE },
	{ "ANTI-", "amavis: start and stop", SIZE },
	{ "Amavis", "amavis: start and stop", SIZE },
	{ "logging initialized", "amavis: start and stop", SIZE },
	{ "initializing ", "amavis: start and stop", SIZE },
	{ "loaded ", "amavis: start and stop", SIZE },
	{ "Valid PID file", "amavis: start and stop", SIZE },
	{ "Daemon ", "amavis: start and stop", SIZE },
	{ "shutting down", "amavis: start and stop", SIZE },
	{ "storage and lookups", "amavis: start and stop", SIZE },
	{ "ZMQ", "amavis: start and stop", SIZE },
	{ "dkim: ", "amavis: dkim", SIZE },
	{ "DKIM", "amavis: dkim", SIZE },
	{ "dkim", "amavis: dkim", SIZE },
	{ "size: ", "amavis: message", SIZE },
	{ "load_policy_bank", "amavis: message", SIZE },
	{ "loading policy bank", "amavis: message", SIZE },
	{ "loaded base policy bank", "amavis: message", SIZE },
	{ "cached ", "amavis: message", SIZE },
	{ "penpals", "amavis: score", AGAIN },
	{ "body hash", "amavis: message", SIZE },
	{ "collect_banned_names", "amavis: banned part", AGAIN },
	{ "check_for_banned", "amavis: banned part", AGAIN },
	{ "header: ", "amavis: header", AGAIN },
	{ "mail checking", "amavis: trouble", TROUBLE },
	{ "request", "amavis: talk", TALK },
	{ "get_deadline", "amavis: message", SIZE },
	{ "prolong_timer", "amavis: message", SIZE },
	{ "rw_loop", "amavis: talk", TALK },
	{ "dispatch_from_", "amavis: talk", TALK },
	{ "load: ", "amavis: message", SIZE },
	{ "idle_proc", "amavis: message", SIZE },
	{ "process_request", "amavis: talk", TALK },
	{ "inspect_dsn", "amavis: bounce", "a bounce was recognised" },
	{ "tempdir", "amavis: temporary files", SIZE },
	{ "Tempdir", "amavis: temporary files", SIZE },
	{ "cleaning up", "amavis: temporary files", SIZE },
	{ "exiting", "amavis: start and stop", SIZE },
	{ "rundown", "amavis: start and stop", SIZE },
	{ "local delivery", "amavis: talk", TALK },
	{ "SEND ", "amavis: talk", TALK },
	{ "one_response", "amavis: talk", TALK },
	{ "sending ", "amavis: talk", TALK },
	{ "switch", "amavis: talk", TALK },
	{ "skip ", "amavis: quarantine", "released by hand" },
	{ "quar", "amavis: quarantine", "released by hand" },
	{ "spam-tag", "amavis: score", AGAIN },
	{ "Virus scanning", "amavis: scanner", AGAIN },
	{ "using ", "amavis: message", SIZE },
	{ "adding ", "amavis: mangling", EDIT },
	{ "get_", "amavis: message", SIZE },
	{ "creating ", "amavis: message", SIZE },
	{ "Extracting", "amavis: unpacking", "what a part was made of" },
	{ "Decomposing", "amavis: unpacking", "what a part was made of" },
	{ "File-type", "amavis: unpacking", "what a part was made of" },
	{ "decompos", "amavis: unpacking", "what a part was made of" },
	{ "mime_", "amavis: unpacking", "what a part was made of" },
	{ "final_destiny", "amavis: score", AGAIN },
	{ "snmp", "amavis: message", SIZE },
	{ "Charset", "amavis: header", AGAIN },
	{ "Header", "amavis: header", AGAIN },
	{ "Issued", "amavis: message", SIZE },
	{ "entering", "amavis: message", SIZE },
	{ "leaving", "amavis: message", SIZE },
	{ "tempfail", "amavis: trouble", TROUBLE },
	{ "child ", "amavis: start and stop", SIZE },
};

/* ------------------------------------------------------------------ look-up */

#define N(t) (sizeof(t) / sizeof(*(t)))

static const struct mail_template *find(const struct mail_template *t, size_t n,
					struct bytes text)
{
	for (size_t i = 0; i < n; i++)
		if (text.len > 0 && t[i].prefix[0] == text.ptr[0] &&
		    bytes_starts(text, t[i].prefix))
			return &t[i];
	return NULL;
}

/* "function_name: …", "function_name …": what is written under -v */
static const struct mail_template *find_verbose(struct bytes text)
{
	bool underscore = false;
	size_t i = 0;

	for (; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '_')
			underscore = true;
		else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			break;
	}
	if (underscore && i < text.len &&
	    (text.ptr[i] == ':' || text.ptr[i] == ' ' || text.ptr[i] == '['))
		return &verbose[0];
	return find(verbose, N(verbose), text);
}

/* "NAME[ADDR]:25: re-using session …": no verdict begins so. */
static const struct mail_template *find_peer(struct bytes text)
{
	static const struct mail_template note = { "", "postfix: TLS", TALK };
	struct mail_peer peer;

	if (!mail_take_peer(&text, &peer))
		return NULL;
	return bytes_starts(text, ": ") ? &note : NULL;
}

const struct mail_template *mail_known_text(enum mail_program p,
					    struct bytes text)
{
	const struct mail_template *t = NULL;

	if (p == PROGRAM_AMAVIS)
		t = find(amavis_text, N(amavis_text), text);
	if (p == PROGRAM_SMTPD)
		t = find(smtpd_text, N(smtpd_text), text);
	else if (p == PROGRAM_POSTSCREEN)
		t = find(postscreen_text, N(postscreen_text), text);
	else if (p == PROGRAM_QMGR)
		t = find(qmgr_text, N(qmgr_text), text);
	else if (p == PROGRAM_DELIVERY)
		t = find(delivery_text, N(delivery_text), text);
	else if (p == PROGRAM_POSTFIX)
		t = find(postfix_text, N(postfix_text), text);
	if (t == NULL && p != PROGRAM_AMAVIS)
		t = find(any_text, N(any_text), text);
	if (t == NULL)
		t = find_verbose(text);
	return t != NULL ? t : find_peer(text);
}

const struct mail_template *mail_known_of_id(enum mail_program p,
					     struct bytes text)
{
	(void)p;
	return find(any_of_id, N(any_of_id), text);
}
