/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is done to a selected card's functions. Until the first unbind whatever fails is undone, and
 * the host keeps the whole card. After it there is no way back: the card is bound to the driver
 * asked for, or has its override set and no driver. */
#ifndef GPUROM_BOOT_BIND_H
#define GPUROM_BOOT_BIND_H

#include "boot/card.h"
#include "sys/sysfs.h"

#define BIND_HOLD_MS                                                                               \
	5000 /* for the first write that hangs; a fifth of it for each one after it                \
	      */
#define BIND_UNBIND_MS                                                                             \
	5000 /* for a driver's remove callback, per card; a fifth of it after one that hangs */
#define BIND_PROBE_MS 5000 /* for vfio-pci's probe, per card: it may reset the card */
#define BIND_UNDO_MS 100   /* for giving a card back when claim's own time is over */

/* Fills in *ret from the plan and the scan; its state is LEFT. */
void bind_begin(const struct plan_card *card, const struct pci_scan *s, struct boot_card *ret);
/* The same for a card that no plan has. */
void bind_begin_card(const struct pci_card *card, struct boot_card *ret);

/* The result of each function's hold: 0, or -errno; -ETIMEDOUT and -ECHILD where the write did not
 * return, -ETIME where no time was left to begin it. Filled in by bind_hold, read by bind_claim. */
struct bind_hold {
	int r[PCI_CARD_FUNCTIONS_MAX];
};

/* Sets the hold override on every function of the n cards whose state is SELECTED, and ret[i] for
 * card i. in_child: in one child, which goes on after a write that does not return. until_us: as
 * deadline_now_us. All are held before any is unbound: no driver that is loaded in between can
 * bind. */
void bind_hold(const struct attr_ops *k, struct boot_card *card, size_t n,
	       unsigned long long until_us, bool in_child, struct bind_hold *ret);

/* Unbinds one card after bind_hold. b->state becomes HELD, LEFT (undone, with the reason in b->why)
 * or STUCK. in_child: in children, which end at until_us or at deadlines of their own. */
void bind_claim(const struct attr_ops *k, const struct bind_hold *h, unsigned long long until_us,
		bool in_child, struct boot_card *b);

/* Gives a held card to the drivers b->wanted: override, probe, and the driver link read back. Tries
 * every function, also after a failure. b->state becomes BOUND, DRIVERLESS or STUCK (on another
 * driver). See boot/handover.h. */
void bind_handover(const struct attr_ops *k, struct boot_card *b);

/* For mode=dump: overrides as before claim, and the host's drivers probe again. b->state becomes
 * RELEASED. */
void bind_release(const struct attr_ops *k, struct boot_card *b);

#endif
