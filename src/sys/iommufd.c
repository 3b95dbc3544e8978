// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/iommufd.h"

#include "sys/sysfs.h"

#include <errno.h>
#include <unistd.h>

#define DEV_IOMMU "dev/iommu"

int iommufd_check(const struct root *root, const struct pci_fn *fn, size_t n, struct pci_addr *ret)
{
	char path[SYSFS_PATH_MAX];

	if (faccessat(root->fd, DEV_IOMMU, F_OK, 0) < 0)
		return -ENOSYS;
	for (size_t i = 0; i < n; i++) {
		if (faccessat(root->fd, sysfs_path(fn[i].addr, "vfio-dev", path), F_OK, 0) == 0)
			continue;
		*ret = fn[i].addr;
		return -ENODEV;
	}
	return 0;
}
