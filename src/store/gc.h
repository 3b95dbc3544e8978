/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of the store that nothing refers to any more: romfiles and raw readings whose digest is
 * nowhere in the record, nor in the target of a link in by-path, by-id or the store's own folder,
 * whoever made that link. What is not named by a digest, or is no plain file, is not gpurom's. */
#ifndef GPUROM_STORE_GC_H
#define GPUROM_STORE_GC_H

#include "store/record-file.h"
#include "store/store.h"

#define STOREGC_NAME_MAX 80 /* "roms/<sha256>.rom" and its NUL */

/* Why nothing may be removed now. */
enum storegc_refusal {
	STOREGC_ALLOWED,
	STOREGC_CORRUPT,   /* a corrupt record was put aside: it may name other files */
	STOREGC_NO_RECORD, /* there are files, and no record */
};

struct storegc_file {
	char name[STOREGC_NAME_MAX]; /* below the store */
	uint64_t size;
};

/* Filled by storegc_find; read by storegc_remove and cmd/gc.c. */
struct storegc {
	struct storegc_file *file; /* by name; raw readings first */
	size_t n;
	uint64_t bytes;
	enum storegc_refusal refusal;
	char aside[RECORD_ASIDE_MAX]; /* with STOREGC_CORRUPT, the name of that record */
};

/* Finds them; removes nothing. r: the store's record. A caller that removes them afterwards holds
 * the lock. Returns 0 or -errno; storegc_free *ret in both cases. */
int storegc_find(const struct romstore *s, const struct record *r, struct storegc *ret);
/* Removes what was found, durably. Sets *ret_removed to how many it removed, also on failure. */
int storegc_remove(const struct romstore *s, const struct storegc *g, size_t *ret_removed);
/* Removes one raw reading, under the same rules. Returns true where it is removed. r: the store's
 * record, as saved. */
bool storegc_remove_raw(const struct romstore *s, const struct record *r, const char *sha256);
void storegc_free(struct storegc *g);

/* A set of SHA-256 digests, taken out of any text. */
struct digestset {
	char (*digest)[SHA256_HEX];
	size_t n, room;
	bool sorted;
};

/* Adds each digest in n bytes of text, in upper or lower case, also within a longer run of hex
 * digits: rather one too many. Returns 0 or -ENOMEM. */
int digestset_add(struct digestset *s, const char *text, size_t n);
/* Adds each digest in a key or value of the record, however deep. Returns 0 or -ENOMEM. */
int digestset_add_record(struct digestset *s, const struct record *r);
bool digestset_has(struct digestset *s, const char *sha256);
void digestset_free(struct digestset *s);

#endif
