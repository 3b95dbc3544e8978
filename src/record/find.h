/* The names that the record knows cards by: the path that a card is recorded at, the paths and
 * addresses that it had before, and what was seen of it last. Looks only. */
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
	const char *until; /* when it was last seen by that name, "" where not known */
	size_t others;	   /* more cards that had that name, longer ago */
};

/* The card that name means, or meant last: a path, "path:PATH", an address with or without domain
 * and function, "slot:NAME", "serial:NUMBER". `except` (NULL none) is passed over. -ENOENT. */
int record_named(const struct record *r, const char *name, const struct record_card *except,
		 struct record_named *ret);

/* The card of that id (record/id.h); NULL. The recorded ones come before those that stood in the
 * place of one, *ret_there: of it (NULL of a recorded one). */
const struct record_card *record_by_id(const struct record *r, const char *id,
				       const struct record_card **ret_there);

/* The ROM of that digest, where it is known to be of this card: of c (NULL not recorded), or of one
 * that stood in another's place before and has its serial number (0 none), vendor and device. NULL.
 */
const struct record_rom *record_rom_of(const struct record *r, const struct record_card *c,
				       const struct pci_ids *ids, uint64_t serial,
				       const char *sha256);

#endif
