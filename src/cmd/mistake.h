/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a command line, for the person who wrote it: one message on standard error,
 * with the word that may be meant. */
#ifndef GPUROM_CMD_MISTAKE_H
#define GPUROM_CMD_MISTAKE_H

#include "cmd/cmd.h"

/* No command is called name. Also prints a line of usage. */
void mistake_command(const char *name);
/* word: an option that c does not have, one without its value or with a value that it does not
 * take, or the beginning of several. c NULL: it stands before the command's name. */
void mistake_option(const struct cmd *c, const char *word);
/* A word of the configuration that is not understood. text: what config_complaint says; the key
 * that may be meant is added, if the word has no key that there is. */
void mistake_key(const struct complaint *c, char text[CONFIG_BAD_MAX]);

#endif
