// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: a ROM that any node tells of lies inside the node. */
#include "rom/setupdata.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct pci_ids ids = {0x10de, 0x2204, 0, 0};
	const struct bytes data = {p, n};
	struct setupdata s = {.rom = {NULL, 7}};
	volatile uint8_t sum = 0;

	if (!setupdata_read(data, &s)) {
		if (s.rom.p || s.rom.n != 7)
			abort(); /* untouched where it failed */
		return 0;
	}
	if (n < SETUPDATA_HEADER_SIZE || s.rom.n > n - SETUPDATA_HEADER_SIZE)
		abort();
	if (s.rom.n && s.rom.p != p + SETUPDATA_HEADER_SIZE)
		abort();
	for (size_t k = 0; k < s.rom.n; k++)
		sum = (uint8_t)(sum + s.rom.p[k]);
	if (setupdata_matches(&s, (struct pci_addr){0, 1, 0, 0}, &ids) &&
	    (s.segment || s.bus != 1 || s.dev || s.fn || s.vendor != 0x10de || s.device != 0x2204))
		abort();
	return 0;
}
