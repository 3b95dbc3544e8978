/* Who is who: this boot's cards against the record of a store (record/identity.h), in words for
 * people. The record follows: a card that moved takes its place along, one that is not here is
 * missing. */
#ifndef GPUROM_BOOT_COMMIT_IDENTITY_H
#define GPUROM_BOOT_COMMIT_IDENTITY_H

#include "boot/report.h"
#include "record/record.h"

struct commit_identity {
	enum identity verdict; /* of this boot: a second look does not change it */
	char text[IDENTITY_TEXT_MAX];
	uint64_t serial; /* 0: none, or a second card here has it, too */
	bool replaced;	 /* another card is recorded at its path, and is nowhere else now */
	char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX]; /* while it is ambiguous */
	size_t n_maybe;
};

struct commit_identities {
	struct commit_identity card[PLAN_CARDS_MAX]; /* one for each of the report's */
	struct report_missing missing[REPORT_MISSING_MAX];
	size_t n_missing;
};

/* boot: this boot's id. is_file: the report's one card is taken or not, and its rom is a person's
 * file. Cards that the report does not have, or that were left, are looked for in a scan: they are
 * not missing. Where the buses cannot be read nothing is called missing. -ENOMEM leaves the record
 * unfit to be saved. */
int commit_identify(const struct root *root, struct record *rec, const struct report *r,
		    const char *boot, bool is_file, struct commit_identities *ret);

#endif
