/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What printf and its kin do, in a tenth of musl's code: most of that is for fractions, wide
 * characters and numbered arguments, which no program here prints. The static programs are linked
 * with it in the place of vfprintf, which all of musl's printf functions call (Makefile). */
#ifndef GPUROM_SYS_PRINT_H
#define GPUROM_SYS_PRINT_H

#include <stdarg.h>
#include <stdio.h>

/* As vfprintf, of the conversions d, i, u, o, x, X, c, s, p and %, with the flags "-" and "0",
 * width, precision, and the lengths hh, h, l, ll, z, j, t. Any other conversion is printed as it
 * stands, and what comes after it too. tests/build/elf.bats holds the source to these. */
int print_formatted(FILE *to, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
#endif
