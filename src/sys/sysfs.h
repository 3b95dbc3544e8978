/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI attributes of sysfs that gpurom touches (Documentation/ABI/testing/sysfs-bus-pci):
 * one write(), exact bytes, count checked. Reads and writes go through struct attr_ops, so that
 * tests can put a fake kernel under whatever acts. */
#ifndef GPUROM_SYS_SYSFS_H
#define GPUROM_SYS_SYSFS_H

#include "pci/addr.h"
#include "pci/card.h"
#include "sys/root.h"

#include <limits.h>
#include <sys/types.h>

#define SYSFS_PATH_MAX 192

/* path is below the root, "sys/bus/pci/devices/0000:01:00.0/enable". Each returns -errno where it
 * failed. */
struct attr_ops {
	/* Bytes read, at most size, from offset off. */
	ssize_t (*read)(void *ctx, const char *path, char *buf, size_t size, off_t off);
	int (*write)(void *ctx, const char *path, const char *text);
	/* Last part of a link's target, NUL-terminated; -ENOENT where there is no link. */
	int (*link)(void *ctx, const char *path, char *buf, size_t size);
	/* A descriptor for many reads of one attribute by attr_read_at, which the caller closes; or
	 * -errno. NULL: there are no files, `read` is asked each time. */
	int (*open)(void *ctx, const char *path);
	void *ctx;
	int fd; /* the one open file that they need, of those that read and write for real */
};

/* The real kernel below root. */
struct attr_ops attr_ops_real(const struct root *root);

/* Bytes read from what `open` opened, at most size, from offset off; or -errno. */
ssize_t attr_read_at(int fd, char *buf, size_t size, off_t off);

/* The first line of a function's attribute, without its newline; "(null)" reads as "". Returns 0 or
 * -errno. */
int sysfs_get(const struct attr_ops *k, struct pci_addr a, const char *attr, char *buf,
	      size_t size);
int sysfs_set(const struct attr_ops *k, struct pci_addr a, const char *attr, const char *text);

/* Name of the bound driver; "" where there is none. Returns 0 or -errno. */
int sysfs_driver(const struct attr_ops *k, struct pci_addr a, char buf[PCI_DRIVER_MAX]);

/* NULL or "" clears it. */
int sysfs_set_override(const struct attr_ops *k, struct pci_addr a, const char *driver);

/* Blocks for as long as the driver's remove callback does: call it in a child (sys/deadline.h). */
int sysfs_unbind(const struct attr_ops *k, struct pci_addr a, const char *driver);

/* 0 does not say that a driver is bound: read it back. */
int sysfs_probe(const struct attr_ops *k, struct pci_addr a);

/* The function's real path below /sys ("devices/pci0000:00/0000:00:01.0/0000:01:00.0"), within
 * buf; NULL where it cannot be read. */
const char *sysfs_device(const struct root *root, struct pci_addr a, char buf[PATH_MAX]);

/* Path of an attribute, "" where it does not fit SYSFS_PATH_MAX. */
const char *sysfs_path(struct pci_addr a, const char *attr, char buf[SYSFS_PATH_MAX]);

/* One line of a function's `resource` attribute: where the kernel has put a BAR
 * (Documentation/filesystems/sysfs-pci.rst: start, end and flags, in hexadecimal). */
#define PCI_RESOURCE_BAR0 0
#define PCI_RESOURCE_ROM 6 /* line of the ROM BAR (linux/pci.h PCI_ROM_RESOURCE) */

struct pci_resource {
	unsigned long long start, end, flags; /* both ends belong to it */
};

/* -errno where the attribute cannot be read, -EBADMSG where it has no such line. */
int pci_resource(const struct attr_ops *k, struct pci_addr a, int line, struct pci_resource *ret);

/* True where it is memory with an address of its own, of at least that many bytes. */
bool pci_resource_is_memory(const struct pci_resource *r, unsigned long long bytes);

/* True where the ROM's line is the boot display's RAM copy at 0xC0000, not the card. */
bool pci_resource_is_shadow(const struct pci_resource *rom);

#endif
