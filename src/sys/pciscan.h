/* What is on the PCI buses, by libpci (enumeration, ids, classes) and a few sysfs attributes it
 * does not know. Reads only. */
#ifndef GPUROM_PCISCAN_H
#define GPUROM_PCISCAN_H

#include "pcidev.h"
#include "root.h"

#define PCISCAN_FUNCTIONS_MAX 65536
#define PCISCAN_TROUBLE_MAX 160

struct pciscan_trouble {
	size_t skipped;			 /* functions that vanished or could not be read */
	char first[PCISCAN_TROUBLE_MAX]; /* libpci's word on the first of them */
};

/* -ENOENT where there is no PCI bus, -EIO where libpci gave up on the whole of it. Release
 * ret->fn with free(). */
int pciscan(const struct root *root, struct pci_scan *ret, struct pciscan_trouble *trouble);

#endif
