/* One line of a function's `resource` attribute: what the kernel made of a BAR
 * (Documentation/filesystems/sysfs-pci.rst: start, end and flags, in hexadecimal). */
#ifndef GPUROM_SYS_PCIRESOURCE_H
#define GPUROM_SYS_PCIRESOURCE_H

#include "sys/sysfs.h"

#define PCI_RESOURCE_BAR0 0
#define PCI_RESOURCE_ROM 6 /* line of the ROM BAR (linux/pci.h PCI_ROM_RESOURCE) */

struct pci_resource {
	unsigned long long start, end, flags; /* both ends belong to it */
};

/* -errno where the attribute cannot be read, -EBADMSG where it has no such line. */
int pci_resource(const struct attr_ops *k, struct pci_addr a, int line, struct pci_resource *ret);

/* True where it is memory with an address of its own, of at least that many bytes. */
bool pci_resource_is_memory(const struct pci_resource *r, unsigned long long bytes);

/* True where the ROM's line is the boot display's RAM copy at 0xC0000, not the card. */
bool pci_resource_is_shadow(const struct pci_resource *rom);

#endif
