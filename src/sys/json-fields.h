/* Fields that several JSON files have: addresses, ids and classes as texts ("0000:01:00.0",
 * "10de:2204", "030000"), verdicts as words. */
#ifndef GPUROM_SYS_JSON_FIELDS_H
#define GPUROM_SYS_JSON_FIELDS_H

#include "pci/card.h"
#include "rom/verdict.h"
#include "sys/json.h"
#include "util/sha256.h"

/* A getter where the key is missing: ids, serial number, slot and
 * verdict are what they were (ids: an error), a digest is "". A digest is 64 lower-case hex digits
 * or "". What a card does not have (serial number 0, slot "") is no key; one that is not usable or
 * that has other characters than PCI_SLOT_CHARS is an error. */
void json_put_addr(struct json_writer *w, struct pci_addr a);
void json_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device);
void json_put_class(struct json_writer *w, uint32_t class);
void json_put_serial(struct json_writer *w, uint64_t serial);
void json_put_slot(struct json_writer *w, const char *slot);
void json_get_serial(struct json_reader *r, uint64_t *ret);
void json_get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX]);
void json_get_class(struct json_reader *r, uint32_t *ret);
void json_get_addr(struct json_reader *r, struct pci_addr *ret);
void json_get_ids(struct json_reader *r, const char *key, uint16_t *vendor, uint16_t *device);
void json_get_sha256(struct json_reader *r, const char *key, char ret[SHA256_HEX]);
void json_get_verdict(struct json_reader *r, enum verdict *ret);

#endif
