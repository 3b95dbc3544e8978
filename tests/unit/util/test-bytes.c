// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "romimage.h"
#include "util/bytes.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void has_never_wraps(void **state)
{
	static const struct {
		size_t n, off, len;
		bool want;
	} t[] = {
		{0, 0, 0, true},
		{0, 0, 1, false},
		{0, 1, 0, false},
		{4, 0, 4, true},
		{4, 0, 5, false},
		{4, 4, 0, true},
		{4, 4, 1, false},
		{4, 5, 0, false},
		{4, 3, 1, true},
		{4, 3, 2, false},
		{4, 1, SIZE_MAX, false},
		{4, SIZE_MAX, 1, false},
		{4, SIZE_MAX, SIZE_MAX, false},
		{SIZE_MAX, SIZE_MAX, 0, true},
		{SIZE_MAX, SIZE_MAX, 1, false},
		{SIZE_MAX, 1, SIZE_MAX - 1, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		assert_int_equal(bytes_has((struct bytes){NULL, t[i].n}, t[i].off, t[i].len),
				 t[i].want);
}

static void sub_clamps(void **state)
{
	static const struct {
		size_t off, len, want_n;
	} t[] = {
		{0, 4, 4}, {0, 5, 4},	     {0, SIZE_MAX, 4},	      {3, 1, 1}, {3, SIZE_MAX, 1},
		{4, 1, 0}, {4, SIZE_MAX, 0}, {SIZE_MAX, SIZE_MAX, 0}, {2, 0, 0}, {1, SIZE_MAX, 3},
	};
	struct bytes b = exact("abcd", 4);

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct bytes s = bytes_sub(b, t[i].off, t[i].len);

		assert_int_equal(s.n, t[i].want_n);
		if (s.n)
			assert_ptr_equal(s.p, b.p + t[i].off);
	}
	assert_int_equal(bytes_sub((struct bytes){NULL, 0}, 0, 1).n, 0);
}

static void fields_are_little_endian(void **state)
{
	struct bytes b = exact("\x01\x82\xf3\xc4\xff\x26\x97\x88\xf9", 9);
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	(void)state;
	assert_true(bytes_u8(b, 4, &u8));
	assert_int_equal(u8, 0xff);
	assert_true(bytes_le16(b, 0, &u16));
	assert_int_equal(u16, 0x8201);
	assert_true(bytes_le16(b, 3, &u16));
	assert_int_equal(u16, 0xffc4);
	assert_true(bytes_le32(b, 1, &u32));
	assert_int_equal(u32, 0xffc4f382);
	assert_true(bytes_le64(b, 1, &u64));
	assert_int_equal(u64, 0xf9889726ffc4f382);
}

static void fields_past_the_end_touch_nothing(void **state)
{
	static const size_t outside[] = {5, 6, SIZE_MAX, SIZE_MAX - 1, SIZE_MAX - 3};
	struct bytes b = exact("\x01\x82\xf3\xc4\xff", 5);
	uint8_t u8 = 7;
	uint16_t u16 = 7;
	uint32_t u32 = 7;
	uint64_t u64 = 7;

	(void)state;
	for (size_t i = 0; i < COUNT(outside); i++) {
		assert_false(bytes_le64(b, outside[i], &u64));
		assert_false(bytes_u8(b, outside[i], &u8));
		assert_false(bytes_le16(b, outside[i], &u16));
		assert_false(bytes_le32(b, outside[i], &u32));
	}
	assert_false(bytes_le16(b, 4, &u16));
	assert_false(bytes_le32(b, 2, &u32));
	b = exact("1234567", 7);
	assert_false(bytes_le64(b, 0, &u64));
	assert_int_equal(u8, 7);
	assert_int_equal(u16, 7);
	assert_int_equal(u32, 7);
	assert_int_equal(u64, 7);
}

static void is_compares_what_is_there(void **state)
{
	struct bytes b = exact("NVGI", 4);

	(void)state;
	assert_true(bytes_is(b, 0, "NVGI", 4));
	assert_true(bytes_is(b, 3, "I", 1));
	assert_true(bytes_is(b, 4, "", 0));
	assert_false(bytes_is(b, 0, "NVGJ", 4));
	assert_false(bytes_is(b, 0, "NVGI\0", 5));
	assert_false(bytes_is(b, 1, "VGI\0", 4));
	assert_false(bytes_is(b, SIZE_MAX, "I", 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_never_wraps),
		cmocka_unit_test(sub_clamps),
		cmocka_unit_test(fields_are_little_endian),
		cmocka_unit_test(fields_past_the_end_touch_nothing),
		cmocka_unit_test(is_compares_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
