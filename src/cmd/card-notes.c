// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/card-notes.h"

#include <stdio.h>

#define MEMBERS_MAX 64 /* of a card's groups, printed */

/* Sets *ret to the card and its group; returns the number of members. */
static size_t find_group(const struct host *h, const struct plan *p, const struct plan_card *c,
			 struct pci_card *card, struct group_member ret[MEMBERS_MAX])
{
	size_t at = c->first, n;

	(void)pci_card_next(&h->scan, &at, card);
	n = plan_group(p, &h->config, &h->scan, card, GROUP_DRIVERS_BOUND, ret, MEMBERS_MAX);
	return n < MEMBERS_MAX ? n : MEMBERS_MAX;
}

void print_card_notes(const struct host *h, const struct plan *p, const struct plan_card *c,
		      const char *before)
{
	struct group_member member[MEMBERS_MAX];
	char text[GROUP_TEXT_MAX];
	struct pci_card card;
	size_t n = find_group(h, p, c, &card, member);
	struct pci_vfs vfs = pci_card_vfs(&h->scan, &card);

	for (size_t i = 0; i < n && member[i].role != GROUP_HARMLESS; i++)
		printf("%s%s\n", before, group_text(&member[i], text));
	if (vfs.n)
		printf("%s%zu virtual functions, %zu in use: gpurom takes none of them\n", before,
		       vfs.n, vfs.in_use);
}

void print_nvswitches(const struct pci_scan *s)
{
	char addr[PCI_ADDR_BUF];
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		const struct pci_fn *f = &s->fn[i];

		if (!pci_fn_is_nvswitch(f))
			continue;
		any = true;
		printf("%s: NVSwitch, %04x:%04x, IOMMU group %d, %s%s\n",
		       pci_addr_format(f->addr, addr), f->ids.vendor, f->ids.device, f->iommu_group,
		       f->driver[0] ? "on " : "no driver", f->driver);
	}
	if (any)
		printf("gpurom takes no NVSwitch; a VM that gets all GPUs of the board needs its "
		       "switches too: 'driverctl set-override ADDRESS vfio-pci' for each\n");
}

static cJSON *json_member(const struct group_member *m)
{
	cJSON *o = cJSON_CreateObject();
	char text[32];

	cJSON_AddStringToObject(o, "address", pci_addr_format(m->addr, text));
	snprintf(text, sizeof(text), "%04x:%04x", m->ids.vendor, m->ids.device);
	cJSON_AddStringToObject(o, "ids", text);
	snprintf(text, sizeof(text), "%06x", m->class & 0xffffff);
	cJSON_AddStringToObject(o, "class", text);
	cJSON_AddNumberToObject(o, "iommu_group", m->iommu_group);
	cJSON_AddItemToObject(o, "driver",
			      m->driver[0] ? cJSON_CreateString(m->driver) : cJSON_CreateNull());
	cJSON_AddStringToObject(o, "role", group_role_words[m->role]);
	return o;
}

void json_put_card_notes(cJSON *o, const struct host *h, const struct plan *p,
			 const struct plan_card *c)
{
	struct group_member member[MEMBERS_MAX];
	struct pci_card card;
	size_t n = find_group(h, p, c, &card, member);
	struct pci_vfs vfs = pci_card_vfs(&h->scan, &card);
	cJSON *group = cJSON_AddArrayToObject(o, "group"), *v;

	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(group, json_member(&member[i]));
	if (!vfs.n)
		return;
	v = cJSON_AddObjectToObject(o, "virtual_functions");
	cJSON_AddNumberToObject(v, "enabled", (double)vfs.n);
	cJSON_AddNumberToObject(v, "in_use", (double)vfs.in_use);
}

cJSON *json_nvswitches(const struct pci_scan *s)
{
	cJSON *a = cJSON_CreateArray();
	char text[32];

	for (size_t i = 0; i < s->n; i++) {
		const struct pci_fn *f = &s->fn[i];
		cJSON *o;

		if (!pci_fn_is_nvswitch(f))
			continue;
		o = cJSON_CreateObject();
		cJSON_AddStringToObject(o, "address", pci_addr_format(f->addr, text));
		snprintf(text, sizeof(text), "%04x:%04x", f->ids.vendor, f->ids.device);
		cJSON_AddStringToObject(o, "ids", text);
		cJSON_AddItemToObject(o, "iommu_group",
				      f->iommu_group < 0 ? cJSON_CreateNull()
							 : cJSON_CreateNumber(f->iommu_group));
		cJSON_AddItemToObject(o, "driver",
				      f->driver[0] ? cJSON_CreateString(f->driver)
						   : cJSON_CreateNull());
		cJSON_AddItemToArray(a, o);
	}
	return a;
}
