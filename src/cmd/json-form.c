// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/json-form.h"

#include "cmd/cmd.h"

#include <stddef.h>
#include <string.h>

#define SECOND 2

static bool second;

static const char *set(const char *word)
{
	second = word && strcmp(word, "2") == 0;
	return !word || second || strcmp(word, "1") == 0 ? NULL : "--json= is 1 or 2";
}

/* Takes o over, and puts "version" before its keys. NULL: no memory. */
static cJSON *with_version(cJSON *o)
{
	cJSON *version;

	cJSON_DeleteItemFromObject(o, "version");
	version = cJSON_AddNumberToObject(o, "version", SECOND);
	if (!version || !cJSON_InsertItemInArray(o, 0, cJSON_DetachItemViaPointer(o, version))) {
		cJSON_Delete(o);
		return NULL;
	}
	return o;
}

static cJSON *shape(cJSON *o, const char *key)
{
	cJSON *outer;

	if (!second)
		return o;
	if (!key)
		return with_version(o);
	outer = cJSON_CreateObject();
	if (!outer || !cJSON_AddItemToObject(outer, key, o)) {
		cJSON_Delete(outer);
		cJSON_Delete(o);
		return NULL;
	}
	return with_version(outer);
}

const struct json_form json_form = {set, shape};
