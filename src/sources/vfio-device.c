// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/vfio-device.h"

#include "sources/job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONTAINER "dev/vfio/vfio"
#define IOMMUFD "dev/iommu"
#define NAME_LEN 32 /* of "vfio0", or of a group's number */

/* include/uapi/linux/vfio.h, from 6.6 on; longer since, which the kernel knows by argsz. */
#ifndef VFIO_DEVICE_BIND_IOMMUFD
#define VFIO_DEVICE_BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18)
struct vfio_device_bind_iommufd {
	__u32 argsz;
	__u32 flags;
	__s32 iommufd;
	__u32 out_devid;
};
#endif

static int real_open(void *ctx, const char *path)
{
	const struct root *root = ctx;
	int fd = openat(root->fd, path, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* By number: the C libraries disagree about the type of an ioctl's request. */
static int real_ioctl(void *ctx, int fd, unsigned request, void *arg)
{
	long r = syscall(SYS_ioctl, fd, (unsigned long)request, arg);

	(void)ctx;
	return r < 0 ? -errno : (int)r;
}

static ssize_t real_pread(void *ctx, int fd, void *buf, size_t n, off_t off)
{
	ssize_t r = pread(fd, buf, n, off);

	(void)ctx;
	return r < 0 ? -errno : r;
}

static ssize_t real_pwrite(void *ctx, int fd, const void *buf, size_t n, off_t off)
{
	ssize_t r = pwrite(fd, buf, n, off);

	(void)ctx;
	return r < 0 ? -errno : r;
}

static void real_close(void *ctx, int fd)
{
	(void)ctx;
	close(fd);
}

struct vfio_ops vfio_ops_real(const struct root *root)
{
	return (struct vfio_ops){.open = real_open,
				 .ioctl = real_ioctl,
				 .pread = real_pread,
				 .pwrite = real_pwrite,
				 .close = real_close,
				 .ctx = (void *)root};
}

void vfio_close(struct vfio_device *dev)
{
	int *const fd[] = {&dev->fd, &dev->under[0], &dev->under[1]};

	for (size_t i = 0; i < sizeof(fd) / sizeof(fd[0]); i++) {
		if (*fd[i] >= 0)
			dev->v->close(dev->v->ctx, *fd[i]);
		*fd[i] = -1;
	}
}

static DIR *open_folder(const struct source_job *j, const char *attr)
{
	char path[SYSFS_PATH_MAX];
	int fd = openat(j->root->fd, sysfs_path(j->addr, attr, path),
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;

	if (fd >= 0 && !d)
		close(fd);
	return d;
}

/* --- its own node ------------------------------------------------------------------------------
 */

static bool node_name(const struct source_job *j, char name[NAME_LEN])
{
	DIR *d = open_folder(j, "vfio-dev");
	const struct dirent *e;

	name[0] = '\0';
	while (d && !name[0] && (e = readdir(d)))
		if (strncmp(e->d_name, "vfio", 4) == 0 && strlen(e->d_name) < NAME_LEN)
			strcpy(name, e->d_name);
	if (d)
		closedir(d);
	return name[0] != '\0';
}

static int bind_node(const struct vfio_ops *v, const char *name, struct vfio_device *dev,
		     struct source_bytes *ret)
{
	struct vfio_device_bind_iommufd bind = {.argsz = sizeof(bind), .iommufd = dev->under[0]};
	char path[NAME_LEN + 32];
	int r;

	snprintf(path, sizeof(path), "dev/vfio/devices/%s", name);
	r = dev->fd = v->open(v->ctx, path);
	if (r >= 0)
		r = v->ioctl(v->ctx, dev->fd, VFIO_DEVICE_BIND_IOMMUFD, &bind);
	if (r < 0 && r != -ENOENT)
		return job_fail(ret, r, "/%s: %s", path,
				r == -EBUSY ? "a VM has the card" : strerror(-r));
	return r;
}

/* Returns -ENOENT where this kernel has no nodes. */
static int open_node(const struct vfio_ops *v, const struct source_job *j, struct vfio_device *dev,
		     struct source_bytes *ret)
{
	char name[NAME_LEN];
	int r;

	if (!node_name(j, name))
		return -ENOENT;
	r = dev->under[0] = v->open(v->ctx, IOMMUFD);
	if (r < 0)
		return r == -ENOENT ? r : job_fail(ret, r, "/" IOMMUFD ": %s", strerror(-r));
	return bind_node(v, name, dev, ret);
}

/* --- its group ---------------------------------------------------------------------------------
 */

/* Drivers that leave a group viable (drivers/vfio, drivers/iommu/iommu.c). */
static bool is_viable_driver(const char *driver)
{
	static const char *const words[] = {"", "pci-stub", "pcieport"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(driver, words[i]) == 0)
			return true;
	return pci_driver_is_vfio(driver); /* vfio-pci, and its variants */
}

static int fail_unviable(const struct source_job *j, const char *group, struct source_bytes *ret)
{
	char driver[PCI_DRIVER_MAX] = "", addr[PCI_ADDR_BUF];
	DIR *d = open_folder(j, "iommu_group/devices");
	struct pci_addr a = {0};
	const struct dirent *e;
	bool found = false;

	while (d && !found && (e = readdir(d)))
		found = pci_addr_parse(e->d_name, &a) == 0 && pci_addr_cmp(a, j->addr) != 0 &&
			sysfs_driver(j->k, a, driver) == 0 && !is_viable_driver(driver);
	if (d)
		closedir(d);
	if (!found)
		return job_fail(ret, -EBUSY, "IOMMU group %s is not free", group);
	return job_fail(ret, -EBUSY, "IOMMU group %s is not free: %s has %s", group, driver,
			pci_addr_format(a, addr));
}

static int open_container(const struct vfio_ops *v, struct vfio_device *dev, unsigned long *type,
			  struct source_bytes *ret)
{
	static const unsigned long types[] = {VFIO_TYPE1v2_IOMMU, VFIO_TYPE1_IOMMU};
	int r = dev->under[1] = v->open(v->ctx, CONTAINER);

	if (r == -ENOENT || r == -ENODEV || r == -ENXIO)
		return job_fail(ret, -ENODEV,
				"no /" CONTAINER ": the module vfio is not loaded (modprobe "
				"vfio_iommu_type1)");
	if (r < 0)
		return job_fail(ret, r, "/" CONTAINER ": %s", strerror(-r));
	r = v->ioctl(v->ctx, dev->under[1], VFIO_GET_API_VERSION, NULL);
	if (r != VFIO_API_VERSION)
		return job_fail(ret, r < 0 ? r : -ENODEV,
				"/" CONTAINER ": not a version of vfio that gpurom knows");
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		*type = types[i];
		if (v->ioctl(v->ctx, dev->under[1], VFIO_CHECK_EXTENSION, (void *)*type) > 0)
			return 0;
	}
	return job_fail(ret, -ENODEV,
			"the module vfio_iommu_type1 is not loaded (modprobe "
			"vfio_iommu_type1)");
}

static int open_viable_group(const struct vfio_ops *v, const struct source_job *j,
			     const char *group, struct vfio_device *dev, struct source_bytes *ret)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	char path[NAME_LEN + 16];
	int r;

	snprintf(path, sizeof(path), "dev/vfio/%s", group);
	r = dev->under[0] = v->open(v->ctx, path);
	if (r == -EBUSY)
		return job_fail(ret, r, "/%s: a VM has the card", path);
	if (r == -ENOENT)
		return job_fail(ret, -ENODEV, "no /%s: the card's driver is none of vfio's", path);
	if (r >= 0)
		r = v->ioctl(v->ctx, dev->under[0], VFIO_GROUP_GET_STATUS, &status);
	if (r < 0)
		return job_fail(ret, r, "/%s: %s", path, strerror(-r));
	return status.flags & VFIO_GROUP_FLAGS_VIABLE ? 0 : fail_unviable(j, group, ret);
}

static int attach_group(const struct vfio_ops *v, const struct source_job *j, unsigned long type,
			struct vfio_device *dev, struct source_bytes *ret)
{
	const int group = dev->under[0];
	char addr[PCI_ADDR_BUF];
	int r = v->ioctl(v->ctx, group, VFIO_GROUP_SET_CONTAINER, &dev->under[1]);

	if (r < 0)
		return job_fail(ret, r, "the group takes no container: %s", strerror(-r));
	r = v->ioctl(v->ctx, dev->under[1], VFIO_SET_IOMMU, (void *)type);
	if (r < 0)
		return job_fail(ret, r, "the container takes no IOMMU: %s", strerror(-r));
	pci_addr_format(j->addr, addr);
	r = dev->fd = v->ioctl(v->ctx, group, VFIO_GROUP_GET_DEVICE_FD, addr);
	if (r < 0)
		return job_fail(ret, r, "the group gives no %s: %s", addr, strerror(-r));
	return 0;
}

static int open_group(const struct vfio_ops *v, const struct source_job *j, struct vfio_device *dev,
		      struct source_bytes *ret)
{
	char path[SYSFS_PATH_MAX], group[NAME_LEN];
	unsigned long type;
	int r = j->k->link(j->k->ctx, sysfs_path(j->addr, "iommu_group", path), group,
			   sizeof(group));

	if (r < 0)
		return job_fail(ret, -ENODEV, "no IOMMU group: the IOMMU is off");
	r = open_container(v, dev, &type, ret);
	if (r == 0)
		r = open_viable_group(v, j, group, dev, ret);
	if (r == 0)
		r = attach_group(v, j, type, dev, ret);
	return r;
}

int vfio_open(const struct vfio_ops *v, const struct source_job *j, struct vfio_device *dev,
	      struct source_bytes *ret)
{
	char node[ROM_OUTCOME_MAX], group[ROM_OUTCOME_MAX];
	int r, first;

	*dev = (struct vfio_device){.v = v, .fd = -1, .under = {-1, -1}};
	first = open_node(v, j, dev, ret);
	if (first >= 0)
		return 0;
	vfio_close(dev);
	if (first == -EBUSY)
		return first;
	memcpy(node, ret->outcome, sizeof(node));
	r = open_group(v, j, dev, ret);
	if (r >= 0)
		return 0;
	vfio_close(dev);
	if (first == -ENOENT)
		return r;
	memcpy(group, ret->outcome, sizeof(group));
	return job_fail(ret, r, "%s; %s", node, group);
}

/* --- the device --------------------------------------------------------------------------------
 */

int vfio_region(const struct vfio_device *dev, unsigned index, struct vfio_region *ret)
{
	struct vfio_region_info info = {.argsz = sizeof(info), .index = index};
	int r = dev->v->ioctl(dev->v->ctx, dev->fd, VFIO_DEVICE_GET_REGION_INFO, &info);

	if (r < 0)
		return r;
	if (info.size == 0 || !(info.flags & VFIO_REGION_INFO_FLAG_READ))
		return -ENODEV;
	*ret = (struct vfio_region){.at = (off_t)info.offset, .size = info.size};
	return 0;
}

static int check_moved(ssize_t moved, size_t n)
{
	if (moved < 0)
		return (int)moved;
	return (size_t)moved == n ? 0 : -EIO;
}

int vfio_get(const struct vfio_device *dev, const struct vfio_region *region, off_t off, void *buf,
	     size_t n)
{
	return check_moved(dev->v->pread(dev->v->ctx, dev->fd, buf, n, region->at + off), n);
}

int vfio_put(const struct vfio_device *dev, const struct vfio_region *region, off_t off,
	     const void *buf, size_t n)
{
	return check_moved(dev->v->pwrite(dev->v->ctx, dev->fd, buf, n, region->at + off), n);
}
