/* Readings under /run/gpurom/staged, each by its digest, where commit finds them. */
#ifndef GPUROM_BOOT_STAGING_H
#define GPUROM_BOOT_STAGING_H

#include "sources/attempt.h"

/* The romfile, and the bytes as they came where they say more. told gets the digests and sizes of
 * what lies there; a failure is logged, and its digest is "". What told says lies there already is
 * not written again. The folder must be there. */
void staging_put(const struct root *root, const struct reading *best, struct rom_reading *told);

#endif
