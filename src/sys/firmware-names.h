/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What firmware calls the place of a card: for people, and kept in the record. */
#ifndef GPUROM_SYS_FIRMWARE_NAMES_H
#define GPUROM_SYS_FIRMWARE_NAMES_H

#include "pci/addr.h"
#include "pci/card.h"
#include "pci/smbios.h"
#include "sys/root.h"

/* Printable ASCII alone; "" where firmware has no name, or the kernel does not show it. Filled by
 * firmware_names_read; boot/commit-record.c puts it into the record. */
struct firmware_names {
	char acpi_path[PCI_ACPI_MAX];	   /* "\_SB_.PC00.PEG1.PEGP": the function's, else that
					    * of the port above it */
	char smbios_slot[SMBIOS_NAME_MAX]; /* "PCIEX16_1": of the slot that SMBIOS gives the card's
					    * address, else that of the nearest port above it; ""
					    * where two slots claim it */
};

/* Reads sysfs alone. Only root may read SMBIOS. */
void firmware_names_read(const struct root *root, struct pci_addr display,
			 struct firmware_names *ret);

#endif
