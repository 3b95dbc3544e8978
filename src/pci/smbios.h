/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of slots in the firmware's tables: SMBIOS structures of type 9 (DMTF DSP0134, 6.1.2,
 * 6.1.3 and 7.10). Foreign bytes. The address in them is the firmware's: the kernel may have given
 * out other bus numbers, and firmware has bugs, so a name may be another card's. Show it to people;
 * decide nothing by it. */
#ifndef GPUROM_PCI_SMBIOS_H
#define GPUROM_PCI_SMBIOS_H

#include "pci/addr.h"
#include "util/bytes.h"

#define SMBIOS_NAME_MAX 64 /* longest designation kept, with its NUL */

struct smbios_slot {
	struct pci_addr addr;	    /* domain: the segment group */
	char name[SMBIOS_NAME_MAX]; /* cut to fit; '?' for bytes that are not printable ASCII;
				     * no blanks at either end; never "" */
};

/* Sets *ret to the structure at *off with its strings and the two NULs at their end, and moves *off
 * behind it. False, and nothing touched, at the end of the table (type 127, or no byte left) and if
 * the structure is not whole. */
bool smbios_next(struct bytes table, size_t *off, struct bytes *ret);

/* False, and *ret untouched, if the structure is not a slot, or is one without address (before
 * SMBIOS 2.6; a kind that has none) or without name. */
bool smbios_slot(struct bytes structure, struct smbios_slot *ret);

#endif
