// SPDX-License-Identifier: GPL-2.0-or-later
#include "confspace.h"

#include <linux/pci_regs.h>
#include <string.h>

#define CAP_PM CONFSPACE_PM
#define CAP_EXPRESS 0x68
#define CAP_EXTENDED PCI_CFG_SPACE_SIZE

/* Where the kernel's quirk for NVIDIA display functions switches the HDMI audio function on (bit
 * 25). */
#define NVIDIA_AUDIO_SWITCH 0x488

static void put(uint8_t *at, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void put_ids(struct card_function *fn)
{
	uint8_t *c = fn->config;

	put(c + PCI_VENDOR_ID, 2, fn->vendor);
	put(c + PCI_DEVICE_ID, 2, fn->device);
	put(c + PCI_REVISION_ID, 1, fn->revision);
	put(c + PCI_CLASS_PROG, 3, fn->class);
	put(c + PCI_SUBSYSTEM_VENDOR_ID, 2, fn->subvendor);
	put(c + PCI_SUBSYSTEM_ID, 2, fn->subdevice);
	put(c + PCI_HEADER_TYPE, 1, fn->multifunction ? 0x80 : 0);
	put(c + PCI_INTERRUPT_PIN, 1, 1 + fn->number % 4);
}

/* Address bits below the size cannot be written, which is how a guest finds the size. */
static void put_bars(struct card_function *fn)
{
	for (unsigned i = 0; i < CARD_BARS; i++) {
		const struct card_bar *bar = &fn->bar[i];
		unsigned at = PCI_BASE_ADDRESS_0 + 4 * i;

		if (!bar->size)
			continue;
		put(fn->config + at, 4,
		    bar->wide ? PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH
			      : bar->port);
		put(fn->writable + at, bar->wide ? 8 : 4, ~(bar->size - 1));
	}
	if (fn->rom_size)
		put(fn->writable + PCI_ROM_ADDRESS, 4,
		    ~(fn->rom_size - 1) | PCI_ROM_ADDRESS_ENABLE);
}

static void put_capabilities(struct card_function *fn)
{
	uint8_t *c = fn->config;

	put(c + PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	put(c + PCI_CAPABILITY_LIST, 1, CAP_PM);
	put(c + CAP_PM, 2, PCI_CAP_ID_PM | CAP_EXPRESS << 8);
	put(c + CAP_PM + PCI_PM_PMC, 2, 3); /* version 1.2, no D1, D2, PME */
	put(c + CAP_PM + PCI_PM_CTRL, 2, PCI_PM_CTRL_NO_SOFT_RESET);
	put(c + CAP_EXPRESS, 2, PCI_CAP_ID_EXP);
	put(c + CAP_EXPRESS + PCI_EXP_FLAGS, 2, PCI_EXP_TYPE_ENDPOINT << 4 | 2);
	put(c + CAP_EXPRESS + PCI_EXP_LNKCAP, 4, 0x10 << 4 | PCI_EXP_LNKCAP_SLS_2_5GB);
	put(c + CAP_EXPRESS + PCI_EXP_LNKSTA, 2, 0x10 << 4 | PCI_EXP_LNKSTA_CLS_2_5GB);
}

/* PCI Express Base Specification, Device Serial Number and Access Control Services Extended
 * Capabilities. The first of them stands where extended ones begin. What ACS need not be able to do
 * counts as done: this much is asked of a multi-function endpoint (drivers/pci/pci.c,
 * pci_acs_flags_enabled). */
static void put_extended(struct card_function *fn)
{
	const unsigned acs = fn->has_serial ? CAP_EXTENDED + 0x10 : CAP_EXTENDED;
	uint8_t *c = fn->config;

	if (fn->has_serial) {
		put(c + CAP_EXTENDED, 4, PCI_EXT_CAP_ID_DSN | 1 << 16 | (fn->acs ? acs << 20 : 0));
		put(c + CAP_EXTENDED + 4, 8, fn->serial);
	}
	if (fn->acs) {
		put(c + acs, 4, PCI_EXT_CAP_ID_ACS | 1 << 16);
		put(c + acs + PCI_ACS_CAP, 2, PCI_ACS_RR | PCI_ACS_CR);
		put(fn->writable + acs + PCI_ACS_CTRL, 2, PCI_ACS_RR | PCI_ACS_CR);
	}
}

static void open_registers(struct card_function *fn)
{
	uint8_t *w = fn->writable;

	put(w + PCI_COMMAND, 2,
	    PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY |
		    PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE);
	put(w + PCI_CACHE_LINE_SIZE, 1, 0xff);
	put(w + PCI_INTERRUPT_LINE, 1, 0xff);
	put(w + CAP_PM + PCI_PM_CTRL, 2, PCI_PM_CTRL_STATE_MASK);
	put(w + CAP_EXPRESS + PCI_EXP_DEVCTL, 2, 0x7fff);
	put(w + CAP_EXPRESS + PCI_EXP_LNKCTL, 2, 0xfff);
	put(w + NVIDIA_AUDIO_SWITCH, 4, ~0u);
}

void confspace_init(struct card_function *fn)
{
	memset(fn->config, 0, sizeof(fn->config));
	memset(fn->writable, 0, sizeof(fn->writable));
	put_ids(fn);
	put_bars(fn);
	put_capabilities(fn);
	put_extended(fn);
	open_registers(fn);
}

void confspace_write(struct card_function *fn, uint64_t offset, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		uint8_t mask = fn->writable[offset + i];
		uint8_t *at = &fn->config[offset + i];

		*at = (uint8_t)((*at & ~mask) | (data[i] & mask));
	}
}
