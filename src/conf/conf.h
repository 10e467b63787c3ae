/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.h - the one configuration file
 *
 *	servers       = { "192.0.2.1", "2001:db8:1::/64" }
 *	trusted       = { "198.51.100.0/24" }
 *	timezone      = "Europe/Berlin"
 *	malware-names = "/etc/rapsheet/malware-names.conf"
 *	indicators    = "/etc/rapsheet/indicators.conf"
 *
 *	record { directory = "/var/lib/rapsheet" retention = 400 }
 *
 *	client "Example Ltd" { domains = { "example.com", "example.net" } }
 *
 * Everything has a default, and an empty file is a good one. What is wrong is
 * told line by line, all of it, up to the first line that is no configuration
 * at all: broken syntax, or a setting that does not exist.
 *
 * Source: doc/man/rapsheet.conf.5; the syntax is libConfuse's.
 */
#pragma once

#include "base/base.h"
#include "host/host.h"

#define CONF_DEFAULT_PATH "/etc/rapsheet/rapsheet.conf"

struct conf_client; /* conf_find_client() */

struct conf {
	char *record_directory;	 /* NULL: the command's default */
	unsigned retention_days; /* what is older may go; 0: keep all */
	char *timezone;		 /* NULL: this machine's */
	char *malware_names;	 /* path of a file, or NULL */
	char *indicators;	 /* the same */
	struct host_set servers; /* ours: never charged */
	struct host_set trusted; /* relays whose Received lines we believe */
	struct conf_client *clients;
	size_t n_clients;
};

/*
 * Read the file into *out, which conf_deinit() empties. Returns the number of
 * complaints (the settings complained of keep their defaults), E_NOT_FOUND,
 * or E_IO.
 */
int conf_load(struct conf *out, const char *path,
	      void (*complain)(void *ctx, const char *path, unsigned line,
			       const char *what),
	      void *ctx);
void conf_deinit(struct conf *c);

/*
 * The client whose mail goes to this recipient domain (lower case): the name
 * of the section that lists it, or the domain itself. Borrowed.
 */
struct bytes conf_find_client(const struct conf *c, struct bytes domain);
