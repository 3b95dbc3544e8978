/* Where two readings differ. */
#ifndef GPUROM_ROM_DIFF_H
#define GPUROM_ROM_DIFF_H

#include "util/bytes.h"

#define DIFFER_AT_MAX 4
#define DIFFER_TEXT_MAX 100

struct differ {
	size_t n;		  /* bytes; what one has more than the other counts */
	size_t at[DIFFER_AT_MAX]; /* offsets of the first of them */
};

void differ(struct bytes a, struct bytes b, struct differ *ret);

/* "3 bytes differ, at 0x10, 0x20, 0x30"; returns buf. */
const char *differ_text(const struct differ *d, char buf[DIFFER_TEXT_MAX]);

#endif
