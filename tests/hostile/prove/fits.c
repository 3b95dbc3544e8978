// SPDX-License-Identifier: GPL-2.0-or-later
/* oprom_fits: any device list, wherever the image says it is. */
#include "prove.h"

int main(void)
{
	struct bytes rom = any_bytes_at_end(MAX);
	struct oprom_image i = nondet_image();
	uint16_t vendor = nondet_u16(), device = nondet_u16();

	assume(image_sound(rom, i.offset, &i));
	if (oprom_fits(rom, &i, vendor, device))
		assert(i.vendor == vendor && (i.device == device || i.device_list != 0));
	else
		assert(i.vendor != vendor || i.device != device);
	return 0;
}
