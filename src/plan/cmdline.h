/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits a kernel command line into words by the kernel's own rules (lib/cmdline.c next_arg):
 * quotes keep spaces, '-' equals '_' in keys, and the words behind a bare "--" are init's. */
#ifndef GPUROM_PLAN_CMDLINE_H
#define GPUROM_PLAN_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#define CMDLINE_KEY_MAX 64    /* with NUL; no key of ours is longer */
#define CMDLINE_VALUE_MAX 512 /* with NUL; longer values are cut and flagged */

struct cmdline {
	const char *at; /* borrowed text, NUL-terminated */
	size_t word;	/* number of the next word, from 1 */
};

struct cmdline_word {
	char key[CMDLINE_KEY_MAX]; /* '-' turned to '_'; "" if it does not fit */
	char value[CMDLINE_VALUE_MAX];
	bool has_value; /* "key" and "key=" differ */
	bool cut;
	size_t word; /* its place on the line, from 1 */
};

/* Sets *ret to the next word. False at the end. */
bool cmdline_next(struct cmdline *c, struct cmdline_word *ret);

#endif
