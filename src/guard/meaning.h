/* Which card a definition means, and where that is now. Its tag says so for ever; without one the
 * name of its romfile, a place, does; else the address. Places and addresses may have been another
 * card's when the definition was written: where the record knows of one, that is a doubt. */
#ifndef GPUROM_GUARD_MEANING_H
#define GPUROM_GUARD_MEANING_H

#include "guard/card.h"
#include "host/host.h"
#include "record/resolve.h"

#define MEANING_TEXT_MAX (RESOLVE_TEXT_MAX + 400)

enum meaning_kind {
	MEANING_FOREIGN, /* nothing of gpurom's: left alone */
	MEANING_HERE,
	MEANING_WRONG, /* missing, replaced, forgotten, or in doubt: text tells, and what to do */
};

struct meaning {
	enum meaning_kind is;
	bool by_address; /* by that alone: it says nothing of where the card is */
	const struct record_card *recorded; /* at path; NULL where the record does not have it */
	char path[PCI_PATH_MAX];	    /* its place; "" not known */
	char name[PCI_PATH_MAX];	    /* MEANING_HERE: that, or its address */
	struct pci_card card;		    /* MEANING_HERE; borrows from the scan */
	char text[MEANING_TEXT_MAX];
};

void meaning_find(const struct host *h, const struct vm_card *c, struct meaning *ret);

#endif
