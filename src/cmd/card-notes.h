/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `gpurom list` and `gpurom plan` say of a card beside its row: who shares its IOMMU groups,
 * and its virtual functions; and of the host: its NVSwitches. */
#ifndef GPUROM_CMD_CARD_NOTES_H
#define GPUROM_CMD_CARD_NOTES_H

#include "host/host.h"
#include "plan/plan.h"

#include <cJSON.h>

/* Prints a line for each device that blocks the card or goes along, and one for its virtual
 * functions, each behind `before`. c: a card of the plan. */
void print_card_notes(const struct host *h, const struct plan *p, const struct plan_card *c,
		      const char *before);
/* Prints nothing where there are none. */
void print_nvswitches(const struct pci_scan *s);

/* Adds "group", every member, and "virtual_functions" where it has any. */
void json_put_card_notes(cJSON *o, const struct host *h, const struct plan *p,
			 const struct plan_card *c);
cJSON *json_nvswitches(const struct pci_scan *s);

#endif
