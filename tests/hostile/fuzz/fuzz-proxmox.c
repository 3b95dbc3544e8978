// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any bytes as a VM's configuration of Proxmox VE, and as its mappings: what is
 * found lies in the file, and is in it again where it is read alone. */
#include "proxmox/conf.h"
#include "proxmox/mapping.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define ENSURE(x)                                                                                  \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

static void check_ids(struct bytes file, const struct pve_id *id, size_t n)
{
	struct pve_id again[PVE_IDS_MAX];
	size_t one;

	ENSURE(n <= PVE_IDS_MAX);
	for (size_t i = 0; i < n; i++) {
		ENSURE(bytes_has(file, id[i].in.at, id[i].in.n));
		ENSURE(id[i].addr.dev <= PCI_DEV_MAX && id[i].addr.fn <= PCI_FN_MAX);
		ENSURE(!id[i].whole || !id[i].addr.fn);
		ENSURE(pve_ids_parse(file, id[i].in, again, &one) == 0 && one == 1);
		ENSURE(pci_addr_cmp(again[0].addr, id[i].addr) == 0);
	}
}

static void check_conf(struct bytes file, const struct pve_conf *c)
{
	ENSURE(memchr(c->name, '\0', sizeof(c->name)));
	for (unsigned i = 0; i < PVECONF_HOSTPCI_MAX; i++) {
		const struct pve_hostpci *h = &c->hostpci[i];

		ENSURE(!h->tag[0] || card_id_is_valid(h->tag));
		if (!h->line)
			continue;
		ENSURE(!h->n == !!h->mapping[0]);
		check_ids(file, h->id, h->n);
		ENSURE(strlen(h->romfile) == h->in_romfile.n);
		ENSURE(bytes_is(file, h->in_romfile.at, h->romfile, h->in_romfile.n));
	}
}

static void check_maps(struct bytes file)
{
	static const struct pci_scan none;
	static struct pci_fn card = {.addr = {0, 1, 0, 0},
				     .class = 0x030000,
				     .ids = {.vendor = 0x10de, .device = 0x2204}};
	const struct pci_scan one = {.fn = &card, .n = 1};
	struct pci_addr found;
	static struct pve_map m;
	struct pve_maps at = {0};
	char why[PVEMAP_WHY_MAX];

	for (size_t last = 0; pvemap_next(file, &at, &m); last = m.line) {
		ENSURE(m.name[0] && m.line > last && memchr(m.node, '\0', sizeof(m.node)));
		ENSURE(bytes_has(file, m.all.at, m.all.n));
		check_ids(file, m.id, m.n);
		ENSURE(!pvemap_fits(&m, &none, why) && why[0]);
		ENSURE(!pvemap_find(file, m.node, &m, &none, &found));
		if (pvemap_find(file, m.node, &m, &one, &found))
			ENSURE(m.model.set && pci_addr_cmp(found, card.addr) == 0);
	}
}

static void check_description(struct bytes file)
{
	char *text = NULL;
	size_t n, lines, ends = 0;
	FILE *f = open_memstream(&text, &n);

	ENSURE(f);
	lines = pveconf_write_description(f, file, -1);
	fclose(f);
	for (size_t i = 0; i < n; i++)
		ends += text[i] == '\n';
	ENSURE(lines == ends && !memchr(text, '\0', n));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct pve_conf c;
	struct bytes file = {p, n};
	char why[PVECONF_WHY_MAX] = "";
	int err = pveconf_parse(file, &c, why);

	if (err)
		ENSURE((err == -EBADMSG || err == -EFBIG) && why[0]);
	else
		check_conf(file, &c);
	check_maps(file);
	check_description(file);
	return 0;
}
