/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cuts a whole file into segments without gap or overlap, to show people what is in it, and draws
 * them to scale. */
#ifndef GPUROM_ROM_MAP_H
#define GPUROM_ROM_MAP_H

#include "rom/rom.h"

#define ROMMAP_SEGMENTS_MAX 256 /* if there are more, the last one has the rest */
#define ROMMAP_CELLS 64u

enum rommap_kind {
	ROMMAP_HEADER, /* before the option ROM: NVIDIA's IFR, directories, other firmware */
	ROMMAP_X86,
	ROMMAP_EFI,
	ROMMAP_IMAGE,	/* public, of another type */
	ROMMAP_PRIVATE, /* for NVIDIA's driver alone */
	ROMMAP_COPY,	/* another option ROM, with its header and private images */
	ROMMAP_FF,	/* padding */
	ROMMAP_ZERO,
	ROMMAP_DATA, /* anything else */
	ROMMAP_KINDS,
};

struct rommap_segment {
	size_t offset, length; /* in the file, bytes; length > 0 */
	enum rommap_kind kind;
};

struct rommap {
	struct rommap_segment s[ROMMAP_SEGMENTS_MAX]; /* each begins where the one before ends */
	size_t n;				      /* 0 of an empty file alone */
	size_t size;
};

/* rom: the facts of file, by rom_examine. */
void rommap_make(struct bytes file, const struct rom *rom, struct rommap *ret);

/* Writes a letter for each cell, a part of the file; cells are of equal size, but of up to
 * ROMMAP_CELLS segments each has a cell. "" for an empty file. */
void rommap_draw(const struct rommap *map, char ret[ROMMAP_CELLS + 1]);

char rommap_letter(enum rommap_kind kind);
/* "header", "x86", ... "ff", "00", "data": stable words. Static. */
const char *rommap_text(enum rommap_kind kind);

#endif
