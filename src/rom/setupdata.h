/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firmware's own copy of a card's ROM, which Linux's EFI stub saves in a setup_data node of
 * type SETUP_PCI (/sys/kernel/boot_params/setup_data/<n>/{type,data}) before the kernel runs, so
 * that it is no boot GPU's shadow. struct pci_setup_rom, Linux arch/x86/include/asm/pci.h; written
 * by drivers/firmware/efi/libstub/x86-stub.c, matched to a device by arch/x86/pci/common.c. The
 * layout is a 64-bit kernel's: it has unsigned longs. */
#ifndef GPUROM_ROM_SETUPDATA_H
#define GPUROM_ROM_SETUPDATA_H

#include "pci/card.h"
#include "util/bytes.h"

#define SETUPDATA_TYPE_PCI 3u	  /* SETUP_PCI (uapi/asm/setup_data.h); sysfs prints "0x3" */
#define SETUPDATA_HEADER_SIZE 48u /* bytes before the ROM */

/* The fields as the firmware wrote them, not checked against any range. */
struct setupdata {
	uint16_t vendor, device;
	uint64_t segment, bus, dev, fn;
	struct bytes rom; /* inside data, borrowed; of the length in the header, which may be 0 */
};

/* data: a node's `data`, without the node's own header. False, and *ret untouched, if it does not
 * have the whole header and the whole ROM. Bytes behind the ROM are ignored. */
bool setupdata_read(struct bytes data, struct setupdata *ret);

/* True if it is this function's: the same address, vendor and device, as the kernel matches them.
 * It has no subsystem ids. */
bool setupdata_matches(const struct setupdata *s, struct pci_addr addr, const struct pci_ids *ids);

#endif
