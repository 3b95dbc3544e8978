// SPDX-License-Identifier: GPL-2.0-or-later
/* How far words are from each other, and which of several is meant. */
#include "util/near.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned d;
	} cases[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"list", "list", 0},
		{"LIST", "list", 0},
		{"lsit", "list", 1}, /* neighbours swapped */
		{"lst", "list", 1},
		{"listt", "list", 1},
		{"lixt", "list", 1},
		{"plan", "pin", 2},
		{"ca", "abc", 3}, /* no character is changed twice */
		{"0000:01:00.0", "0000:1:00.0", 1},
		{"kitten", "sitting", 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(near_distance(cases[i].a, cases[i].b), cases[i].d);
		assert_int_equal(near_distance(cases[i].b, cases[i].a), cases[i].d);
	}
}

static void the_longest_word_and_one_beyond(void **state)
{
	char a[NEAR_TEXT_MAX + 1], b[NEAR_TEXT_MAX + 1];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'b', sizeof(b));
	a[NEAR_TEXT_MAX - 1] = b[NEAR_TEXT_MAX - 1] = '\0';
	assert_int_equal(near_distance(a, b), NEAR_TEXT_MAX - 1);
	a[NEAR_TEXT_MAX - 1] = 'a';
	a[NEAR_TEXT_MAX] = '\0';
	assert_int_equal(near_distance(a, b), NEAR_FAR);
	assert_int_equal(near_distance(b, a), NEAR_FAR);
	assert_int_equal(near_distance("", a), NEAR_FAR);
}

static const char *offer(const char *word, const char *const *words, bool *ret_tie)
{
	struct near n = {.word = word, .limit = near_limit(word)};

	for (; *words; words++)
		near_offer(&n, *words);
	*ret_tie = n.tie;
	return n.best;
}

static void the_nearest_is_offered(void **state)
{
	static const char *const words[] = {"list", "plan", "report", "history", "pin", NULL};
	bool tie;

	(void)state;
	assert_string_equal(offer("lsit", words, &tie), "list");
	assert_false(tie);
	assert_string_equal(offer("repotr", words, &tie), "report");
	assert_string_equal(offer("hist", words, &tie), "history"); /* a beginning */
	assert_string_equal(offer("pan", words, &tie), "plan");
	assert_true(tie); /* pin is as near */
	assert_null(offer("frobnicate", words, &tie));
	assert_null(offer("", words, &tie));
}

static void limits_grow_with_the_word(void **state)
{
	(void)state;
	assert_int_equal(near_limit("abc"), 1);
	assert_int_equal(near_limit("abcd"), 2);
	assert_int_equal(near_limit("abcdefg"), 2);
	assert_int_equal(near_limit("abcdefgh"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(the_longest_word_and_one_beyond),
		cmocka_unit_test(the_nearest_is_offered),
		cmocka_unit_test(limits_grow_with_the_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
