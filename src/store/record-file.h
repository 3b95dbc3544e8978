/* The record's file in the store (record/record.h says what it holds). It is written last of all,
 * so that what it names is in the store before it. */
#ifndef GPUROM_STORE_RECORD_FILE_H
#define GPUROM_STORE_RECORD_FILE_H

#include "record/record.h"

#define RECORD_FILE "cards.json"
#define RECORD_OLDER_FILE RECORD_FILE ".v1" /* what was there before the upgrade */
#define RECORD_FILE_MAX (64u << 20)
#define RECORD_ASIDE_MAX 40 /* "cards.json.corrupt-<n>" and its NUL */

/* store: the store's folder. None there: an empty record. -ENOTSUP: written by a newer gpurom;
 * -EBADMSG: corrupt. record_free in any case of success. */
int record_load(int store, struct record *ret);
/* Puts a corrupt file aside, by a new name; *ret is an empty record then. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret);
/* The name of a record that was put aside and is still there, "" where there is none. -errno. */
int record_aside(int store, char ret_name[RECORD_ASIDE_MAX]);
/* Publishes; nothing is written where nothing changed. An older version's file is kept beside, as
 * RECORD_OLDER_FILE. */
int record_save(int store, const struct record *r);

#endif
