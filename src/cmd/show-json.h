/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All facts of a ROM file as a JSON object, for `show --json`. */
#ifndef GPUROM_CMD_SHOW_JSON_H
#define GPUROM_CMD_SHOW_JSON_H

#include "rom/verdict.h"

#include <cJSON.h>

/* ids: the card's, or NULL. Returns an object for cJSON_Delete; NULL: no memory. */
cJSON *romjson_make(struct bytes file, const struct rom *rom, const struct pci_ids *ids);

#endif
