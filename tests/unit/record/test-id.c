// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/id.h"

#include <string.h>

#define ID "0123456789ab"
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void there_and_back(void **state)
{
	char buf[CARD_ALIAS_MAX], id[CARD_ID_MAX];
	unsigned fn;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		card_alias_make(ID, i, buf);
		assert_true(card_alias_parse(buf, id, &fn));
		assert_string_equal(id, ID);
		assert_int_equal(fn, i);
	}
	assert_string_equal(buf, "ua-gpurom-" ID "-7");
	assert_int_equal(strspn(buf, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(buf));
}

static void no_tags(void **state)
{
	static const char *const none[] = {
		"",
		"ua-gpurom-",
		"ua-gpurom-0123456789a",
		"ua-gpurom-0123456789a-0",
		"ua-gpurom-" ID,
		"ua-gpurom-" ID "-",
		"ua-gpurom-" ID "-8",
		"ua-gpurom-" ID "-00",
		"ua-gpurom-" ID "-0 ",
		"ua-gpurom-" ID "c-0",
		"ua-gpurom-0123456789AB-0",
		"hostdev0",
		"xua-gpurom-" ID "-0",
	};
	char id[CARD_ID_MAX] = "untouched";
	unsigned fn = 9;

	(void)state;
	for (size_t i = 0; i < COUNT(none); i++)
		if (card_alias_parse(none[i], id, &fn))
			fail_msg("%s", none[i]);
	assert_string_equal(id, "untouched");
	assert_int_equal(fn, 9);
}

static void ids(void **state)
{
	(void)state;
	assert_true(card_id_is_valid(ID));
	assert_false(card_id_is_valid(""));
	assert_false(card_id_is_valid("0123456789a"));
	assert_false(card_id_is_valid(ID "c"));
	assert_false(card_id_is_valid("0123456789aB"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(no_tags),
		cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
