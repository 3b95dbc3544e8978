/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds recorded cards by name: the path that a card is recorded at, its earlier paths and
 * addresses, and its address, slot and serial number when it was last seen. Changes nothing. */
#ifndef GPUROM_RECORD_FIND_H
#define GPUROM_RECORD_FIND_H

#include "record/record.h"

enum record_name_kind {
	RECORD_NAME_PATH,     /* that it is recorded at */
	RECORD_NAME_LAST,     /* its address, slot or serial number when it was last seen */
	RECORD_NAME_OLD_PATH, /* before it moved */
	RECORD_NAME_OLD_ADDRESS,
};

struct record_named {
	const struct record_card *card;
	enum record_name_kind how;
	const char *until; /* when it was last seen by that name, "" if not known */
	size_t others;	   /* number of other cards that had that name, longer ago */
};

/* Finds the card that has that name, or had it last: a path, "path:PATH", an address with or
 * without domain and function, "slot:NAME", "serial:NUMBER". Skips `except`, which may be NULL.
 * Returns 0 and sets *ret, borrowed from r, or -ENOENT. */
int record_named(const struct record *r, const char *name, const struct record_card *except,
		 struct record_named *ret);

/* The card of that id (record/id.h), or NULL: first of the recorded cards, then of their previous
 * ones. *ret_there: the card that is recorded in the place of a previous one, else NULL. */
const struct record_card *record_by_id(const struct record *r, const char *id,
				       const struct record_card **ret_there);

/* The ROM of that digest if it is known to be this card's, or NULL: one of c (NULL: not recorded),
 * or of a previous card of any place that has this serial number (0 none), vendor and device. */
const struct record_rom *record_rom_of(const struct record *r, const struct record_card *c,
				       const struct pci_ids *ids, uint64_t serial,
				       const char *sha256);

#endif
