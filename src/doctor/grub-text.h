/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words and statements of grub.cfg (grub-core/script/yylex.l), as far as grub-mkconfig writes
 * them. */
#ifndef GPUROM_DOCTOR_GRUB_TEXT_H
#define GPUROM_DOCTOR_GRUB_TEXT_H

#include "doctor/loader.h"

#define GRUBTEXT_WORDS_MAX 32 /* of a statement; the rest of them only go to a kernel */

struct grubtext_word {
	char text[LOADER_TEXT_MAX]; /* without quotes; variables as they are written */
	bool quoted;		    /* so it is no reserved word */
	bool variable;		    /* it has one, which GRUB puts in */
	bool cut;		    /* it was too long */
};

enum grubtext_end { GRUBTEXT_LINE, GRUBTEXT_OPEN, GRUBTEXT_CLOSE, GRUBTEXT_TEXT, GRUBTEXT_ODD };

/* Up to a newline, a ';' or a brace. */
struct grubtext {
	struct grubtext_word word[GRUBTEXT_WORDS_MAX];
	size_t n; /* GRUBTEXT_WORDS_MAX + 1: there are more */
	enum grubtext_end end;
};

/* Reads one statement. Returns what is behind it, within the text, or "" where it is odd. */
const char *grubtext_read(const char *at, struct grubtext *ret);
/* Returns what is behind the '}' of a block that has just been opened; NULL: there is none. */
const char *grubtext_skip_block(const char *at);

/* Whether word i is this text, with a variable where the text has one. */
bool grubtext_is(const struct grubtext *s, size_t i, const char *text);
/* The list ends with NULL. */
bool grubtext_is_one(const struct grubtext_word *w, const char *const *list);

#endif
