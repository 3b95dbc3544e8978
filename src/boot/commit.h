/* commit: what this boot staged under /run/gpurom becomes part of the store. Idempotent. */
#ifndef GPUROM_BOOT_COMMIT_H
#define GPUROM_BOOT_COMMIT_H

#include "boot/commit-rom.h"
#include "boot/report.h"
#include "store/record-file.h"

#define COMMIT_LOCK_MS 10000  /* how long another writer of the store is waited for */
#define COMMIT_DROPPED_MAX 16 /* told */

struct commit_result {
	char store[CONFIG_STORE_MAX]; /* where it went */
	bool is_volatile;	      /* the configured store could not be written */
	int why;		      /* -errno of the configured store then */
	size_t published, kept, none; /* cards: new romfile, the good one stayed, no ROM known */
	char set_aside[RECORD_ASIDE_MAX];	/* new name of a corrupt record, "" for none */
	struct rom_choice card[PLAN_CARDS_MAX]; /* one for each of the report's */
	size_t n;
	struct report_missing missing[REPORT_MISSING_MAX]; /* recorded cards that are not here */
	size_t n_missing;
	/* Links that nothing explains any more (store/links.h) were taken away: the places of
	 * the first few. */
	char dropped[COMMIT_DROPPED_MAX][PCI_PATH_MAX];
	size_t n_dropped; /* all of them */
};

/* First who is who: the record of a card that moved goes with it. Order: romfiles, raw readings,
 * links, cards.json last; behind it go the links that it explains no more. After a record that was
 * corrupt the new one also takes up each romfile of
 * the store that fits a card which is here. A card whose reading is worse than what
 * the store has keeps its links. Where the configured store cannot be had, what it does not
 * already hold goes to STORE_VOLATILE. 0, or the -errno that stopped it: the old state is intact
 * (-EBUSY: another writer kept the lock). *ret borrows from *r. */
int commit_report(const struct root *root, const struct report *r, struct commit_result *ret);

/* The same for one card, taken or not, whose rom is a person's file (staged as a reading is). Where
 * the configured store cannot be written and shows a ROM of this card, the outcome is
 * ROM_KEPT, unless the wish is to replace it. */
int commit_import(const struct root *root, const char *store, const struct boot_card *card,
		  const struct rom_wish *wish, struct commit_result *ret);

#endif
