#include "pci/card.h"

#include <stdint.h>
#include <string.h>

bool pci_card_next(const struct pci_scan *s, size_t *at, struct pci_card *ret)
{
	const struct pci_fn *first = &s->fn[*at];

	if (*at >= s->n)
		return false;
	ret->addr = first->addr;
	ret->addr.fn = 0;
	ret->display = SIZE_MAX;
	for (ret->n = 0; ret->n < PCI_CARD_FUNCTIONS_MAX && *at < s->n &&
			 pci_addr_same_card(first->addr, s->fn[*at].addr);
	     ret->n++, ++*at) {
		ret->fn[ret->n] = s->fn[*at];
		if (ret->display == SIZE_MAX && pci_fn_is_display(&s->fn[*at]))
			ret->display = ret->n;
	}
	first = &ret->fn[ret->display == SIZE_MAX ? 0 : ret->display];
	memcpy(ret->path, first->path, sizeof(ret->path));
	memcpy(ret->slot, first->slot, sizeof(ret->slot));
	ret->serial = first->serial;
	return true;
}

bool pci_card_next_display(const struct pci_scan *s, size_t *at, struct pci_card *ret)
{
	while (pci_card_next(s, at, ret))
		if (ret->display != SIZE_MAX)
			return true;
	return false;
}
