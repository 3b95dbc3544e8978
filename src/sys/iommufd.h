/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can QEMU have a card through iommufd? Linux 6.6 or later with CONFIG_VFIO_DEVICE_CDEV gives each
 * device of vfio's a character device of its own (Documentation/driver-api/vfio.rst, "VFIO Device
 * cdev"). Reads only. */
#ifndef GPUROM_SYS_IOMMUFD_H
#define GPUROM_SYS_IOMMUFD_H

#include "pci/card.h"
#include "sys/root.h"

/* Returns 0 where it can; -ENOSYS: this kernel has no /dev/iommu; -ENODEV: the function at *ret has
 * no vfio-dev folder in sysfs, since it is not on vfio-pci, or the kernel makes none. */
int iommufd_check(const struct root *root, const struct pci_fn *fn, size_t n, struct pci_addr *ret);

#endif
