/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The console that the kernel draws on a card by what the firmware set up (efifb, vesafb,
 * simpledrm, ...). Since Linux 6.0 vfio-pci takes it off the card that it binds
 * (drivers/vfio/pci/vfio_pci_core.c, aperture_remove_conflicting_pci_devices), for VGA controllers;
 * before, and with another driver, its range blocks a BAR and a VM does not start. */
#ifndef GPUROM_SYS_FRAMEBUFFER_H
#define GPUROM_SYS_FRAMEBUFFER_H

#include "pci/iomem.h"
#include "sys/sysfs.h"

/* Reads /proc/iomem, which names the ranges; ret->n is 0 where it cannot be read. ret->p is never
 * NULL, and nobody frees it: it lasts as long as the process that scans. */
void framebuffers_load(const struct root *root, struct bytes *ret);

/* True where a framebuffer of these ranges lies in a BAR of the function. */
bool framebuffer_is_on(const struct attr_ops *k, struct bytes ranges, struct pci_addr a);

/* True where a framebuffer lies in a BAR of the function now. */
bool framebuffer_find(const struct root *root, struct pci_addr a, struct iomem_framebuffer *ret);

/* Unbinds the driver that draws there, and keeps others off. Returns -EBUSY where the range is
 * still there afterwards, else 0 or -errno. Unbinding can sleep: call it in a child
 * (sys/deadline.h). */
int framebuffer_release(const struct root *root, struct pci_addr a,
			const struct iomem_framebuffer *f);

#endif
