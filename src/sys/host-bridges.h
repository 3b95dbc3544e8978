/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host bridges that a scan comes across, with the _UID that the firmware gives them: by those
 * cards are named (pci/path.h). sys/scan.c fills and reads them, in memory that children share. */
#ifndef GPUROM_SYS_HOST_BRIDGES_H
#define GPUROM_SYS_HOST_BRIDGES_H

#include "sys/sysfs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOST_BRIDGES_MAX 512   /* that names are decided by; the largest hosts have 40 */
#define HOST_BRIDGE_UID_MAX 64 /* longest _UID read, with its NUL */

/* One, with or without devices below it. */
struct host_bridge {
	uint32_t domain, bus;
	char uid[HOST_BRIDGE_UID_MAX]; /* its ACPI _UID; "" none */
};

/* All zero before the first is added. */
struct host_bridges {
	struct host_bridge b[HOST_BRIDGES_MAX];
	size_t n;
};

/* The index of the host bridge whose folder the first n bytes of real lead to, a path below /sys
 * (pcipath_root); added where it is new, its _UID read through k. HOST_BRIDGES_MAX where real leads
 * to none, or where there are too many. */
size_t host_bridge_find(struct host_bridges *all, const struct attr_ops *k, const char *real,
			size_t n);

/* Adds those that have a folder right below /sys/devices, also where nothing is below them: all of
 * which the firmware has a _UID (drivers/acpi/pci_root.c). */
void host_bridges_read(struct host_bridges *all, const struct root *root, const struct attr_ops *k);

/* The _UID of bridge i; "" for none, and for HOST_BRIDGES_MAX. */
const char *host_bridge_uid(const struct host_bridges *all, size_t i);

/* Whether another host bridge of its domain has the same _UID: firmware has bugs. */
bool host_bridge_shares_uid(const struct host_bridges *all, size_t i);

#endif
