/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which recorded card each present card is (record/identity.h), in words for people. The record
 * follows: it moves with a card that moved, and a card that is not present is missing. */
#ifndef GPUROM_BOOT_COMMIT_IDENTITY_H
#define GPUROM_BOOT_COMMIT_IDENTITY_H

#include "boot/report.h"
#include "record/record.h"

struct commit_identity {
	enum identity verdict; /* the same for each commit of a boot */
	char text[IDENTITY_TEXT_MAX];
	uint64_t serial; /* 0: none, or a second present card has it, too */
	bool replaced;	 /* its path is recorded for another card, which is at no other path now */
	char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX]; /* while it is ambiguous */
	size_t n_maybe;
};

/* Filled in by commit_identify, read by commit. */
struct commit_identities {
	struct commit_identity card[PLAN_CARDS_MAX]; /* one for each of the caller's */
	struct report_missing missing[REPORT_MISSING_MAX];
	size_t n_missing;
};

/* card: n cards of this boot's report; is_import: the one card of an import, taken or not, whose
 * rom is a person's file. boot: this boot's id. Other cards, and those that were left, are found
 * by a scan: they are not missing. Where the scan does not see all cards, nothing is called
 * missing. Returns 0, or -ENOMEM: the record must not be saved then. */
int commit_identify(const struct root *root, struct record *rec, const struct boot_card *card,
		    size_t n, const char *boot, bool is_import, struct commit_identities *ret);

#endif
