// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/framebuffer.h"

#include "plan/plan.h"
#include "sys/file.h"
#include "sys/sysfs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IOMEM "proc/iomem"
#define IOMEM_MAX (1u << 20)
#define BARS 6
#define PLATFORM "sys/bus/platform/"

static int read_ranges(const struct root *root, struct bytes *ret)
{
	uint8_t *text;
	int r = file_read(root->fd, IOMEM, IOMEM_MAX, &text, &ret->n);

	ret->p = r < 0 ? NULL : text;
	return r;
}

static bool is_in_bars(const struct attr_ops *k, struct pci_addr a,
		       const struct iomem_framebuffer *f)
{
	struct pci_resource bar;

	for (int i = 0; i < BARS; i++)
		if (pci_resource(k, a, i, &bar) == 0 && pci_resource_is_memory(&bar, 1) &&
		    f->start >= bar.start && f->end <= bar.end)
			return true;
	return false;
}

static bool find_in(const struct attr_ops *k, struct bytes ranges, struct pci_addr a,
		    struct iomem_framebuffer *ret)
{
	size_t at = 0;

	while (iomem_next_framebuffer(ranges, &at, ret))
		if (is_in_bars(k, a, ret))
			return true;
	return false;
}

void framebuffers_load(const struct root *root, struct bytes *ret)
{
	if (read_ranges(root, ret) < 0)
		*ret = (struct bytes){(const uint8_t *)"", 0};
}

bool framebuffer_is_on(const struct attr_ops *k, struct bytes ranges, struct pci_addr a)
{
	struct iomem_framebuffer f;

	return find_in(k, ranges, a, &f);
}

/* The override first: else the next driver that is loaded would draw there. */
static int unbind(const struct attr_ops *k, const char *device)
{
	char path[SYSFS_PATH_MAX], driver[PCI_DRIVER_MAX];
	int r;

	snprintf(path, sizeof(path), PLATFORM "devices/%s/driver_override", device);
	r = k->write(k->ctx, path, PLAN_HOLD_DRIVER "\n");
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), PLATFORM "devices/%s/driver", device);
	r = k->link(k->ctx, path, driver, sizeof(driver));
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	snprintf(path, sizeof(path), PLATFORM "drivers/%s/unbind", driver);
	return k->write(k->ctx, path, device);
}

bool framebuffer_find(const struct root *root, struct pci_addr a, struct iomem_framebuffer *ret)
{
	const struct attr_ops k = attr_ops_real(root);
	struct bytes ranges;
	bool found;

	if (read_ranges(root, &ranges) < 0)
		return false;
	found = find_in(&k, ranges, a, ret);
	free((void *)ranges.p);
	return found;
}

int framebuffer_release(const struct root *root, struct pci_addr a,
			const struct iomem_framebuffer *f)
{
	const struct attr_ops k = attr_ops_real(root);
	struct iomem_framebuffer still;
	int r = unbind(&k, f->device);

	if (r < 0)
		return r;
	return framebuffer_find(root, a, &still) ? -EBUSY : 0;
}
