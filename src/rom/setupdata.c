// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields of a SETUP_PCI node. */
#include "rom/setupdata.h"

enum {
	NODE_VENDOR = 0x00,
	NODE_DEVICE = 0x02,
	NODE_LENGTH = 0x08,
	NODE_SEGMENT = 0x10,
	NODE_BUS = 0x18,
	NODE_DEV = 0x20,
	NODE_FN = 0x28,
};

bool setupdata_read(struct bytes data, struct setupdata *ret)
{
	struct setupdata s = {0};
	uint64_t length = 0;

	if (!bytes_has(data, 0, SETUPDATA_HEADER_SIZE))
		return false;
	(void)bytes_le16(data, NODE_VENDOR, &s.vendor);
	(void)bytes_le16(data, NODE_DEVICE, &s.device);
	(void)bytes_le64(data, NODE_LENGTH, &length);
	(void)bytes_le64(data, NODE_SEGMENT, &s.segment);
	(void)bytes_le64(data, NODE_BUS, &s.bus);
	(void)bytes_le64(data, NODE_DEV, &s.dev);
	(void)bytes_le64(data, NODE_FN, &s.fn);
	/* Compared as 64 bits: a size_t may have fewer. */
	if (length > data.n - SETUPDATA_HEADER_SIZE)
		return false;
	s.rom = bytes_sub(data, SETUPDATA_HEADER_SIZE, (size_t)length);
	*ret = s;
	return true;
}

bool setupdata_matches(const struct setupdata *s, struct pci_addr addr, const struct pci_ids *ids)
{
	return s->vendor == ids->vendor && s->device == ids->device && s->segment == addr.domain &&
	       s->bus == addr.bus && s->dev == addr.dev && s->fn == addr.fn;
}
