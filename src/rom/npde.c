/* Fields of the NPDE, each only where the structure's own length covers it: on boards before
 * Pascal other data follows at once. */
#include "rom/npde.h"

#define NPDE_ALIGN 16u

enum {
	NPDE_REVISION = 0x04,
	NPDE_LENGTH = 0x06,
	NPDE_BLOCKS = 0x08,
	NPDE_LAST = 0x0a,
	NPDE_GOP = 0x0c,
	NPDE_SUBVENDOR = 0x10,
	NPDE_SUBDEVICE = 0x12,
};

bool npde_read(struct bytes rom, const struct oprom_image *i, struct npde *ret)
{
	size_t at = (i->pcir + i->pcir_length + NPDE_ALIGN - 1) & ~(size_t)(NPDE_ALIGN - 1);
	struct bytes b = bytes_sub(oprom_bytes(rom, i), at, SIZE_MAX);
	struct npde n = {0};
	uint8_t last = 0;

	if (!bytes_is(b, 0, "NPDE", 4) || !bytes_le16(b, NPDE_REVISION, &n.revision) ||
	    !bytes_le16(b, NPDE_LENGTH, &n.length))
		return false;
	if (n.revision != 0x0100 && n.revision != 0x0101)
		return false;
	b = bytes_sub(b, 0, n.length);
	(void)bytes_le16(b, NPDE_BLOCKS, &n.blocks);
	(void)bytes_u8(b, NPDE_LAST, &last);
	n.last = last & 0x80;
	(void)bytes_le32(b, NPDE_GOP, &n.gop);
	(void)bytes_le16(b, NPDE_SUBVENDOR, &n.subvendor);
	(void)bytes_le16(b, NPDE_SUBDEVICE, &n.subdevice);
	*ret = n;
	return true;
}
