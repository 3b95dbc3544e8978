/* What the rules of the verdict share; for rom/verdict.c and rules-*.c alone. A rule looks at one
 * thing and finds it wrong at most once. */
#ifndef GPUROM_ROM_RULES_H
#define GPUROM_ROM_RULES_H

#include "rom/verdict.h"

struct reading {
	struct bytes file, rom;	 /* rom: from the option ROM's start */
	const struct rom *facts; /* found_by is not ROM_FOUND_NOTHING */
	struct verdict_facts known;
	struct findings *found;
};

typedef void verdict_rule(const struct reading *);

/* Adds a finding: as findings_add. */
#define rule_find(r, ...) findings_add((r)->found, __VA_ARGS__)

/* The first image, whole or cut: what the ROM says of itself. */
const struct oprom_image *rule_first_image(const struct reading *r);

/* True of chips whose boards have an EFI image, laptops at times aside: from Kepler on, whose BIOS
 * versions begin with 80 (envytools nvbios/info.c). False where the version is unknown. */
bool rule_efi_usual(const struct reading *r);

/* rom/rules-card.c: whose ROM is it? */
verdict_rule rule_card, rule_efi_card, rule_no_ids, rule_subsystem, rule_nvidia, rule_class;
/* rom/rules-chain.c: is it whole, as its maker left it? */
verdict_rule rule_cut, rule_damaged, rule_checksum, rule_version, rule_start;
/* rom/rules-source.c: what way did it come? */
verdict_rule rule_shadow, rule_unended, rule_kernel_walk;
/* rom/rules-rest.c: what else is in the file? */
verdict_rule rule_tail, rule_private, rule_second_copy;
/* rom/rules-guest.c: which guests can use it? */
verdict_rule rule_efi, rule_machine, rule_kinds, rule_alignment, rule_boot_part;

#endif
