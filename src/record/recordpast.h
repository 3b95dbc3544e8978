/* A recorded card's past: its earlier addresses and paths, and the cards that stood in its place
 * before, lists of objects, newest first. */
#ifndef GPUROM_RECORD_RECORDPAST_H
#define GPUROM_RECORD_RECORDPAST_H

#include "pci/addr.h"
#include "sys/json.h"

#define RECORDPAST_MAX 64 /* addresses and paths kept */

/* item, whose text `key` names it, becomes the first; an older one of that name goes. Takes item
 * over; NULL counts as no memory. */
void recordpast_push(struct json_writer *card, const char *list, const char *key, cJSON *item);

/* Takes out what bears that name. */
void recordpast_drop(struct json_writer *card, const char *list, const char *key, const char *name);

/* The card's address is this one now; one that it had before goes to `addresses`. */
void recordpast_address(struct json_writer *card, struct pci_addr now);

/* old, another card's object, becomes the first of the card's `previous`, and what stood before old
 * follows it: the list is flat. Takes old over. */
void recordpast_bury(struct json_writer *card, cJSON *old);

#endif
