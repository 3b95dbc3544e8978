// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/vbios.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SIZE = 0x100, AT = 0x20, TOKENS = AT + 12 };

static void header_sum(uint8_t *bit)
{
	bit[11] = 0;
	romimage_sum(bit, 12);
}

/* Two tokens: B version 2 with data at 0x80 + 5, S version 2 at the very end. */
static void base(uint8_t p[SIZE])
{
	memset(p, 0, SIZE);
	memcpy(p + AT,
	       "\xff\xb8"
	       "BIT\0\0\1\x0c\x06\x02",
	       11);
	header_sum(p + AT);
	memcpy(p + TOKENS, "B\2\5\0\x80\0", 6);
	memcpy(p + TOKENS + 6, "S\2\4\0\xfc\0", 6);
}

static void finds_tokens(void **state)
{
	struct bytes b, d;
	struct bit bit;
	uint8_t p[SIZE];

	(void)state;
	base(p);
	b = exact(p, SIZE);
	assert_true(bit_find(b, &bit));
	assert_int_equal(bit.tokens, TOKENS);
	assert_int_equal(bit.stride, 6);
	assert_int_equal(bit.count, 2);
	d = bit_token(b, &bit, 'B', 2);
	assert_ptr_equal(d.p, b.p + 0x80);
	assert_int_equal(d.n, 5);
	d = bit_token(b, &bit, 'S', 2);
	assert_ptr_equal(d.p, b.p + 0xfc);
	assert_int_equal(d.n, 4);
	assert_int_equal(bit_token(b, &bit, 'S', 1).n, 0);
	assert_int_equal(bit_token(b, &bit, 'i', 2).n, 0);
}

static const struct change {
	const char *name;
	size_t at;
	uint8_t byte;
	bool found;
	size_t b_size, s_size;
} changes[] = {
	{"as it is", AT + 10, 2, true, 5, 4},
	{"one token counted", AT + 10, 1, true, 5, 0},
	{"no token", AT + 10, 0, true, 0, 0},
	{"255 tokens", AT + 10, 255, true, 5, 4},
	{"stride 0", AT + 9, 0, false, 0, 0},
	{"stride 5", AT + 9, 5, false, 0, 0},
	{"stride 7", AT + 9, 7, true, 5, 0},
	{"stride 255", AT + 9, 255, true, 5, 0},
	{"header size 0", AT + 8, 0, false, 0, 0},
	{"its first byte before it, too", AT - 1, 0xff, true, 5, 4},
	{"header size 11", AT + 8, 11, false, 0, 0},
	{"header size 255", AT + 8, 255, false, 0, 0},
	{"not its name", AT + 3, 'b', false, 0, 0},
	{"data just past the end", TOKENS + 10, 0xfd, true, 5, 3},
	{"data at the end", TOKENS + 11, 0x01, true, 5, 0},
	{"data far outside", TOKENS + 5, 0xff, true, 0, 4},
	{"data larger than the image", TOKENS + 3, 0xff, true, 0x80, 4},
};

static void limits(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(changes); k++) {
		const struct change *t = &changes[k];
		struct bit bit = {0};
		struct bytes b;

		base(p);
		p[t->at] = t->byte;
		header_sum(p + AT);
		b = exact(p, SIZE);
		if (bit_find(b, &bit) != t->found)
			fail_msg("%s: found or not", t->name);
		if (t->found && (bit_token(b, &bit, 'B', 2).n != t->b_size ||
				 bit_token(b, &bit, 'S', 2).n != t->s_size))
			fail_msg("%s: sizes", t->name);
	}
}

static void a_wrong_sum_is_another_thing(void **state)
{
	struct bit bit = {.count = 77};
	uint8_t p[SIZE];

	(void)state;
	base(p);
	p[AT + 11]++;
	assert_false(bit_find(exact(p, SIZE), &bit));
	assert_int_equal(bit.count, 77);
	/* ... and does not hide the table behind it. */
	memcpy(p + 0xa0, p + AT, 24);
	header_sum(p + 0xa0);
	assert_true(bit_find(exact(p, SIZE), &bit));
	assert_int_equal(bit.tokens, 0xa0 + 12);
}

static void every_cut(void **state)
{
	uint8_t p[SIZE];
	struct bit bit;

	(void)state;
	base(p);
	for (size_t n = 0; n <= SIZE; n++) {
		struct bytes b = exact(p, n);

		assert_int_equal(bit_find(b, &bit), n >= TOKENS);
		if (n < TOKENS)
			continue;
		/* Data is cut at the end of the image. */
		assert_int_equal(bit_token(b, &bit, 'B', 2).n, n <= 0x80   ? 0
							       : n >= 0x85 ? 5
									   : n - 0x80);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_tokens),
		cmocka_unit_test(limits),
		cmocka_unit_test(a_wrong_sum_is_another_thing),
		cmocka_unit_test(every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
