/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sources that a card's ROM can be read from. sources/source.h says what each needs. */
#ifndef GPUROM_ROM_SOURCE_H
#define GPUROM_ROM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

enum rom_source {
	SOURCE_SYSFS,  /* the ROM BAR, through the `rom` attribute */
	SOURCE_EFI,    /* the firmware's own copy, kept by the kernel's EFI stub */
	SOURCE_PROM,   /* NVIDIA's flash window in BAR 0, through resource0 */
	SOURCE_VFIO,   /* the ROM region or BAR 0 through /dev/vfio, after the hand-over */
	SOURCE_SHADOW, /* RAM at 0xC0000, if the kernel shows it instead of the ROM */
	SOURCE_FILE,   /* a person's file (`import`); not allowed in sources= */
};

#define SOURCES_MAX 5 /* that sources= can name */

/* "sysfs" and so on. Static. */
const char *source_text(enum rom_source s);

/* Parses a word of sources=. False, and *ret untouched, if it is not one. */
bool source_parse(const char *word, enum rom_source *ret);

#endif
