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

#endif
