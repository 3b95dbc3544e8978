/* Host devices of a domain that are functions of one card: one domain:bus:slot on the host. */
#ifndef GPUROM_GUARD_CARD_H
#define GPUROM_GUARD_CARD_H

#include "guard/vm.h"

struct domcard {
	struct pci_addr addr;		       /* of the first of them */
	const struct vm_dev *dev[VM_DEVS_MAX]; /* borrowed */
	size_t n;
};

/* The next card whose first device is at or after *at, which is moved behind that; false at the
 * end. */
bool domcard_next(const struct vm *d, size_t *at, struct domcard *ret);

enum domcard_tag { DOMCARD_UNTAGGED, DOMCARD_TAGGED, DOMCARD_TWO_TAGS };

/* The card's id by the aliases of its functions; the first two where they are of two cards. */
enum domcard_tag domcard_tag(const struct domcard *c, char ret_id[CARDTAG_ID_MAX],
			     char ret_other[CARDTAG_ID_MAX]);

#endif
