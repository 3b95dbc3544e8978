// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MIB ((size_t)1 << 20)

/* All of it can be written, whether or not it is large enough for huge pages. */
static void any_size(void **state)
{
	static const size_t size[] = {0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 1, 5 * MIB};

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		char *p = memory_new(size[i]), *more;

		assert_non_null(p);
		memset(p, 0x55, size[i]);
		more = realloc(p, size[i] + MIB);
		assert_non_null(more);
		memset(more + size[i], 0x55, MIB);
		assert_true(!size[i] || more[size[i] - 1] == 0x55);
		free(more);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(any_size)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
