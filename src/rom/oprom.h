/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI expansion ROM: a chain of images, each with a PCI Data Structure (PCI Firmware Spec 3.0,
 * 5.1; EDK II Pci22.h/Pci30.h). Offsets in bytes from the first image. */
#ifndef GPUROM_ROM_OPROM_H
#define GPUROM_ROM_OPROM_H

#include "util/bytes.h"

#define OPROM_BLOCK 512u	/* images start and end on multiples of this */
#define OPROM_IMAGES_MAX 64	/* no real chain has more than five */
#define OPROM_HEADER_SIZE 0x1au /* up to and with the PCIR pointer */
#define OPROM_PCIR_SIZE 0x18u	/* shortest PCI Data Structure */
#define OPROM_DEVICES_MAX 256	/* entries read of a device list */

enum oprom_code {
	OPROM_CODE_X86 = 0x00,
	OPROM_CODE_OF = 0x01,
	OPROM_CODE_HPPA = 0x02,
	OPROM_CODE_EFI = 0x03,
	OPROM_CODE_NBSI = 0x70,	  /* NVIDIA notebook system information */
	OPROM_CODE_NV_EXT = 0xe0, /* NVIDIA VBIOS extension, FWSEC */
};

struct oprom_image {
	size_t offset; /* from the start of the chain */
	size_t length; /* PCIR image length, bytes, > 0 */
	size_t pcir;   /* offset of the PCI Data Structure in the image */
	uint16_t pcir_length;
	uint8_t pcir_revision;
	uint8_t size_blocks; /* byte 02: what a legacy BIOS copies; EFI: its low byte */
	uint16_t vendor, device;
	uint16_t device_list; /* offset in the PCIR, revision 3; else 0 */
	uint32_t class;	      /* 24 bits */
	uint16_t revision;    /* vendor's code revision */
	uint8_t code;	      /* enum oprom_code, or another value */
	uint8_t indicator;    /* bit 7: last image */
};

/* Why a walk stopped. */
enum oprom_stop {
	OPROM_END = 0,	   /* at the last image: the chain is complete */
	OPROM_E_SHORT,	   /* the next image would begin at or past the end of the bytes */
	OPROM_E_SIGNATURE, /* the next image does not begin with 55AA */
	OPROM_E_PCIR,	   /* no "PCIR" where the pointer says, or not inside its image */
	OPROM_E_LENGTH,	   /* image length 0 */
	OPROM_E_CUT,	   /* image longer than the bytes that are left */
	OPROM_E_MANY,	   /* more than OPROM_IMAGES_MAX */
};

/* Filled by oprom_walk, read by whoever has the facts of a ROM. */
struct oprom_chain {
	struct oprom_image image[OPROM_IMAGES_MAX];
	size_t n;
	size_t length; /* end of the last image in `image`, bytes */
	enum oprom_stop stop;
	struct oprom_image cut; /* header of the image that is cut off, if stop is OPROM_E_CUT */
};

static inline bool oprom_last(const struct oprom_image *i)
{
	return i->indicator & 0x80;
}

/* Reads the header at off. Returns OPROM_END (0) and sets *ret, or the reason, *ret untouched. Does
 * not check that the bytes have the whole image. */
enum oprom_stop oprom_image_at(struct bytes rom, size_t off, struct oprom_image *ret);

/* The same, also for the images that only NVIDIA's driver reads: signatures "VN" and BB77,
 * structures "NPDS" and "RGIS" (NVIDIA open-gpu-kernel-modules pci_exp_table.h). */
enum oprom_stop oprom_any_at(struct bytes rom, size_t off, struct oprom_image *ret);

/* Walks by PCIR lengths from offset 0 of rom. */
void oprom_walk(struct bytes rom, struct oprom_chain *ret);

/* The image's bytes, cut at the end of rom. */
struct bytes oprom_bytes(struct bytes rom, const struct oprom_image *i);

/* True if the image's ids are these, or its vendor is and its device list has the device. */
bool oprom_fits(struct bytes rom, const struct oprom_image *i, uint16_t vendor, uint16_t device);

/* The sum of len bytes at off, modulo 256. False, *ret untouched, if len is 0 or they are not all
 * inside rom. */
bool oprom_sum(struct bytes rom, size_t off, size_t len, uint8_t *ret);

/* True if the bytes sum to 0: over the PCIR length, or over the length in the size byte, which
 * SeaBIOS checks of an x86 image. In mobile ROMs, whose two lengths differ, only one may be right.
 * False if the length is 0 or past the end. */
bool oprom_checksum_ok(struct bytes rom, const struct oprom_image *i);
bool oprom_boot_checksum_ok(struct bytes rom, const struct oprom_image *i);

/* "x86", "EFI", ... or "other". Static. */
const char *oprom_code_text(uint8_t code);

/* What stopped the walk, for people. Static. */
const char *oprom_stop_text(enum oprom_stop s);

#endif
