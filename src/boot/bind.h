/* Carrying out a card's steps. Until the first unbind anything that fails is undone and the card
 * stays the host's, whole; after it there is only forward: bound to the driver asked for, or
 * driverless with the override set (DESIGN, invariant 3). */
#ifndef GPUROM_BOOT_BIND_H
#define GPUROM_BOOT_BIND_H

#include "boot/card.h"
#include "sys/sysfs.h"

#define BIND_HOLD_MS 5000 /* for the first driver that is probing; a fifth of it each after it */
#define BIND_UNBIND_MS                                                                             \
	5000 /* a driver's remove callback, per card; a fifth of it after one that hangs */
#define BIND_PROBE_MS 5000 /* vfio-pci's probe, per card: it may reset the card */
#define BIND_UNDO_MS 100   /* for putting a card back, where claim's own time is over */

/* Facts of the card, from the scan; state LEFT. */
void bind_begin(const struct plan_card *card, const struct pci_scan *s, struct boot_card *ret);
/* The same of a card that no plan has. */
void bind_begin_card(const struct pci_card *card, struct boot_card *ret);

/* What became of each function's hold: 0, or -errno; -ETIMEDOUT and -ECHILD where the write did not
 * return, -ETIME where no time was left to begin it. bind_hold fills it in, bind_claim reads it.
 */
struct bind_hold {
	int r[PCI_CARD_FUNCTIONS_MAX];
};

/* Holds every function of the cards whose state is SELECTED, all in one child (in_child) that goes
 * on behind a write that does not return. until_us: of deadline_now_us. First all holds: with the
 * override there, no driver that is loaded meanwhile can slip in. */
void bind_hold(const struct attr_ops *k, struct boot_card *card, size_t n,
	       unsigned long long until_us, bool in_child, struct bind_hold *ret);

/* The rest of claim, for one card: unbinds what is bound by now. b->state becomes HELD, LEFT
 * (undone; b->why tells) or STUCK. in_child: in children, bounded by until_us and by themselves. */
void bind_claim(const struct attr_ops *k, const struct bind_hold *h, unsigned long long until_us,
		bool in_child, struct boot_card *b);

/* Hands a held card to driver: override, probe, and the driver link read back. Every function is
 * tried whatever becomes of the others. BOUND or DRIVERLESS. */
void bind_handover(const struct attr_ops *k, const char *driver, struct boot_card *b);

/* mode=dump: overrides as they were found, the host's drivers asked in again. RELEASED. */
void bind_release(const struct attr_ops *k, struct boot_card *b);

#endif
