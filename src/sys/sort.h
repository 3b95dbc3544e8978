/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What qsort does, in an eighth of musl's code. The static programs are linked with it in the place
 * of qsort (Makefile). */
#ifndef GPUROM_SYS_SORT_H
#define GPUROM_SYS_SORT_H

#include <stddef.h>

/* As qsort: n items of so many bytes each; equal ones end in any order. Never more than about
 * 2 n log n comparisons, whatever the order is. */
void sort_items(void *items, size_t n, size_t size, int (*compare)(const void *, const void *));
#endif
