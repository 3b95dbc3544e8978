// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/named-card.h"

#include "record/resolve.h"

#include <stdio.h>

int named_card_find(const struct cmd_env *env, const char *name, unsigned parts,
		    struct named_card *ret)
{
	static struct resolved found; /* kilobytes */
	int r = cmd_load(env, HOST_SCAN | HOST_RECORD | parts, &ret->host);

	if (r != EXIT_DONE)
		return r;
	/* Without a record only the names of now are found. */
	if (resolve(&ret->host.scan, &ret->host.rec, name, &found) < 0)
		return cmd_fail(name, found.text);
	if (found.text[0])
		fprintf(stderr, "gpurom: %s: warning: %s\n", name, found.text);
	ret->card = found.card;
	pci_addr_format(pci_card_display(&ret->card)->addr, ret->addr);
	return EXIT_DONE;
}
