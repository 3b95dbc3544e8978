/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks a store: every romfile and raw reading against the digest in its name, every link, and
 * what the record says. Reads only, and takes no lock: beside a commit it may report a link that
 * the record does not explain yet. */
#ifndef GPUROM_STORE_CHECK_H
#define GPUROM_STORE_CHECK_H

#include "store/store.h"

#define STORECHECK_TEXT_MAX 240

enum store_fault {
	STORE_FOREIGN,	/* not made by gpurom: reported, but no fault */
	STORE_DAMAGED,	/* bytes that do not have the digest of their name, or a corrupt record */
	STORE_DANGLING, /* a link to a romfile that is not there, or not whole */
	STORE_MISSING,	/* the record names a romfile, or a card's link, that is not there */
	STORE_DIFFERS,	/* a link shows another romfile than the record says */
	STORE_UNEXPLAINED, /* a link of a place that the record does not explain: store/links.h */
	STORE_UNREAD,	   /* the file system failed, or a newer gpurom wrote the record */
};

struct store_counts {
	size_t romfiles, raws, links, cards; /* made by gpurom, whole or not */
	size_t faults;			     /* findings but STORE_FOREIGN */
};

/* Called for each finding. name: of the file, below the store. text: what is wrong and what to do.
 * Both are gone after the call. */
typedef void storecheck_found(void *ctx, enum store_fault f, const char *name, const char *text);

/* Calls found for each finding, and sets *ret. is_volatile: s is /run/gpurom/store, where a
 * recorded card may have no link. Returns 0, or -errno where a folder of the store cannot be read.
 */
int storecheck(const struct romstore *s, bool is_volatile, storecheck_found *found, void *ctx,
	       struct store_counts *ret);

/* "foreign", "damaged" and so on, for programs. */
const char *store_fault_text(enum store_fault f);

#endif
