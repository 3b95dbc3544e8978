/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what awilliam's rom-parser prints of a ROM file, line for line, because programs read its
 * output (VBiosFinder its second line). It looks at every 512 bytes and ends at the first image
 * whose indicator is not 0. */
#ifndef GPUROM_ROM_ROM_PARSER_H
#define GPUROM_ROM_ROM_PARSER_H

#include "util/bytes.h"

#include <stdio.h>

/* Returns 0 at the last image, else -1, which that tool makes its exit status. Where that tool
 * would read past the end, this one prints that it ran off. Write errors stay in out (ferror). */
int romparser_print(struct bytes file, FILE *out);

#endif
