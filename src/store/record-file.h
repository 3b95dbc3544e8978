/* SPDX-License-Identifier: GPL-2.0-or-later */
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
#define RECORD_OLDER_FILE RECORD_FILE ".v1" /* as it was before the upgrade */
#define RECORD_FILE_MAX (64u << 20)
#define RECORD_ASIDE_MAX 40 /* "cards.json.corrupt-<n>" and its NUL */

/* text comes from malloc, has a NUL behind its n bytes, and is taken over also on failure. A record
 * of an older version is upgraded. Returns as record_load does. */
int record_parse(uint8_t *text, size_t n, struct record *ret);
/* store: the store's folder. Returns 0 and sets *ret (record_free it), to an empty record where
 * there is no file; -ENOTSUP: written by a newer gpurom; -EBADMSG: corrupt; or another -errno. */
int record_load(int store, struct record *ret);
/* Renames a corrupt file, and sets ret_name to its new name and *ret to an empty record. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret);
/* Sets ret_name to the name of a corrupt record that was put aside and is still there, "" where
 * there is none. Returns 0 or -errno. */
int record_find_aside(int store, char ret_name[RECORD_ASIDE_MAX]);
/* Publishes the record; writes nothing where nothing changed. Keeps the file of an older version as
 * RECORD_OLDER_FILE. Returns 0 or -errno, -ENOMEM also where memory ran out in an edit. */
int record_save(int store, const struct record *r);

/* A card as record_save writes it; cJSON_Delete it. NULL: no memory. */
cJSON *record_card_json(const struct record_card *c);
/* The text that record_save writes. The caller frees it. NULL: no memory. */
char *record_text(const struct record *r);

#endif
