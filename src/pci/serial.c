// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/serial.h"

#include "pci/addr.h"

#include <errno.h>
#include <stdio.h>

#define PAIRS 8
#define OUI_BITS 24
#define REST_MASK (~0ull >> OUI_BITS)

static bool is_uniform(uint64_t rest)
{
	return rest == 0 || rest == REST_MASK;
}

bool pci_serial_usable(uint64_t serial)
{
	return !is_uniform(serial >> OUI_BITS) && !is_uniform(serial & REST_MASK);
}

const char *pci_serial_format(uint64_t serial, char buf[PCI_SERIAL_BUF])
{
	for (int i = 0; i < PAIRS; i++)
		snprintf(buf + 3 * i, 4, "%02x%s", (unsigned)(serial >> (56 - 8 * i) & 0xff),
			 i < PAIRS - 1 ? "-" : "");
	return buf;
}

int pci_serial_parse(const char *text, uint64_t *ret)
{
	const char *p = text;
	uint64_t v = 0;

	for (int i = 0; i < PAIRS; i++) {
		const char *pair = p;
		uint32_t byte;

		if (!pci_hex(&p, 2, UINT8_MAX, &byte) || p != pair + 2)
			return -EINVAL;
		if (*p != (i < PAIRS - 1 ? '-' : '\0'))
			return -EINVAL;
		p++;
		v = v << 8 | byte;
	}
	*ret = v;
	return 0;
}
