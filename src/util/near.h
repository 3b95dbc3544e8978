/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far two words are from each other, for "did you mean". */
#ifndef GPUROM_UTIL_NEAR_H
#define GPUROM_UTIL_NEAR_H

#include <stdbool.h>
#include <stddef.h>

#define NEAR_TEXT_MAX 160 /* longest word that is compared, with its NUL */
#define NEAR_FAR 1000u	  /* the distance of a word that is too long */

/* The number of characters to insert, delete or replace, or of neighbours to swap, that make b of
 * a; no character is changed twice (the "optimal string alignment" distance). Case does not count,
 * of ASCII letters. */
unsigned near_distance(const char *a, const char *b);

/* The best of several words. Begun as {.word = what a person wrote, .limit = of which distance the
 * farthest may be}; near_offer fills in the rest. */
struct near {
	const char *word;
	unsigned limit;
	const char *best; /* borrowed from who offered it; NULL: nothing is near enough */
	unsigned distance;
	bool tie; /* another one is as near */
};

/* Looks at one more word. One that begins with all of the person's (two characters at least) is as
 * near as a word can be. */
void near_offer(struct near *n, const char *candidate);

/* How far a mistyped word of that length may be from the right one: 1 for a short one, 3 at most.
 */
unsigned near_limit(const char *word);

#endif
