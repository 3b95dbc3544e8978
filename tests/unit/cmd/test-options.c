// SPDX-License-Identifier: GPL-2.0-or-later
/* The one loop that reads the words behind a command's name. */
#include "cmd/options.h"

#include "cmd/json-form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define WORDS_MAX 6

static const char *refuse(const struct options *before, int letter, const char *word)
{
	if (letter == 't' && strcmp(word, "keep") != 0 && strcmp(word, "cut") != 0)
		return "--tail is keep or cut";
	if (letter == 'r' && before->given['r'])
		return "--raw once";
	return !letter && before->given['r'] && before->given['j'] ? "--raw without --json" : NULL;
}

static const struct cmd plain = {.name = "plain"};
static const struct cmd copy = {
	.name = "copy",
	.options = {{"json", FORM_ARG, 'j'},
		    {"raw", NO_ARG, 'r'},
		    {"tail", ONE_ARG, 't'},
		    {"target", ONE_ARG, 'z'}},
	.arguments = {1, 2, "one file or two"},
	.refuse = refuse,
};
static const struct cmd full = {
	.name = "full",
	.options = {{"a", NO_ARG, 'a'},
		    {"b", NO_ARG, 'b'},
		    {"c", NO_ARG, 'c'},
		    {"d", NO_ARG, 'd'},
		    {"e", NO_ARG, 'e'},
		    {"last", ONE_ARG, 'l'}},
};

static const char *parse(const struct cmd *c, const char *const *words, struct options *ret)
{
	static char *argv[WORDS_MAX + 2];
	int n = 1;

	json_forms = &json_form;
	argv[0] = (char *)c->name;
	for (; n <= WORDS_MAX && words[n - 1]; n++)
		argv[n] = (char *)words[n - 1];
	argv[n] = NULL;
	return options_read(c, n, argv, ret);
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const struct cmd *c;
		const char *words[WORDS_MAX], *why;
	} cases[] = {
		{&plain, {"--json"}, "takes no options"},
		{&plain, {"-j"}, "takes no options"},
		{&plain, {"one"}, "takes no arguments"},
		{&plain, {"--", "--json"}, "takes no arguments"},
		{&plain, {"one", "--json"}, "takes no options"},
		{&copy, {"--jso", "--what", "one"}, "unknown option"},
		{&copy, {"one", "--what"}, "unknown option"},
		{&copy, {"-j", "one"}, "unknown option"},
		{&copy, {"--ta=keep", "one"}, "unknown option"}, /* tail or target */
		{&copy, {"--json=yes", "one"}, "--json= is 1 or 2"},
		{&copy, {"--json=", "one"}, "--json= is 1 or 2"},
		{&copy, {"--json=3", "one"}, "--json= is 1 or 2"},
		{&copy, {"one", "--tail"}, "unknown option"},
		{&copy, {NULL}, "one file or two"},
		{&copy, {"--json"}, "one file or two"},
		{&copy, {"--tail", "keep"}, "one file or two"},
		{&copy, {"a", "b", "c"}, "one file or two"},
		{&copy, {"a", "b", "--", "--json"}, "one file or two"},
		{&copy, {"--tail=half", "--what"}, "--tail is keep or cut"},
		{&copy, {"--what", "--tail=half"}, "unknown option"},
		{&copy, {"--tail=half", "--tail=keep", "one"}, "--tail is keep or cut"},
		{&copy, {"--raw", "--raw", "--what"}, "--raw once"},
		{&copy, {"--raw", "--json"}, "one file or two"},
		{&copy, {"--raw", "--json", "one"}, "--raw without --json"},
		{&copy, {"--raw", "--json", "--what"}, "unknown option"},
		{&full, {"--last"}, "unknown option"},
		{&full, {"--f"}, "unknown option"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options o;
		const char *why = parse(cases[i].c, cases[i].words, &o);

		assert_non_null(why);
		assert_string_equal(why, cases[i].why);
	}
}

static void assert_text(const char *text, const char *expected)
{
	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
}

static void what_is_given_is_found_by_its_letter(void **state)
{
	static const struct {
		const char *words[WORDS_MAX], *json, *tail, *args[2];
	} cases[] = {
		{{"one"}, NULL, NULL, {"one"}},
		{{"one", "--json", "two"}, "", NULL, {"one", "two"}},
		{{"--js", "--json", "one"}, "", NULL, {"one"}},
		{{"--tail=keep", "one", "--tail", "cut"}, NULL, "cut", {"one"}},
		{{"--tai", "keep", "--", "--json", "--"}, NULL, "keep", {"--json", "--"}},
		{{"one", "--tail", "keep", "--", "-"}, NULL, "keep", {"one", "-"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options o;

		assert_null(parse(&copy, cases[i].words, &o));
		assert_text(o.given['j'], cases[i].json);
		assert_text(o.given['t'], cases[i].tail);
		assert_null(o.given['r']);
		assert_text(o.args[0], cases[i].args[0]);
		assert_text(o.args[1], cases[i].args[1]);
		if (o.args[1])
			assert_null(o.args[2]);
	}
}

static void a_value_may_be_empty_or_look_like_an_option(void **state)
{
	struct options o;

	(void)state;
	assert_null(parse(&copy, (const char *[WORDS_MAX]){"--target=", "one"}, &o));
	assert_text(o.given['z'], "");
	assert_null(parse(&copy, (const char *[WORDS_MAX]){"--target", "--json", "one"}, &o));
	assert_text(o.given['z'], "--json");
	assert_null(o.given['j']);
}

static void a_full_table_and_no_words(void **state)
{
	struct options o;

	(void)state;
	assert_null(parse(&full, (const char *[WORDS_MAX]){"--last=x", "--e"}, &o));
	assert_text(o.given['l'], "x");
	assert_text(o.given['e'], "");
	assert_null(o.args[0]);
	assert_null(parse(&plain, (const char *[WORDS_MAX]){"--"}, &o));
	assert_null(o.args[0]);
}

static void the_wrong_word_is_named(void **state)
{
	static const struct {
		const char *words[WORDS_MAX], *wrong;
	} cases[] = {
		{{"one", "--what"}, "--what"}, {{"--json", "--what=1", "one"}, "--what=1"},
		{{"--raw=yes"}, "--raw=yes"},  {{"one", "--tail"}, "--tail"},
		{{"one", "-j"}, "-j"},	       {{"--tail=keep", "one", "-jx", "--json"}, "-jx"},
		{{"a", "b", "c"}, NULL},       {{"--tail=half"}, NULL},
		{{"--json=yes"}, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options o;

		assert_non_null(parse(&copy, cases[i].words, &o));
		assert_text(o.wrong, cases[i].wrong);
	}
}

static void help_is_an_option_of_every_command(void **state)
{
	struct options o;

	(void)state;
	assert_ptr_equal(parse(&plain, (const char *[WORDS_MAX]){"--help"}, &o), options_help);
	assert_ptr_equal(parse(&copy, (const char *[WORDS_MAX]){"a", "b", "c", "--help"}, &o),
			 options_help);
	assert_ptr_equal(parse(&full, (const char *[WORDS_MAX]){"--e", "--help"}, &o),
			 options_help);
	assert_null(parse(&copy, (const char *[WORDS_MAX]){"--tail", "keep", "--", "--help"}, &o));
	assert_string_equal(o.args[0], "--help");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_wrong_word_is_named),
		cmocka_unit_test(help_is_an_option_of_every_command),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(what_is_given_is_found_by_its_letter),
		cmocka_unit_test(a_value_may_be_empty_or_look_like_an_option),
		cmocka_unit_test(a_full_table_and_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
