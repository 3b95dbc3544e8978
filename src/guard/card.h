/* Host devices of a domain that are functions of one card: one domain:bus:slot on the host. */
#ifndef GPUROM_GUARD_CARD_H
#define GPUROM_GUARD_CARD_H

#include "guard/vm.h"

struct vm_card {
	struct pci_addr addr;		       /* of the first of them */
	const struct vm_dev *dev[VM_DEVS_MAX]; /* borrowed */
	size_t n;
};

/* The next card whose first device is at or after *at, which is moved behind that; false at the
 * end. */
bool vm_card_next(const struct vm *d, size_t *at, struct vm_card *ret);

enum vm_card_tag { VM_CARD_UNTAGGED, VM_CARD_TAGGED, VM_CARD_TWO_TAGS };

/* The card's id by the aliases of its functions; the first two where they are of two cards. */
enum vm_card_tag vm_card_tag(const struct vm_card *c, char ret_id[CARD_ID_MAX],
			     char ret_other[CARD_ID_MAX]);

#endif
