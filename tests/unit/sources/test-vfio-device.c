// SPDX-License-Identifier: GPL-2.0-or-later
/* Both ways to the device through vfio, in words where they fail; nothing stays open. */
#include "sources/source.h"
#include "tempdir.h"
#include "vfiobench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void by_its_node(void **state)
{
	struct fakevfio f = fakevfio_make();
	struct vfiobench b;

	vfiobench_make(&b, state);
	assert_int_equal(vfiobench_run(&b, &f), 0);
	assert_true(vfiobench_is_rom(&b, 128u << 10));
	assert_true(f.ever[FD_IOMMUFD] && !f.ever[FD_CONTAINER] && !f.ever[FD_GROUP]);
	assert_int_equal(b.done, 128u << 10);
	assert_int_equal(b.whole, 128u << 10);
	assert_int_equal(f.config_writes, 2);
	assert_int_equal(f.bar.accesses, 0);
	vfiobench_close(&b);
}

/* Where there is no node, or iommufd is not there, or the node fails. */
static void by_its_group(void **state)
{
	static const struct {
		bool node;
		unsigned long type;
		int iommufd, device, bind;
	} cases[] = {
		{false, VFIO_TYPE1v2_IOMMU, 0, 0, 0},
		{false, VFIO_TYPE1_IOMMU, 0, 0, 0},
		{true, VFIO_TYPE1v2_IOMMU, -ENOENT, 0, 0},
		{true, VFIO_TYPE1v2_IOMMU, -EACCES, 0, 0},
		{true, VFIO_TYPE1v2_IOMMU, 0, -ENOENT, 0},
		{true, VFIO_TYPE1v2_IOMMU, 0, -ENODEV, 0},
		{true, VFIO_TYPE1v2_IOMMU, 0, 0, -EINVAL},
		{true, VFIO_TYPE1v2_IOMMU, 0, 0, -ENOTTY},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakevfio f = fakevfio_make();
		struct vfiobench b;

		assert_true(i == 0 || tempdir_make(state) == 0);
		vfiobench_make(&b, state);
		if (!cases[i].node)
			vfiobench_without_node(&b);
		f.type = cases[i].type;
		f.open_err[FD_IOMMUFD] = cases[i].iommufd;
		f.open_err[FD_DEVICE] = cases[i].device;
		f.bind_err = cases[i].bind;
		assert_int_equal(vfiobench_run(&b, &f), 0);
		assert_true(vfiobench_is_rom(&b, 128u << 10));
		assert_string_equal(b.ret.outcome, "");
		assert_true(f.attached);
		vfiobench_close(&b);
		assert_true(i + 1 == COUNT(cases) || tempdir_remove(state) == 0);
	}
}

/* By the group alone: what it can meet, in words. */
static void group_refused(void **state)
{
	static const struct {
		int container, group, version, ioctl;
		unsigned long type;
		bool unviable;
		int err;
		const char *outcome;
	} cases[] = {
		{-ENOENT, 0, 0, 0, 3, false, -ENODEV,
		 "no /dev/vfio/vfio: the module vfio is not loaded (modprobe vfio_iommu_type1)"},
		{-ENODEV, 0, 0, 0, 3, false, -ENODEV,
		 "no /dev/vfio/vfio: the module vfio is not loaded (modprobe vfio_iommu_type1)"},
		{-EACCES, 0, 0, 0, 3, false, -EACCES, "/dev/vfio/vfio: Permission denied"},
		{0, 0, 1, 0, 3, false, -ENODEV,
		 "/dev/vfio/vfio: not a version of vfio that gpurom knows"},
		{0, 0, -ENOTTY, 0, 3, false, -ENOTTY,
		 "/dev/vfio/vfio: not a version of vfio that gpurom knows"},
		{0, 0, 0, 0, 0, false, -ENODEV,
		 "the module vfio_iommu_type1 is not loaded (modprobe vfio_iommu_type1)"},
		{0, -EBUSY, 0, 0, 3, false, -EBUSY, "/dev/vfio/12: a VM has the card"},
		{0, -ENOENT, 0, 0, 3, false, -ENODEV,
		 "no /dev/vfio/12: the card's driver is none of vfio's"},
		{0, -EPERM, 0, 0, 3, false, -EPERM, "/dev/vfio/12: Operation not permitted"},
		{0, 0, 0, 0, 3, true, -EBUSY,
		 "IOMMU group 12 is not free: snd_hda_intel has 0000:01:00.1"},
		{0, 0, 0, -ENODEV, 3, false, -ENODEV,
		 "the group takes no container: No such device"},
	};
	struct vfiobench b;

	vfiobench_make(&b, state);
	vfiobench_without_node(&b);
	assert_int_equal(symlinkat("../../drivers/snd_hda_intel", b.root.fd, AUDIO "/driver"), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakevfio f = fakevfio_make();

		f.open_err[FD_CONTAINER] = cases[i].container;
		f.open_err[FD_GROUP] = cases[i].group;
		f.version = cases[i].version;
		f.group_err = cases[i].ioctl;
		f.type = cases[i].type;
		f.unviable = cases[i].unviable;
		assert_int_equal(vfiobench_run(&b, &f), cases[i].err);
		assert_string_equal(b.ret.outcome, cases[i].outcome);
		assert_false(f.ever[FD_DEVICE]);
	}
	vfiobench_close(&b);
}

