// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "host/pve-file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void add_line(const struct host *h, struct bytes file, const char *node,
		     const struct pve_map *m, struct doctor_facts *ret)
{
	struct doctor_mapping *to;
	struct pci_addr card;

	if (ret->n_mappings == DOCTOR_MAPPINGS_MAX) {
		ret->lost_mappings++;
		return;
	}
	to = &ret->mapping[ret->n_mappings++];
	memcpy(to->name, m->name, sizeof(to->name));
	to->line = m->line;
	if (!pvemap_fits(m, &h->scan, to->why) && pvemap_find(file, node, m, &h->scan, &card))
		pci_addr_format_card(card, to->card);
}

void doctor_gather_mappings(const struct host *h, struct doctor_facts *ret)
{
	static struct pve_map m; /* kilobytes */
	struct pve_maps at = {0};
	struct pvefile file = {{NULL, 0}, NULL};
	char node[PVE_HOST_MAX];
	int err = -ETIMEDOUT;

	if (strncmp(ret->vms_silent, PVE_DIR, strlen(PVE_DIR)) != 0)
		err = pvefile_read(h->root->fd, PVE_MAPPINGS, &file);
	ret->mappings_error = err == -ENOENT ? 0 : err;
	if (err)
		return;
	pvefile_host(h->root, node);
	while (pvemap_next(file.text, &at, &m))
		if (pvemap_is_node(&m, node))
			add_line(h, file.text, node, &m, ret);
	pvefile_free(&file);
}
