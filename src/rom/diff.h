/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where two readings differ. */
#ifndef GPUROM_ROM_DIFF_H
#define GPUROM_ROM_DIFF_H

#include "util/bytes.h"

#define ROM_DIFF_AT_MAX 4
#define ROM_DIFF_TEXT_MAX 100

struct rom_diff {
	size_t n;		    /* bytes; those that only the longer reading has count, too */
	size_t at[ROM_DIFF_AT_MAX]; /* offsets of the first of them */
};

/* Counts the bytes that differ. */
void rom_diff(struct bytes a, struct bytes b, struct rom_diff *ret);

/* "3 bytes differ, at 0x10, 0x20, 0x30"; returns buf. */
const char *rom_diff_text(const struct rom_diff *d, char buf[ROM_DIFF_TEXT_MAX]);

#endif
