// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/nearest.h"

#include "pci/serial.h"
#include "util/near.h"

#include <stdio.h>
#include <string.h>

#define ONE_CHARACTER 1

struct search {
	const char *name;
	char *best;		 /* "" none */
	char card[PCI_PATH_MAX]; /* whose name that is: its path, or its address if it has none */
	bool several;
};

static void offer(struct search *n, const char *name, const char *card)
{
	if (!*name || near_distance(n->name, name) > ONE_CHARACTER)
		return;
	if (*n->best) {
		n->several |= strcmp(n->card, card) != 0;
		return;
	}
	snprintf(n->best, PCI_PATH_MAX, "%s", name);
	snprintf(n->card, sizeof(n->card), "%s", card);
}

/* An address in its four forms: 0000:01:00.0, 0000:01:00, 01:00.0, 01:00. */
static void offer_address(struct search *n, const char *address, const char *card)
{
	char form[PCI_ADDR_BUF];

	snprintf(form, sizeof(form), "%s", address);
	for (int i = 0; i < 2; i++) {
		offer(n, form, card);
		if (strncmp(form, "0000:", 5) == 0)
			offer(n, form + 5, card);
		form[strcspn(form, ".")] = '\0';
	}
}

static void offer_present(struct search *n, const struct pci_card *c)
{
	const struct pci_fn *f = pci_card_display(c);
	char addr[PCI_ADDR_BUF], serial[PCI_SERIAL_BUF];
	const char *card;

	pci_addr_format(f->addr, addr);
	card = f->path[0] ? f->path : addr;
	offer_address(n, addr, card);
	offer(n, f->path, card);
	offer(n, f->uid_path, card);
	if (f->serial)
		offer(n, pci_serial_format(f->serial, serial), card);
}

const char *record_nearest(const struct pci_scan *s, const struct record *r, const char *name,
			   char ret[PCI_PATH_MAX])
{
	struct search n = {.name = name, .best = ret};
	struct pci_card c;
	size_t at = 0;

	ret[0] = '\0';
	while (pci_card_next_display(s, &at, &c))
		offer_present(&n, &c);
	for (const struct record_card *k = r->cards; k; k = k->next) {
		offer(&n, k->path, k->path);
		offer_address(&n, k->address, k->path);
	}
	return *ret && !n.several ? ret : NULL;
}
