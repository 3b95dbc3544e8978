/* A romfile of the store that the record does not explain: is it this card's? */
#ifndef GPUROM_BOOT_ADOPT_H
#define GPUROM_BOOT_ADOPT_H

#include "record/record.h"
#include "store/store.h"

#define ADOPT_SOURCE "store" /* the source of a ROM that is known by its file alone */

/* ids: of the card's display function. 0; ret->sha256 is "" where the file is not there, not whole,
 * or not that card's ROM. Else -errno of the store. */
int adopt(const struct romstore *s, const char *sha256, const struct pci_ids *ids,
	  struct record_rom *ret);

#endif
