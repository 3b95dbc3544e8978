// SPDX-License-Identifier: GPL-2.0-or-later
/* npde_read: the structure behind any image's PCIR, of any length it gives itself. */
#include "rom/npde.h"
#include "prove.h"

int main(void)
{
	struct bytes rom = any_bytes(MAX);
	struct oprom_image i = nondet_image();
	struct npde n = {.blocks = 7};

	assume(image_sound(rom, i.offset, &i));
	if (!npde_read(rom, &i, &n)) {
		assert(n.blocks == 7);
		return 0;
	}
	assert(n.revision == 0x0100 || n.revision == 0x0101);
	assert(n.length >= 0x0a || n.blocks == 0);
	assert(n.length >= 0x0b || !n.last);
	assert(n.length >= 0x10 || n.gop == 0);
	assert(n.length >= 0x14 || n.subdevice == 0);
	return 0;
}
