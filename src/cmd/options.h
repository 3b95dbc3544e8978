/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options and arguments that a person gave to a command. */
#ifndef GPUROM_CMD_OPTIONS_H
#define GPUROM_CMD_OPTIONS_H

#include "cmd/cmd.h"

/* options_read fills it, the command's run reads it. All text is argv's. */
struct options {
	/* By letter: NULL where it is not given, "" where it takes no value, else its last. */
	const char *given['z' + 1];
	char **args;	   /* as many as the command takes, and NULL */
	const char *wrong; /* the word of argv that is no option of the command, or NULL */
};

/* What options_read returns for --help, which every command takes. Compare the pointer. */
extern const char options_help[];

/* Reads argv by c's table; argv[0] is the command's name. Returns NULL; or options_help; or why c
 * does not take it (static text), with ret->wrong where that is one word. Missing arguments come
 * before what else is missing. Prints nothing. Reorders argv: options first.
 */
const char *options_read(const struct cmd *c, int argc, char **argv, struct options *ret);

#endif
