/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records for tests, from text. */
#ifndef GPUROM_TEST_RECORDTEXT_H
#define GPUROM_TEST_RECORDTEXT_H

#include "store/record-file.h"

#define SHA(c) SHA_16(c) SHA_16(c) SHA_16(c) SHA_16(c)
#define SHA_16(c) c c c c c c c c c c c c c c c c

/* cards: what stands within the braces of "cards", with ' for ". It would be saved as it is. */
struct record record_of(const char *cards);
/* The same text as r has it now, without blanks; of the card at path, or of its member. The caller
 * frees. "null" where there is none. */
char *record_says(const struct record *r, const char *path, const char *member);

#endif
