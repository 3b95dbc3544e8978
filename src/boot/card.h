/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one boot did with one card: plain data. Texts are NUL-terminated and cut to fit. In the
 * report it is a JSON object. */
#ifndef GPUROM_BOOT_CARD_H
#define GPUROM_BOOT_CARD_H

#include "plan/plan.h"
#include "record/identity.h"
#include "rom/reading.h"
#include "sys/json-fields.h"

#define BOOT_WHY_MAX 200
#define BOOT_STORED_MAX 640 /* a path of the store, and some words */

enum card_state {
	CARD_LEFT,	 /* not taken */
	CARD_SELECTED,	 /* claim has begun; whether it is held, its overrides say
			    (boot/held.h) */
	CARD_HELD,	 /* override gpurom-hold, no driver: claim is done, capture is not */
	CARD_BOUND,	 /* every function is on the driver asked for */
	CARD_DRIVERLESS, /* overrides set, a function has no driver: see `why` */
	CARD_RELEASED,	 /* given back to the host: mode=dump or, by_hand, `gpurom release` */
	CARD_STUCK,	 /* a driver does not let go, or a worker sleeps in the kernel */
};

/* What claim found on a function. */
struct boot_was {
	char driver[PCI_DRIVER_MAX];   /* "" for none */
	char override[PCI_DRIVER_MAX]; /* driver_override, "" for none or the hold of an earlier
					  claim */
};

#define BOOT_GROUP_MAX 8 /* of the devices that share its IOMMU group */

/* Filled in by claim, capture and settle; commit adds what it did. Each step, and most commands,
 * read it. */
struct boot_card {
	struct pci_card card; /* its functions' drivers: as read last */
	struct boot_was was[PCI_CARD_FUNCTIONS_MAX];
	/* The driver that each function is to get; the hand-over sets it to the name that the
	 * kernel has for it. Of a card that claim took never empty. */
	char wanted[PCI_CARD_FUNCTIONS_MAX][PCI_DRIVER_MAX];
	enum identity identity; /* set by commit; IDENTITY_UNKNOWN before */
	char identity_text[IDENTITY_TEXT_MAX];
	char stored[BOOT_STORED_MAX]; /* what commit did with its ROM, a sentence; "" before */
	enum card_state state;
	enum plan_why plan_why;
	unsigned warnings;			   /* enum plan_warning */
	struct group_member group[BOOT_GROUP_MAX]; /* those that block it or go along, as claim saw
						    * them */
	size_t n_group;
	char why[BOOT_WHY_MAX];
	char console[BOOT_WHY_MAX]; /* what was done with a framebuffer on it, a sentence; "" none
				     */
	struct rom_reading rom;
	unsigned hold_us, handover_us;
	int enable_before; /* count of `enable` before the ROM was read, -1 unknown */
	bool power_auto;   /* `power/control` was "auto" then */
	uint32_t prom_register, prom_value; /* as in struct source_before */
	int worker;   /* pid while a worker has it, handed over or not; else 0 */
	bool by_hand; /* a person's take or release decided last (boot/switch.h), not the boot */
};

/* Selected, and not handed over yet. */
static inline bool card_is_pending(const struct boot_card *b)
{
	return b->state == CARD_SELECTED || b->state == CARD_HELD;
}

/* "left" and so on. Static. */
const char *card_state_text(enum card_state s);

/* Reads and writes a struct boot_card as the object that the report has. Reading fails (-EBADMSG)
 * where a value has the wrong type or range. Unknown keys and words for warnings are ignored:
 * another version of gpurom may have written the file. */
extern const struct json_table boot_card_table;

#endif
