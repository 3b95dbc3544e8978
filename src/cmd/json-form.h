/* The two forms of --json. The first is each command's own: some print an array. The second,
 * --json=2, is always one object, whose first key is "version". */
#ifndef GPUROM_CMD_JSON_FORM_H
#define GPUROM_CMD_JSON_FORM_H

struct json_form;

/* main sets it to that of its commands before it runs one. NULL: --json takes no value. */
extern const struct json_form *json_forms;

/* Prints text, as cJSON_Print makes it of an array, or of an object with at least one key. key:
 * what an array has in the second form, or an object with a "version" that is not its form's; NULL
 * for another object, whose own "version" the form's replaces. */
void json_print(const char *text, const char *key);

/* The two functions of struct json_form (cmd/cmd.h), for programs that know the second form. set is
 * called by options_read with the word behind --json=, or NULL, and is the one setting of the
 * process. It returns NULL, or why the word is wrong (static text). */
extern const struct json_form json_form;

#endif
