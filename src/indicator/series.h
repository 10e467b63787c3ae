/* SPDX-License-Identifier: Apache-2.0 */
/* series.h - "udp/995-999", "tcp/6777" (private to indicator/) */
#pragma once

#include "base/base.h"

struct series {
	bool is_udp;
	uint16_t first, last;
};

int series_parse(struct bytes text, struct series *out); /* E_SYNTAX */
