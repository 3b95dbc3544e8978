/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `gpurom help COMMAND` says beside the usage line. */
#ifndef GPUROM_CMD_HELP_TEXTS_H
#define GPUROM_CMD_HELP_TEXTS_H

#include "cmd/cmd.h"

struct help_text {
	const char *name; /* of the command */
	const char *what; /* two to five lines, each with its newline */
	struct {
		const char *name, *text; /* an option as it is in the usage line, and one line */
	} option[CMD_OPTIONS_MAX + 1];
	const char *attention; /* when the exit status is 3; NULL: never */
	const char *example;   /* a line to paste; NULL: none */
};

/* NULL: there is no text for a command of that name. */
const struct help_text *help_text_find(const char *name);
#endif
