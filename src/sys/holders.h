/* Who has a device node of a PCI function open: unbinding its driver would hang or break them. */
#ifndef GPUROM_HOLDERS_H
#define GPUROM_HOLDERS_H

#include "pcidev.h"
#include "root.h"

#define HOLDER_COMM_MAX 32
#define HOLDER_NODE_MAX 64

struct holder {
	int pid;
	char comm[HOLDER_COMM_MAX];
	char node[HOLDER_NODE_MAX]; /* "/dev/nvidia0" */
};

/* 1 and *ret where a process holds a node, 0 where none does. Nodes are those whose class
 * devices hang below the function in sysfs (DRM, sound, USB, ...), the IOMMU
 * group's /dev/vfio node, and NVIDIA's /dev/nvidiaN, which sysfs does not tell of. */
int holders_find(const struct root *root, const struct pci_fn *f, struct holder *ret);

#endif
