// SPDX-License-Identifier: GPL-2.0-or-later
/* From the IFR header to the option ROM's offset. */
#include "rom/nvgi.h"

enum {
	NVGI_FIXED1 = 0x04, /* 15:8 version, 30:16 size of the fixed data */
	NVGI_FIXED2 = 0x08, /* 19:0 total data size */
	NVGI_SUBVENDOR = 0x0c,
	NVGI_SUBDEVICE = 0x0e,
	NVGI_SIZE = 0x10,
	RFRD_ROM = 0x08, /* in the ROM directory */
};

#define NVGI_FLASH_STATUS_SIZE 0x1000u /* the directory is behind the flash status page */

/* Versions 1 and 2: the second word behind the fixed data. */
static int rom_by_fixed_data(struct bytes file, uint32_t fixed1, uint32_t *ret)
{
	size_t fixed_size = fixed1 >> 16 & 0x7fff;

	return bytes_le32(file, fixed_size + 4, ret) ? 0 : NVGI_E_BOUNDS;
}

/* Version 3: the flash status offset leads to the directory. */
static int rom_by_directory(struct bytes file, uint32_t fixed2, uint32_t *ret)
{
	size_t total = fixed2 & 0xfffff, directory;
	uint32_t status;

	if (!bytes_le32(file, total, &status) || status > UINT32_MAX - NVGI_FLASH_STATUS_SIZE)
		return NVGI_E_BOUNDS;
	directory = (size_t)status + NVGI_FLASH_STATUS_SIZE;
	if (!bytes_has(file, directory, RFRD_ROM + 4))
		return NVGI_E_BOUNDS;
	if (!bytes_is(file, directory, "RFRD", 4))
		return NVGI_E_RFRD;
	(void)bytes_le32(file, directory + RFRD_ROM, ret);
	return 0;
}

static void sum_read(struct bytes file, struct nvgi *n)
{
	n->has_sum = n->total_size >= NVGI_SIZE && bytes_has(file, 0, n->total_size);
	for (size_t k = 0; n->has_sum && k < n->total_size; k++)
		n->sum = (uint8_t)(n->sum + file.p[k]);
	if (n->has_sum)
		n->sum = (uint8_t)(n->sum - (file.p[NVGI_FIXED1 + 3] & 0x80));
}

int nvgi_read(struct bytes file, struct nvgi *ret)
{
	uint32_t fixed1, fixed2, rom = 0;
	struct nvgi n = {0};
	int r;

	if (!bytes_is(file, 0, "NVGI", 4))
		return NVGI_E_NONE;
	if (!bytes_le32(file, NVGI_FIXED1, &fixed1) || !bytes_le32(file, NVGI_FIXED2, &fixed2) ||
	    !bytes_le16(file, NVGI_SUBVENDOR, &n.subvendor) ||
	    !bytes_le16(file, NVGI_SUBDEVICE, &n.subdevice))
		return NVGI_E_BOUNDS;
	n.version = (uint8_t)(fixed1 >> 8);
	if (n.version < 1 || n.version > 3)
		return NVGI_E_VERSION;
	r = n.version == 3 ? rom_by_directory(file, fixed2, &rom)
			   : rom_by_fixed_data(file, fixed1, &rom);
	if (r)
		return r;
	if (rom >= file.n)
		return NVGI_E_BOUNDS;
	if (rom % 4)
		return NVGI_E_ALIGN;
	n.rom = rom;
	n.fixed_size = (uint16_t)(fixed1 >> 16 & 0x7fff);
	n.total_size = fixed2 & 0xfffff;
	sum_read(file, &n);
	*ret = n;
	return 0;
}
