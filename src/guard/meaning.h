/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which card a definition refers to, and where that card is now. Its tag always identifies it;
 * without a tag the name of its romfile does, a place; else the address. A place or an address may
 * have been another card's when the definition was written: where the record has such a card, that
 * is a doubt. */
#ifndef GPUROM_GUARD_MEANING_H
#define GPUROM_GUARD_MEANING_H

#include "guard/card.h"
#include "host/host.h"
#include "record/resolve.h"

#define MEANING_TEXT_MAX (RESOLVE_TEXT_MAX + 400)

enum meaning_kind {
	MEANING_FOREIGN, /* not gpurom's: left alone */
	MEANING_PRESENT,
	MEANING_WRONG, /* missing, replaced, forgotten, or in doubt: text says what, and what to do
			*/
};

/* Filled by meaning_find; read by judge_*() and libvirt/. */
struct meaning {
	const struct vm_words *words;
	enum meaning_kind kind;
	bool by_address; /* by that alone, which does not say where the card is now */
	const struct record_card *recorded; /* at path; NULL where the record does not have it */
	char path[PCI_PATH_MAX];	    /* the card's place; "" unknown */
	char name[PCI_PATH_MAX];	    /* MEANING_PRESENT: path, or else the address */
	struct pci_card card;		    /* MEANING_PRESENT */
	char text[MEANING_TEXT_MAX];
};

void meaning_find(const struct host *h, const struct vm_card *c, struct meaning *ret);

#endif
