// SPDX-License-Identifier: GPL-2.0-or-later
#include "proxmox/mapping.h"

#include <stdio.h>

/* --- the file --------------------------------------------------------------------------------- */

static uint8_t first_byte(struct bytes file, struct pve_range r)
{
	uint8_t c = 0;

	(void)bytes_u8(file, r.at, &c);
	return r.n ? c : 0;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* "    map node=..." */
static bool is_map(struct bytes file, struct pve_range line, struct pve_range *ret_value)
{
	struct bytes b = pve_bytes(file, line);
	size_t at = 0;

	while (at < b.n && is_blank(b.p[at]))
		at++;
	if (!at || !bytes_is(b, at, "map", 3) || at + 3 >= b.n || !is_blank(b.p[at + 3]))
		return false;
	for (at += 3; at < b.n && is_blank(b.p[at]);)
		at++;
	*ret_value = (struct pve_range){line.at + at, line.n - at};
	return true;
}

/* A name alone, at the beginning of its line. */
static void take_name(struct bytes file, struct pve_range line, struct pve_maps *at)
{
	at->name[0] = '\0';
	for (size_t i = 0; i < line.n; i++)
		if (is_blank(file.p[line.at + i]))
			return;
	(void)pve_copy(file, line, at->name, sizeof(at->name));
}

/* "10de:2206", also in capitals, as Proxmox takes it. */
static bool parse_model(struct bytes file, struct pve_range r, struct pve_model *ret)
{
	char text[10];
	const char *p = text;
	uint32_t vendor, device;

	if (r.n != 9 || !pve_copy(file, r, text, sizeof(text)) || text[4] != ':')
		return false;
	text[4] = '\0';
	if (!pci_hex(&p, 4, 0xffff, &vendor) || p != text + 4)
		return false;
	p = text + 5;
	if (!pci_hex(&p, 4, 0xffff, &device) || *p)
		return false;
	*ret = (struct pve_model){true, (uint16_t)vendor, (uint16_t)device};
	return true;
}

static void take_property(struct bytes file, const struct pve_property *p, struct pve_map *m)
{
	unsigned v;

	if (pve_is(file, p->key, "node"))
		(void)pve_copy(file, p->value, m->node, sizeof(m->node));
	else if (pve_is(file, p->key, "path"))
		(void)pve_ids_parse(file, p->value, m->id, &m->n);
	else if (pve_is(file, p->key, "id"))
		(void)parse_model(file, p->value, &m->model);
	else if (pve_is(file, p->key, "subsystem-id"))
		(void)parse_model(file, p->value, &m->subsystem);
	else if (pve_is(file, p->key, "iommugroup") && pve_number(file, p->value, &v))
		m->group = (int)v;
}

static void parse_map(struct bytes file, struct pve_range value, struct pve_map *m)
{
	struct pve_property p;

	for (size_t at = value.at; pve_property_next(file, value, &at, &p);)
		take_property(file, &p, m);
}

bool pvemap_next(struct bytes file, struct pve_maps *at, struct pve_map *ret)
{
	struct pve_range line, value;

	while (pve_line_next(file, &at->at, &line)) {
		uint8_t c = first_byte(file, line);

		at->line++;
		if (!c || c == '#')
			continue;
		if (!is_blank(c)) {
			take_name(file, line, at);
			continue;
		}
		if (!at->name[0] || !is_map(file, line, &value))
			continue;
		memset(ret, 0, sizeof(*ret));
		memcpy(ret->name, at->name, sizeof(ret->name));
		ret->group = -1;
		ret->line = at->line;
		ret->all = line;
		parse_map(file, value, ret);
		return true;
	}
	return false;
}

bool pvemap_is_name(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strlen(text);

	return n >= 2 && n < PVE_NAME_MAX && strchr(letters, *text) &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
		       n;
}

bool pvemap_is_node(const struct pve_map *m, const char *host)
{
	size_t n = strcspn(host, ".");

	return n && strlen(m->node) == n && memcmp(m->node, host, n) == 0;
}

/* --- does it fit? ----------------------------------------------------------------------------- */

static bool same_model(const struct pve_model *m, uint16_t vendor, uint16_t device,
		       const char *what, const char *addr, char why[PVEMAP_WHY_MAX])
{
	if (m->set && m->vendor == vendor && m->device == device)
		return true;
	if (m->set)
		snprintf(why, PVEMAP_WHY_MAX, "%s of %s is %04x:%04x, not %04x:%04x", what, addr,
			 vendor, device, m->vendor, m->device);
	else
		snprintf(why, PVEMAP_WHY_MAX, "%s of %s, %04x:%04x, is missing", what, addr, vendor,
			 device);
	return false;
}

/* Proxmox asks for the group of the first device alone. */
static bool same_group(const struct pve_map *m, const struct pci_fn *fn, const char *addr,
		       char why[PVEMAP_WHY_MAX])
{
	if (m->group == fn->iommu_group || (m->group < 0 && fn->iommu_group < 0))
		return true;
	if (fn->iommu_group < 0)
		snprintf(why, PVEMAP_WHY_MAX, "%s has no IOMMU group: the IOMMU is off", addr);
	else if (m->group < 0)
		snprintf(why, PVEMAP_WHY_MAX, "iommugroup of %s, %d, is missing", addr,
			 fn->iommu_group);
	else
		snprintf(why, PVEMAP_WHY_MAX, "iommugroup of %s is %d, not %d", addr,
			 fn->iommu_group, m->group);
	return false;
}

static bool fits(const struct pve_map *m, size_t i, const struct pci_scan *s,
		 char why[PVEMAP_WHY_MAX])
{
	const struct pci_fn *fn = pci_scan_find(s, m->id[i].addr);
	char addr[PCI_ADDR_BUF];

	pci_addr_format(m->id[i].addr, addr);
	if (!fn) {
		snprintf(why, PVEMAP_WHY_MAX, "nothing is at %s", addr);
		return false;
	}
	return same_model(&m->model, fn->ids.vendor, fn->ids.device, "id", addr, why) &&
	       same_model(&m->subsystem, fn->ids.subvendor, fn->ids.subdevice, "subsystem-id", addr,
			  why) &&
	       (i > 0 || same_group(m, fn, addr, why));
}

bool pvemap_fits(const struct pve_map *m, const struct pci_scan *s, char why[PVEMAP_WHY_MAX])
{
	if (!m->n) {
		snprintf(why, PVEMAP_WHY_MAX, "line %zu has no path that can be read", m->line);
		return false;
	}
	for (size_t i = 0; i < m->n; i++)
		if (!fits(m, i, s, why))
			return false;
	return true;
}

/* --- which card does it mean? ----------------------------------------------------------------- */

static bool is_like(const struct pve_map *m, const struct pci_fn *fn)
{
	const struct pci_ids *ids = &fn->ids;

	return pci_fn_is_display(fn) && m->model.set && m->model.vendor == ids->vendor &&
	       m->model.device == ids->device &&
	       (!m->subsystem.set ||
		(m->subsystem.vendor == ids->subvendor && m->subsystem.device == ids->subdevice));
}

static bool is_mapped(struct bytes file, const char *host, const struct pci_scan *s,
		      struct pci_addr a)
{
	struct pve_map other;
	struct pve_maps at = {0};
	char why[PVEMAP_WHY_MAX];

	while (pvemap_next(file, &at, &other))
		if (pvemap_is_node(&other, host) && pvemap_fits(&other, s, why) &&
		    pci_addr_same_card(other.id[0].addr, a))
			return true;
	return false;
}

bool pvemap_find(struct bytes file, const char *host, const struct pve_map *m,
		 const struct pci_scan *s, struct pci_addr *ret)
{
	const struct pci_fn *there = m->n ? pci_scan_find(s, m->id[0].addr) : NULL;
	const struct pci_fn *found = NULL;

	if (there && is_like(m, there)) {
		*ret = there->addr;
		return true;
	}
	for (size_t i = 0; i < s->n; i++) {
		if (!is_like(m, &s->fn[i]) || is_mapped(file, host, s, s->fn[i].addr))
			continue;
		if (found)
			return false;
		found = &s->fn[i];
	}
	if (found)
		*ret = found->addr;
	return found;
}
