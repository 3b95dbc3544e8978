// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/print.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What both print is the same, and so is what they return. */
static __attribute__((format(printf, 1, 2))) void same(const char *format, ...)
{
	char want[8192], *got = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&got, &n);
	va_list args, again;
	int r, want_r;

	assert_non_null(f);
	va_start(args, format);
	va_copy(again, args);
	r = print_formatted(f, format, args);
	want_r = vsnprintf(want, sizeof(want), format, again);
	va_end(again);
	va_end(args);
	fclose(f);
	if (r != want_r || strcmp(got, want) != 0)
		fail_msg("%s: '%s', %d; should be '%s', %d", format, got, r, want, want_r);
	free(got);
}

static void texts(void **state)
{
	static const char *const words[] = {"", "a", "gpurom", "0123456789abcdef0123456789"};

	(void)state;
	same("no conversion");
	same("100%% of %%d");
	for (size_t i = 0; i < 4; i++) {
		const char *s = words[i];

		same("<%s> <%8s> <%-8s> <%.3s> <%8.3s> <%-8.3s> <%.0s>", s, s, s, s, s, s, s);
		same("<%*s> <%-*s> <%.*s> <%*.*s> <%-20.40s>", 5, s, 5, s, 2, s, -9, 4, s, s);
	}
	same("<%c> <%3c> <%-3c>", 'x', 'y', 'z');
	same("%.4s", (const char[]){'n', 'o', 'n', 'u'});
}

static void number(long long v)
{
	unsigned u = (unsigned)v;
	int d = (int)v;

	same("<%d> <%i> <%5d> <%-5d> <%05d> <%.3d> <%6.3d> <%-6.3d>", d, d, d, d, d, d, d, d);
	same("<%u> <%x> <%X> <%04x> <%08X> <%2x> <%-9x> <%.2x> <%.0x>", u, u, u, u, u, u, u, u, u);
	same("<%o> <%04o> <%llo>", u, u, (unsigned long long)v);
	same("<%ld> <%lu> <%lx> <%016lx>", (long)v, (unsigned long)v, (unsigned long)v,
	     (unsigned long)v);
	same("<%lld> <%llu> <%016llx> <%10llu>", v, (unsigned long long)v, (unsigned long long)v,
	     (unsigned long long)v);
	same("<%zu> <%zx> <%06zx> <%-5zu> <%zd> <%td>", (size_t)v, (size_t)v, (size_t)v, (size_t)v,
	     (ssize_t)v, (ptrdiff_t)v);
	same("<%jd> <%ju>", (intmax_t)v, (uintmax_t)v);
	same("<%hd> <%hu> <%hx> <%hhd> <%hhu> <%02hhx>", (short)v, (unsigned short)v,
	     (unsigned short)v, (signed char)v, (unsigned char)v, (unsigned char)v);
	same("<%*d> <%-*d> <%0*d> <%.*d>", 7, d, 7, d, 7, d, 7, d);
}

static void numbers(void **state)
{
	static const long long v[] = {
		0,	 1,	  -1,	    9,	      10,	15,	   16,	      127,
		128,	 255,	  256,	    -128,     32767,	32768,	   65535,     65536,
		INT_MAX, INT_MIN, UINT_MAX, LONG_MAX, LONG_MIN, LLONG_MAX, LLONG_MIN, 0x10de2204};

	(void)state;
	for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
		number(v[i]);
	same("%p", (void *)&state);
}

/* Longer than the buffer, also where a conversion is in its last byte. */
static void long_texts(void **state)
{
	char text[1600];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (int n = 500; n < 530; n++) {
		same("%.*s%d%s", n, text, 12345, "end");
		same("%*d|%0*d|%-*d|", n, 1, n, 2, n, 3);
	}
	same("%.*s", (int)sizeof(text), text);
}

static int print(FILE *f, const char *format, ...)
{
	va_list args;
	int r;

	va_start(args, format);
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	r = print_formatted(f, format, args);
	va_end(args);
	return r;
}

static void what_is_none_of_ours_is_printed_as_it_stands(void **state)
{
	char *got = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&got, &n);

	(void)state;
	assert_non_null(f);
	print(f, "%d %5.1f %s", 1, 2.0, "x");
	print(f, " %");
	fclose(f);
	assert_string_equal(got, "1 %5.1f %s %");
	free(got);
}

static void a_file_that_cannot_be_written_is_an_error(void **state)
{
	FILE *f = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(f);
	setbuf(f, NULL);
	assert_int_equal(print(f, "%d", 1), -1);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(numbers),
		cmocka_unit_test(long_texts),
		cmocka_unit_test(what_is_none_of_ours_is_printed_as_it_stands),
		cmocka_unit_test(a_file_that_cannot_be_written_is_an_error),
	};

	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
