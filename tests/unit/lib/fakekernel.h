/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A kernel for apply: a few functions with drivers, overrides and the rules of the PCI bus
 * (drivers/pci/pci-driver.c pci_match_device; drivers_probe says nothing of its outcome). */
#ifndef FAKEKERNEL_H
#define FAKEKERNEL_H

#include "sys/sysfs.h"

#define FAKE_FUNCTIONS_MAX 8

struct fake_fn {
	struct pci_addr addr;
	char driver[PCI_DRIVER_MAX];
	char override[PCI_DRIVER_MAX];
	const char *native; /* the host's driver for it, "" for none */
};

enum fake_fault {
	FAULT_NONE,
	FAULT_REFUSED,	 /* the write fails and does nothing */
	FAULT_EFFECTIVE, /* the write takes effect and yet fails */
	FAULT_DEATH,	 /* nothing is written from here on: the process is gone */
};

struct fakekernel {
	struct fake_fn fn[FAKE_FUNCTIONS_MAX];
	size_t n;
	bool no_iommu; /* vfio-pci's probe fails */
	enum fake_fault fault;
	unsigned fault_at; /* the write it befalls, from 1 */
	unsigned writes;
};

struct attr_ops fakekernel_ops(struct fakekernel *k);

#endif
