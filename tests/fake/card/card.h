/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One synthetic PCI function: what a guest sees of it, and what is wrong with it. Regions are
 * numbered as in <linux/vfio.h> (BAR 0-5, ROM, config). Every access is in bytes, little-endian.
 */
#ifndef TESTS_VM_CARD_H
#define TESTS_VM_CARD_H

#include "fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CARD_CONFIG_SIZE 4096 /* PCI Express: with the extended space */
#define CARD_BARS 6
#define CARD_REGISTERS_MAX 32
#define CARD_ROM_MAX (16u << 20) /* the kernel's own limit for an EFI copy; boards have 512 KiB */
#define CARD_PAGE 4096

struct card_bar {
	uint64_t size; /* a power of two; 0: no such BAR */
	bool wide;     /* 64 bits, prefetchable; takes the next BAR's place too */
	bool port;     /* I/O ports, which behave like memory */
	/* The part that is nothing but memory, which QEMU maps instead of asking: in pages. */
	uint64_t plain_offset, plain_size;
	uint8_t *memory;
	int fd; /* of the memory, where some of it is plain; else -1 */
};

/* A register of BAR 0 that reads the same whatever is written to it. */
struct card_register {
	uint32_t offset;
	uint32_t value;
};

struct card_function {
	char card[16];	 /* as the description calls it */
	char bridge[16]; /* that it sits below, likewise */
	unsigned number; /* 0-7 */
	bool is_hotplug; /* plugged in while the guest runs */
	bool multifunction;
	uint16_t vendor, device, subvendor, subdevice;
	uint32_t class; /* base, sub, interface: 030000 */
	uint8_t revision;
	bool has_serial;
	uint64_t serial; /* the Device Serial Number, its first byte in lspci's print highest */
	bool acs;	 /* Access Control Services: an IOMMU group of its own */
	bool xhci;	 /* BAR 0 behaves like a USB controller's, see xhci.h; else like memory */
	struct card_bar bar[CARD_BARS];
	struct card_register registers[CARD_REGISTERS_MAX];
	size_t register_count;

	uint32_t rom_size; /* the ROM BAR's window, a power of two; 0: no ROM BAR */
	uint8_t *rom;	   /* rom_size bytes, FF after the file's */
	uint8_t *prom;	   /* PROM_SIZE bytes, FF after the file's, see prom.h; or NULL */
	struct faults fault;
	bool rom_told; /* that it was read */

	uint8_t config[CARD_CONFIG_SIZE];
	uint8_t writable[CARD_CONFIG_SIZE]; /* a mask for each byte of config */
};

/* Fills config and memory from the other fields. 0, or -errno. */
int card_init(struct card_function *fn);

/* Back to what card_init left in config, and the flash hidden; memory stays, as a function-level
 * reset may leave it. */
void card_reset(struct card_function *fn);

/* The region's size in bytes, 0 where the function has no such region. */
uint64_t card_region_size(const struct card_function *fn, unsigned region);

/* The BAR behind a region, NULL for ROM and config. */
const struct card_bar *card_region_bar(const struct card_function *fn, unsigned region);

/* Both: 0, or -EINVAL when [offset, offset + size) is not inside the region. */
int card_read(struct card_function *fn, unsigned region, uint64_t offset, void *ret, size_t size);
int card_write(struct card_function *fn, unsigned region, uint64_t offset, const void *data,
	       size_t size);

#endif
