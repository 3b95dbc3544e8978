/* A whole file cut into segments without gap or overlap, for people who wonder what fills it, and
 * a bar that draws them to scale. */
#ifndef GPUROM_ROM_MAP_H
#define GPUROM_ROM_MAP_H

#include "rom/rom.h"

#define ROMMAP_SEGMENTS_MAX 256 /* the last one takes the rest, were there more */
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

/* rom: what rom_examine said of file. */
void rommap_make(struct bytes file, const struct rom *rom, struct rommap *ret);

/* A letter a cell, each for a part of equal size; up to ROMMAP_CELLS segments, each has a cell. */
void rommap_draw(const struct rommap *map, char ret[ROMMAP_CELLS + 1]);

char rommap_letter(enum rommap_kind kind);
/* "header", "x86", ... "ff", "00", "data": stable words. Static. */
const char *rommap_text(enum rommap_kind kind);

#endif
