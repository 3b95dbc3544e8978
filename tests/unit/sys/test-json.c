// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The C library's own is right. Hexadecimal numbers, "inf" and "nan" never come: cJSON hands over
 * digits, signs, dots and "e" alone. */
static void same_as_strtod(const char *text)
{
	char *end, *want_end;
	double got = json_strtod(text, &end), want = strtod(text, &want_end);

	if (got != want || end != want_end)
		fail_msg("'%s': %.17g, %zd bytes; should be %.17g, %zd bytes", text, got,
			 end - text, want, want_end - text);
}

static void numbers_are_read_as_strtod_reads_them(void **state)
{
	static const char *const texts[] = {"",
					    "-",
					    "+",
					    ".",
					    "-.",
					    "e",
					    "e5",
					    "0",
					    "-0",
					    "+7",
					    "00",
					    "007",
					    "1-2",
					    "--1",
					    "1.",
					    ".5",
					    "-.5",
					    "1.5",
					    "0.1",
					    "-12.75",
					    "1..2",
					    "1e",
					    "1e+",
					    "1e-x",
					    "1e5",
					    "1E5",
					    "1e+5",
					    "15e-1",
					    "1.5e3",
					    "12.e2",
					    "1e5e5",
					    "0e999999999999",
					    "1e999999999999",
					    "1e-999999999999",
					    "-1e400",
					    "0.000",
					    "2147483647",
					    "2147483648",
					    "-2147483649",
					    "4294967295",
					    "4294967296",
					    "999999999999999",
					    "1000000000000000",
					    "9.99999999999999e+14",
					    "9007199254740991",
					    "9007199254740992",
					    "1e15",
					    "1e22"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		same_as_strtod(texts[i]);
}

static void whole_numbers_are_exact(void **state)
{
	char text[32];

	(void)state;
	for (unsigned bits = 1; bits <= 53; bits++) {
		uint64_t power = UINT64_C(1) << bits;

		for (uint64_t n = power - 2; n <= power; n++) {
			snprintf(text, sizeof(text), "%s%llu", bits % 2 ? "-" : "",
				 (unsigned long long)n);
			same_as_strtod(text);
		}
	}
	for (uint64_t n = 1; n <= JSON_INTEGER_MAX; n = n * 7 + 3) {
		snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
		same_as_strtod(text);
	}
}

static void whole_numbers_are_printed_as_they_are(void **state)
{
	char plain[32], text[JSON_NUMBER_MAX];

	(void)state;
	assert_int_equal(json_sscanf("12", "%lg", (double *)NULL), 0);
	for (int64_t n = 1; n <= (int64_t)JSON_INTEGER_MAX; n = n * 3 + 1) {
		for (int64_t v = -n; v <= n; v += 2 * n) {
			snprintf(plain, sizeof(plain), "%lld", (long long)v);
			assert_int_equal(json_sprintf(text, "%1.17g", (double)v), strlen(plain));
			assert_string_equal(text, plain);
		}
	}
	json_sprintf(text, "%1.17g", 0.0);
	assert_string_equal(text, "0");
	json_sprintf(text, "u%04x", 31);
	assert_string_equal(text, "u001f");
	json_sprintf(text, "null");
	assert_string_equal(text, "null");
}

/* Of keys that this version does not have. */
static void other_numbers_are_read_back(void **state)
{
	static const double numbers[] = {
		0.5,   -0.1,	1.5,  3.14159265358979,	       1e17,  1e20, -2.5e30,
		1e300, 1.7e308, 1e-5, 2.2250738585072014e-308, 5e-324};
	char text[JSON_NUMBER_MAX], *end;

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		int n = json_sprintf(text, "%1.17g", numbers[i]);
		double got = json_strtod(text, &end), off = got - numbers[i];

		assert_in_range(n, 1, JSON_NUMBER_MAX - 1);
		assert_ptr_equal(end, text + n);
		if ((off < 0 ? -off : off) > (numbers[i] < 0 ? -numbers[i] : numbers[i]) * 1e-13)
			fail_msg("%.17g: '%s' is %.17g", numbers[i], text, got);
	}
	json_sprintf(text, "%1.17g", 1.5);
	assert_string_equal(text, "15e-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_strtod_reads_them),
		cmocka_unit_test(whole_numbers_are_exact),
		cmocka_unit_test(whole_numbers_are_printed_as_they_are),
		cmocka_unit_test(other_numbers_are_read_back),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
