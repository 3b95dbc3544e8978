/* The store of romfiles: roms/<sha256>.rom, raw/<sha256>.bin, by-path/, by-id/ (DESIGN: The
 * store). Content-addressed and immutable; links are replaced by rename. Its folders are never
 * reached through a symbolic link, its files never read through one. What is there counts as
 * there only where its bytes have the digest of its name. What is not ours is left alone. */
#ifndef GPUROM_STORE_STORE_H
#define GPUROM_STORE_STORE_H

#include "pci/card.h"
#include "plan/config.h"
#include "sys/root.h"
#include "util/bytes.h"
#include "util/sha256.h"

#define STORE_VOLATILE "/run/gpurom/store" /* where the configured one cannot be had */
/* "<store>/by-path/<path>.rom" and its NUL */
#define STORE_FILE_MAX (CONFIG_STORE_MAX + PCI_PATH_MAX + 16)

struct romstore {
	int fd;			     /* the store's folder */
	char path[CONFIG_STORE_MAX]; /* as consumers must name it, absolute */
};

enum romstore_links { STORE_BY_PATH, STORE_BY_ID };

/* Opens the store below root, making its folders where create. -EINVAL where path is not
 * absolute, -ENOTDIR where a link or a file stands in the place of one of its folders. */
int romstore_open(const struct root *root, const char *path, bool create, struct romstore *ret);
void romstore_close(struct romstore *s);

/* The one writer's lock, waited for at most ms milliseconds (-EBUSY then), and what an interrupted
 * writer left behind swept away. Returns a descriptor: closing it unlocks. */
int romstore_lock(const struct romstore *s, unsigned ms);

/* Puts bytes under their digest (-EBADMSG where it is not theirs, -EINVAL where it is none);
 * present and whole is success and writes nothing; a file whose bytes do not have the digest of its
 * name is replaced. */
int romstore_put_rom(const struct romstore *s, struct bytes rom, const char *sha256);
int romstore_put_raw(const struct romstore *s, struct bytes raw, const char *sha256);

/* A romfile, its digest verified; the caller frees *ret. -ENOENT where there is none, -EBADMSG
 * where what stands there is not whole; anything else is trouble with the file system. */
int romstore_get_rom(const struct romstore *s, const char *sha256, uint8_t **ret, size_t *ret_n);
int romstore_get_raw(const struct romstore *s, const char *sha256, uint8_t **ret, size_t *ret_n);

/* Calls fn for each file of roms/ that bears a digest's name, whole or not, in no order. */
int romstore_each_rom(const struct romstore *s, void (*fn)(void *ctx, const char *sha256),
		      void *ctx);

/* Calls fn for each link of ours there, whether or not its file is there, in no order, until it
 * returns another value than 0: that. fn may remove the link. */
int romstore_each_link(const struct romstore *s, enum romstore_links where,
		       int (*fn)(void *ctx, const char *name, const char *sha256), void *ctx);

/* Takes a raw reading away. 0 also where it is not there. */
int romstore_drop_raw(const struct romstore *s, const char *sha256);

/* The digest in a file's name, "<sha256><suffix>"; false where it is no such name. */
bool romstore_digest_in(const char *name, const char *suffix, char ret_sha256[SHA256_HEX]);

/* Links to roms/<sha256>.rom, which must be there (-ENOENT). name without ".rom", of characters
 * [a-z0-9._-] (-EINVAL). -EEXIST where the place is taken by what we did not make. */
int romstore_link(const struct romstore *s, enum romstore_links where, const char *name,
		  const char *sha256);
/* 0 also where there is none; -EEXIST as above. */
int romstore_unlink(const struct romstore *s, enum romstore_links where, const char *name);
/* Digest a link of ours names, whether or not the file is there; -ENOENT, -EEXIST as above. */
int romstore_linked(const struct romstore *s, enum romstore_links where, const char *name,
		    char ret_sha256[SHA256_HEX]);

/* The file a VM definition should name for the card at this path name. The volatile store comes
 * first: commit puts there only what it could not put right in the configured one. -ENOENT where
 * neither has a link of ours to a file with bytes in it (their digest is `verify`'s to check). */
int romstore_find(const struct root *root, const char *store, const char *path_name,
		  char ret[STORE_FILE_MAX]);

#endif
