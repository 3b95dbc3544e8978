/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the card that a name refers to: a present card by its name now, else a recorded card by an
 * earlier name. Warns if the name was another card's before, and if it is not certain which card it
 * is. */
#ifndef GPUROM_RECORD_RESOLVE_H
#define GPUROM_RECORD_RESOLVE_H

#include "pci/selector.h"
#include "record/find.h"

#define RESOLVE_TEXT_MAX 1200

struct resolved {
	struct pci_card card;		    /* n 0: not present */
	char path[PCI_PATH_MAX];	    /* its path name, now or in the record; "" none */
	const struct record_card *recorded; /* at path, also of another model; NULL none */
	char text[RESOLVE_TEXT_MAX];	    /* a warning ("" none), or the reason of a failure */
};

/* name: as for selector_find_card, or a path or an address of a recorded card, also an earlier one.
 * Returns 0, with any warning in ret->text; or -ENOENT (ret->path is set if the card is recorded
 * but not present), -ENOTUNIQ or -EINVAL, with the reason in ret->text. */
int resolve(const struct pci_scan *s, const struct record *r, const char *name,
	    struct resolved *ret);

/* Finds a recorded card in its place. Returns 0, with what is not certain in ret->text; or -ENOENT,
 * with the reason there, if no card of its model is in that place. */
int resolve_recorded(const struct pci_scan *s, const struct record *r,
		     const struct record_card *was, struct resolved *ret);

/* The display function of the recorded model in the recorded card's place; NULL if there is none.
 */
const struct pci_fn *record_present(const struct pci_scan *s, const struct record_card *card);

/* For messages: a time of the record, or "an earlier boot" for "". */
const char *record_time_text(const char *time);

#endif
