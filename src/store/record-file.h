/* The record (record/record.h) as a file of the store, cards.json: one object a card, by the name
 * of its path. gpurom(5) describes it field by field.
 *
 * It is written last of all, so that what it names is in the store before it. What another version
 * of gpurom knows of a card stays: keys that this one does not know, values that it does not
 * understand and has not changed, and the order of both. Version 1 knew nothing from `identity` to
 * `smbios_slot`, nor `pinned`; the first programs of version 2 no `id`. */
#ifndef GPUROM_STORE_RECORD_FILE_H
#define GPUROM_STORE_RECORD_FILE_H

#include "record/record.h"
#include "sys/json.h"

#define RECORD_FILE "cards.json"
#define RECORD_VERSION 2
#define RECORD_OLDER_FILE RECORD_FILE ".v1" /* what was there before the upgrade */
#define RECORD_FILE_MAX (64u << 20)
#define RECORD_ASIDE_MAX 40 /* "cards.json.corrupt-<n>" and its NUL */

/* text comes from malloc, has a NUL behind its n bytes, and is taken over also on failure. -ENOTSUP
 * and -EBADMSG as below. An older version's is upgraded. */
int record_parse(uint8_t *text, size_t n, struct record *ret);
/* store: the store's folder. None there: an empty record. -ENOTSUP: written by a newer gpurom;
 * -EBADMSG: corrupt. record_free in any case of success. */
int record_load(int store, struct record *ret);
/* Puts a corrupt file aside, by a new name; *ret is an empty record then. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret);
/* The name of a record that was put aside and is still there, "" where there is none. -errno. */
int record_aside(int store, char ret_name[RECORD_ASIDE_MAX]);
/* Publishes; nothing is written where nothing changed. An older version's file is kept beside, as
 * RECORD_OLDER_FILE. -ENOMEM also where there was none for an edit. */
int record_save(int store, const struct record *r);
/* Of one that is all zeros, too. */
void record_free(struct record *r);

/* A card as the file has it, or will have it; cJSON_Delete it. NULL: no memory. */
cJSON *record_card_json(const struct record_card *c);
/* The whole as it is saved. The caller frees. NULL: no memory. */
char *record_text(const struct record *r);

#endif
