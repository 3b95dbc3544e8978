/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI configuration space, by libpci: what the kernel's own attributes do not have. sys/scan.c
 * calls it in a child: a read may never return. */
#ifndef GPUROM_SYS_CONFIG_SPACE_H
#define GPUROM_SYS_CONFIG_SPACE_H

#include "pci/addr.h"
#include "sys/root.h"

struct pci_access;

/* Sets *ret to the Device Serial Number (pci/serial.h), 0 where it has none that can be used.
 * *libpci is NULL before the first call, and is for the next ones; nothing frees it, as the child
 * ends. Returns 0, -ENODEV where all of it reads FF (the bus did not answer), -EIO where libpci
 * gave up, -ENOMEM. */
int config_space_serial(const struct root *root, struct pci_addr a, struct pci_access **libpci,
			uint64_t *ret);

#endif
