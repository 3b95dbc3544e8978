#include "cmd/json-form.h"

#include "cmd/cmd.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define VERSION "{\n\t\"version\":\t"

static bool second;

static const char *set(const char *word)
{
	second = word && strcmp(word, "2") == 0;
	return !word || second || strcmp(word, "1") == 0 ? NULL : "--json= is 1 or 2";
}

static void print_form(const char *text, const char *key)
{
	if (!second) {
		puts(text);
		return;
	}
	if (key) {
		printf(VERSION "2,\n\t\"%s\":\t%s\n}\n", key, text);
		return;
	}
	text += strncmp(text, VERSION, strlen(VERSION)) == 0 ? strcspn(text, ",") + 1 : 1;
	printf(VERSION "2,%s\n", text);
}

const struct json_form json_form = {set, print_form};
