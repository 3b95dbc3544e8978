/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All facts of a ROM file for people, on standard output. */
#ifndef GPUROM_CMD_SHOW_TEXT_H
#define GPUROM_CMD_SHOW_TEXT_H

#include "rom/verdict.h"

/* ids: the card's, or NULL. Write errors are left in stdout (ferror). */
void showtext_print(const char *path, struct bytes file, const struct rom *rom,
		    const struct pci_ids *ids);

#endif
