// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/rom.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SIZE = 0x600 };

/* An image of 3 blocks, of zeros but for its structures; `mark` added in block 1 and 2 each. */
static const struct {
	const char *name;
	uint8_t code, size_blocks, npde_blocks;
	size_t bytes;
	struct sums want; /* beyond what block 0 sums to */
} t[] = {
	{"all three", 0, 2, 1, SIZE, {true, true, true, 0x11, 0x01, 0x00}},
	{"no lengths", 0, 0, 0, SIZE, {true, false, false, 0x11, 0, 0}},
	{"past the end", 0, 4, 4, SIZE, {true, false, false, 0x11, 0, 0}},
	{"cut", 0, 2, 1, SIZE - 1, {false, true, true, 0, 0x01, 0x00}},
	{"EFI", 3, 2, 1, SIZE, {true, false, false, 0x11, 0, 0}},
};

static void each_length(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct oprom_image i;
		struct bytes rom;
		struct sums s;

		romimage_put(p, &(struct romimage){t[k].code, 3, true, 0x10de, 0x2204});
		p[2] = t[k].size_blocks;
		memcpy(p + 0x80, "NPDE\x01\x01\x0c", 8);
		p[0x88] = t[k].npde_blocks;
		p[SIZE - 1] = 0;
		romimage_sum(p, 0x200);
		p[0x200] = 0x01;
		p[0x400] = 0x10;
		rom = exact(p, t[k].bytes);
		assert_int_equal(oprom_image_at(rom, 0, &i), OPROM_END);
		sums_read(rom, &i, &s);
		if (s.has_whole != t[k].want.has_whole || s.has_size != t[k].want.has_size ||
		    s.has_npde != t[k].want.has_npde || s.whole != t[k].want.whole ||
		    s.size != t[k].want.size || s.npde != t[k].want.npde)
			fail_msg("%s: %02x %02x %02x", t[k].name, s.whole, s.size, s.npde);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
