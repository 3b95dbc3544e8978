// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/card.h"

#include <string.h>

void vm_find_virtual(struct vm *d, const struct pci_scan *s)
{
	for (size_t i = 0; i < d->n; i++) {
		const struct pci_fn *f = pci_scan_find(s, d->dev[i].addr);

		d->dev[i].is_vf = f && f->is_vf;
	}
}

static bool seen_before(const struct vm *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!d->dev[k].is_vf && pci_addr_same_card(d->dev[k].addr, d->dev[i].addr))
			return true;
	return false;
}

bool vm_card_next(const struct vm *d, size_t *at, struct vm_card *ret)
{
	while (*at < d->n && (d->dev[*at].is_vf || seen_before(d, *at)))
		++*at;
	if (*at == d->n)
		return false;
	*ret = (struct vm_card){.words = d->words, .addr = d->dev[*at].addr};
	for (size_t i = *at; i < d->n; i++)
		if (!d->dev[i].is_vf && pci_addr_same_card(d->dev[i].addr, ret->addr))
			ret->dev[ret->n++] = &d->dev[i];
	++*at;
	return true;
}

enum vm_card_tag vm_card_tag(const struct vm_card *c, char ret_id[CARD_ID_MAX],
			     char ret_other[CARD_ID_MAX])
{
	enum vm_card_tag found = VM_CARD_UNTAGGED;
	char id[CARD_ID_MAX];
	unsigned fn;

	for (size_t i = 0; i < c->n; i++) {
		if (!card_alias_parse(c->dev[i]->alias, id, &fn))
			continue;
		if (found == VM_CARD_UNTAGGED) {
			memcpy(ret_id, id, sizeof(id));
			found = VM_CARD_TAGGED;
		} else if (strcmp(ret_id, id) != 0) {
			memcpy(ret_other, id, sizeof(id));
			return VM_CARD_TWO_TAGS;
		}
	}
	return found;
}
