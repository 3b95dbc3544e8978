/* A record that was lost: what the store's romfiles tell of the cards that are here. */
#ifndef GPUROM_BOOT_REBUILD_H
#define GPUROM_BOOT_REBUILD_H

#include "boot/report.h"
#include "record/record.h"
#include "store/store.h"

/* Each romfile that no recorded card has, and that is whole, becomes another ROM of each card of
 * the report that it fits (twins: of both, since nothing tells which). when, boot: as of a commit.
 */
int rebuild(const struct romstore *s, struct record *rec, const struct report *r, const char *when,
	    const char *boot);

#endif
