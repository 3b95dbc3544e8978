/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a commit writes into the record of each card: its ROMs (commit-rom.h), and which card it is
 * (commit-identity.h). */
#ifndef GPUROM_BOOT_COMMIT_RECORD_H
#define GPUROM_BOOT_COMMIT_RECORD_H

#include "boot/commit-identity.h"
#include "boot/commit-rom.h"
#include "store/store.h"

/* Filled in by commit.c for one store; everything is borrowed. */
struct commit_record {
	const struct root *root;
	const struct romstore *store;
	struct record *record;
	const struct boot_card *card; /* n of them */
	size_t n;
	const struct commit_identities *identities;
	const struct record_import *import; /* NULL: the cards are a boot's */
	const char *when, *boot;	    /* now, and this boot's id */
};

/* Card i, for which k was chosen. Sets k->raw_gone. Returns 0, or -ENOMEM: the record must not be
 * saved then. */
int commit_record_card(const struct commit_record *r, size_t i, struct rom_choice *k);

/* For a record that was corrupt and begun anew. Each whole romfile of the store that no recorded
 * card has becomes another ROM of each card that it fits (of both twins: nothing says which).
 * Returns 0, or -errno of the store or of memory. */
int commit_record_rebuild(const struct commit_record *r);

#endif
