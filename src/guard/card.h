/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host devices of a VM that are functions of one card: one domain:bus:slot on the host. Filled
 * by vm_card_next. */
#ifndef GPUROM_GUARD_CARD_H
#define GPUROM_GUARD_CARD_H

#include "guard/vm.h"
#include "pci/card.h"

struct vm_card {
	const struct vm_words *words;
	struct pci_addr addr;		       /* of the first of them */
	const struct vm_dev *dev[VM_DEVS_MAX]; /* borrowed */
	size_t n;
};

/* Sets is_vf of the devices that are virtual functions of this host: no card has them. */
void vm_find_virtual(struct vm *d, const struct pci_scan *s);

/* Finds the next card whose first device is at or after *at, and moves *at behind that device;
 * false at the end. */
bool vm_card_next(const struct vm *d, size_t *at, struct vm_card *ret);

enum vm_card_tag { VM_CARD_UNTAGGED, VM_CARD_TAGGED, VM_CARD_TWO_TAGS };

/* The card's id by the aliases of its functions. With VM_CARD_TWO_TAGS, ret_other is the id of
 * another card. */
enum vm_card_tag vm_card_tag(const struct vm_card *c, char ret_id[CARD_ID_MAX],
			     char ret_other[CARD_ID_MAX]);

#endif
