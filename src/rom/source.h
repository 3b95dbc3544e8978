/* Where a card's ROM can be read from. Their worth, and what each needs: sources/source.h. */
#ifndef GPUROM_ROM_SOURCE_H
#define GPUROM_ROM_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

enum rom_source {
	SOURCE_SYSFS,  /* the ROM BAR, through the `rom` attribute */
	SOURCE_EFI,    /* the firmware's own copy, kept by the kernel's EFI stub */
	SOURCE_PROM,   /* NVIDIA's flash window in BAR 0, through resource0 */
	SOURCE_VFIO,   /* the ROM region or BAR 0 through /dev/vfio, after the hand-over */
	SOURCE_SHADOW, /* RAM at 0xC0000, where the kernel shows it in the ROM's place */
	SOURCE_FILE,   /* a person's file: `import`; no word of sources= */
};

#define SOURCES_MAX 5 /* that sources= can name */

/* "sysfs" and so on. Static. */
const char *source_text(enum rom_source s);

/* A word of sources=; false where it is none. */
bool source_parse(const char *word, enum rom_source *ret);

#endif
