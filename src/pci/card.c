// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/card.h"

#include <stdint.h>
#include <stdlib.h>
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

static int by_address(const void *addr, const void *fn)
{
	return pci_addr_cmp(*(const struct pci_addr *)addr, ((const struct pci_fn *)fn)->addr);
}

const struct pci_fn *pci_scan_find(const struct pci_scan *s, struct pci_addr a)
{
	const struct pci_fn *f = s->n ? bsearch(&a, s->fn, s->n, sizeof(*f), by_address) : NULL;

	return f || !s->n_vf ? f : bsearch(&a, s->vf, s->n_vf, sizeof(*f), by_address);
}

/* A bridge's bus number is below those of its children, so that a lying tree has no circles. */
const struct pci_fn *pci_card_parent(const struct pci_scan *s, const struct pci_fn *f)
{
	const struct pci_fn *up = f->has_parent ? pci_scan_find(s, f->parent) : NULL;

	return up && pci_addr_cmp(up->addr, f->addr) < 0 ? up : NULL;
}

struct pci_vfs pci_card_vfs(const struct pci_scan *s, const struct pci_card *c)
{
	struct pci_vfs vfs = {0, 0};

	for (size_t i = 0; i < s->n_vf; i++) {
		if (!pci_addr_same_card(s->vf[i].physfn, c->addr))
			continue;
		vfs.n++;
		vfs.in_use += pci_driver_is_vfio(s->vf[i].driver);
	}
	return vfs;
}

bool pci_driver_is_vfio(const char *driver)
{
	return strstr(driver, "vfio");
}

/* Of HGX-2, HGX A100 and HGX H100 to H200: pci.ids, and NVIDIA's Fabric Manager User Guide. Those
 * of later boards are not on the host's PCI bus. */
bool pci_fn_is_nvswitch(const struct pci_fn *f)
{
	static const uint16_t devices[] = {0x1ac2, 0x1af1, 0x22a3};

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (f->ids.vendor == PCI_VENDOR_NVIDIA && f->ids.device == devices[i])
			return true;
	return false;
}
