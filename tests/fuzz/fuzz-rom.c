/* libFuzzer entry: any bytes give facts, a verdict, and a romfile only where the chain is whole. */
#include "verdict.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static const struct pci_ids card = {0x10de, 0x2204, 0x1462, 0x3896};
	static struct rom rom, again;
	static struct findings found;
	struct bytes file = {p, n}, trimmed;
	enum verdict v;

	rom_examine(file, &rom);
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
