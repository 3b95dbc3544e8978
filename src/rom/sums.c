/* Sums of an image's bytes. */
#include "rom/npde.h"
#include "rom/sums.h"

void sums_read(struct bytes rom, const struct oprom_image *i, struct sums *ret)
{
	struct npde npde;

	*ret = (struct sums){0};
	ret->has_whole = oprom_sum(rom, i->offset, i->length, &ret->whole);
	if (i->code != OPROM_CODE_X86)
		return;
	ret->has_size = oprom_sum(rom, i->offset, (size_t)i->size_blocks * OPROM_BLOCK, &ret->size);
	if (npde_read(rom, i, &npde))
		ret->has_npde =
			oprom_sum(rom, i->offset, (size_t)npde.blocks * OPROM_BLOCK, &ret->npde);
}
