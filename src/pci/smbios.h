/* What the firmware's tables call a slot: SMBIOS structures of type 9 (DMTF DSP0134, 6.1.2, 6.1.3
 * and 7.10). Foreign bytes. The address in them is as the firmware saw it: a kernel that dealt
 * bus numbers anew, or firmware that errs, makes it another's, so a designation is for people. */
#ifndef GPUROM_PCI_SMBIOS_H
#define GPUROM_PCI_SMBIOS_H

#include "pci/addr.h"
#include "util/bytes.h"

#define SMBIOS_NAME_MAX 64 /* longest designation kept, with its NUL */

struct smbios_slot {
	struct pci_addr addr;	    /* domain: the segment group */
	char name[SMBIOS_NAME_MAX]; /* cut to fit; other bytes than printable ASCII as '?', blanks
				     * at either end taken off; never "" */
};

/* The structure at *off with its strings, both of the NULs at their end among them; *off moves
 * behind it. False, and nothing touched, at the end of the table (type 127 or no byte left) and
 * where a structure is not whole. */
bool smbios_next(struct bytes table, size_t *off, struct bytes *ret);

/* False, and *ret untouched, where it is no slot, or one without address (before SMBIOS 2.6; of a
 * kind that has none) or without designation. */
bool smbios_slot(struct bytes structure, struct smbios_slot *ret);

#endif
