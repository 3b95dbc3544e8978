/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Moves a card to another place in the record, or removes it.
 *
 * A person says which recorded card a present card is: its ROMs, names and past move to its place
 * of now. What the last commit saw at a place (address, state, functions, slot, reading, when)
 * stays with the place. */
#ifndef GPUROM_RECORD_REMAP_H
#define GPUROM_RECORD_REMAP_H

#include "record/record.h"

struct record_remap {
	const char *from, *to; /* paths: where the card is recorded, and where it is now */
	struct pci_ids ids;    /* of the card at `to` */
	struct pci_addr addr;  /* ... and its function 0's address */
	bool from_here;	       /* a card of that model is at `from` now: at from_addr */
	struct pci_addr from_addr;
	const char *when; /* now */
};

enum record_remapped {
	RECORD_ITSELF,	  /* from is to: the card is the one that is recorded there */
	RECORD_MOVED,	  /* `from` has no card any more, or the one that displaced it there */
	RECORD_EXCHANGED, /* the two changed places */
};

/* Records at `to` the card of `from`, or of the `previous` of `from` if another one displaced it. A
 * record at `to` that began with the last commit is of this very card: its ROMs join the others. An
 * older one is another card's: it moves to `from` if that card is there now (from_here), else to
 * the first place of `previous`. Ends in the whole record the doubts that this settles. Returns 0
 * and sets *ret; or -ENOENT if `from` has no card of these ids; or -ENOMEM: the record must not be
 * saved then. */
int record_remap(struct record *r, const struct record_remap *m, enum record_remapped *ret);

/* Removes a card that will not come back, with the cards that were there before. No other card may
 * be it any more. Returns 0 or -ENOENT. */
int record_forget(struct record *r, const char *path);

/* A card that is elsewhere now. */
struct record_move {
	const char *from, *to; /* paths */
};

/* Moves all at once, so that two may change places. A card recorded at `to` that does not move
 * itself becomes the first of the newcomer's `previous`. Returns 0, -ENOENT if one of `from` is not
 * recorded, -EINVAL if two have the same `from` or the same `to`, or -ENOMEM: the record must not
 * be saved then. */
int record_move(struct record *r, const struct record_move *m, size_t n);

#endif
