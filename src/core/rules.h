/* What the rules of the verdict share; for verdict.c and rules-*.c alone. A rule looks at one
 * thing and finds it wrong at most once. */
#ifndef GPUROM_RULES_H
#define GPUROM_RULES_H

#include "verdict.h"

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

/* rules-card.c: whose ROM is it? */
verdict_rule rule_card, rule_subsystem, rule_nvidia, rule_class;
/* rules-chain.c: is it whole? */
verdict_rule rule_cut, rule_unended, rule_checksum, rule_version, rule_start, rule_tail;
/* rules-guest.c: which guests can use it? */
verdict_rule rule_efi, rule_kinds, rule_alignment, rule_boot_part;

#endif
