/* What a romfile's name says, where it is one of the store's. */
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
	char store[CONFIG_STORE_MAX]; /* that it lies in */
	size_t folder;		      /* bytes of the file's name before <name>.rom */
};

/* store: the configured one; the volatile one counts as well. Parts "." and empty ones are passed
 * over, ".." makes it foreign. */
void romname_parse(const char *store, const char *file, struct romname *ret);

#endif
