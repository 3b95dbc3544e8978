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

/* What cJSON prints then, and what it prints where 15 digits are enough, is one text. */
static void whole_numbers_are_printed_without_an_exponent(void **state)
{
	char plain[32], text[32];

	(void)state;
	assert_int_equal(json_sscanf("12", "%lg", (double *)NULL), 0);
	for (uint64_t n = 1; n <= JSON_INTEGER_MAX; n = n * 3 + 1) {
		snprintf(plain, sizeof(plain), "%llu", (unsigned long long)n);
		snprintf(text, sizeof(text), "%1.17g", (double)n);
		assert_string_equal(text, plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_as_strtod_reads_them),
		cmocka_unit_test(whole_numbers_are_exact),
		cmocka_unit_test(whole_numbers_are_printed_without_an_exponent),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
