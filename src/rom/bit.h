/* NVIDIA's BIT: the table of tables in an x86 image (NVIDIA open-gpu-doc
 * BIOS-Information-Table). Offsets in bytes from the image's start. */
#ifndef GPUROM_ROM_BIT_H
#define GPUROM_ROM_BIT_H

#include "util/bytes.h"

struct bit {
	size_t tokens; /* offset of the first token */
	uint8_t stride, count;
};

/* The first table in image whose header sums to 0; false where there is none. */
bool bit_find(struct bytes image, struct bit *ret);

/* Data of the first token `id` of that version, as far as it lies in image; empty where there
 * is none. */
struct bytes bit_token(struct bytes image, const struct bit *bit, char id, uint8_t version);

#endif
