/* vfio-pci.ids= of the kernel command line: what vfio-pci takes by itself once it is loaded,
 * whoever asked for that, of devices that have no driver then. The words are read as vfio-pci reads
 * them (drivers/vfio/pci/vfio_pci.c vfio_pci_fill_ids). */
#ifndef GPUROM_PLAN_VFIO_IDS_H
#define GPUROM_PLAN_VFIO_IDS_H

#include "pci/card.h"

#define VFIOIDS_KEY "vfio_pci.ids" /* as struct cmdline_word has it */

/* ids: "vvvv:dddd[:ssss[:ssss[:class[:mask]]]],...", hexadecimal. What makes no sense names
 * nothing. */
bool vfioids_match(const char *ids, const struct pci_fn *f);

#endif
