/* SPDX-License-Identifier: Apache-2.0 */
/*
 * split.c - parts of the address space of about equal work
 *
 * Work is rows. Each block tells how many lie from its first host on, to within
 * a block, and nothing has to be read. A border is moved down to where its
 * network begins, for a network is never cut: its hosts fall in one part.
 */
#include "record/view.h"

#include "host/host.h"

#include <stdlib.h>

struct load {
	uint64_t host;
	uint64_t n_rows;
};

static int by_host(const void *a, const void *b)
{
	const struct load *x = a, *y = b;

	return (x->host > y->host) - (x->host < y->host);
}

static size_t find_loads(const struct record *r, struct load *out)
{
	const struct block_rows *b = &r->view.memory;
	size_t n = 0;

	for (size_t i = 0; i < r->view.n_runs; i++) {
		const struct run *run = &r->view.runs[i];

		for (uint32_t k = 0; k < run->facts.n_blocks; k++) {
			struct block_index x = run_block(run, k);

			out[n++] = (struct load){ x.host_first, x.n_rows };
		}
	}
	for (size_t i = 0; i < b->n_hosts; i++)
		out[n++] = (struct load){ b->host[i],
					  b->start[i + 1] - b->start[i] };
	if (n > 0)
		qsort(out, n, sizeof(*out), by_host);
	return n;
}

/* The first key of the network */
static uint64_t network_start(uint64_t host)
{
	return host_is_ipv4(host) ? host_network(host) << 16
				  : host_network(host) << 32;
}

size_t record_split(const struct record *r, size_t n_parts, uint64_t *first)
{
	struct load *loads = mem_alloc(
		r->stat.n_blocks + r->view.memory.n_hosts, sizeof(*loads));
	size_t n = find_loads(r, loads), n_out = 0;
	uint64_t total = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		total += loads[i].n_rows;
	if (n_parts > 0)
		first[n_out++] = 0;
	for (size_t i = 0; i < n && n_out < n_parts; i++) {
		uint64_t border = network_start(loads[i].host);

		/* part n_out begins after its share of the work */
		if ((double)sum >=
			    (double)total * (double)n_out / (double)n_parts &&
		    border > first[n_out - 1])
			first[n_out++] = border;
		sum += loads[i].n_rows;
	}
	free(loads);
	return n_out;
}
