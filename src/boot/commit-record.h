/* What a commit writes into the record of each card: what custody and identify made of it. */
#ifndef GPUROM_BOOT_COMMIT_RECORD_H
#define GPUROM_BOOT_COMMIT_RECORD_H

#include "boot/commit-identity.h"
#include "boot/commit-rom.h"
#include "boot/report.h"
#include "store/store.h"

struct commit_record {
	const struct root *root;
	struct record *record;
	const struct report *report;
	const struct commit_identities *who;
	const struct record_import *import; /* NULL: the report is a boot's */
	const char *when, *boot;
};

/* i: of the report's cards. Sets k->raw_gone. -ENOMEM leaves the record unfit to be saved. */
int commit_record_card(const struct commit_record *r, size_t i, struct rom_choice *k);

/* After a record was lost, from what lies in the store: each romfile that no recorded card has, and
 * that is whole, becomes another ROM of each card of the report that it fits (twins: of both, since
 * nothing tells which). when, boot: as of a commit.
 */
int commit_record_rebuild(const struct romstore *s, struct record *rec, const struct report *r,
			  const char *when, const char *boot);

#endif
