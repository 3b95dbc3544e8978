/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI function opened through vfio (Documentation/driver-api/vfio.rst): by its own node and
 * iommufd where there are such (kernel 6.6), else by its IOMMU group. System calls go through
 * struct vfio_ops, so that tests can put a fake kernel there. */
#ifndef GPUROM_SOURCES_VFIO_DEVICE_H
#define GPUROM_SOURCES_VFIO_DEVICE_H

#include "sources/job.h"

/* Each returns -errno where it failed. */
struct vfio_ops {
	int (*open)(void *ctx, const char *path); /* below the root, O_RDWR | O_CLOEXEC */
	/* arg: what the request takes, or a number cast to it. Returns the request's value. */
	int (*ioctl)(void *ctx, int fd, unsigned request, void *arg);
	ssize_t (*pread)(void *ctx, int fd, void *buf, size_t n, off_t off);
	ssize_t (*pwrite)(void *ctx, int fd, const void *buf, size_t n, off_t off);
	void (*close)(void *ctx, int fd);
	void *ctx;
};

/* The real kernel below root. */
struct vfio_ops vfio_ops_real(const struct root *root);

/* Filled by vfio_open. */
struct vfio_device {
	const struct vfio_ops *v;
	int fd;
	int under[2]; /* group and container, or iommufd and -1 */
};

/* Filled by vfio_region. */
struct vfio_region {
	off_t at; /* in the device's descriptor */
	uint64_t size;
};

/* Opening brings the function to D0 and resets it where it can be reset; closing resets it and lets
 * it sleep again. Returns 0 and sets *dev, or -errno with a sentence in ret->outcome: -EBUSY where
 * a VM has the card, -ENODEV where vfio is not available. */
int vfio_open(const struct vfio_ops *v, const struct source_job *j, struct vfio_device *dev,
	      struct source_bytes *ret);
void vfio_close(struct vfio_device *dev);

/* index: VFIO_PCI_*_REGION_INDEX of linux/vfio.h. -ENODEV where the card does not have it, or it is
 * not readable. */
int vfio_region(const struct vfio_device *dev, unsigned index, struct vfio_region *ret);

/* Exactly n bytes at offset off of a region. Returns 0 or -errno, -EIO where fewer moved. */
int vfio_get(const struct vfio_device *dev, const struct vfio_region *region, off_t off, void *buf,
	     size_t n);
int vfio_put(const struct vfio_device *dev, const struct vfio_region *region, off_t off,
	     const void *buf, size_t n);

#endif
