/* What was read of a card's ROM as a JSON object, and back; a part of boot/cardjson.h. */
#ifndef GPUROM_BOOT_CARDROM_H
#define GPUROM_BOOT_CARDROM_H

#include "record/boot-card.h"
#include "sys/json.h"

/* NULL: no memory. */
cJSON *cardrom_make(const struct rom_reading *r);

/* o NULL: nothing was read. -EBADMSG as cardjson_read; *ret holds zeros before. */
int cardrom_read(const cJSON *o, struct rom_reading *ret);

#endif
