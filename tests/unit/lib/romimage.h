/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small option ROMs for the tests of the ROM core, and exact buffers: one byte read past the end
 * is an error that the address sanitizer tells. */
#ifndef ROMIMAGE_H
#define ROMIMAGE_H

#include "util/bytes.h"

#define IMAGE_PCIR 0x60u /* where romimage_put puts the PCI Data Structure */

struct romimage {
	uint8_t code;
	size_t blocks;
	bool last;
	uint16_t vendor, device;
};

/* Writes the image at p, whose blocks are there; the bytes sum to 0. */
void romimage_put(uint8_t *p, const struct romimage *i);
/* Makes the n bytes at p sum to 0 by the last one. */
void romimage_sum(uint8_t *p, size_t n);
void put16(uint8_t *p, unsigned v);
void put32(uint8_t *p, unsigned long v);

/* A copy in a buffer of exactly n bytes; the one before is freed. n 0: not NULL, not readable. */
struct bytes exact(const void *p, size_t n);

#endif
