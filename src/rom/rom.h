/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The facts of a ROM file: where the option ROM starts, its public chain, what NVIDIA wrote about
 * the board. Any bytes of any length give a result. */
#ifndef GPUROM_ROM_ROM_H
#define GPUROM_ROM_ROM_H

#include "rom/oprom.h"

#define ROM_FILE_MAX (16u << 20) /* bytes; the cap of the kernel's EFI stub (x86-stub.c) */
#define ROM_TEXT_MAX 96		 /* bytes of a text from the ROM, with its NUL */
#define ROM_VENDOR_NVIDIA 0x10de
#define ROM_ALIGN                                                                                  \
	4u /* least alignment of an option ROM: of sections in a firmware (UEFI PI 1.8, III        \
	    * 2.2.4), and of the place that NVIDIA's IFR header names */
/* Chains that a search walks at most, so that no file takes long: no fewer than blocks in a file.
 */
#define ROM_WALKS_MAX (ROM_FILE_MAX / OPROM_BLOCK)

enum rom_found {
	ROM_FOUND_NOTHING, /* no option ROM in these bytes */
	ROM_FOUND_PLAIN,   /* at offset 0 */
	ROM_FOUND_NVGI,	   /* named by NVIDIA's IFR header */
	ROM_FOUND_SCAN,	   /* first whole public chain at a multiple of 512, else of ROM_ALIGN:
			    * a firmware tool leaves headers of 4 or 0x1c bytes before it */
};

/* Filled by rom_examine (a boot: in the jail, and checked by sources/judge.c); read by rom/rules.c,
 * the commands and who stores the ROM. Texts: "" if the ROM does not have them. */
struct rom {
	size_t size; /* of the file, bytes */
	enum rom_found found_by;
	uint8_t nvgi_version;	   /* 1..3, 0 without a sound IFR header */
	size_t offset;		   /* of the option ROM in the file */
	struct oprom_chain chain;  /* public chain; image offsets are relative to `offset` */
	size_t x86, efi;	   /* index of the first such image, or SIZE_MAX */
	bool x86_checksum_ok;	   /* over the PCIR length; true without x86 */
	bool x86_boot_checksum_ok; /* over the size byte, as SeaBIOS sums; true without x86 */
	bool sums_ok;		   /* every image of the chain sums to 0 over its whole length, so
				    * that no byte of it is without a sum. Nothing requires it of EFI
				    * images, and those of most makers keep it */
	bool has_subsystem;
	uint16_t subvendor, subdevice;
	uint32_t gop;			 /* NPDE GOP version, 0 if there is none */
	char version[ROM_TEXT_MAX];	 /* BIT version, "94.02.26.40.99"; "" unknown */
	char version_said[ROM_TEXT_MAX]; /* the version in the BIOS's own text; "" unknown */
	char date[ROM_TEXT_MAX];	 /* x86 image +38, "MM/DD/YY" */
	char build_date[ROM_TEXT_MAX];	 /* BIT token i +0F */
	char board[ROM_TEXT_MAX];	 /* BIT token i +30 */
	char sign_on[ROM_TEXT_MAX];	 /* BIT token S, without control bytes */
};

enum rom_trim {
	ROM_TRIM_CHAIN, /* the public chain alone */
	ROM_TRIM_HEAD,	/* drop what is before it, keep the tail (dd skip=) */
};

/* Finds the facts of a file. */
void rom_examine(struct bytes file, struct rom *ret);

static inline bool rom_complete(const struct rom *rom)
{
	return rom->found_by != ROM_FOUND_NOTHING && rom->chain.stop == OPROM_END;
}

/* False also for one that was never examined, all zero. */
static inline bool rom_has_efi(const struct rom *rom)
{
	return rom->found_by != ROM_FOUND_NOTHING && rom->efi != SIZE_MAX;
}

/* True if there is one whole x86 image that is not the last, and no other image behind it: that is
 * what firmware leaves in memory of a ROM that it has run. A guest with SeaBIOS can use it. */
bool rom_x86_alone(const struct rom *rom);

/* Sets *ret to the part of file for a VM, borrowed from file. Returns 0, or -ENODATA if there is no
 * complete chain. */
int rom_trimmed(struct bytes file, const struct rom *rom, enum rom_trim how, struct bytes *ret);

/* "none" (plain), "NVGI v2", "scan"; NULL for ROM_FOUND_NOTHING. Borrowed, static. */
const char *rom_found_text(const struct rom *rom);

/* An image's byte sums over each length that some program uses. A right sum is 0; only that of an
 * x86 image is ever checked (nouveau shadow.c, SeaBIOS optionroms.c). has_*: the image has that
 * length, and it is not 0 and inside the bytes. */
struct sums {
	bool has_whole, has_size, has_npde;
	uint8_t whole; /* over the image's length: PCIR's, a private image's from private_walk */
	uint8_t size;  /* x86: over the size byte's length, which a BIOS loads */
	uint8_t npde;  /* x86: over the NPDE's length, without the private images inside */
};

void sums_read(struct bytes rom, const struct oprom_image *i, struct sums *ret);

#endif
