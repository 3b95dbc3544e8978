// SPDX-License-Identifier: GPL-2.0-or-later
/* Examine, judge, trim; then ask for a second opinion of all of it. */
#include "check.h"

#include "rom/rules.h"

static const char *const plants[] = {
	[PLANT_SUM] = "sum",   [PLANT_LAST] = "last",	[PLANT_IDS] = "ids",
	[PLANT_TRIM] = "trim", [PLANT_AGAIN] = "again", [PLANT_LOST] = "lost",
};

enum plant plant_by_name(const char *name)
{
	for (size_t k = 1; k < sizeof(plants) / sizeof(plants[0]); k++)
		if (strcmp(plants[k], name) == 0)
			return (enum plant)k;
	return PLANT_NONE;
}

static void examine(struct bytes file, enum plant plant, struct rom *ret)
{
	rom_examine(file, ret);
	if (plant == PLANT_SUM)
		ret->x86_checksum_ok = ret->x86_boot_checksum_ok = true;
	if (plant == PLANT_LAST && ret->chain.stop == OPROM_E_SHORT)
		ret->chain.stop = OPROM_END;
	if (plant == PLANT_LOST && ret->chain.n > 1)
		ret->chain.stop = OPROM_E_SIGNATURE;
}

static int trim(struct bytes file, const struct rom *rom, enum rom_trim how, enum plant plant,
		struct bytes *ret)
{
	int err = rom_trimmed(file, rom, how, ret);

	if (plant == PLANT_TRIM && !err && ret->n < (size_t)(file.p + file.n - ret->p))
		ret->n++;
	return err;
}

/* The romfile: a whole chain and nothing else, inside the file, and trimmed for good. */
static const char *check_trimmed(struct bytes file, const struct rom *rom, enum plant plant)
{
	static struct rom again;
	struct bytes t, u;
	struct opinion o;

	if (trim(file, rom, ROM_TRIM_CHAIN, plant, &t))
		return "no romfile of a complete chain";
	if (t.p < file.p || t.n > file.n || t.p + t.n > file.p + file.n)
		return "the romfile is not inside the file";
	opinion_of(t.p, t.n, &o);
	if (!o.whole || o.length != t.n)
		return "the romfile is no whole chain";
	rom_examine(t, &again);
	if (plant == PLANT_AGAIN)
		again.chain.length -= OPROM_BLOCK;
	if (rom_trimmed(t, &again, ROM_TRIM_CHAIN, &u) || u.p != t.p || u.n != t.n)
		return "the romfile, trimmed again, is another";
	if (rom_trimmed(file, rom, ROM_TRIM_HEAD, &u) || u.p != t.p || u.n < t.n ||
	    u.p + u.n != file.p + file.n)
		return "with its tail kept, it is not the end of the file";
	rom_examine(u, &again);
	if (rom_trimmed(u, &again, ROM_TRIM_HEAD, &t) || t.p != u.p || t.n != u.n)
		return "with its tail kept, trimmed again, it is another";
	return NULL;
}

/* v is what was said with these facts. */
static const char *check_verdict(struct bytes rom, enum verdict v, const struct verdict_facts *f,
				 struct tally *t)
{
	struct opinion o;

	if (v == VERDICT_REJECTED)
		return NULL;
	opinion_of(rom.p, rom.n, &o);
	/* A shadow that is asked for has lost its end: usable, never complete. */
	if (!o.whole && !(f->shadow && f->shadow_wanted && o.alone))
		return "a broken chain is not rejected";
	if (v == VERDICT_COMPLETE && o.has_x86 && !o.sum)
		return "complete, with a wrong checksum";
	if (f->shadow && (v == VERDICT_COMPLETE || !f->shadow_wanted))
		return "a shadow copy passes";
	if (f->ids && !opinion_fits(rom.p, rom.n, f->ids->vendor, f->ids->device))
		return "another card's ROM is not rejected";
	t->fitting += f->ids != NULL;
	return NULL;
}

static enum verdict judge(struct bytes file, const struct rom *rom, const struct verdict_facts *f,
			  enum plant plant)
{
	static struct findings found;
	struct verdict_facts without = *f;

	if (plant == PLANT_IDS)
		without.ids = NULL;
	return verdict_judge(file, rom, &without, &found);
}

static const char *check_facts(struct rng *r, struct bytes file, const struct rom *rom,
			       enum plant plant, struct tally *t)
{
	static const uint16_t machines[] = {0, 0x8664, 0xaa64, 0x014c};
	struct pci_ids ids = {0x10de, 0x2204, 0x1462, 0x3896};
	struct verdict_facts f = {.ids = &ids};
	struct bytes from = bytes_sub(file, rom->offset, SIZE_MAX);
	const char *wrong;

	if (rng_below(r, 4))
		(void)opinion_ids(r, file.p, file.n, &ids.vendor, &ids.device);
	wrong = check_verdict(from, judge(file, rom, &f, plant), &f, t);
	if (wrong)
		return wrong;
	f.ids = rng_below(r, 2) ? &ids : NULL;
	f.shadow = rng_below(r, 2);
	f.shadow_wanted = rng_below(r, 2);
	f.kernel_walked = rng_below(r, 2);
	f.machine = machines[rng_below(r, 4)];
	return check_verdict(from, judge(file, rom, &f, plant), &f, t);
}

const char *check_file(struct rng *r, const uint8_t *p, size_t n, enum plant plant, struct tally *t)
{
	static struct rom rom;
	struct bytes file = {p, n}, trimmed;
	struct verdict_facts none = {0};
	struct opinion o;
	const char *wrong;
	enum verdict v;

	examine(file, plant, &rom);
	opinion_of(p, n, &o);
	v = judge(file, &rom, &none, plant);
	*(v == VERDICT_REJECTED ? &t->rejected
	  : v == VERDICT_USABLE ? &t->usable
				: &t->complete) += 1;
	t->by_header += rom.found_by == ROM_FOUND_NVGI;
	t->by_scan += rom.found_by == ROM_FOUND_SCAN;
	if (o.whole && (rom.offset != 0 || !rom_complete(&rom) || rom.chain.length != o.length))
		return "a whole chain at 0 is not found";
	if (rom_complete(&rom)) {
		t->trimmed++;
		wrong = check_trimmed(file, &rom, plant);
		if (wrong)
			return wrong;
	} else if (v != VERDICT_REJECTED ||
		   rom_trimmed(file, &rom, ROM_TRIM_CHAIN, &trimmed) == 0) {
		return "a chain that is not complete passes";
	}
	wrong = check_verdict(bytes_sub(file, rom.offset, SIZE_MAX), v, &none, t);
	return wrong ? wrong : check_facts(r, file, &rom, plant, t);
}
