// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "util/text.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void texts(void **state)
{
	static const struct {
		const char *text, *keep, *want;
	} t[] = {
		{"", "", ""},
		{"plain ~", "", "plain ~"},
		{"a\nb\tc", "", "a?b?c"},
		{"a\nb\tc\rd", "\n\t", "a\nb\tc?d"},
		{"\x1b[2J\x7f", "", "?[2J?"},
		/* U+0080, U+009B and U+009F command a terminal, U+00A0 does not. */
		{"\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "", "??????\xc2\xa0"},
		{"\x9b"
		 "31m",
		 "", "?31m"},
		{"r\xc3\xb6m \xe2\x82\xac \xf0\x9f\x96\xa5", "",
		 "r\xc3\xb6m \xe2\x82\xac \xf0\x9f\x96\xa5"},
		/* Cut, overlong, a surrogate, beyond Unicode, Latin-1. */
		{"\xe2\x82", "", "??"},
		{"\xc2", "", "?"},
		{"\xc0\x9b", "", "??"},
		{"\xe0\x82\x9b", "", "???"},
		{"\xed\xa0\x80", "", "???"},
		{"\xf4\x90\x80\x80", "", "????"},
		{"\xff\xfe", "", "??"},
		{"f\xfcr", "", "f?r"},
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		snprintf(buf, sizeof(buf), "%s", t[i].text);
		text_clean(buf, t[i].keep);
		assert_string_equal(buf, t[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
