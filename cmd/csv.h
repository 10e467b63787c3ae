/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h - events as the generic CSV (RFC 4180): time,host,kind,label,client */
#pragma once

#include "event/event.h"
#include "host/host.h"

#define CSV_HEADER "time,host,kind,label,client\n"

/* One row; the names are in these catalogs. */
void csv_add_event(struct buf *out, const struct event *e,
		   const struct catalog *labels, const struct catalog *clients);
