/* What was read of a card's ROM as a JSON object, and back; a part of cardjson.h. */
#ifndef GPUROM_CARDROM_H
#define GPUROM_CARDROM_H

#include "bootcard.h"
#include "json.h"

/* NULL: no memory. */
cJSON *cardrom_make(const struct boot_rom *r);

/* o NULL: nothing was read. -EBADMSG as cardjson_read; *ret holds zeros before. */
int cardrom_read(const cJSON *o, struct boot_rom *ret);

#endif
