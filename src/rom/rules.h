/* The verdict on a reading: every rule looks at one thing and finds it wrong at most once; the
 * gravest finding decides. A new finding is a function in rom/rules.c and a place in its table. */
#ifndef GPUROM_ROM_RULES_H
#define GPUROM_ROM_RULES_H

#include "rom/verdict.h"

/* What is known of the bytes besides themselves; all zero: nothing, as of a file. */
struct verdict_facts {
	const struct pci_ids *ids; /* of the card they are to be of; NULL: not known */
	bool shadow;		   /* they come from RAM at 0xC0000: never complete */
	bool shadow_wanted;	   /* ... and the admin asked for that: usable, not rejected */
	bool kernel_walked;	   /* the kernel cut them where its own walk ended (sysfs) */
	uint16_t machine;	   /* EFI machine type of the guests; 0: any */
};

/* Findings are set, never appended. */
enum verdict verdict_judge(struct bytes file, const struct rom *rom,
			   const struct verdict_facts *facts, struct findings *ret);

#endif
