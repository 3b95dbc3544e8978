// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/guard.h"

#include "guard/romfile.h"
#include "pci/group.h"

#define MEMBERS_MAX 64 /* that block: the first ones of a group say enough */

static bool is_passed(const struct vm *d, struct pci_addr a)
{
	for (size_t i = 0; i < d->n; i++)
		if (pci_addr_same_card(d->dev[i].addr, a) && vm_dev_has(&d->dev[i], a.fn))
			return true;
	return false;
}

/* The faults of the groups of these functions, at the address of the first. */
static void judge_members(const struct host *h, const struct pci_card *passed, struct faults *f)
{
	const struct group_rule rule = {.driver = h->config.driver, .when = GROUP_DRIVERS_BOUND};
	struct group_member member[MEMBERS_MAX];
	char text[GROUP_TEXT_MAX];
	size_t n = group_members(&h->scan, passed, &rule, member, MEMBERS_MAX);

	for (size_t i = 0; i < n && i < MEMBERS_MAX && member[i].role == GROUP_BLOCKS; i++)
		if (!is_passed(f->domain, member[i].addr))
			faults_add(f, passed->fn[0].addr,
				   "%s; give it to this VM as well, or take it off its driver",
				   group_text(&member[i], text));
}

void judge_groups(const struct host *h, const struct vm_card *c, const struct meaning *m,
		  struct faults *f)
{
	struct pci_card passed = {.addr = m->card.addr};

	for (size_t i = 0; i < m->card.n; i++)
		for (size_t k = 0; k < c->n; k++)
			if (vm_dev_has(c->dev[k], m->card.fn[i].addr.fn)) {
				passed.fn[passed.n++] = m->card.fn[i];
				break;
			}
	if (passed.n)
		judge_members(h, &passed, f);
}

void judge_virtual(const struct host *h, const struct vm_dev *d, struct faults *f)
{
	const struct pci_fn *vf = pci_scan_find(&h->scan, d->addr);
	struct pci_card alone = {.addr = d->addr, .n = 1, .fn = {*vf}};
	struct romname rom;

	if (!d->managed && !pci_driver_is_vfio(vf->driver))
		faults_add(f, d->addr,
			   "this virtual function is %s%s, and %s a VFIO driver must have it; %s",
			   vf->driver[0] ? "on " : "without driver", vf->driver,
			   f->domain->words->managed_no, f->domain->words->managed);
	romname_parse(h->config.store, d->file, &rom);
	if (rom.kind != ROMNAME_FOREIGN && !d->rom_off)
		faults_add(f, d->addr,
			   "a virtual function has no ROM, and must not get one of a card: %s",
			   f->domain->words->no_rom);
	judge_members(h, &alone, f);
}
