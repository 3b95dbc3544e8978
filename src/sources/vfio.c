// SPDX-License-Identifier: GPL-2.0-or-later
/* The ROM region, or the flash window in BAR 0, of a card that a vfio driver has. After a reader
 * that is killed nothing needs to be restored: the kernel closes the device, loads its old
 * configuration and resets it where it can (drivers/vfio/pci/vfio_pci_core.c
 * vfio_pci_core_disable). */
#include "sources/job.h"
#include "sources/prom.h"
#include "sources/vfio-device.h"
#include "sys/sysfs.h"
#include "util/bytes.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>

#define STEP 4096u /* bytes between two checks of the clock */

/* PCI_COMMAND as it was; region.size 0: nothing was changed. */
struct decode {
	struct vfio_region region;
	uint8_t was[2]; /* little-endian */
};

/* Without memory decode vfio refuses BARs and the ROM. Where it cannot be set, reading them fails,
 * with a reason of its own. */
static void decode_on(const struct vfio_device *dev, struct decode *d)
{
	uint8_t now[2];

	if (vfio_region(dev, VFIO_PCI_CONFIG_REGION_INDEX, &d->region) < 0 ||
	    vfio_get(dev, &d->region, PCI_COMMAND, d->was, sizeof(d->was)) < 0 ||
	    (d->was[0] & PCI_COMMAND_MEMORY)) {
		d->region.size = 0;
		return;
	}
	now[0] = d->was[0] | PCI_COMMAND_MEMORY;
	now[1] = d->was[1];
	(void)vfio_put(dev, &d->region, PCI_COMMAND, now, sizeof(now));
}

static void decode_restore(const struct vfio_device *dev, const struct decode *d)
{
	if (d->region.size)
		(void)vfio_put(dev, &d->region, PCI_COMMAND, d->was, sizeof(d->was));
}

/* --- the ROM region ----------------------------------------------------------------------------
 */

static int read_pieces(const struct source_job *j, const struct vfio_device *dev,
		       const struct vfio_region *rom, size_t size, struct source_bytes *ret)
{
	ret->bytes = malloc(size);
	if (!ret->bytes)
		return -ENOMEM;
	while (ret->n < size) {
		size_t n = size - ret->n < STEP ? size - ret->n : STEP;
		int r;

		if (job_late(j))
			return -ETIMEDOUT;
		r = vfio_get(dev, rom, (off_t)ret->n, ret->bytes + ret->n, n);
		if (r < 0)
			return r;
		ret->n += n;
		job_progress(j, ret->n, size);
	}
	return 0;
}

/* The kernel fills what follows the ROM with FF; judging trims that. */
static int read_region(const struct source_job *j, const struct vfio_device *dev,
		       struct source_bytes *ret)
{
	struct pci_resource bar;
	struct vfio_region rom;
	int r;

	/* vfio serves the same resource as `rom` does. */
	if (pci_resource(j->k, j->addr, PCI_RESOURCE_ROM, &bar) == 0 &&
	    pci_resource_is_shadow(&bar))
		return job_fail(ret, -ENODEV, "the boot display's copy in RAM");
	r = vfio_region(dev, VFIO_PCI_ROM_REGION_INDEX, &rom);
	if (r < 0)
		return job_fail(ret, r, "none");
	r = read_pieces(j, dev, &rom, rom.size < ROM_FILE_MAX ? (size_t)rom.size : ROM_FILE_MAX,
			ret);
	if (r == 0 && !bytes_is((struct bytes){ret->bytes, ret->n}, 0, "\x55\xaa", 2))
		return job_fail(ret, -ENODATA, "does not begin with 55AA");
	return r;
}

/* --- the flash window --------------------------------------------------------------------------
 */

struct window {
	const struct vfio_device *dev;
	struct vfio_region bar0;
};

static int window_read(void *ctx, uint32_t at, uint32_t *ret)
{
	const struct window *w = ctx;
	uint8_t b[4];
	int r = vfio_get(w->dev, &w->bar0, (off_t)at, b, sizeof(b));

	if (r == 0)
		(void)bytes_le32((struct bytes){b, sizeof(b)}, 0, ret);
	return r;
}

static int window_write(void *ctx, uint32_t at, uint32_t value)
{
	const struct window *w = ctx;
	uint8_t b[4];

	for (unsigned i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)(value >> 8 * i);
	return vfio_put(w->dev, &w->bar0, (off_t)at, b, sizeof(b));
}

static int read_window(const struct source_job *j, const struct vfio_device *dev,
		       struct source_bytes *ret)
{
	struct window w = {.dev = dev};
	const struct prom_bar bar = {.read = window_read, .write = window_write, .ctx = &w};
	int r;

	if (j->ids.vendor != PCI_VENDOR_NVIDIA)
		return job_fail(ret, -ENODEV, "only NVIDIA's cards have one");
	r = vfio_region(dev, VFIO_PCI_BAR0_REGION_INDEX, &w.bar0);
	if (r == 0 && w.bar0.size < PROM_BAR_MIN)
		r = -ENODEV;
	if (r < 0)
		return job_fail(ret, r, "BAR 0 is not available, or shorter than 4 MiB");
	return prom_read(&bar, j, NULL, ret);
}

/* -----------------------------------------------------------------------------------------------
 */

/* Keeps why one way failed, and clears *ret for the next. */
static void set_aside(struct source_bytes *ret, int r, char why[ROM_OUTCOME_MAX])
{
	if (!ret->outcome[0])
		job_fail(ret, r, "%s", strerror(-r));
	memcpy(why, ret->outcome, ROM_OUTCOME_MAX);
	free(ret->bytes);
	*ret = (struct source_bytes){0};
}

static int read_device(const struct source_job *j, const struct vfio_device *dev,
		       struct source_bytes *ret)
{
	char region[ROM_OUTCOME_MAX], window[ROM_OUTCOME_MAX];
	int r = read_region(j, dev, ret);

	if (r == 0 || r == -ETIMEDOUT)
		return r;
	set_aside(ret, r, region);
	r = read_window(j, dev, ret);
	if (r == 0 || r == -ETIMEDOUT)
		return r;
	set_aside(ret, r, window);
	return job_fail(ret, r, "ROM region: %s; flash window: %s", region, window);
}

int source_read_vfio_by(const struct vfio_ops *v, const struct source_job *j,
			struct source_bytes *ret)
{
	char driver[PCI_DRIVER_MAX];
	struct decode decode = {0};
	struct vfio_device dev;
	int r = sysfs_driver(j->k, j->addr, driver);

	if (r < 0 || !driver[0])
		return job_fail(ret, -ENODEV, "no vfio driver is bound to the card");
	r = vfio_open(v, j, &dev, ret);
	if (r < 0)
		return r;
	/* A first way that failed has left its outcome. */
	ret->outcome[0] = '\0';
	decode_on(&dev, &decode);
	r = read_device(j, &dev, ret);
	decode_restore(&dev, &decode);
	vfio_close(&dev);
	return r;
}

int source_read_vfio(const struct source_job *j, struct source_bytes *ret)
{
	const struct vfio_ops v = vfio_ops_real(j->root);

	return source_read_vfio_by(&v, j, ret);
}
