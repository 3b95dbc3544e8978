/* An image's byte sums by each of the lengths that somebody goes by. 0 is a good one; only of an
 * x86 image does anybody ask that (nouveau shadow.c, SeaBIOS optionroms.c). */
#ifndef GPUROM_ROM_SUMS_H
#define GPUROM_ROM_SUMS_H

#include "rom/oprom.h"

/* has_*: that length is there, not 0, and inside the bytes. */
struct sums {
	bool has_whole, has_size, has_npde;
	uint8_t whole; /* the image's length: PCIR's, of a private image what private_walk said */
	uint8_t size;  /* x86: the size byte's, which a BIOS loads */
	uint8_t npde;  /* x86: the NPDE's, without the private images inside */
};

void sums_read(struct bytes rom, const struct oprom_image *i, struct sums *ret);

#endif
