/* Carrying out a card's steps. Until the first unbind anything that fails is undone and the card
 * stays the host's, whole; after it there is only forward: bound to the driver asked for, or
 * driverless with the override set (DESIGN, invariant 3). */
#ifndef GPUROM_APPLY_H
#define GPUROM_APPLY_H

#include "bootcard.h"
#include "sysfs.h"

#define APPLY_HOLD_MS                                                                              \
	5000 /* a driver that is probing is waited for so long, per card; a fifth of it each       \
	      * function after that */
#define APPLY_UNBIND_MS                                                                            \
	5000		    /* a driver's remove callback is given this long, per card; a fifth    \
			     * of it each function after one that hangs */
#define APPLY_PROBE_MS 5000 /* vfio-pci's probe, per card: it may reset the card */

/* Facts of the card, from the scan. */
void apply_begin(const struct plan_card *card, const struct pci_scan *s, struct boot_card *ret);

/* The claim part of the steps: holds, then unbinds, of what is bound by then. b->state becomes
 * HELD, LEFT (undone; b->why tells) or STUCK. in_child: both run in children with deadlines. */
void apply_claim(const struct attr_ops *k, const struct plan_step *step, size_t n,
		 const struct pci_scan *s, bool in_child, struct boot_card *b);

/* Hands a held card to driver: override, probe, and the driver link read back. Every function is
 * tried whatever becomes of the others. BOUND or DRIVERLESS. */
void apply_handover(const struct attr_ops *k, const char *driver, struct boot_card *b);

/* mode=dump: overrides as they were found, the host's drivers asked in again. RELEASED. */
void apply_release(const struct attr_ops *k, struct boot_card *b);

#endif
