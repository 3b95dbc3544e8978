#include "recordtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct record record_of(const char *cards)
{
	size_t n = strlen(cards) + 64;
	char *text = malloc(n);
	struct record r = {.o = NULL};

	assert_non_null(text);
	snprintf(text, n, "{'version':2,'cards':{%s}}", cards);
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	assert_int_equal(record_parse((uint8_t *)text, strlen(text), &r), 0);
	return r;
}

char *record_shown(const struct record *r, const char *path, const char *member)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(r->o, "cards"), path);
	char *text;

	if (member)
		o = cJSON_GetObjectItemCaseSensitive(o, member);
	text = o ? cJSON_PrintUnformatted(o) : strdup("null");
	assert_non_null(text);
	for (char *c = text; *c; c++)
		if (*c == '"')
			*c = '\'';
	return text;
}
