/* SPDX-License-Identifier: GPL-2.0-or-later */
/* vfio-pci.ids= of the kernel command line: of these devices vfio-pci takes, once it is loaded, all
 * that have no driver. The words are read as vfio-pci reads them (drivers/vfio/pci/vfio_pci.c
 * vfio_pci_fill_ids). */
#ifndef GPUROM_PLAN_VFIO_IDS_H
#define GPUROM_PLAN_VFIO_IDS_H

#include "pci/card.h"

#define VFIOIDS_KEY "vfio_pci.ids" /* as struct cmdline_word has it */

/* ids: "vvvv:dddd[:ssss[:ssss[:class[:mask]]]],...", hexadecimal. A word of another form matches
 * nothing. */
bool vfioids_match(const char *ids, const struct pci_fn *f);

#endif
