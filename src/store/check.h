/* Is a store what it should be? Every romfile and raw reading against the digest in its name, every
 * link, and what the record says. Reads only, and takes no lock: beside a commit it may tell of a
 * link that the record does not explain yet. */
#ifndef GPUROM_STORE_CHECK_H
#define GPUROM_STORE_CHECK_H

#include "store/store.h"

#define STORECHECK_TEXT_MAX 240

enum store_fault {
	STORE_FOREIGN,	/* not made by gpurom: told, no fault of the store's */
	STORE_DAMAGED,	/* bytes that do not have the digest of their name, or a corrupt record */
	STORE_DANGLING, /* a link to a romfile that is not there, or not whole */
	STORE_MISSING,	/* the record names a romfile, or a card's link, that is not there */
	STORE_DIFFERS,	/* a link shows another romfile than the record says */
	STORE_UNEXPLAINED, /* a link of a place that the record has no reason for: store/links.h */
	STORE_UNREAD,	   /* trouble with the file system, or a record of a newer gpurom */
};

struct store_counts {
	size_t romfiles, raws, links, cards; /* that are ours, whole or not */
	size_t faults;			     /* findings but STORE_FOREIGN */
};

/* name: of what is meant, below the store. text: what is wrong and what to do, static or gone
 * after the call. */
typedef void storecheck_told(void *ctx, enum store_fault f, const char *name, const char *text);

/* is_volatile: /run/gpurom/store, where a card that the record has may have no link. 0, or -errno
 * where a folder of the store cannot be read. */
int storecheck(const struct romstore *s, bool is_volatile, storecheck_told *told, void *ctx,
	       struct store_counts *ret);

/* "foreign", "damaged" and so on, for programs. */
const char *store_fault_text(enum store_fault f);

#endif
