/* A card of this boot as a JSON object, and back. Addresses, ids and classes are texts
 * ("0000:01:00.0", "10de:2204", "030000"), states and verdicts words. */
#ifndef GPUROM_CARDJSON_H
#define GPUROM_CARDJSON_H

#include "bootcard.h"
#include "json.h"

/* NULL: no memory. */
cJSON *cardjson_make(const struct boot_card *c);

/* -EBADMSG where a value has the wrong type or range; unknown keys and words for why a card was
 * left are ignored, so that another version's file can be read. The codes of findings point into
 * o, which must outlive *ret. */
int cardjson_read(const cJSON *o, struct boot_card *ret);

#endif
