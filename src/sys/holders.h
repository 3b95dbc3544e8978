/* SPDX-License-Identifier: GPL-2.0-or-later */
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
/* The same, for who must be sure that none does: within ms milliseconds, and -errno where it cannot
 * be found out. */
int holders_search(const struct root *root, const struct pci_fn *f, unsigned ms,
		   struct holder *ret);

#define HOLDER_VM_MAX 64

/* The name of the VM that a QEMU process runs, from its command line (-name guest=NAME,...), "" if
 * it has none or is no QEMU. Any user can give a process any command line: it is for messages.
 * Returns buf. */
const char *holder_vm(const struct root *root, int pid, char buf[HOLDER_VM_MAX]);

#endif
