/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commit: what this boot staged under /run/gpurom becomes part of the store. Idempotent. */
#ifndef GPUROM_BOOT_COMMIT_H
#define GPUROM_BOOT_COMMIT_H

#include "boot/commit-rom.h"
#include "boot/report.h"
#include "store/record-file.h"

#define COMMIT_LOCK_MS 10000  /* how long another writer of the store is waited for */
#define COMMIT_DROPPED_MAX 16 /* links kept in the result */

/* Filled in by a commit, read by the command that asked for it. */
struct commit_result {
	char store[CONFIG_STORE_MAX]; /* the one that was written */
	bool is_volatile;	      /* the configured store could not be written */
	int why;		      /* -errno of the configured store then */
	size_t published, kept, none; /* cards: new romfile, the stored one stayed, no ROM at all */
	char set_aside[RECORD_ASIDE_MAX];	/* new name of a corrupt record, "" for none */
	struct rom_choice card[PLAN_CARDS_MAX]; /* one for each card of the caller's */
	size_t n;
	struct report_missing missing[REPORT_MISSING_MAX]; /* recorded cards that are not present */
	size_t n_missing;
	/* The first of the by-path links that were removed because the record does not explain
	 * them any more (store/links.h). */
	char dropped[COMMIT_DROPPED_MAX][PCI_PATH_MAX];
	size_t n_dropped; /* all of them */
};

/* Commits this boot's cards. First it finds out which recorded card each one is: the record of a
 * card that moved moves too. Then it writes romfiles, raw readings, links, and cards.json last;
 * after that it removes links that the record does not explain any more. Where the record was
 * corrupt, the new one also gets each romfile of the store that fits a present card. A card whose
 * reading is worse than what the store has keeps its links. Where the configured store cannot be
 * written, ROMs that it does not show already go to STORE_VOLATILE.
 * Returns 0 and sets *ret, which borrows from *r; or the -errno that stopped it, with the old state
 * intact (-EBUSY: another writer kept the lock). */
int commit_report(const struct root *root, const struct report *r, struct commit_result *ret);

/* The same for one card, taken or not, whose rom is a person's file, staged as a reading is. store:
 * the configured one. Where it cannot be written and shows a ROM of this card, the outcome is
 * ROM_KEPT, unless the wish is to replace it. *ret borrows card. */
int commit_import(const struct root *root, const char *store, const struct boot_card *card,
		  const struct rom_wish *wish, struct commit_result *ret);

#endif
