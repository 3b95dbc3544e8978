/* All that can be told of a ROM file from its bytes: where the option ROM starts, its public
 * chain, what NVIDIA wrote about the board. Total: any bytes of any length give an answer. */
#ifndef GPUROM_ROM_ROM_H
#define GPUROM_ROM_ROM_H

#include "rom/oprom.h"

#define ROM_FILE_MAX (16u << 20) /* bytes; the cap of the kernel's EFI stub (x86-stub.c) */
#define ROM_TEXT_MAX 96		 /* bytes of a text out of the ROM, with its NUL */
#define ROM_VENDOR_NVIDIA 0x10de

enum rom_found {
	ROM_FOUND_NOTHING, /* no option ROM in these bytes */
	ROM_FOUND_PLAIN,   /* at offset 0 */
	ROM_FOUND_NVGI,	   /* named by NVIDIA's IFR header */
	ROM_FOUND_SCAN,	   /* first whole public chain at a 512-byte step */
};

struct rom {
	size_t size; /* bytes given */
	enum rom_found found_by;
	uint8_t nvgi_version;	   /* 1..3, 0 without a sound IFR header */
	size_t offset;		   /* of the option ROM in the file */
	struct oprom_chain chain;  /* public chain; image offsets are relative to `offset` */
	size_t x86, efi;	   /* index of the first such image, or SIZE_MAX */
	bool x86_checksum_ok;	   /* over the PCIR length; true without x86 */
	bool x86_boot_checksum_ok; /* over the size byte, as SeaBIOS sums; true without x86 */
	bool end_checksum_ok;	   /* of the last image. Genuine EFI images sum to 0 too, though
				    * no one asks it of them: where not, read again */
	bool has_subsystem;
	uint16_t subvendor, subdevice;
	uint32_t gop;			 /* NPDE GOP version, 0 where there is none */
	char version[ROM_TEXT_MAX];	 /* BIT version, "94.02.26.40.99"; "" unknown */
	char version_said[ROM_TEXT_MAX]; /* the version in the BIOS's own text; "" unknown */
	char date[ROM_TEXT_MAX];	 /* x86 image +38, "MM/DD/YY" */
	char build_date[ROM_TEXT_MAX];	 /* BIT token i +0F */
	char board[ROM_TEXT_MAX];	 /* BIT token i +30 */
	char sign_on[ROM_TEXT_MAX];	 /* BIT token S, control bytes taken out */
};

enum rom_trim {
	ROM_TRIM_CHAIN, /* the public chain alone */
	ROM_TRIM_HEAD,	/* drop what stands before it, keep the tail (dd skip=) */
};

/* Facts of a file. */
void rom_examine(struct bytes file, struct rom *ret);

static inline bool rom_complete(const struct rom *rom)
{
	return rom->found_by != ROM_FOUND_NOTHING && rom->chain.stop == OPROM_END;
}

/* False also of one that was never examined, all zero. */
static inline bool rom_has_efi(const struct rom *rom)
{
	return rom->found_by != ROM_FOUND_NOTHING && rom->efi != SIZE_MAX;
}

/* One whole x86 image that is not the last, with nothing of use behind it: what firmware leaves in
 * memory of a ROM that it has run. A guest with SeaBIOS can use it. */
bool rom_x86_alone(const struct rom *rom);

/* The part of file that a VM should be given. -ENODATA where there is no complete chain. */
int rom_trimmed(struct bytes file, const struct rom *rom, enum rom_trim how, struct bytes *ret);

/* "none" (plain), "NVGI v2", "scan"; NULL for ROM_FOUND_NOTHING. Borrowed, static. */
const char *rom_found_text(const struct rom *rom);

/* An image's byte sums by each of the lengths that somebody goes by. 0 is a good one; only of an
 * x86 image does anybody ask that (nouveau shadow.c, SeaBIOS optionroms.c). has_*: that length is
 * there, not 0, and inside the bytes. */
struct sums {
	bool has_whole, has_size, has_npde;
	uint8_t whole; /* the image's length: PCIR's, of a private image what private_walk said */
	uint8_t size;  /* x86: the size byte's, which a BIOS loads */
	uint8_t npde;  /* x86: the NPDE's, without the private images inside */
};

void sums_read(struct bytes rom, const struct oprom_image *i, struct sums *ret);

#endif
