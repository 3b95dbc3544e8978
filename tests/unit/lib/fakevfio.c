// SPDX-License-Identifier: GPL-2.0-or-later
#include "fakevfio.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FIRST_FD 100
#define REGION_SHIFT 40				    /* as vfio-pci lays them out */
#define BIND_IOMMUFD _IO(VFIO_TYPE, VFIO_BASE + 18) /* include/uapi/linux/vfio.h of 6.6 */

static const uint8_t command[2] = {PCI_COMMAND_IO, PCI_COMMAND_INTX_DISABLE >> 8};

struct fakevfio fakevfio_make(void)
{
	struct fakevfio f = {.bar = fakebar_of(0x172000a1, MIRROR_NEW),
			     .bar_size = 16u << 20,
			     .rom_size = 128u << 10,
			     .version = VFIO_API_VERSION,
			     .type = VFIO_TYPE1v2_IOMMU};

	memcpy(f.command, command, sizeof(command));
	return f;
}

void fakevfio_is_clean(const struct fakevfio *f)
{
	for (int i = 0; i < FDS; i++)
		assert_false(f->open[i]);
	if (f->lost_restore)
		return;
	assert_int_equal(f->bar.reg, FAKEBAR_REGISTER);
	assert_memory_equal(f->command, command, sizeof(command));
}

static bool fails(struct fakevfio *f)
{
	return ++f->calls == f->fail_at;
}

static int give(struct fakevfio *f, enum fakevfio_fd fd)
{
	assert_false(f->open[fd]);
	f->open[fd] = f->ever[fd] = true;
	return FIRST_FD + (int)fd;
}

static void fd_is(const struct fakevfio *f, int fd, enum fakevfio_fd want)
{
	assert_int_equal(fd, FIRST_FD + (int)want);
	assert_true(f->open[want]);
}

static int fake_open(void *ctx, const char *path)
{
	static const char *const paths[FDS] = {
		[FD_IOMMUFD] = "dev/iommu",
		[FD_CONTAINER] = "dev/vfio/vfio",
		[FD_GROUP] = "dev/vfio/12",
		[FD_DEVICE] = "dev/vfio/devices/vfio3",
	};
	struct fakevfio *f = ctx;

	if (fails(f))
		return -FAKEVFIO_ERROR;
	for (int i = 0; i < FDS; i++)
		if (strcmp(path, paths[i]) == 0)
			return f->open_err[i] ? f->open_err[i] : give(f, (enum fakevfio_fd)i);
	fail_msg("opened: %s", path);
	return -ENOENT;
}

static int region(const struct fakevfio *f, struct vfio_region_info *i)
{
	assert_true(f->bound || f->attached);
	assert_true(i->argsz >= sizeof(*i));
	i->offset = (uint64_t)i->index << REGION_SHIFT;
	i->flags = VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE;
	switch (i->index) {
	case VFIO_PCI_CONFIG_REGION_INDEX:
		i->size = 4096;
		return 0;
	case VFIO_PCI_BAR0_REGION_INDEX:
		i->size = f->bar_size;
		return 0;
	case VFIO_PCI_ROM_REGION_INDEX:
		i->size = f->rom == ROM_ABSENT ? 0 : f->rom_size;
		i->flags = f->rom == ROM_WRITE_ONLY ? 0 : VFIO_REGION_INFO_FLAG_READ;
		return 0;
	default:
		return -EINVAL;
	}
}

static int bind_iommufd(struct fakevfio *f, const int32_t arg[4])
{
	assert_true(arg[0] >= 16);
	assert_int_equal(arg[1], 0);
	fd_is(f, arg[2], FD_IOMMUFD);
	f->bound = f->bind_err == 0;
	return f->bind_err;
}

static int container(struct fakevfio *f, unsigned request, uintptr_t arg)
{
	switch (request) {
	case VFIO_GET_API_VERSION:
		return f->version;
	case VFIO_CHECK_EXTENSION:
		return arg == f->type;
	case VFIO_SET_IOMMU:
		assert_true(f->contained);
		assert_int_equal(arg, f->type);
		f->attached = true;
		return 0;
	default:
		return -ENOTTY;
	}
}

static int group(struct fakevfio *f, unsigned request, void *arg)
{
	struct vfio_group_status *status = arg;

	switch (request) {
	case VFIO_GROUP_GET_STATUS:
		assert_int_equal(status->argsz, sizeof(*status));
		status->flags = f->unviable ? 0 : VFIO_GROUP_FLAGS_VIABLE;
		return 0;
	case VFIO_GROUP_SET_CONTAINER:
		assert_false(f->unviable);
		fd_is(f, *(int *)arg, FD_CONTAINER);
		f->contained = f->group_err == 0;
		return f->group_err;
	case VFIO_GROUP_GET_DEVICE_FD:
		assert_true(f->attached);
		assert_string_equal(arg, "0000:01:00.0");
		return f->group_err ? f->group_err : give(f, FD_DEVICE);
	default:
		return -ENOTTY;
	}
}

