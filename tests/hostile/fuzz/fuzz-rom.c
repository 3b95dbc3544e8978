// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any bytes give facts, a verdict, a map of all of them, and a romfile only where
 * the chain is whole. */
#include "rom/nvgi.h"
#include "rom/npde.h"
#include "rom/map.h"
#include "rom/rom-parser.h"
#include "rom/rom.h"
#include "rom/rules.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* No gap, no overlap, the end is the end. */
static void map_covers(struct bytes file, const struct rom *rom)
{
	static struct rommap map;
	char bar[ROMMAP_CELLS + 1];
	size_t at = 0;

	rommap_make(file, rom, &map);
	for (size_t k = 0; k < map.n; k++) {
		if (map.s[k].offset != at || map.s[k].length == 0)
			abort();
		at += map.s[k].length;
	}
	rommap_draw(&map, bar);
	if (at != file.n || strlen(bar) != (file.n ? ROMMAP_CELLS : 0))
		abort();
}

static void facts(struct bytes file, const struct rom *rom)
{
	static struct oprom_chain images;
	struct bytes chain = bytes_sub(file, rom->offset, SIZE_MAX);
	struct nvgi nvgi;
	struct sums sums;

	(void)nvgi_read(file, &nvgi);
	private_walk(chain, &rom->chain, &images);
	for (size_t k = 0; k < images.n; k++)
		sums_read(chain, &images.image[k], &sums);
	for (size_t k = 0; k < rom->chain.n; k++)
		sums_read(chain, &rom->chain.image[k], &sums);
}

static void rom_parser(struct bytes file)
{
	static FILE *out;

	if (!out)
		out = fopen("/dev/null", "w");
	if (!out)
		abort();
	(void)romparser_print(file, out);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct pci_ids card = {0x10de, 0x2204, 0x1462, 0x3896};
	static struct rom rom, again;
	static struct findings found;
	struct bytes file = {p, n}, trimmed;
	enum verdict v;

	rom_examine(file, &rom);
	map_covers(file, &rom);
	facts(file, &rom);
	rom_parser(file);
	for (unsigned k = 0; k < 8; k++) {
		struct verdict_facts facts = {&card, k & 1, k & 2, k & 4, 0xaa64};

		v = verdict_judge(file, &rom, &facts, &found);
		/* A shadow is never complete, and passes only where it was asked for. */
		if (facts.shadow &&
		    (v == VERDICT_COMPLETE || (v != VERDICT_REJECTED && !facts.shadow_wanted)))
			abort();
	}
	v = verdict_judge(file, &rom, &(struct verdict_facts){0}, &found);
	(void)verdict_judge(file, &rom, &(struct verdict_facts){.ids = &card}, &found);
	if (rom_trimmed(file, &rom, ROM_TRIM_CHAIN, &trimmed)) {
		if (v != VERDICT_REJECTED)
			abort();
		return 0;
	}
	/* What is written is a ROM that says the same of itself. */
	rom_examine(trimmed, &again);
	if (v == VERDICT_REJECTED || again.found_by != ROM_FOUND_PLAIN || !rom_complete(&again) ||
	    again.chain.length != trimmed.n || strcmp(again.version, rom.version) != 0)
		abort();
	return 0;
}
