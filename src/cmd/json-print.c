// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/cmd.h"
#include "cmd/json-form.h"

#include "util/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct json_form *json_forms;

int json_print(const char *command, cJSON *o, const char *key, int status)
{
	char *text;

	if (o && json_forms)
		o = json_forms->shape(o, key);
	text = o ? cJSON_Print(o) : NULL;
	cJSON_Delete(o);
	if (!text)
		return cmd_fail(command, strerror(ENOMEM));
	/* It has texts of files and of devices. */
	text_clean(text, "\n\t");
	puts(text);
	free(text);
	return status;
}
