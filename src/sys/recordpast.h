/* A recorded card's past: its earlier addresses and paths, lists of objects, newest first. */
#ifndef GPUROM_RECORDPAST_H
#define GPUROM_RECORDPAST_H

#include "json.h"

#define RECORDPAST_MAX 64 /* kept of each list */

/* item, whose text `key` names it, becomes the first; an older one of that name goes. Takes item
 * over; NULL counts as no memory. */
void recordpast_push(struct json_writer *card, const char *list, const char *key, cJSON *item);

/* Takes out what bears that name. */
void recordpast_drop(struct json_writer *card, const char *list, const char *key, const char *name);

#endif
