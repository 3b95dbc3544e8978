/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan: what to do with each card, and why, from the configuration and the scan. Pure, so that
 * `gpurom plan` prints the very plan that claim carries out. */
#ifndef GPUROM_PLAN_PLAN_H
#define GPUROM_PLAN_PLAN_H

#include "pci/group.h"
#include "plan/config.h"

#define PLAN_CARDS_MAX 128 /* listed */
#define PLAN_TAKE_MAX 64   /* taken; the largest hosts have 16 cards */
#define PLAN_STEPS_MAX (5 * PCI_CARD_FUNCTIONS_MAX + 1)
#define PLAN_HOLD_DRIVER "gpurom-hold" /* an override that names no driver: nothing can bind */

enum plan_why {
	PLAN_SELECTED,	   /* taken: a `devices` selector matches one of its functions */
	PLAN_NOT_SELECTED, /* left */
	PLAN_KEPT,	   /* left: a `keep` selector is stronger */
	PLAN_NOT_DISPLAY,  /* left: selected, but no function is a display controller */
	PLAN_BRIDGE,	   /* left: vfio-pci takes endpoints only, half a card is never taken */
	PLAN_TOO_MANY,	   /* left: PLAN_TAKE_MAX cards are taken already */
	PLAN_MODE_OFF,	   /* left: mode=off, else it would be taken */
	PLAN_KEEP_UNCLEAR, /* left: config.keep_unclear, and it is the boot VGA, or no selector of
			    * `devices` names this card alone (selector_names_one) */
	PLAN_FILE_UNREAD,  /* left: config.file_unread */
	PLAN_FOREIGN,	   /* left: a device of another vendor has its device number, a disk say */
	PLAN_NVSWITCH,	   /* left: selected, but an NVSwitch, which has no ROM to keep */
	PLAN_SHARED_NAME,  /* left: devices= names it by a path that is another card's as well */
};

/* Bits of a set. */
enum plan_warning {
	PLAN_WARN_BOOT_VGA = 1,	     /* the host's console goes dark */
	PLAN_WARN_NO_IOMMU = 2,	     /* vfio-pci will refuse it */
	PLAN_WARN_NO_ROM_BAR = 4,    /* nothing to read: normal on data-centre boards */
	PLAN_WARN_SHADOW = 8,	     /* `rom` is a shadow, not the card's flash */
	PLAN_WARN_BOUND = 16,	     /* a driver is bound to it already */
	PLAN_WARN_GROUP_SHARED = 32, /* a device of its IOMMU group blocks it (pci/group.h) */
	PLAN_WARN_FRAMEBUFFER = 64,  /* it has the host's console, and is not the boot VGA */
	PLAN_WARN_VFIO_IDS = 128,    /* it is left, and vfio-pci.ids= names it */
	PLAN_WARN_SILENT = 256,	     /* its configuration space does not answer: it stays unread */
	PLAN_WARN_SHARED_NAME = 512, /* another card has the same path name */
};

struct plan_card {
	struct pci_addr addr; /* function 0's address, whether or not it exists */
	size_t first, n;      /* its functions in the scan */
	size_t display;	      /* index in the scan of its first display function, else SIZE_MAX */
	bool take;
	enum plan_why why;
	const char *selector; /* the text that decided, borrowed from the config; NULL for none */
	unsigned warnings;    /* of a card that is left only VFIO_IDS and SHARED_NAME */
};

/* Filled by plan_make; carried out by claim (boot/bind.c), printed by `gpurom plan`. */
struct plan {
	enum gpurom_mode mode;
	size_t n; /* every card with a display function or that `devices` names, address order */
	struct plan_card card[PLAN_CARDS_MAX];
	size_t lost; /* for want of room not listed and not taken, first cards without display */
};

enum plan_step_kind {
	STEP_HOLD,     /* driver_override = PLAN_HOLD_DRIVER */
	STEP_UNBIND,   /* from its driver */
	STEP_READ_ROM, /* D0, decode on, read, put back */
	STEP_OVERRIDE, /* driver_override = what config.driver means (sys/modules.h) */
	STEP_PROBE,    /* drivers_probe, and read the driver link back */
	STEP_RELEASE,  /* driver_override cleared (mode=dump) */
};

struct plan_step {
	enum plan_step_kind kind;
	size_t fn; /* index in the scan */
};

/* s in address order; the texts of *ret are borrowed from c. when: of the drivers that s has. */
void plan_make(const struct config *c, const struct pci_scan *s, enum group_when when,
	       struct plan *ret);

/* The plan's card at this address. NULL: it lists none. */
const struct plan_card *plan_find(const struct plan *p, struct pci_addr a);

/* The members of a card's IOMMU groups, as group_members; the cards that p takes go along. */
size_t plan_group(const struct plan *p, const struct config *c, const struct pci_scan *s,
		  const struct pci_card *card, enum group_when when, struct group_member *ret,
		  size_t max);

/* The steps of one card: all holds, then unbinds (these two are claim's), then the ROM, then the
 * hand-over, by the mode (for mode=plan the steps of mode=full, which nobody carries out). Returns
 * their number, 0 if the card is not taken. */
size_t plan_steps(const struct plan *p, const struct pci_scan *s, const struct plan_card *card,
		  struct plan_step ret[PLAN_STEPS_MAX]);

const char *plan_why_text(enum plan_why w);
const char *plan_warning_text(enum plan_warning one);
const char *plan_step_text(enum plan_step_kind k);

#endif
