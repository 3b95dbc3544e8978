/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the name of a romfile says, where it is in a store. */
#ifndef GPUROM_GUARD_ROMFILE_H
#define GPUROM_GUARD_ROMFILE_H

#include "store/store.h"

enum romname_kind {
	ROMNAME_FOREIGN, /* none of gpurom's */
	ROMNAME_PATH,	 /* by-path/<name>.rom */
	ROMNAME_ID,	 /* by-id/<name>.rom */
	ROMNAME_ROM,	 /* roms/<name>.rom, a digest */
};

struct romname {
	enum romname_kind kind;
	char name[PCI_PATH_MAX];      /* characters [a-z0-9._-] */
	char store[CONFIG_STORE_MAX]; /* the store that it is in */
	size_t folder;		      /* bytes of the path before <name>.rom */
};

/* store: the configured one; the volatile one counts too. Parts "." and empty ones are skipped,
 * ".." makes it foreign. */
void romname_parse(const char *store, const char *file, struct romname *ret);

#endif
