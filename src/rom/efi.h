/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Header of an EFI image (PCI Firmware Spec 3.0, 5.1.3; EDK II Pci22.h). */
#ifndef GPUROM_ROM_EFI_H
#define GPUROM_ROM_EFI_H

#include "util/bytes.h"

#define EFI_IMAGE_SIGNATURE 0x0ef1u

enum { EFI_BOOT_DRIVER = 0x0b, EFI_RUNTIME_DRIVER = 0x0c }; /* subsystems that firmware loads */

#define EFI_MACHINE_BYTE_CODE 0x0ebcu /* EBC: any firmware may interpret it */

struct efi_header {
	uint32_t signature;
	uint16_t init_blocks; /* InitializationSize, in blocks of 512 */
	uint16_t subsystem, machine, compression;
	uint16_t body;		/* offset of the PE or compressed image in this image */
	uint32_t packed_length; /* of the compressed body without its 8 byte head; else 0 */
};

/* False, and *ret untouched, if image is too short for a header. */
bool efi_header_read(struct bytes image, struct efi_header *ret);

/* NULL if guest firmware can load it, else why not, for people. Static. */
const char *efi_fault(struct bytes image, const struct efi_header *h);

/* "X64", "IA-32", ...; NULL for an unknown machine. Static. */
const char *efi_machine_text(uint16_t machine);

#endif
