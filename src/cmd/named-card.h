/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card that a person names, for the commands that work on one card. */
#ifndef GPUROM_CMD_NAMED_CARD_H
#define GPUROM_CMD_NAMED_CARD_H

#include "cmd/cmd.h"
#include "host/host.h"

/* named_card_find fills it in, the command reads it; host_free(&c.host). */
struct named_card {
	struct host host;
	struct pci_card card;
	char addr[PCI_ADDR_BUF]; /* of its display function, for messages */
};

/* name: as `gpurom resolve` takes it, earlier names too. Prints what is uncertain about it on
 * stderr. Loads parts, and scan and record. Returns EXIT_DONE, or EXIT_FAILED after printing why;
 * host_free in both cases. */
int named_card_find(const struct cmd_env *env, const char *name, unsigned parts,
		    struct named_card *ret);

#endif
