/* A card of this boot as a JSON object, and back. Addresses, ids and classes are texts
 * ("0000:01:00.0", "10de:2204", "030000"), states and verdicts words. */
#ifndef GPUROM_CARDJSON_H
#define GPUROM_CARDJSON_H

#include "bootcard.h"
#include "json.h"

/* NULL: no memory. */
cJSON *cardjson_make(const struct boot_card *c);

/* -EBADMSG where a value has the wrong type or range; unknown keys and words for why a card was
 * left are ignored, so that another version's file can be read. */
int cardjson_read(const cJSON *o, struct boot_card *ret);

/* The same fields in other files. A getter where the key is missing: ids, serial number, slot and
 * verdict are what they were (ids: an error), a digest is "". A digest is 64 lower-case hex digits
 * or "". What a card does not have (serial number 0, slot "") is no key; one that is not usable or
 * that has other characters than PCI_SLOT_CHARS is an error. */
void cardjson_put_addr(struct json_writer *w, struct pci_addr a);
void cardjson_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device);
void cardjson_put_class(struct json_writer *w, uint32_t class);
void cardjson_put_serial(struct json_writer *w, uint64_t serial);
void cardjson_put_slot(struct json_writer *w, const char *slot);
void cardjson_get_serial(struct json_reader *r, uint64_t *ret);
void cardjson_get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX]);
void cardjson_get_addr(struct json_reader *r, struct pci_addr *ret);
void cardjson_get_ids(struct json_reader *r, const char *key, uint16_t *vendor, uint16_t *device);
void cardjson_get_sha256(struct json_reader *r, const char *key, char ret[SHA256_HEX]);
void cardjson_get_verdict(struct json_reader *r, enum verdict *ret);

#endif
