/* Foreign text made fit for a terminal, the kernel log and JSON. */
#ifndef GPUROM_UTIL_TEXT_H
#define GPUROM_UTIL_TEXT_H

#define TEXT_TIME_MAX 24 /* a time, "2026-01-31T12:59:59Z", and its NUL */

/* Puts '?' in the place of each byte that is not UTF-8 and of each control character, those of two
 * bytes among them (C1, U+0080 to U+009F: a terminal takes U+009B for the begin of a command as it
 * takes ESC [). Characters of keep, such as "\n", stay. */
void text_clean(char *text, const char *keep);

#endif
