/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two forms of --json. The first is each command's own: some print an array. The second,
 * --json=2, is always one object, whose first key is "version". */
#ifndef GPUROM_CMD_JSON_FORM_H
#define GPUROM_CMD_JSON_FORM_H

#include <cJSON.h>

struct json_form;

/* main sets it to that of its commands before it runs one. NULL: --json takes no value. */
extern const struct json_form *json_forms;

/* Prints o, an array or an object, and deletes it. key: what o has in the second form, if it is an
 * array, or an object with a "version" that is not its form's; NULL for another object, whose own
 * "version" the form's replaces. Returns status, or EXIT_FAILED where o is NULL (no memory), after
 * printing that of the command. */
int json_print(const char *command, cJSON *o, const char *key, int status);

/* The two functions of struct json_form (cmd/cmd.h), for programs that know the second form. set is
 * called by options_read with the word behind --json=, or NULL, and is the one setting of the
 * process. It returns NULL, or why the word is wrong (static text). shape takes o over, and returns
 * what is to be printed; NULL: no memory. */
extern const struct json_form json_form;

#endif
