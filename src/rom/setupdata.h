/* The firmware's own copy of a card's ROM: what Linux's EFI stub leaves in a setup_data node of
 * type SETUP_PCI, read at /sys/kernel/boot_params/setup_data/<n>/{type,data}. Taken before the
 * kernel ran, so that a boot GPU's shadow is no matter (struct pci_setup_rom, Linux
 * arch/x86/include/asm/pci.h; written by drivers/firmware/efi/libstub/x86-stub.c, matched to a
 * device by arch/x86/pci/common.c). The layout is a 64-bit kernel's: it has unsigned longs. */
#ifndef GPUROM_ROM_SETUPDATA_H
#define GPUROM_ROM_SETUPDATA_H

#include "pci/card.h"
#include "util/bytes.h"

#define SETUPDATA_TYPE_PCI 3u	  /* SETUP_PCI (uapi/asm/setup_data.h); sysfs prints "0x3" */
#define SETUPDATA_HEADER_SIZE 48u /* bytes before the ROM */

/* As the firmware told it, not checked against any range. */
struct setupdata {
	uint16_t vendor, device;
	uint64_t segment, bus, dev, fn;
	struct bytes rom; /* inside data, borrowed; as long as the length field says, may be 0 */
};

/* data: a node's `data`, without the node's own header. False, and *ret untouched, where the
 * header or the ROM that it tells of is not wholly there. What follows the ROM is left out. */
bool setupdata_read(struct bytes data, struct setupdata *ret);

/* True where it is of this function: the same place and the same ids (not the subsystem's, which
 * it does not have), as the kernel itself matches them. */
bool setupdata_matches(const struct setupdata *s, struct pci_addr addr, const struct pci_ids *ids);

#endif
