/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes behind the first are what a sender says (HELO, ident, login or
 * envelope), set into the line of a server, which the first byte chooses. The
 * line must charge the true host or nobody, and never pass for a local step.
 */
#include "read/received.h"

#include <stdlib.h>

#define TRUE_HOST 0xc0000201 /* 192.0.2.1 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const servers[] = {
	"from % (ptr.example [192.0.2.1]) by mx (Postfix) with ESMTP id 4D for "
	"<a@b.c>; Mon,  5 May 2003 10:00:00 +0200 (CEST)",
	"from % (u@ptr [192.0.2.1] (may be forged)) by mx (8.12.9/8.12.9) with "
	"ESMTP id h4; Mon, 5 May 2003 10:00:00 +0200",
	"from helo (%@ptr [192.0.2.1]) by mx (8.12.9/8.12.9) with ESMTP id h4"
	"; Mon, 5 May 2003 10:00:00 +0200",
	"from ptr ([192.0.2.1]:4321 helo=%) by mx with esmtp (Exim 4.50) id 1D "
	"for a@b.c; Mon, 05 May 2003 10:00:00 +0200",
	"from [192.0.2.1] (helo=%) by mx with smtp (Exim 4.50) (envelope-from "
	"<a@b.c>) id 1D; Mon, 05 May 2003 10:00:00 +0200",
	"from unknown (HELO %) (192.0.2.1) by mx with SMTP; 5 May 2003 "
	"08:00:00 "
	"-0000",
	"from unknown (HELO x) ([192.0.2.1]) (envelope-sender <%>) by 0 "
	"(qmail-ldap-1.03) with SMTP for <d@e.f>; 5 May 2003 08:00:00 -0000",
	"from % (192.0.2.1) by MX.local (10.0.0.1) with Microsoft SMTP Server "
	"id 8.1.1; Mon, 5 May 2003 10:00:00 +0200",
	"from [192.0.2.1] (account % HELO x) by mx (CommuniGate Pro SMTP 4.1) "
	"with ESMTP id 1; Mon, 05 May 2003 10:00:00 +0200",
	"from x (unknown [192.0.2.1]) (Authenticated sender: %) by mx (Postfix)"
	" with ESMTPA; Mon, 05 May 2003 10:00:00 +0200",
	"from x (unknown [192.0.2.1]) by mx (envelope-from <%>) with ESMTP"
	"; Mon, 05 May 2003 10:00:00 +0200",
	"from x (unknown [192.0.2.1]) by mx with ESMTP for <%>"
	"; Mon, 05 May 2003 10:00:00 +0200",
	"%", /* anything at all: only that it ends */
};

#define N_SERVERS (sizeof(servers) / sizeof(*servers))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t server = size ? data[0] % N_SERVERS : 0;
	struct bytes rest = bytes_of_text(servers[server]);
	struct buf line = { 0 };
	struct received r;

	buf_add_bytes(&line, bytes_cut(&rest, '%'));
	if (size > 0)
		buf_add(&line, data + 1, size - 1);
	buf_add_bytes(&line, rest);
	received_parse(buf_bytes(&line), &r);
	if (server + 1 < N_SERVERS &&
	    (r.kind == RECEIVED_LOCAL ||
	     (r.kind == RECEIVED_HOST && r.host != TRUE_HOST)))
		abort();
	buf_deinit(&line);
	return 0;
}
