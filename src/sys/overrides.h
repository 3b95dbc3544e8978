/* driver_override of a scan's functions. Up to Linux 6.12 reading it takes the device's lock
 * (drivers/pci/pci-sysfs.c), so that one driver whose probe or remove hangs would hang every
 * reader for good: it is read in a child that may be left behind. */
#ifndef GPUROM_OVERRIDES_H
#define GPUROM_OVERRIDES_H

#include "sysfs.h"

#define OVERRIDES_ONE_MS 250  /* a function that takes longer is passed over */
#define OVERRIDES_ALL_MS 1000 /* spent on such functions in all */

/* Sets f->override of each; "" also where it could not be read. */
void overrides_read(const struct attr_ops *k, struct pci_fn *fn, size_t n);

#endif
