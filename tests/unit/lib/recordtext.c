// SPDX-License-Identifier: GPL-2.0-or-later
#include "recordtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *without_blanks(const char *text)
{
	cJSON *o = cJSON_Parse(text);
	char *ret = cJSON_PrintUnformatted(o);

	assert_non_null(ret);
	cJSON_Delete(o);
	return ret;
}

static void is_saved_as_it_is(const struct record *r)
{
	char *text = record_text(r), *is = without_blanks(text);
	char *was = without_blanks((const char *)r->text);

	assert_string_equal(is, was);
	free(text);
	free(is);
	free(was);
}

struct record record_of(const char *cards)
{
	size_t n = strlen(cards) + 64;
	char *text = malloc(n);
	struct record r;

	assert_non_null(text);
	snprintf(text, n, "{'version':2,'cards':{%s}}", cards);
	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	assert_int_equal(record_parse((uint8_t *)text, strlen(text), &r), 0);
	is_saved_as_it_is(&r);
	return r;
}

char *record_says(const struct record *r, const char *path, const char *member)
{
	const struct record_card *c = record_find(r, path);
	cJSON *card = c ? record_card_json(c) : NULL;
	const cJSON *o = member ? json_at(card, member) : card;
	char *text = o ? cJSON_PrintUnformatted(o) : strdup("null");

	assert_non_null(text);
	cJSON_Delete(card);
	for (char *at = text; *at; at++)
		if (*at == '"')
			*at = '\'';
	return text;
}
