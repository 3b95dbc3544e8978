// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/sort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_MAX 300

struct item {
	uint32_t key;
	uint8_t copy[5]; /* of the key's lowest byte: an item stays whole */
};

static size_t compared;

static int by_key(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	compared++;
	return (x->key > y->key) - (x->key < y->key);
}

static uint32_t key_of(unsigned how, size_t i, size_t n)
{
	static uint32_t random = 1;

	random = random * 1103515245 + 12345;
	return how == 0	  ? (uint32_t)i
	       : how == 1 ? (uint32_t)(n - i)
	       : how == 2 ? 7
			  : random >> (how * 4);
}

static void sorted_as_by_qsort(void **state)
{
	struct item got[N_MAX + 1], want[N_MAX + 1];

	(void)state;
	for (unsigned how = 0; how < 8; how++)
		for (size_t n = 0; n <= N_MAX; n++) {
			for (size_t i = 0; i <= n; i++) {
				memset(&got[i], 0, sizeof(got[i]));
				got[i].key = key_of(how, i, n);
				memset(got[i].copy, (int)(got[i].key & 0xff), sizeof(got[i].copy));
			}
			memcpy(want, got, (n + 1) * sizeof(got[0]));
			qsort(want, n, sizeof(want[0]), by_key);
			sort_items(got, n, sizeof(got[0]), by_key);
			/* What is behind the last one stays. */
			assert_memory_equal(got, want, (n + 1) * sizeof(got[0]));
		}
}

static void no_order_takes_long(void **state)
{
	struct item items[N_MAX];

	(void)state;
	for (unsigned how = 0; how < 8; how++) {
		for (size_t i = 0; i < N_MAX; i++)
			items[i].key = key_of(how, i, N_MAX);
		compared = 0;
		sort_items(items, N_MAX, sizeof(items[0]), by_key);
		assert_in_range(compared, N_MAX - 1, 2 * N_MAX * 9);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_as_by_qsort),
		cmocka_unit_test(no_order_takes_long),
	};

	return cmocka_run_group_tests_name("sort", tests, NULL, NULL);
}
