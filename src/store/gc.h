/* Files of the store that nothing refers to any more: romfiles and raw readings whose digest stands
 * neither in the record, anywhere, nor in the target of a link in by-path, by-id or the store's own
 * folder, whoever made that link. What is not named by a digest, or is no plain file, is not ours.
 */
#ifndef GPUROM_STORE_GC_H
#define GPUROM_STORE_GC_H

#include "store/record-file.h"
#include "store/store.h"

#define STOREGC_NAME_MAX 80 /* "roms/<sha256>.rom" and its NUL */

/* Why nothing may be removed now. */
enum storegc_refusal {
	STOREGC_ALLOWED,
	STOREGC_CORRUPT, /* a corrupt record was put aside: it may name what the record does not */
	STOREGC_NO_RECORD, /* there are files, and no record */
};

struct storegc_file {
	char name[STOREGC_NAME_MAX]; /* below the store */
	uint64_t size;
};

struct storegc {
	struct storegc_file *file; /* by name; raw readings first */
	size_t n;
	uint64_t bytes;
	enum storegc_refusal refusal;
	char aside[RECORD_ASIDE_MAX]; /* name of the record put aside, where that is the refusal */
};

/* Finds them; removes nothing. r: the store's record. The caller holds the lock where it means to
 * go on. storegc_free also after a failure, -errno of the file system or -ENOMEM. */
int storegc_find(const struct romstore *s, const struct record *r, struct storegc *ret);
/* Removes what was found, durably. *ret_removed: how many are gone, also where it failed. */
int storegc_remove(const struct romstore *s, const struct storegc *g, size_t *ret_removed);
/* Removes one raw reading, under the same rules: true where it is gone. r: the store's record, as
 * it is saved. */
bool storegc_raw(const struct romstore *s, const struct record *r, const char *sha256);
void storegc_free(struct storegc *g);

/* A set of SHA-256 digests, taken out of any text. */
struct digestset {
	char (*digest)[SHA256_HEX];
	size_t n, room;
	bool sorted;
};

/* Each digest that stands anywhere in n bytes of text, upper case as lower case, also within a
 * longer run of hex digits: rather one too many. -ENOMEM. */
int digestset_add(struct digestset *s, const char *text, size_t n);
/* Each digest that any key or value of the record holds, however deep. -ENOMEM. */
int digestset_add_record(struct digestset *s, const struct record *r);
bool digestset_has(struct digestset *s, const char *sha256);
void digestset_free(struct digestset *s);

#endif
