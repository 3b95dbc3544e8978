/* Who has a device node of a PCI function open: unbinding its driver would hang or break them. Some
 * kernels take a device's lock to show its uevent (Linux 6.10, its stable series of then: "Fix
 * uevent_show() vs driver detach race"), so that one driver that hangs would hang whoever looks:
 * this is done in a child that may be left behind. */
#ifndef GPUROM_SYS_HOLDERS_H
#define GPUROM_SYS_HOLDERS_H

#include "pci/card.h"
#include "sys/root.h"

#define HOLDER_COMM_MAX 32
#define HOLDER_NODE_MAX 64
#define HOLDERS_MS 1000 /* for one function; after that it counts as not held */

struct holder {
	int pid;
	char comm[HOLDER_COMM_MAX];
	char node[HOLDER_NODE_MAX]; /* "/dev/nvidia0" */
};

/* Returns 1 and sets *ret where a process holds a node, 0 where none does. Nodes are those whose
 * class devices hang below the function in sysfs (DRM, sound, USB, ...), the IOMMU group's
 * /dev/vfio node, and NVIDIA's /dev/nvidiaN, which sysfs does not show. */
int holders_find(const struct root *root, const struct pci_fn *f, struct holder *ret);

#endif
