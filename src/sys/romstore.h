/* The store of romfiles: roms/<sha256>.rom, raw/<sha256>.bin, by-path/, by-id/ (DESIGN: The
 * store). Content-addressed, immutable; links are replaced by rename. */
#ifndef GPUROM_ROMSTORE_H
#define GPUROM_ROMSTORE_H

#include "bootcard.h"
#include "root.h"

#define STORE_VOLATILE "/run/gpurom/store" /* where the configured one cannot be had */
#define STORE_FILE_MAX 256		   /* "<store>/by-path/<path>.rom" and its NUL */

struct romstore {
	int fd;		  /* the store's folder */
	char path[CONFIG_STORE_MAX]; /* as consumers must name it, absolute */
};

/* Opens the store below root, making its folders where create. */
int romstore_open(const struct root *root, const char *path, bool create, struct romstore *ret);
void romstore_close(struct romstore *s);

/* Puts bytes under their digest; present and whole is success and writes nothing; a file whose
 * bytes do not have the digest of its name is replaced. */
int romstore_put_rom(const struct romstore *s, struct bytes rom, const char sha256[SHA256_HEX]);
int romstore_put_raw(const struct romstore *s, struct bytes raw, const char sha256[SHA256_HEX]);

/* Links to roms/<sha256>.rom. name without ".rom". */
int romstore_link_path(const struct romstore *s, const char *name, const char *sha256);
int romstore_link_id(const struct romstore *s, const char *name, const char *sha256);

/* The file a VM definition should name for the card at this path name: looks in the configured
 * store first, then in the volatile one. -ENOENT where neither has a whole one. */
int romstore_find(const struct root *root, const char *store, const char *path_name,
		  char ret[STORE_FILE_MAX]);

#endif
