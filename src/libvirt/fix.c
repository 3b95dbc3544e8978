// SPDX-License-Identifier: GPL-2.0-or-later
#include "libvirt/domain.h"

#include "guard/faults.h"
#include "guard/meaning.h"
#include "guard/romfile.h"
#include "libvirt/edit.h"

#include <stdio.h>
#include <string.h>

struct fix_job {
	const struct host *h;
	struct bytes xml;
	struct domedits edits;
	struct pci_addr now[VM_DEVS_MAX]; /* of the domain's host devices, after the edits */
	struct faults f;
};

static void fix_file(struct fix_job *x, const struct vm_dev *d, const char *path)
{
	struct romname rom;

	romname_parse(x->h->config.store, d->file, &rom);
	if (rom.kind == ROMNAME_PATH && !d->rom_off && strcmp(rom.name, path) != 0) {
		char name[PCI_PATH_MAX + 8];

		snprintf(name, sizeof(name), "%s.rom", path);
		domedit_file(&x->edits, x->xml, d, rom.folder, name);
	}
}

static void fix_card(struct fix_job *x, const struct vm_card *c)
{
	static struct meaning m; /* kilobytes */

	meaning_find(x->h, c, &m);
	if (m.kind == MEANING_WRONG)
		faults_add(&x->f, c->addr, "%s", m.text);
	/* An address alone does not say where the card is now. */
	if (m.kind != MEANING_PRESENT || m.by_address)
		return;
	for (size_t i = 0; i < c->n; i++) {
		const struct vm_dev *d = c->dev[i];
		struct pci_addr to = m.card.fn[0].addr;

		to.fn = d->addr.fn;
		x->now[d - x->f.domain->dev] = to;
		if (d->fixed && pci_addr_cmp(d->addr, to) != 0)
			faults_add(&x->f, d->addr,
				   "its card, %s, has another address now, but this one is in a "
				   "mapping: %s",
				   m.path, x->f.domain->words->cure_mapping);
		else
			domedit_address(&x->edits, d, to);
		fix_file(x, d, m.path);
	}
}

/* Two elements were written for one card, at its old address and at its new one. */
static void find_collisions(struct fix_job *x)
{
	const struct vm *d = x->f.domain;
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; x->edits.n && i < d->n; i++)
		for (size_t k = 0; k < i; k++)
			if (pci_addr_same_card(x->now[i], x->now[k]) &&
			    (d->dev[i].whole || vm_dev_has(&d->dev[k], x->now[i].fn)))
				faults_add(
					&x->f, d->dev[i].addr,
					"it would get the address of %s, %s; remove the one that is "
					"too many",
					d->words->another, pci_addr_format(x->now[i], addr));
}

int domain_fix(const struct host *h, const struct vm *d, struct bytes xml, bool diff)
{
	static struct fix_job x;
	struct vm_card c;

	x = (struct fix_job){.h = h, .xml = xml, .f = {.domain = d}};
	for (size_t i = 0; i < d->n; i++)
		x.now[i] = d->dev[i].addr;
	for (size_t at = 0; vm_card_next(d, &at, &c);)
		fix_card(&x, &c);
	find_collisions(&x);
	if (x.f.n)
		return (int)x.f.n;
	if (diff)
		return domedit_diff(stdout, xml, &x.edits, faults_vm(d));
	domedit_write(stdout, xml, &x.edits);
	return 0;
}
