/* A card of this boot as a JSON object, and back. States are words. */
#ifndef GPUROM_BOOT_CARD_H
#define GPUROM_BOOT_CARD_H

#include "record/boot-card.h"
#include "sys/json.h"

/* NULL: no memory. */
cJSON *cardjson_make(const struct boot_card *c);

/* -EBADMSG where a value has the wrong type or range; unknown keys and words for why a card was
 * left are ignored, so that another version's file can be read. */
int cardjson_read(const cJSON *o, struct boot_card *ret);

/* What was read of a card's ROM as a JSON object, and back; a part of boot/card.h. */
/* NULL: no memory. */
cJSON *cardrom_make(const struct rom_reading *r);

/* o NULL: nothing was read. -EBADMSG as cardjson_read; *ret holds zeros before. */
int cardrom_read(const cJSON *o, struct rom_reading *ret);

#endif
