// SPDX-License-Identifier: GPL-2.0-or-later
/* setupdata_read: the ROM lies inside the node's data, whatever length the node tells. */
#include "rom/setupdata.h"
#include "prove.h"

int main(void)
{
	struct bytes data = any_bytes(MAX);
	struct setupdata s = {.vendor = 7};

	if (!setupdata_read(data, &s)) {
		assert(s.vendor == 7);
		return 0;
	}
	assert(data.n >= SETUPDATA_HEADER_SIZE && s.rom.n <= data.n - SETUPDATA_HEADER_SIZE);
	assert(s.rom.n == 0 || s.rom.p == data.p + SETUPDATA_HEADER_SIZE);
	return 0;
}
