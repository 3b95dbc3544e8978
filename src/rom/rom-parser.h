/* What awilliam's rom-parser says of a ROM file, line for line: others read its output (VBiosFinder
 * takes the second line). It looks at every 512 bytes and ends at the first image whose indicator
 * is not 0. */
#ifndef GPUROM_ROM_ROM_PARSER_H
#define GPUROM_ROM_ROM_PARSER_H

#include "util/bytes.h"

#include <stdio.h>

/* 0 at the last image, else -1, which that tool makes its exit status. Where it would read past
 * the end, this one says that it ran off. Write errors are left in out (ferror). */
int romparser_print(struct bytes file, FILE *out);

#endif
