/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store of romfiles: roms/<sha256>.rom, raw/<sha256>.bin, by-path/, by-id/. Content-addressed
 * and immutable; links are replaced by rename. Its folders are never reached through a symbolic
 * link, its files never read through one. A file counts only where its bytes have the digest in its
 * name. What gpurom did not make is left alone. */
#ifndef GPUROM_STORE_STORE_H
#define GPUROM_STORE_STORE_H

#include "pci/card.h"
#include "plan/config.h"
#include "sys/root.h"
#include "util/bytes.h"
#include "util/sha256.h"

#define STORE_VOLATILE "/run/gpurom/store" /* where the configured one cannot be used */
/* "<store>/by-path/<path>.rom" and its NUL */
#define STORE_FILE_MAX (CONFIG_STORE_MAX + PCI_PATH_MAX + 16)

/* Filled by romstore_open. */
struct romstore {
	int fd;			     /* the store's folder */
	char path[CONFIG_STORE_MAX]; /* absolute, as VM definitions name it */
};

#define STORE_IMAGES "images" /* host/image-note.h: of no card; gc and verify leave it alone */

enum romstore_links { STORE_BY_PATH, STORE_BY_ID };

/* Opens the store below root; create: makes its folders. -EINVAL where path is not absolute,
 * -ENOTDIR where a link or a file is in the place of one of its folders. */
int romstore_open(const struct root *root, const char *path, bool create, struct romstore *ret);
void romstore_close(struct romstore *s);

/* Takes the one writer's lock, waiting at most ms milliseconds (-EBUSY then), and removes what an
 * interrupted writer left. Returns a descriptor: closing it unlocks. */
int romstore_lock(const struct romstore *s, unsigned ms);

/* Stores bytes under their digest (-EBADMSG where it is not theirs, -EINVAL where it is no digest).
 * A file that is there and whole is success, and nothing is written; a damaged one is replaced. */
int romstore_put_rom(const struct romstore *s, struct bytes rom, const char *sha256);
int romstore_put_raw(const struct romstore *s, struct bytes raw, const char *sha256);

/* Reads a file and verifies its digest; the caller frees *ret. -ENOENT where there is none,
 * -EBADMSG where it is not whole; any other -errno is the file system's. */
int romstore_get_rom(const struct romstore *s, const char *sha256, uint8_t **ret, size_t *ret_n);
int romstore_get_raw(const struct romstore *s, const char *sha256, uint8_t **ret, size_t *ret_n);

/* Calls fn for each file of roms/ that is named by a digest, whole or not, in no order. */
int romstore_each_rom(const struct romstore *s, void (*fn)(void *ctx, const char *sha256),
		      void *ctx);

/* Calls fn for each link of gpurom's, whether or not its file is there, in no order, until fn
 * returns another value than 0, and returns that. fn may remove the link. */
int romstore_each_link(const struct romstore *s, enum romstore_links where,
		       int (*fn)(void *ctx, const char *name, const char *sha256), void *ctx);

/* Removes a raw reading. Returns 0 also where there is none. */
int romstore_drop_raw(const struct romstore *s, const char *sha256);

/* The digest in a file's name, "<sha256><suffix>"; false where it is no such name. */
bool romstore_digest_in(const char *name, const char *suffix, char ret_sha256[SHA256_HEX]);

/* Links to roms/<sha256>.rom, which must be there (-ENOENT). name without ".rom", of characters
 * [a-z0-9._-] (-EINVAL). -EEXIST where something that gpurom did not make has that name. */
int romstore_link(const struct romstore *s, enum romstore_links where, const char *name,
		  const char *sha256);
/* Removes a link. Returns 0 also where there is none; -EEXIST as above. */
int romstore_unlink(const struct romstore *s, enum romstore_links where, const char *name);
/* Sets ret_sha256 to the digest that a link leads to, whether or not the file is there; -ENOENT
 * where there is no link, -EEXIST as above. */
int romstore_linked(const struct romstore *s, enum romstore_links where, const char *name,
		    char ret_sha256[SHA256_HEX]);
/* The same for many names: in a folder that is opened once. Returns a descriptor, or -errno. */
int romstore_open_links(const struct romstore *s, enum romstore_links where);
int romstore_linked_in(int links, const char *name, char ret_sha256[SHA256_HEX]);

/* The file that a VM definition should name for the card at this path. The volatile store comes
 * first: commit writes there only what it could not write in the configured one. -ENOENT where
 * neither has a link of gpurom's to a file with bytes in it (`verify` checks their digest). */
int romstore_find(const struct root *root, const char *store, const char *path_name,
		  char ret[STORE_FILE_MAX]);

#endif