static int fake_ioctl(void *ctx, int fd, unsigned request, void *arg)
{
	struct fakevfio *f = ctx;

	if (fails(f))
		return -FAKEVFIO_ERROR;
	if (fd == FIRST_FD + FD_CONTAINER && f->open[FD_CONTAINER])
		return container(f, request, (uintptr_t)arg);
	if (fd == FIRST_FD + FD_GROUP && f->open[FD_GROUP])
		return group(f, request, arg);
	fd_is(f, fd, FD_DEVICE);
	return request == BIND_IOMMUFD			? bind_iommufd(f, arg)
	       : request == VFIO_DEVICE_GET_REGION_INFO ? region(f, arg)
							: -ENOTTY;
}

static bool decodes(const struct fakevfio *f)
{
	return f->command[0] & PCI_COMMAND_MEMORY;
}

static ssize_t read_rom(const struct fakevfio *f, uint8_t *buf, size_t n, size_t at)
{
	if (!decodes(f) || f->rom == ROM_UNREADABLE)
		return -EIO;
	assert_true(n <= 4096 && at + n <= f->rom_size);
	for (size_t i = 0; i < n; i++)
		buf[i] = f->rom == ROM_FF			? 0xff
			 : f->rom == ROM_NO_HEAD && at + i == 1 ? 0
								: fakebar_flash(at + i);
	return (ssize_t)n;
}

static ssize_t fake_pread(void *ctx, int fd, void *buf, size_t n, off_t off)
{
	const off_t at = off & ((1ll << REGION_SHIFT) - 1);
	struct fakevfio *f = ctx;
	uint32_t v;
	int r;

	fd_is(f, fd, FD_DEVICE);
	if (fails(f))
		return -FAKEVFIO_ERROR;
	switch (off >> REGION_SHIFT) {
	case VFIO_PCI_CONFIG_REGION_INDEX:
		assert_true(at == PCI_COMMAND && n == sizeof(f->command));
		memcpy(buf, f->command, n);
		return (ssize_t)n;
	case VFIO_PCI_ROM_REGION_INDEX:
		return read_rom(f, buf, n, (size_t)at);
	default:
		assert_int_equal(off >> REGION_SHIFT, VFIO_PCI_BAR0_REGION_INDEX);
		assert_int_equal(n, 4);
		r = decodes(f) ? fakebar_read(&f->bar, (uint32_t)at, &v) : -EIO;
		memcpy(buf, &v, n);
		return r < 0 ? r : (ssize_t)n;
	}
}

static ssize_t fake_pwrite(void *ctx, int fd, const void *buf, size_t n, off_t off)
{
	const off_t at = off & ((1ll << REGION_SHIFT) - 1);
	const bool config = off >> REGION_SHIFT == VFIO_PCI_CONFIG_REGION_INDEX;
	struct fakevfio *f = ctx;
	uint32_t v = 0;
	int r;

	fd_is(f, fd, FD_DEVICE);
	assert_true(n <= sizeof(v));
	memcpy(&v, buf, n);
	if (fails(f)) {
		f->lost_restore =
			config ? memcmp(buf, command, sizeof(command)) == 0 : v == FAKEBAR_REGISTER;
		return -FAKEVFIO_ERROR;
	}
	if (config) {
		assert_true(at == PCI_COMMAND && n == sizeof(f->command));
		memcpy(f->command, buf, n);
		f->config_writes++;
		return (ssize_t)n;
	}
	assert_int_equal(off >> REGION_SHIFT, VFIO_PCI_BAR0_REGION_INDEX);
	assert_int_equal(n, 4);
	r = decodes(f) ? fakebar_write(&f->bar, (uint32_t)at, v) : -EIO;
	return r < 0 ? r : (ssize_t)n;
}

/* The device first, what it hangs off last. */
static void fake_close(void *ctx, int fd)
{
	struct fakevfio *f = ctx;

	assert_true(fd >= FIRST_FD && fd < FIRST_FD + FDS);
	fd -= FIRST_FD;
	assert_true(f->open[fd]);
	assert_true(fd == FD_DEVICE || !f->open[FD_DEVICE]);
	assert_true(fd != FD_CONTAINER || !f->open[FD_GROUP]);
	f->open[fd] = false;
	if (fd == FD_DEVICE)
		f->bound = false;
}

struct vfio_ops fakevfio_ops(struct fakevfio *f)
{
	return (struct vfio_ops){.open = fake_open,
				 .ioctl = fake_ioctl,
				 .pread = fake_pread,
				 .pwrite = fake_pwrite,
				 .close = fake_close,
				 .ctx = f};
}
