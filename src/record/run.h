/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.h - an immutable file of sorted rows of one month
 *
 * Source: doc/format/run.md
 */
#pragma once

#include "record/block.h"
#include "sys/sys.h"

#define RUN_NAME_MAX	  40
#define RUN_SEGMENT_BYTES ((uint64_t)256 << 20)
#define RUN_BLOCKS_MAX	  (1u << 24)

/* ----------------------------------------------------------- what is in it */

struct run_kind {
	uint64_t n;
	uint32_t first, last; /* first > last where n is 0 */
};

struct run_facts {
	char name[RUN_NAME_MAX];
	uint32_t month;	  /* since year 0: year * 12 + month - 1 */
	uint64_t group;	  /* segments of one run have the same */
	uint64_t n_bytes; /* of the file */
	uint64_t n_events;
	uint64_t n_hosts; /* a host counts again in each block */
	uint32_t n_blocks;
	uint64_t host_first, host_last;
	uint32_t time_first, time_last;
	struct run_kind by_kind[N_KINDS];
	uint64_t check; /* hash at the end of the file, which covers it all */
};

struct run_list {
	struct run_facts *items;
	size_t n, cap;
};

void run_list_deinit(struct run_list *l);

uint32_t month_of_time(int64_t time);
int64_t month_start(uint32_t month);

/* ---------------------------------------------------------------- writing */

/* Names of a run in order of their codes, from 1: the frequent ones first */
struct run_names {
	struct bytes *name; /* name[0] unused */
	uint64_t *count;
	uint32_t n; /* counts code 0 too: n - 1 names */
};

/*
 * Rank those numbers of a catalog that were counted: count[number] > 0. Names
 * stay the catalog's. code_of[number] gets the code.
 */
void run_names_rank(struct run_names *names, const struct catalog *c,
		    const uint64_t *count, uint32_t *code_of);
void run_names_deinit(struct run_names *names);

/* Where new files go: "<id>.<n>.part" */
struct run_place {
	struct sys_disk *disk;
	uint64_t id;
	unsigned n_files;
};

void part_name(char out[RUN_NAME_MAX], uint64_t id, unsigned n);

struct run_writer;

/*
 * Add events of one month by host, time and kind; labels and clients are codes.
 * The finished files are synced and told in *out.
 */
struct run_writer *run_writer_new(struct run_place *place, uint32_t month,
				  const struct run_names *labels,
				  const struct run_names *clients,
				  uint64_t segment_bytes);
/* What is written next is a segment of an earlier run, by the same names. */
void run_writer_set_group(struct run_writer *w, uint64_t group);
int run_writer_add(struct run_writer *w, const struct event *e);
int run_writer_finish(struct run_writer *w, struct run_list *out);
void run_writer_free(struct run_writer *w); /* unfinished: files remain */

/* ---------------------------------------------------------------- reading */

/*
 * An open run. Names are borrowed from the mapped file. The numbers, into
 * which codes are translated, are filled by run_translate().
 */
struct run {
	struct sys_disk *disk;
	struct run_facts facts;
	struct bytes whole;
	const unsigned char *index;
	struct run_names labels, clients;
	uint32_t *label_number, *client_number;
};

/*
 * E_IO, E_NOT_FOUND; E_VERSION; E_CORRUPT with the reason in *why. The facts
 * are those of the file; a caller that expects others compares `check`.
 */
int run_open(struct run *run, struct sys_disk *disk, const char *name,
	     const char **why);
int run_parse(struct run *run, struct bytes whole, const char **why);
void run_close(struct run *run);

/* Number of a name that the catalog lacks: none of its own */
#define NUMBER_UNKNOWN UINT32_MAX
void run_translate(struct run *run, const struct catalog *labels,
		   const struct catalog *clients);

struct block_index run_block(const struct run *run, uint32_t i);
uint64_t run_block_last_host(const struct run *run, uint32_t i);

/* The columns of RECORD_LABELS, RECORD_CLIENTS besides the rows */
int run_decode(const struct run *run, const struct block_index *x,
	       unsigned columns, struct block_rows *out,
	       struct block_space *space, const char **why);