/* A sibling that vfio does not mind is not blamed. */
static void nobody_to_blame(void **state)
{
	static const char *const drivers[] = {"vfio-pci", "pci-stub", "pcieport"};
	struct vfiobench b;

	vfiobench_make(&b, state);
	vfiobench_without_node(&b);
	for (size_t i = 0; i <= COUNT(drivers); i++) {
		struct fakevfio f = fakevfio_make();

		f.unviable = true;
		assert_int_equal(vfiobench_run(&b, &f), -EBUSY);
		assert_string_equal(b.ret.outcome, "IOMMU group 12 is not free");
		(void)unlinkat(b.root.fd, AUDIO "/driver", 0);
		if (i < COUNT(drivers))
			assert_int_equal(symlinkat(drivers[i], b.root.fd, AUDIO "/driver"), 0);
	}
	vfiobench_close(&b);
}

/* Both ways are reported where both fail; a VM is a VM by either. */
static void both_ways_refused(void **state)
{
	struct fakevfio f = fakevfio_make();
	struct vfiobench b;

	vfiobench_make(&b, state);
	f.bind_err = -EINVAL;
	f.open_err[FD_GROUP] = -EBUSY;
	assert_int_equal(vfiobench_run(&b, &f), -EBUSY);
	assert_string_equal(b.ret.outcome, "/dev/vfio/devices/vfio3: Invalid argument; "
					   "/dev/vfio/12: a VM has the card");
	f = fakevfio_make();
	f.open_err[FD_IOMMUFD] = -EACCES;
	f.type = 0;
	assert_int_equal(vfiobench_run(&b, &f), -ENODEV);
	assert_string_equal(b.ret.outcome, "/dev/iommu: Permission denied; the module "
					   "vfio_iommu_type1 is not loaded (modprobe "
					   "vfio_iommu_type1)");
	f = fakevfio_make();
	f.bind_err = -EBUSY;
	assert_int_equal(vfiobench_run(&b, &f), -EBUSY);
	assert_string_equal(b.ret.outcome, "/dev/vfio/devices/vfio3: a VM has the card");
	assert_false(f.ever[FD_CONTAINER]);
	vfiobench_close(&b);
}

static void no_driver_no_group(void **state)
{
	struct fakevfio f = fakevfio_make();
	struct vfiobench b;

	vfiobench_make(&b, state);
	vfiobench_without_node(&b);
	assert_int_equal(unlinkat(b.root.fd, CARD "/iommu_group", 0), 0);
	assert_int_equal(vfiobench_run(&b, &f), -ENODEV);
	assert_string_equal(b.ret.outcome, "no IOMMU group: the IOMMU is off");
	assert_int_equal(unlinkat(b.root.fd, CARD "/driver", 0), 0);
	assert_int_equal(vfiobench_run(&b, &f), -ENODEV);
	assert_string_equal(b.ret.outcome, "no vfio driver is bound to the card");
	assert_int_equal(f.calls, 0);
	vfiobench_close(&b);
}

/* The calls that reach the kernel, on files that are no devices. */
static void real_calls(void **state)
{
	struct source_bytes ret;
	struct vfiobench b;
	struct vfio_ops v;
	char buf[4];
	int fd;

	vfiobench_make(&b, state);
	vfiobench_without_node(&b);
	v = vfio_ops_real(&b.root);
	tempdir_put_text(b.root.fd, "dev/vfio/vfio", "0123456789");
	assert_int_equal(v.open(v.ctx, "dev/vfio/12"), -ENOENT);
	fd = v.open(v.ctx, "dev/vfio/vfio");
	assert_true(fd >= 0);
	assert_int_equal(v.ioctl(v.ctx, fd, VFIO_GET_API_VERSION, NULL), -ENOTTY);
	assert_int_equal(v.pread(v.ctx, fd, buf, 4, 3), 4);
	assert_memory_equal(buf, "3456", 4);
	assert_int_equal(v.pread(v.ctx, fd, buf, 4, -1), -EINVAL);
	assert_int_equal(v.pwrite(v.ctx, fd, "ab", 2, 8), 2);
	assert_true(tempdir_is(b.root.fd, "dev/vfio/vfio", "01234567ab"));
	v.close(v.ctx, fd);
	assert_int_equal(v.pwrite(v.ctx, fd, "ab", 2, 8), -EBADF);
	assert_int_equal(source_read(SOURCE_VFIO, &b.job, &ret), -ENOTTY);
	assert_string_equal(ret.outcome, "/dev/vfio/vfio: not a version of vfio that gpurom knows");
	assert_null(ret.bytes);
	vfiobench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(by_its_node),	     WITH_DIR(by_its_group),
		WITH_DIR(group_refused),     WITH_DIR(nobody_to_blame),
		WITH_DIR(both_ways_refused), WITH_DIR(no_driver_no_group),
		WITH_DIR(real_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
