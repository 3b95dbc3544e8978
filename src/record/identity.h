/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds out which recorded card each card of this boot is. A card is recognized by its place (the
 * path name, pci/path.h), its ids, its serial number if it has one, and the ROM in its flash.
 * Addresses may change at each boot and prove nothing. Equal boards share a ROM and a flash tool
 * changes it: alone it never proves which card it is.
 *
 *   serial number   equal, and on neither side a second time: it is that card, wherever it is
 *   same path       and the same ids: it is that card, unless the serial numbers differ, or its ROM
 *                   is that of a twin which is no longer in its own place (swapped?)
 *   same ids        elsewhere: it is that card if no other could be, and if the recorded card has
 *                   the very ROM of this one, or none; not if every card of the host left its place
 *                   at once: then the firmware changed the names, and paths prove nothing
 *   else            new, or "replaced" if another card was there */
#ifndef GPUROM_RECORD_IDENTITY_H
#define GPUROM_RECORD_IDENTITY_H

#include "pci/card.h"

#define IDENTITY_NONE SIZE_MAX
#define IDENTITY_MAYBE_MAX 8
#define IDENTITY_TEXT_MAX 480 /* sentence about a verdict, with NUL: a few paths and words */

enum identity {
	IDENTITY_UNKNOWN, /* never matched */
	IDENTITY_NEW,
	IDENTITY_SAME,
	IDENTITY_RENUMBERED, /* same place, another address */
	IDENTITY_MOVED,	     /* another place */
	IDENTITY_REPLACED,   /* new, and another card was in its place */
	IDENTITY_MISSING,    /* recorded and not present */
	IDENTITY_AMBIGUOUS,  /* may be one of several, or none */
};

/* A card, recorded or present. Texts are borrowed. */
struct identity_card {
	const char *path;     /* recorded: no two have the same */
	struct pci_addr addr; /* function 0's */
	struct pci_ids ids;   /* of its display function */
	uint64_t serial;      /* 0: none */
	const char *rom;      /* SHA-256 of the romfile last read from it, or in this boot; recorded
			       * and never read: of the ROM that it has all the same; "" none */
	bool was_missing;     /* recorded: it was missing at the last boot, too */
	bool rom_known;	      /* present: the card recorded at its path had this ROM before */
};

struct identity_match {
	enum identity verdict;
	size_t was;	/* index of the recorded card that it is, or IDENTITY_NONE */
	bool by_serial; /* its serial number proves that */
	bool displaces; /* another card is recorded at its path, and is now nowhere else */
	/* Ambiguous: which recorded cards it may be; `was` is one of them if it may be itself. */
	size_t maybe[IDENTITY_MAYBE_MAX], n_maybe;
	bool all_left; /* ambiguous because every card left its place */
};

/* Sets ret[n], one match for each present card, and ret_holder[n_recorded]: the present card that
 * each recorded one is, or IDENTITY_NONE if it is missing. */
void identity_match(const struct identity_card *recorded, size_t n_recorded,
		    const struct identity_card *present, size_t n, struct identity_match *ret,
		    size_t *ret_holder);

/* True if all four ids are equal. */
bool identity_same_model(const struct pci_ids *a, const struct pci_ids *b);

/* "new", "same" and so on; IDENTITY_UNKNOWN: "". */
extern const char *const identity_words[IDENTITY_AMBIGUOUS + 1];
const char *identity_word(enum identity i);

#endif
