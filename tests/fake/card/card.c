// SPDX-License-Identifier: GPL-2.0-or-later
#include "card.h"

#include "confspace.h"
#include "prom.h"
#include "xhci.h"

#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Pages come to be when they are touched: 256 MiB of video memory cost nothing. Plain memory is
 * shared with QEMU: nouveau writes two million words to it before it binds.
 */
static int make_memory(struct card_bar *bar)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

	bar->fd = -1;
	if (!bar->size)
		return 0;
	if (bar->plain_size) {
		bar->fd = memfd_create("bar", MFD_CLOEXEC);
		if (bar->fd < 0 || ftruncate(bar->fd, (off_t)bar->size))
			return -errno;
		flags = MAP_SHARED;
	}
	bar->memory = mmap(NULL, bar->size, PROT_READ | PROT_WRITE, flags, bar->fd, 0);
	return bar->memory == MAP_FAILED ? -errno : 0;
}

int card_init(struct card_function *fn)
{
	for (unsigned i = 0; i < CARD_BARS; i++) {
		int err = make_memory(&fn->bar[i]);

		if (err)
			return err;
	}
	if (fn->xhci && fn->bar[0].size < XHCI_BAR_SIZE)
		return -EINVAL;
	if (fn->prom && fn->bar[0].size < PROM_BAR_SIZE)
		return -EINVAL;
	if (fn->xhci)
		xhci_init(fn->bar[0].memory);
	card_reset(fn);
	return 0;
}

void card_reset(struct card_function *fn)
{
	confspace_init(fn);
	fault_reset(fn);
	if (fn->prom && !fn->fault.gone)
		prom_reset(fn);
}

uint64_t card_region_size(const struct card_function *fn, unsigned region)
{
	if (region < CARD_BARS)
		return fn->bar[region].size;
	if (region == VFIO_PCI_ROM_REGION_INDEX)
		return fn->rom_size;
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		return CARD_CONFIG_SIZE;
	return 0;
}

const struct card_bar *card_region_bar(const struct card_function *fn, unsigned region)
{
	return region < CARD_BARS ? &fn->bar[region] : NULL;
}

static bool inside(const struct card_function *fn, unsigned region, uint64_t offset, size_t size)
{
	uint64_t whole = card_region_size(fn, region);

	return offset <= whole && size <= whole - offset;
}

/* The fixed registers lie over what was read from BAR 0's memory, byte by byte. */
static void overlay_registers(const struct card_function *fn, uint64_t offset, uint8_t *data,
			      size_t size)
{
	for (size_t r = 0; r < fn->register_count; r++) {
		for (unsigned i = 0; i < 4; i++) {
			uint64_t at = (uint64_t)fn->registers[r].offset + i;

			if (at >= offset && at - offset < size)
				data[at - offset] = (uint8_t)(fn->registers[r].value >> (8 * i));
		}
	}
}

/* QEMU asks for the ROM when the guest first does: a test knows by this that it did. */
static void report_once(struct card_function *fn)
{
	if (!fn->rom_told)
		printf("%s.%u: the ROM is read\n", fn->card, fn->number);
	fflush(stdout);
	fn->rom_told = true;
}

int card_read(struct card_function *fn, unsigned region, uint64_t offset, void *ret, size_t size)
{
	if (!inside(fn, region, offset, size))
		return -EINVAL;
	if (fault_silent(fn, region)) {
		memset(ret, 0xff, size);
	} else if (region == VFIO_PCI_CONFIG_REGION_INDEX) {
		memcpy(ret, fn->config + offset, size);
	} else if (region == VFIO_PCI_ROM_REGION_INDEX) {
		fault_wait_for_rom(fn, size);
		report_once(fn);
		memcpy(ret, fn->rom + offset, size);
	} else {
		memcpy(ret, fn->bar[region].memory + offset, size);
		if (region == 0)
			overlay_registers(fn, offset, ret, size);
		if (region == 0 && fn->prom) {
			prom_read(offset, ret, size);
			fault_flash_read(fn, offset, ret, size);
		}
	}
	return 0;
}

int card_write(struct card_function *fn, unsigned region, uint64_t offset, const void *data,
	       size_t size)
{
	if (!inside(fn, region, offset, size))
		return -EINVAL;
	if (region != VFIO_PCI_CONFIG_REGION_INDEX && fault_silent(fn, region))
		return 0;
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		confspace_write(fn, offset, data, size);
	else if (region == 0 && fn->xhci)
		xhci_write(fn->bar[0].memory, offset, data, size);
	else if (region != VFIO_PCI_ROM_REGION_INDEX)
		memcpy(fn->bar[region].memory + offset, data, size);
	if (region == 0 && fn->prom)
		prom_written(fn, offset, size);
	return 0;
}
