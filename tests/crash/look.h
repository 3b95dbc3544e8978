/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store as a reader finds it, after whatever happened to a commit: the state before or the state
 * after, whole. It shares nothing with the program but the layout in gpurom(5). */
#ifndef GPUROM_TEST_LOOK_H
#define GPUROM_TEST_LOOK_H

#include <stdbool.h>
#include <stdio.h>

struct look_wish {
	const char *old, *new; /* the folders of these stores; not there: an empty store */
	/* A commit that met an error and went on: cards.json may be neither, if it is whole, and
	 * the name of a slot that holds another card may be gone. */
	bool went_on;
	bool be_new; /* commit has said that it is done */
};

/* Every link leads to a whole file, the one it led to before or will after; every file is whole,
 * none of the old ones is gone; cards.json is the old one or the new one (times apart), and the new
 * one names no ROM that is not there. Tells what is wrong on to, a line each; how many. */
unsigned look(const char *store, const struct look_wish *w, FILE *to);

/* look() could read it: which state it was, by cards.json. */
bool look_is_new(const char *store, const char *new_store);

#endif
