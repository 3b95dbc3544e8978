// SPDX-License-Identifier: GPL-2.0-or-later
/* oprom_sum: any part of any bytes is summed, or refused where it is not wholly there. */
#include "prove.h"

int main(void)
{
	struct bytes rom = any_bytes_at_end(MAX);
	size_t off = nondet_size(), len = nondet_size();
	struct oprom_image i = nondet_image();
	uint8_t got, sum = 0;
	bool there = len > 0 && bytes_has(rom, off, len);

	assert(oprom_sum(rom, off, len, &got) == there);
	for (size_t k = 0; there && k < len; k++)
		sum = (uint8_t)(sum + rom.p[off + k]);
	assert(!there || got == sum);
	/* No block is wholly in so few bytes. */
	assert(MAX < OPROM_BLOCK);
	assume(image_sound(rom, i.offset, &i));
	assert(!oprom_checksum_ok(rom, &i) && !oprom_boot_checksum_ok(rom, &i));
	return 0;
}
