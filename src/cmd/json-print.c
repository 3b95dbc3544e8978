#include "cmd/cmd.h"
#include "cmd/json-form.h"

#include <stdio.h>

const struct json_form *json_forms;

void json_print(const char *text, const char *key)
{
	if (json_forms)
		json_forms->print(text, key);
	else
		puts(text);
}
