// SPDX-License-Identifier: GPL-2.0-or-later
#include "vfiobench.h"

#include "tempdir.h"

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

#define NEVER (~0ull)
#define GROUP "sys/kernel/iommu_groups/12"
#define NODE CARD "/vfio-dev/vfio3/dev"

static void progress(void *ctx, size_t done, size_t whole)
{
	struct vfiobench *b = ctx;

	b->done = done;
	b->whole = whole;
	if (b->late_at && done >= b->late_at)
		b->job.until_us = 0;
}

/* A card and its audio function in group 12, with a node of its own. */
void vfiobench_make(struct vfiobench *b, void **state)
{
	*b = (struct vfiobench){.root = {.path = *state, .fd = tempdir_open(*state)}};
	b->k = attr_ops_real(&b->root);
	b->job = (struct source_job){.root = &b->root,
				     .k = &b->k,
				     .addr = {0, 1, 0, 0},
				     .ids = {.vendor = PCI_VENDOR_NVIDIA},
				     .bound = true,
				     .until_us = NEVER,
				     .progress = progress,
				     .ctx = b};
	tempdir_put_text(b->root.fd, CARD "/resource", "");
	tempdir_put_text(b->root.fd, AUDIO "/resource", "");
	tempdir_put_text(b->root.fd, NODE, "511:3\n");
	tempdir_put_text(b->root.fd, GROUP "/devices/0000:01:00.0", "");
	tempdir_put_text(b->root.fd, GROUP "/devices/0000:01:00.1", "");
	assert_int_equal(
		symlinkat("../../../../kernel/iommu_groups/12", b->root.fd, CARD "/iommu_group"),
		0);
	assert_int_equal(symlinkat("../../drivers/vfio-pci", b->root.fd, CARD "/driver"), 0);
}

void vfiobench_without_node(const struct vfiobench *b)
{
	assert_int_equal(unlinkat(b->root.fd, NODE, 0), 0);
	assert_int_equal(unlinkat(b->root.fd, CARD "/vfio-dev/vfio3", AT_REMOVEDIR), 0);
	assert_int_equal(unlinkat(b->root.fd, CARD "/vfio-dev", AT_REMOVEDIR), 0);
}

int vfiobench_run(struct vfiobench *b, struct fakevfio *f)
{
	const struct vfio_ops ops = fakevfio_ops(f);
	int r;

	free(b->ret.bytes);
	b->ret = (struct source_bytes){0};
	b->job.until_us = NEVER;
	b->done = b->whole = 0;
	r = source_read_vfio_by(&ops, &b->job, &b->ret);
	fakevfio_is_clean(f);
	return r;
}

void vfiobench_close(struct vfiobench *b)
{
	free(b->ret.bytes);
	close(b->root.fd);
}

bool vfiobench_is_rom(const struct vfiobench *b, size_t size)
{
	bool same = b->ret.n == size;

	for (size_t i = 0; same && i < size; i++)
		same = b->ret.bytes[i] == fakebar_flash(i);
	return same;
}
