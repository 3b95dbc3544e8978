/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other option ROMs in the same file: a flash may have two (Turing: 2 x 512 KiB), and a ROM BAR
 * larger than its flash repeats it. */
#ifndef GPUROM_ROM_COPY_H
#define GPUROM_ROM_COPY_H

#include "rom/rom.h"

struct romcopy {
	size_t start;  /* in the file: of its NVGI header, if it has one as the first ROM has */
	size_t offset; /* in the file: of its first image */
	size_t length; /* of its public chain */
	bool same;     /* its chain equals that of the first, byte for byte */
	char version[ROM_TEXT_MAX]; /* as rom/rom.h */
};

/* Finds the next whole chain of the same kind (code type and vendor of the first image) at or
 * behind `from` in the file, other than the chain of rom. False if there is none. rom: found_by is
 * not ROM_FOUND_NOTHING. For the one after it, pass its offset + length as from. */
bool romcopy_next(struct bytes file, const struct rom *rom, size_t from, struct romcopy *ret);

#endif
