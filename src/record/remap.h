/* A card goes to another place in the record, or out of it.
 *
 * A person says which recorded card a card here is: its life goes to the place where it stands now.
 * What the last commit saw at a place (address, state, functions, slot, reading, when) stays there;
 * ROMs, names and the past go with the card. */
#ifndef GPUROM_RECORD_REMAP_H
#define GPUROM_RECORD_REMAP_H

#include "record/record.h"

struct record_remap {
	const char *from, *to; /* paths: where the card is recorded, where it stands */
	struct pci_ids ids;    /* of the card at `to` */
	struct pci_addr addr;  /* ... and its function 0's address */
	bool from_here;	       /* a card of that model stands at `from` now, too: from_addr */
	struct pci_addr from_addr;
	const char *when;
};

enum record_remapped {
	RECORD_ITSELF,	  /* from is to: it is what it is recorded as */
	RECORD_MOVED,	  /* nothing is recorded at `from` any more, or what displaced it there */
	RECORD_EXCHANGED, /* the two changed places */
};

/* At `to`, a record that began with the last commit is of this very card: its ROMs are kept beside.
 * An older one is another card's, and becomes the first of `previous`; where that card's place is
 * `from` now (from_here), it goes there. A card that another one displaced is found in the
 * `previous` of `from`. The doubts that this ends are ended in all of the record. -ENOENT where
 * `from` has no card of these ids; -ENOMEM leaves the record unfit to be saved. */
int record_remap(struct record *r, const struct record_remap *m, enum record_remapped *ret);

/* A card that will not come back is taken out of the record, with what is recorded of cards that
 * stood there before; no other card may be it any more. -ENOENT. */
int record_forget(struct record *r, const char *path);

/* Cards that sit elsewhere now. */
struct record_move {
	const char *from, *to; /* paths */
};

/* All at once, so that two may change places. A card recorded at `to` that does not itself move
 * becomes the first of the newcomer's `previous`. -ENOENT where one of `from` is not recorded,
 * -EINVAL where two go to one place or come from one; -ENOMEM leaves the record unfit to be saved.
 */
int record_move(struct record *r, const struct record_move *m, size_t n);

#endif
