/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which vfio driver is made for a PCI function: the lines of modules.alias that begin with
 * "alias vfio_pci:", as the kernel's scripts/mod/file2alias.c (do_pci_entry) and kmod's depmod
 * write them:
 *
 *   alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci
 *   alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci
 *
 * The kernel binds such a driver by driver_override alone (include/linux/pci.h,
 * PCI_DRIVER_OVERRIDE_DEVICE_VFIO). */
#ifndef GPUROM_PCI_MODALIAS_H
#define GPUROM_PCI_MODALIAS_H

#include "pci/card.h"
#include "util/bytes.h"

#define MODALIAS_VFIO "alias vfio_pci:"
#define MODALIAS_GENERIC "vfio-pci" /* the driver of the module vfio_pci, for every function */

/* The module of the line that fits the function and leaves the fewest fields open, as libvirt
 * chooses (src/util/virpci.c); the first of equals. A line of any other form is passed over, also
 * one whose name is no module's or does not fit. False, and ret untouched, where no line fits. */
bool modalias_best(struct bytes lines, const struct pci_fn *f, char ret[PCI_DRIVER_MAX]);

#define MODALIAS_MAX 64 /* with NUL */

/* The function's modalias, by which udev has modprobe find the host's drivers
 * (drivers/pci/pci-sysfs.c, modalias_show). Returns buf. */
const char *modalias_format(const struct pci_fn *f, char buf[MODALIAS_MAX]);

/* True for the names of one driver or module: the kernel writes - and _ for each other
 * (KBUILD_MODNAME has _ only, a module's file what its Makefile says). */
bool modalias_same_name(const char *a, const char *b);

/* The next line from *at on, without its newline; moves *at behind it. False at the end. */
bool modalias_line(struct bytes text, size_t *at, struct bytes *ret);

#endif
