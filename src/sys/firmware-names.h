/* What firmware calls the place of a card: for people, and to be told beside the card's record. */
#ifndef GPUROM_SYS_FIRMWARE_NAMES_H
#define GPUROM_SYS_FIRMWARE_NAMES_H

#include "pci/addr.h"
#include "pci/smbios.h"
#include "sys/root.h"

#define CARDFACTS_ACPI_MAX 128 /* longest ACPI path kept, with its NUL */

/* Printable ASCII alone, "" where firmware tells nothing or the kernel does not show it. */
struct card_facts {
	char acpi_path[CARDFACTS_ACPI_MAX]; /* "\_SB_.PC00.PEG1.PEGP": the function's, else that
					     * of the port above it */
	char smbios_slot[SMBIOS_NAME_MAX];  /* "PCIEX16_1": of the slot that SMBIOS gives the card's
					     * address, else that of the nearest port above it; ""
					     * where two slots claim it */
};

/* Reads sysfs alone; SMBIOS only root may read. */
void cardfacts_read(const struct root *root, struct pci_addr display, struct card_facts *ret);

#endif
