/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of devices, from the text of pci.ids as hwdata and pciutils install it. libpci's own reader
 * is left out of the programs: it wants zlib, a cache in the home folder and DNS. */
#ifndef GPUROM_PCI_NAMES_H
#define GPUROM_PCI_NAMES_H

#include "pci/card.h"
#include "util/bytes.h"

#define PCI_NAME_MAX 200 /* longest name kept, with its NUL */

/* Finds the name of a device, and behind ", " that of the board (subvendor and subdevice) where the
 * text has one: "GA102 [GeForce RTX 3090]". Cut to fit, and safe for a terminal. The format:
 * pci.ids(5), and the comment at its top. Returns buf, "" where the device is not in it. */
const char *pci_names_find(struct bytes text, const struct pci_ids *ids, char buf[PCI_NAME_MAX]);

#endif
