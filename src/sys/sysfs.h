/* The PCI attributes of sysfs that gpurom touches (Documentation/ABI/testing/sysfs-bus-pci):
 * one write(), exact bytes, count checked. Reads and writes go through a seam, so that a fake
 * kernel can stand beneath everything that acts. */
#ifndef GPUROM_SYS_SYSFS_H
#define GPUROM_SYS_SYSFS_H

#include "pci/addr.h"
#include "pci/card.h"
#include "sys/root.h"

#include <limits.h>
#include <sys/types.h>

#define SYSFS_PATH_MAX 192

/* path is below the root, "sys/bus/pci/devices/0000:01:00.0/enable". Each returns -errno. */
struct attr_ops {
	/* Bytes read, at most size, from offset off. */
	ssize_t (*read)(void *ctx, const char *path, char *buf, size_t size, off_t off);
	int (*write)(void *ctx, const char *path, const char *text);
	/* Last part of a link's target, NUL-terminated; -ENOENT where there is no link. */
	int (*link)(void *ctx, const char *path, char *buf, size_t size);
	void *ctx;
	int fd; /* the one open file that they need, of those that read and write for real */
};

/* The real kernel below root. */
struct attr_ops attr_ops_real(const struct root *root);

/* The first line of an attribute of a function, newline taken off; "(null)" reads as "". */
int sysfs_get(const struct attr_ops *k, struct pci_addr a, const char *attr, char *buf,
	      size_t size);
int sysfs_set(const struct attr_ops *k, struct pci_addr a, const char *attr, const char *text);

/* Name of the bound driver; 0 and "" where there is none. */
int sysfs_driver(const struct attr_ops *k, struct pci_addr a, char buf[PCI_DRIVER_MAX]);

/* NULL or "" clears it. */
int sysfs_set_override(const struct attr_ops *k, struct pci_addr a, const char *driver);

/* Blocks for as long as the driver's remove callback does: call it in a child (sys/deadline.h). */
int sysfs_unbind(const struct attr_ops *k, struct pci_addr a, const char *driver);

/* Success says only that the kernel looked: read the driver back. */
int sysfs_probe(const struct attr_ops *k, struct pci_addr a);

/* The function's real path below /sys ("devices/pci0000:00/0000:00:01.0/0000:01:00.0"), within
 * buf; NULL where it cannot be had. */
const char *sysfs_device(const struct root *root, struct pci_addr a, char buf[PATH_MAX]);

/* Path of an attribute, "" where it does not fit SYSFS_PATH_MAX. */
const char *sysfs_path(struct pci_addr a, const char *attr, char buf[SYSFS_PATH_MAX]);

#endif
