/* Which card a name means: one that is true now, or one that the record knows from before. A name
 * of now wins; where it was another card's once, or which card it is is not certain, that is told.
 */
#ifndef GPUROM_RECORD_RESOLVE_H
#define GPUROM_RECORD_RESOLVE_H

#include "pci/selector.h"
#include "record/find.h"

#define RESOLVE_TEXT_MAX 1200

struct resolved {
	struct pci_card card;		    /* n 0: not here. Borrows from the scan */
	char path[PCI_PATH_MAX];	    /* its path name, here or in the record; "" none */
	const struct record_card *recorded; /* at path, be it of another model; NULL none */
	char text[RESOLVE_TEXT_MAX]; /* 0: what to warn of, "" nothing; else why not, for people */
};

/* name: as selector_find_card takes it, or a path or an address of a recorded card, also an earlier
 * one. 0; -ENOENT (path is set where the card is recorded, and not here), -ENOTUNIQ or -EINVAL. */
int resolve(const struct pci_scan *s, const struct record *r, const char *name,
	    struct resolved *ret);

/* A recorded card, where it stands in its place. 0, and in text what is not certain of it; -ENOENT,
 * and why, where it is not here or another model stands there. */
int resolve_recorded(const struct pci_scan *s, const struct record *r,
		     const struct record_card *was, struct resolved *ret);

#endif
