// SPDX-License-Identifier: GPL-2.0-or-later
#include "libvirt/domain.h"

#include "guard/guard.h"

#include <stdio.h>

#define AT_MAX (PCI_PATH_MAX + 64)

static const struct pci_fn *function_at(const struct pci_scan *s, struct pci_addr a)
{
	for (size_t i = 0; i < s->n; i++)
		if (pci_addr_same_card(s->fn[i].addr, a))
			return &s->fn[i];
	return NULL;
}

static const char *describe_address(const struct host *h, struct pci_addr a, char buf[AT_MAX])
{
	const struct pci_fn *fn = function_at(&h->scan, a);

	if (!fn)
		snprintf(buf, AT_MAX, "nothing is at the old address");
	else if (fn->path[0] && record_find(&h->rec, fn->path))
		snprintf(buf, AT_MAX, "the card of %s is at the old address", fn->path);
	else
		snprintf(buf, AT_MAX, "another device, %04x:%04x, is at the old address",
			 fn->ids.vendor, fn->ids.device);
	return buf;
}

static void report_renumbered(const struct host *h, const struct vm_card *c,
			      const struct meaning *m, struct faults *f)
{
	const char *from = m->recorded && m->recorded->paths ? m->recorded->paths->name : "";
	const struct vm_words *w = f->domain->words;
	const bool is_mapped = c->dev[0]->fixed;
	char addr[PCI_ADDR_BUF], at[AT_MAX];

	faults_add(f, c->addr, "its card, %s, has another address now: %s%s%s; %s; %s%s%s", m->path,
		   pci_addr_format_card(m->card.fn[0].addr, addr),
		   *from ? ", it moved there from " : "", from, describe_address(h, c->addr, at),
		   is_mapped ? w->cure_mapping : w->cure[0], is_mapped ? "" : faults_vm(f->domain),
		   is_mapped ? "" : w->cure[1]);
}

static void check_card(const struct host *h, const struct vm_card *c, struct faults *f)
{
	static struct meaning m; /* kilobytes */

	meaning_find(h, c, &m);
	if (m.kind == MEANING_WRONG)
		faults_add(f, c->addr, "%s", m.text);
	if (m.kind != MEANING_PRESENT)
		return;
	if (!pci_addr_same_card(m.card.fn[0].addr, c->addr))
		report_renumbered(h, c, &m, f);
	judge_functions(h, c, &m, f);
	judge_groups(h, c, &m, f);
	judge_romfiles(h, c, &m, f);
}

void domain_check(const struct host *h, const struct vm *d, struct faults *f)
{
	struct vm_card c;

	for (size_t at = 0; vm_card_next(d, &at, &c);)
		check_card(h, &c, f);
	for (size_t i = 0; i < d->n; i++)
		if (d->dev[i].is_vf)
			judge_virtual(h, &d->dev[i], f);
}
