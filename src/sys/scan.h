/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is on the PCI buses, as the kernel's sysfs has it; serial numbers out of configuration
 * space, by libpci. Reads only, and nothing in the caller's own process that a device or a driver
 * could keep from returning: a dead device must not stop a boot, a hook or a command. */
#ifndef GPUROM_SYS_SCAN_H
#define GPUROM_SYS_SCAN_H

#include "pci/card.h"
#include "sys/root.h"

#define PCISCAN_FUNCTIONS_MAX 65536
#define PCISCAN_TROUBLE_MAX 160
#define PCISCAN_SILENT_MAX 32

#define PCISCAN_KERNEL_MS 300 /* for what the kernel answers out of its memory, a function */
#define PCISCAN_CONFIG_MS                                                                          \
	1000		     /* for configuration space, a function: it may have to wake up first */
#define PCISCAN_ALL_MS 15000 /* for the whole scan; what is left then counts as silent */

/* Filled by pciscan; read by list, plan, claim and whoever needs every function. */
struct pciscan_trouble {
	size_t skipped;			 /* functions left out: neither ids nor class can be read */
	char first[PCISCAN_TROUBLE_MAX]; /* the first of them, and why */
	struct pci_addr silent[PCISCAN_SILENT_MAX]; /* functions that do not answer, in order */
	size_t n_silent;			    /* of them, also beyond PCISCAN_SILENT_MAX */
};

enum pciscan_what {
	/* Of functions that no card has to do with, the address, ids, class, driver and own slot
	 * are set, and whether the class is a bridge's; they count as physical ones. */
	PCISCAN_CARDS,
	/* Every function is asked for everything: for the functions of any VM. */
	PCISCAN_ALL,
};

/* A card has to do with the functions of a device that has a display controller, with the bridges
 * above it and with whatever shares an IOMMU group with it. Returns 0 and sets *ret, in address
 * order, each place with a path of its own (pci/path.h); free ret->fn. Or -ENOENT where there is no
 * PCI bus, -E2BIG, -ENOMEM. A display controller whose configuration space cannot be read has
 * ret->fn[i].silent set and no serial number; all else of it is there. */
int pciscan(const struct root *root, enum pciscan_what what, struct pci_scan *ret,
	    struct pciscan_trouble *trouble);

#endif
