/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict on a reading: every rule checks one thing and adds one finding at most; the gravest
 * finding decides. A new finding is a function in rom/rules.c and a place in its table. */
#ifndef GPUROM_ROM_RULES_H
#define GPUROM_ROM_RULES_H

#include "rom/verdict.h"

/* What the caller knows about the bytes. All zero: nothing, as about a file. */
struct verdict_facts {
	const struct pci_ids *ids; /* of the card whose ROM it should be; NULL: not known */
	bool shadow;		   /* read from RAM at 0xC0000: never complete */
	bool shadow_wanted;	   /* ... as the admin configured: usable, not rejected */
	bool kernel_walked;	   /* the kernel cut the bytes where its own walk ended (sysfs) */
	uint16_t machine;	   /* EFI machine type of the guests; 0: any */
};

/* rom: the facts of file. Sets *ret; findings that it had before are lost. */
enum verdict verdict_judge(struct bytes file, const struct rom *rom,
			   const struct verdict_facts *facts, struct findings *ret);

/* True where no other reading and no other source of this card can have a better verdict: it is
 * complete, or what keeps it from that is in the card's own ROM, whoever reads it ("made for
 * another subsystem"). False also of findings that a misread byte could be behind, and of those
 * this version does not know. */
bool verdict_is_final(enum verdict v, const struct findings *f);

#endif
