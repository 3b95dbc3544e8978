// SPDX-License-Identifier: GPL-2.0-or-later
/* Searches for other chains, in steps of a block from the option ROM's start. */
#include "rom/copy.h"

#include "rom/vbios.h"

static const struct oprom_image *first_image(const struct oprom_chain *c)
{
	return c->n ? &c->image[0] : &c->cut;
}

static bool walk_like_chain(struct bytes rom, const struct oprom_image *like,
			    struct oprom_chain *ret)
{
	struct oprom_image i;

	if (oprom_image_at(rom, 0, &i) || i.code != like->code || i.vendor != like->vendor)
		return false;
	oprom_walk(rom, ret);
	return ret->stop == OPROM_END;
}

static void set_copy(struct bytes file, const struct rom *rom, size_t off,
		     const struct oprom_chain *chain, struct romcopy *ret)
{
	struct bytes first = bytes_sub(file, rom->offset, rom->chain.length);
	struct bytes other = bytes_sub(file, off, chain->length);
	size_t end = rom->offset + rom->chain.length;
	struct vbios v;

	*ret = (struct romcopy){.start = off, .offset = off, .length = chain->length};
	ret->same = rom->chain.stop == OPROM_END && first.n == other.n &&
		    memcmp(first.p, other.p, first.n) == 0;
	if (off >= end + rom->offset && bytes_is(file, off - rom->offset, "NVGI", 4))
		ret->start = off - rom->offset;
	if (chain->image[0].code != OPROM_CODE_X86 || chain->image[0].vendor != ROM_VENDOR_NVIDIA)
		return;
	vbios_read(other, &chain->image[0], &v);
	memcpy(ret->version, v.version, ROM_TEXT_MAX);
}

bool romcopy_next(struct bytes file, const struct rom *rom, size_t from, struct romcopy *ret)
{
	const struct oprom_image *like = first_image(&rom->chain);
	size_t end = rom->offset + rom->chain.length, off = rom->offset % OPROM_BLOCK;
	struct oprom_chain chain;

	if (from > off)
		off += (from - off + OPROM_BLOCK - 1) / OPROM_BLOCK * OPROM_BLOCK;
	for (; off < file.n; off += OPROM_BLOCK) {
		if (off >= rom->offset && off < end)
			continue;
		/* The chain of rom itself may have no whole image, so that end is its start. */
		if (off == rom->offset ||
		    !walk_like_chain(bytes_sub(file, off, SIZE_MAX), like, &chain))
			continue;
		set_copy(file, rom, off, &chain, ret);
		return true;
	}
	return false;
}
