/* Other option ROMs in the same file: a flash may hold two (Turing: 2 x 512 KiB), and a ROM BAR
 * larger than its flash shows it again. */
#ifndef GPUROM_ROM_COPY_H
#define GPUROM_ROM_COPY_H

#include "rom/rom.h"

struct romcopy {
	size_t start;  /* in the file: of its NVGI header, where one leads to it as to the first */
	size_t offset; /* in the file: of its first image */
	size_t length; /* of its public chain */
	bool same;     /* byte for byte the first one's chain */
	char version[ROM_TEXT_MAX]; /* as rom/rom.h */
};

/* The next whole chain of the same kind (type and vendor of the first image) at `from` or behind it
 * in the file, the chain of rom left out; false: none. rom: found_by is not ROM_FOUND_NOTHING. To
 * go on: from its offset + length. */
bool romcopy_next(struct bytes file, const struct rom *rom, size_t from, struct romcopy *ret);

#endif
