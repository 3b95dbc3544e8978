// SPDX-License-Identifier: GPL-2.0-or-later
#include "romimage.h"

#include <stdlib.h>

void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

void put32(uint8_t *p, unsigned long v)
{
	put16(p, (unsigned)(v & 0xffff));
	put16(p + 2, (unsigned)(v >> 16 & 0xffff));
}

void romimage_sum(uint8_t *p, size_t n)
{
	uint8_t sum = 0;

	for (size_t k = 0; k < n; k++)
		sum = (uint8_t)(sum + p[k]);
	p[n - 1] = (uint8_t)(p[n - 1] - sum);
}

void romimage_put(uint8_t *p, const struct romimage *i)
{
	uint8_t *pcir = p + IMAGE_PCIR;

	memset(p, 0, i->blocks * 512);
	memcpy(p, "\x55\xaa", 2);
	p[2] = (uint8_t)i->blocks;
	put16(p + 0x18, IMAGE_PCIR);
	memcpy(pcir, "PCIR", 4);
	put16(pcir + 0x04, i->vendor);
	put16(pcir + 0x06, i->device);
	put16(pcir + 0x0a, 0x18);
	pcir[0x0f] = 0x03;
	put16(pcir + 0x10, (unsigned)i->blocks);
	pcir[0x14] = i->code;
	pcir[0x15] = i->last ? 0x80 : 0;
	if (i->code == 0x03) {
		put32(p + 0x04, 0x0ef1);
		p[0x08] = 0x0b;
		put16(p + 0x0a, 0x8664);
		put16(p + 0x16, 0x80);
	}
	romimage_sum(p, i->blocks * 512);
}

struct bytes exact(const void *p, size_t n)
{
	static uint8_t *kept;

	free(kept);
	kept = malloc(n);
	if (n)
		memcpy(kept, p, n);
	return (struct bytes){kept, n};
}
