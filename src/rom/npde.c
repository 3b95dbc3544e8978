// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields of the NPDE are read only if the structure's own length covers them: on boards before
 * Pascal other data follows immediately. */
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

/* The walk by NPDE, which begins at the option ROM's first image as NVIDIA's driver does. */
#define NPDE_HAS_LAST 0x0bu /* the shortest structure that holds the last-image byte */

/* Images that a guest's firmware does not see: it neither looks for these signatures nor runs these
 * types. */
static bool is_private(struct bytes rom, const struct oprom_image *i)
{
	return !bytes_is(rom, i->offset, "\x55\xaa", 2) || i->code == OPROM_CODE_NBSI ||
	       i->code == OPROM_CODE_NV_EXT;
}

/* Sets the image's length to the one that leads to the next image. True if this is the last one. */
static bool set_length(struct bytes rom, struct oprom_image *i)
{
	size_t whole = i->length;
	struct npde npde;

	/* For nouveau and nova an NBSI image is the last, whatever its bits say. */
	if (!npde_read(rom, i, &npde))
		return oprom_last(i) || i->code == OPROM_CODE_NBSI;
	if (npde.blocks)
		i->length = (size_t)npde.blocks * OPROM_BLOCK;
	if (i->code == OPROM_CODE_NBSI)
		return true;
	if (npde.length >= NPDE_HAS_LAST)
		return npde.last;
	return i->length >= whole && oprom_last(i);
}

/* Adds the private images from off on to *ret. Returns the offset at which it ended; each step
 * moves forward by a block at least. */
static size_t walk_npdes(struct bytes rom, size_t off, struct oprom_chain *ret)
{
	struct oprom_image i;
	bool last = false;

	for (size_t k = 0; k < OPROM_IMAGES_MAX && ret->n < OPROM_IMAGES_MAX && !last; k++) {
		ret->stop = oprom_any_at(rom, off, &i);
		if (ret->stop)
			return off;
		last = set_length(rom, &i);
		if (!bytes_has(rom, off, i.length)) {
			ret->stop = OPROM_E_CUT;
			return off;
		}
		off += i.length;
		if (!is_private(rom, &i))
			continue;
		ret->image[ret->n++] = i;
		ret->length = off;
	}
	if (!last)
		ret->stop = OPROM_E_MANY;
	return off;
}

void private_walk(struct bytes rom, const struct oprom_chain *chain, struct oprom_chain *ret)
{
	memset(ret, 0, sizeof(*ret));
	/* Without NPDEs nothing leads past the public chain, and on a mobile ROM the last NPDE is
	 * inside it. */
	if (walk_npdes(rom, 0, ret) <= chain->length && chain->stop == OPROM_END)
		(void)walk_npdes(rom, chain->length, ret);
}

const char *private_text(struct bytes rom, const struct oprom_image *i)
{
	if (bytes_is(rom, i->offset, "VN", 2))
		return "VN";
	if (bytes_is(rom, i->offset, "\x77\xbb", 2))
		return "BB77";
	return i->code == OPROM_CODE_NBSI ? "type 70" : "type e0";
}
