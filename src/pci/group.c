// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/group.h"

#include "pci/modalias.h"

#include <stdio.h>
#include <string.h>

#define HEADER_ENDPOINT 0
#define CLASS_HOST_BRIDGE 0x0600 /* also AMD's dummy ones, which read as endpoints */
#define CLASS_PCI_BRIDGE 0x0604

const char *const group_role_words[] = {
	[GROUP_BLOCKS] = "blocks",
	[GROUP_ALONG] = "along",
	[GROUP_HARMLESS] = "harmless",
};

static bool is_bridge(const struct pci_fn *f)
{
	return f->header_type != HEADER_ENDPOINT || f->class >> 8 == CLASS_PCI_BRIDGE;
}

/* The kernel has drivers for most endpoints, but for no host bridge. */
static bool stays_driverless(const struct pci_fn *f)
{
	return is_bridge(f) || f->class >> 8 == CLASS_HOST_BRIDGE;
}

static bool is_taken(const struct group_rule *rule, const struct pci_fn *f)
{
	for (size_t i = 0; i < rule->n_taken; i++)
		if (!f->is_vf && pci_addr_same_card(rule->taken[i], f->addr))
			return true;
	return false;
}

static enum group_role judge(const struct group_rule *rule, const struct pci_fn *f)
{
	if (is_taken(rule, f))
		return GROUP_ALONG;
	if (!f->driver[0])
		return rule->when == GROUP_BEFORE_DRIVERS && !stays_driverless(f) ? GROUP_BLOCKS
										  : GROUP_HARMLESS;
	if (pci_driver_is_vfio(f->driver) || strcmp(f->driver, "pci-stub") == 0 ||
	    (is_bridge(f) && strcmp(f->driver, "pcieport") == 0) ||
	    (rule->driver && modalias_same_name(f->driver, rule->driver)))
		return GROUP_HARMLESS;
	return GROUP_BLOCKS;
}

/* A virtual function is no part of the card at its device number. */
static bool is_own(const struct pci_card *card, const struct pci_fn *f)
{
	return f->is_vf || card->fn[0].is_vf ? pci_addr_cmp(f->addr, card->fn[0].addr) == 0
					     : pci_addr_same_card(f->addr, card->addr);
}

static bool shares_group(const struct pci_card *card, const struct pci_fn *f)
{
	for (size_t i = 0; i < card->n && f->iommu_group >= 0; i++)
		if (card->fn[i].iommu_group == f->iommu_group)
			return !is_own(card, f);
	return false;
}

static struct group_member make_member(const struct pci_fn *f, enum group_role role)
{
	struct group_member m = {.addr = f->addr,
				 .ids = f->ids,
				 .class = f->class,
				 .iommu_group = f->iommu_group,
				 .role = role};

	memcpy(m.driver, f->driver, sizeof(m.driver));
	return m;
}

size_t group_members(const struct pci_scan *s, const struct pci_card *card,
		     const struct group_rule *rule, struct group_member *ret, size_t max)
{
	size_t n = 0;

	for (int role = GROUP_BLOCKS; role <= GROUP_HARMLESS; role++)
		for (size_t i = 0; i < s->n + s->n_vf; i++) {
			const struct pci_fn *f = i < s->n ? &s->fn[i] : &s->vf[i - s->n];

			if (!shares_group(card, f) || judge(rule, f) != (enum group_role)role)
				continue;
			if (n < max)
				ret[n] = make_member(f, (enum group_role)role);
			n++;
		}
	return n;
}

const char *group_text(const struct group_member *m, char buf[GROUP_TEXT_MAX])
{
	static const char *const meaning[] = {
		[GROUP_BLOCKS] =
			"no VM can get the card while a driver of the host has this device",
		[GROUP_ALONG] = "it is taken as well, and only one VM can have both",
		[GROUP_HARMLESS] = "it hinders no VM",
	};
	char addr[PCI_ADDR_BUF], class[16];

	snprintf(class, sizeof(class), "class %06x", m->class & 0xffffff);
	snprintf(buf, GROUP_TEXT_MAX, "%s %04x:%04x%s%s, in IOMMU group %d: %s",
		 pci_addr_format(m->addr, addr), m->ids.vendor, m->ids.device,
		 m->driver[0] ? " on " : " ", m->driver[0] ? m->driver : class, m->iommu_group,
		 meaning[m->role]);
	return buf;
}
