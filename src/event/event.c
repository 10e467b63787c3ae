/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"

static const char *const kind_names[N_KINDS] = {
	[KIND_CLEAN] = "clean",		[KIND_SPAM] = "spam",
	[KIND_VIRUS] = "virus",		[KIND_POLICY] = "policy",
	[KIND_UNSCANNED] = "unscanned", [KIND_RELAY] = "relay",
	[KIND_PROXY] = "proxy",		[KIND_BACKDOOR] = "backdoor",
	[KIND_LISTED] = "listed",
};

const char *kind_name(enum kind k)
{
	return (unsigned)k < N_KINDS ? kind_names[k] : "unknown";
}

int kind_parse(struct bytes name, enum kind *out)
{
	for (unsigned k = 0; k < N_KINDS; k++)
		if (bytes_is(name, kind_names[k])) {
			*out = (enum kind)k;
			return 0;
		}
	return E_SYNTAX;
}

int event_compare(const struct event *a, const struct event *b)
{
#define ORDER(field)              \
	if (a->field != b->field) \
	return a->field < b->field ? -1 : 1
	ORDER(host);
	ORDER(time);
	ORDER(kind);
	ORDER(label);
	ORDER(client);
#undef ORDER
	return 0;
}
