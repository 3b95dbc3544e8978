// SPDX-License-Identifier: GPL-2.0-or-later
/* The attributes of a start tag, as they are written. */
#include "libvirt/xml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void take(const char *text, const char *want)
{
	size_t n = strlen(text), at = 0, used = 0;
	uint8_t *exact = malloc(n ? n : 1);
	char said[200] = "";
	struct domattr a;

	memcpy(exact, text, n);
	while (domattr_next((struct bytes){exact, n}, &at, &a)) {
		assert_true(a.at + a.n < n && at <= n);
		memcpy(said + used, a.name.p, a.name.n);
		used += a.name.n;
		said[used++] = ':';
		memcpy(said + used, exact + a.at, a.n);
		used += a.n;
		said[used++] = ';';
	}
	free(exact);
	assert_string_equal(said, want);
}

static void attributes(void **state)
{
	static const char *const t[][2] = {
		{"", ""},
		{">", ""},
		{"/>", ""},
		{" a='1'>", "a:1;"},
		{" a='1' b=\"2\"/>", "a:1;b:2;"},
		{"\n\ta \r=\n '' />", "a:;"},
		{" a='/>=\"' b=\"'\">", "a:/>=\";b:';"},
		{" x:a='&#39;'>", "x:a:&#39;;"},
		/* What no parser lets through ends it. */
		{" a>", ""},
		{" a=1>", ""},
		{" a='1", ""},
		{" a='1' b='", "a:1;"},
		{" a=", ""},
		{" ='1'>", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		take(t[i][0], t[i][1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(attributes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
