#include "guard/card.h"

#include <string.h>

static bool seen_before(const struct vm *d, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (pci_addr_same_card(d->dev[k].addr, d->dev[i].addr))
			return true;
	return false;
}

bool domcard_next(const struct vm *d, size_t *at, struct domcard *ret)
{
	while (*at < d->n && seen_before(d, *at))
		++*at;
	if (*at == d->n)
		return false;
	*ret = (struct domcard){.addr = d->dev[*at].addr};
	for (size_t i = *at; i < d->n; i++)
		if (pci_addr_same_card(d->dev[i].addr, ret->addr))
			ret->dev[ret->n++] = &d->dev[i];
	++*at;
	return true;
}

enum domcard_tag domcard_tag(const struct domcard *c, char ret_id[CARDTAG_ID_MAX],
			     char ret_other[CARDTAG_ID_MAX])
{
	enum domcard_tag found = DOMCARD_UNTAGGED;
	char id[CARDTAG_ID_MAX];
	unsigned fn;

	for (size_t i = 0; i < c->n; i++) {
		if (!cardtag_parse(c->dev[i]->alias, id, &fn))
			continue;
		if (found == DOMCARD_UNTAGGED) {
			memcpy(ret_id, id, sizeof(id));
			found = DOMCARD_TAGGED;
		} else if (strcmp(ret_id, id) != 0) {
			memcpy(ret_other, id, sizeof(id));
			return DOMCARD_TWO_TAGS;
		}
	}
	return found;
}
