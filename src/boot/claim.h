/* SPDX-License-Identifier: GPL-2.0-or-later */
/* claim: scans, plans, and holds every function of every selected card. The boot waits for it. */
#ifndef GPUROM_BOOT_CLAIM_H
#define GPUROM_BOOT_CLAIM_H

#include "boot/report.h"
#include "sys/modules.h"

#include <stdbool.h>
#include <stddef.h>

#define CLAIM_CARDS_MS 40000 /* for holding and unbinding all cards, after the scan */

struct claim_options {
	const char *cmdline; /* NULL: /proc/cmdline */
	bool initramfs;
	bool force; /* also take cards whose device nodes are open */
};

/* Takes at most PCISCAN_ALL_MS + CLAIM_CARDS_MS + BIND_UNDO_MS for each card, whatever hangs.
 * Returns the number of cards in the report (selected ones, whatever their state is now), or -errno
 * where the report could not be written. */
int claim(const struct root *root, const struct claim_options *o);

/* --- for a card that comes later (boot/late.h), in the same way --- */

/* What a card is claimed by. All borrowed. */
struct claim_facts {
	const struct config *config;
	const struct plan *plan;
	const struct pci_scan *scan;
	enum group_when when; /* of the drivers that scan has */
	const struct modules *modules;
};

/* Sets *b to a card of the plan that is to be held: SELECTED, with its warnings, its group, and the
 * drivers that its functions are to get. */
void claim_begin_card(const struct root *root, const struct claim_facts *f,
		      const struct plan_card *card, struct boot_card *b);
/* Logs these. */
void claim_log_card(const struct root *root, const struct config *c, const struct boot_card *b);
/* Sets what *r has from the configuration and the kernel. */
void claim_begin_report(const struct root *root, const struct config *c, struct report *r);
/* Logs that a card is left alone, and why; nothing of the many cards that no selector names. */
void claim_log_left(const struct root *root, const struct plan_card *card);
/* A function whose device nodes a process has open leaves the whole card to the host, and so do
 * virtual functions of it, and a check that there is no time for: true, and b->state is LEFT with
 * the reason in b->why. */
bool claim_in_use(const struct root *root, const struct plan_card *card, const struct pci_scan *s,
		  unsigned long long until_us, struct boot_card *b);
/* Writes the report, and the own file of each card that has one already. Returns 0 or -errno. */
int claim_save(const struct root *root, const struct report *r);

#endif
