/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes foreign text safe for a terminal, the kernel log and JSON. */
#ifndef GPUROM_UTIL_TEXT_H
#define GPUROM_UTIL_TEXT_H

#define TEXT_TIME_MAX 24 /* a time, "2026-01-31T12:59:59Z", and its NUL */

/* Replaces by '?' each byte that is not UTF-8 and each byte of a control character, also of the
 * two-byte ones (C1, U+0080 to U+009F: for a terminal U+009B starts a command as ESC [ does).
 * Characters of keep, such as "\n", stay. */
void text_clean(char *text, const char *keep);

#endif
