// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/cmdline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 5

struct expect {
	const char *key, *value; /* value NULL: a key alone */
};

static void words(void **state)
{
	static const struct {
		const char *text;
		struct expect w[WORDS_MAX]; /* up to a NULL key */
	} t[] = {
		{"", {{0}}},
		{" \t\n\v\f\r", {{0}}},
		{"quiet", {{"quiet", NULL}}},
		{"a=b\n", {{"a", "b"}}},
		{"  a=b\tc  d=\n", {{"a", "b"}, {"c", NULL}, {"d", ""}}},
		{"a=b=c", {{"a", "b=c"}}},
		/* '-' is '_' in keys, not in values */
		{"rd.gpurom-x-y=a-b", {{"rd.gpurom_x_y", "a-b"}}},
		/* quotes around the value, around the word, within the value */
		{"a=\"b c\" d", {{"a", "b c"}, {"d", NULL}}},
		{"\"a=b c\" d", {{"a", "b c"}, {"d", NULL}}},
		{"\"a b\" d", {{"a b", NULL}, {"d", NULL}}},
		{"a=b\" \"c d", {{"a", "b\" \"c"}, {"d", NULL}}},
		{"a=x\"y z\" d", {{"a", "x\"y z\""}, {"d", NULL}}},
		{"\"a=\"b\" c", {{"a", "b\" c"}}},
		{"a=\"\" b", {{"a", ""}, {"b", NULL}}},
		{"\"\" b", {{"", NULL}, {"b", NULL}}},
		/* quotes that are not closed take all the rest */
		{"a=\"b c", {{"a", "b c"}}},
		{"a=\"", {{"a", ""}}},
		{"\"", {{"", NULL}}},
		{"\"a=\"", {{"a", ""}}},
		{"\"a", {{"a", NULL}}},
		/* a '=' at the very start is no '=' */
		{"=a", {{"=a", NULL}}},
		{"=a=b", {{"=a", "b"}}},
		{"=", {{"=", NULL}}},
		/* words behind "--" are init's; only the bare word counts */
		{"a -- b", {{"a", NULL}}},
		{"--", {{0}}},
		{"\"--\" b", {{0}}},
		{"--x a", {{"__x", NULL}, {"a", NULL}}},
		{"a=-- b", {{"a", "--"}, {"b", NULL}}},
		{"--= b", {{"__", ""}, {"b", NULL}}},
		{"--- b", {{"___", NULL}, {"b", NULL}}},
		{"a\x01=b\x7f", {{"a\x01", "b\x7f"}}},
		/* the kernel's blanks are Latin-1's */
		{"a\xa0"
		 "b",
		 {{"a", NULL}, {"b", NULL}}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct cmdline c = {t[i].text, 1};
		struct cmdline_word w;
		size_t n = 0;

		for (; cmdline_next(&c, &w); n++) {
			assert_true(n < WORDS_MAX);
			assert_non_null(t[i].w[n].key);
			assert_string_equal(w.key, t[i].w[n].key);
			assert_int_equal(w.has_value, t[i].w[n].value != NULL);
			assert_string_equal(w.value, w.has_value ? t[i].w[n].value : "");
			assert_false(w.cut);
			assert_int_equal(w.word, n + 1);
		}
		assert_true(n == WORDS_MAX || !t[i].w[n].key);
		assert_false(cmdline_next(&c, &w));
	}
}

static char *filled(const char *before, size_t n, const char *after)
{
	char *text = malloc(strlen(before) + n + strlen(after) + 1);

	assert_non_null(text);
	sprintf(text, "%s%*s%s", before, (int)n, "", after);
	memset(text + strlen(before), 'v', n);
	return text;
}

static void key_at_and_past_its_limit(void **state)
{
	for (size_t n = CMDLINE_KEY_MAX - 1; n <= CMDLINE_KEY_MAX; n++) {
		char *text = filled("", n, "=1 next");
		struct cmdline c = {text, 1};
		struct cmdline_word w;

		(void)state;
		assert_true(cmdline_next(&c, &w));
		assert_int_equal(strlen(w.key), n < CMDLINE_KEY_MAX ? n : 0);
		assert_string_equal(w.value, "1");
		assert_true(cmdline_next(&c, &w));
		assert_string_equal(w.key, "next");
		free(text);
	}
}

static void value_at_and_past_its_limit(void **state)
{
	for (size_t n = CMDLINE_VALUE_MAX - 1; n <= CMDLINE_VALUE_MAX; n++) {
		char *text = filled("k=", n, " next");
		struct cmdline c = {text, 1};
		struct cmdline_word w;

		(void)state;
		assert_true(cmdline_next(&c, &w));
		assert_int_equal(strlen(w.value), CMDLINE_VALUE_MAX - 1);
		assert_int_equal(w.cut, n == CMDLINE_VALUE_MAX);
		assert_true(cmdline_next(&c, &w));
		assert_string_equal(w.key, "next");
		assert_false(w.cut);
		free(text);
	}
}

/* Any text: ends, steps forward, stays inside (the heap block is exact: ASan watches). */
static void any_text(void **state)
{
	static const char alphabet[] = "\"\"\"  ==--a.\t\xa0\xff";
	uint32_t seed = 1;

	(void)state;
	for (size_t round = 0; round < 50000; round++) {
		size_t n = round % 24;
		char *text = malloc(n + 1);
		struct cmdline c = {text, 1};
		struct cmdline_word w;
		const char *before;

		assert_non_null(text);
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		text[n] = '\0';
		for (before = c.at; cmdline_next(&c, &w); before = c.at) {
			assert_true(c.at > before);
			assert_true(c.at <= text + n);
			assert_null(strchr(w.key, '-'));
			assert_true(w.has_value || !w.value[0]);
		}
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(key_at_and_past_its_limit),
		cmocka_unit_test(value_at_and_past_its_limit),
		cmocka_unit_test(any_text),
	};

	return cmocka_run_group_tests_name("cmdline", tests, NULL, NULL);
}
