// SPDX-License-Identifier: GPL-2.0-or-later
/* oprom_image_at: a header at any offset of any buffer; what it promises of what it took. */
#include "prove.h"

#ifndef IMAGE_AT
#define IMAGE_AT oprom_image_at
#define PUBLIC 1
#endif

int main(void)
{
	struct bytes rom = any_bytes(MAX);
	size_t off = nondet_size();
	struct oprom_image i = nondet_image(), before = i;
	enum oprom_stop stop = IMAGE_AT(rom, off, &i);

	if (stop == OPROM_END) {
		assert(image_sound(rom, off, &i));
#ifdef PUBLIC
		assert(rom.p[off] == 0x55 && rom.p[off + 1] == 0xaa);
		assert(rom.p[off + i.pcir] == 'P' && rom.p[off + i.pcir + 3] == 'R');
#endif
		assert(rom.p[off + i.pcir + 0x15] == i.indicator);
		return 0;
	}
	assert(stop == OPROM_E_SHORT || stop == OPROM_E_SIGNATURE || stop == OPROM_E_PCIR ||
	       stop == OPROM_E_LENGTH);
	assert((stop == OPROM_E_SHORT) == (off >= rom.n));
	assert(i.offset == before.offset && i.length == before.length && i.pcir == before.pcir);
	return 0;
}
