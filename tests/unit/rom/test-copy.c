// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/copy.h"
#include "romimage.h"

enum { BLOCK = 0x200, CHAIN = 2 * BLOCK, SIZE = 0x2000 };

static uint8_t p[SIZE];
static struct rom rom;
static struct bytes file;

static void put_chain(size_t at, uint16_t device)
{
	romimage_put(p + at, &(struct romimage){0x00, 1, false, 0x10de, device});
	romimage_put(p + at + BLOCK, &(struct romimage){0x03, 1, true, 0x10de, device});
}

static void put_nvgi(size_t at, unsigned long to)
{
	memset(p + at, 0xff, 0x40);
	memcpy(p + at, "NVGI", 4);
	put32(p + at + 4, 0x00100100);
	put32(p + at + 0x14, to);
}

/* SIZE bytes of FF with what `put` added. */
static int blank(void **state)
{
	(void)state;
	memset(p, 0xff, SIZE);
	return 0;
}

static void examine(void)
{
	file = exact(p, SIZE);
	rom_examine(file, &rom);
	assert_int_not_equal(rom.found_by, ROM_FOUND_NOTHING);
}

static void none(void **state)
{
	struct romcopy c;

	(void)state;
	put_chain(0, 0x2204);
	examine();
	assert_false(romcopy_next(file, &rom, 0, &c));
	assert_false(romcopy_next(file, &rom, SIZE, &c));
	assert_false(romcopy_next(file, &rom, SIZE_MAX - BLOCK, &c));
}

static void mirrors(void **state)
{
	struct romcopy c = {0};
	size_t n = 0;

	(void)state;
	for (size_t at = 0; at < SIZE; at += CHAIN)
		put_chain(at, 0x2204);
	examine();
	while (romcopy_next(file, &rom, c.offset + c.length, &c)) {
		n++;
		assert_int_equal(c.offset, n * CHAIN);
		assert_int_equal(c.start, c.offset);
		assert_int_equal(c.length, CHAIN);
		assert_true(c.same);
	}
	assert_int_equal(n, SIZE / CHAIN - 1);
}

/* Two flashes, whose option ROMs are not at multiples of a block. */
static void headers(void **state)
{
	struct romcopy c;

	(void)state;
	put_nvgi(0, 0x404);
	put_chain(0x404, 0x2204);
	put_nvgi(0x1000, 0x404);
	put_chain(0x1404, 0x2204);
	p[0x1404 + 0x100] ^= 1;
	examine();
	assert_int_equal(rom.found_by, ROM_FOUND_NVGI);
	assert_true(romcopy_next(file, &rom, 0, &c));
	assert_int_equal(c.start, 0x1000);
	assert_int_equal(c.offset, 0x1404);
	assert_false(c.same);
	assert_false(romcopy_next(file, &rom, c.offset + c.length, &c));
}

static void before(void **state)
{
	struct romcopy c;

	(void)state;
	put_nvgi(0, 0x1000);
	put_chain(0x400, 0x2204);
	put_chain(0x1000, 0x2204);
	examine();
	assert_int_equal(rom.offset, 0x1000);
	assert_true(romcopy_next(file, &rom, 0, &c));
	assert_int_equal(c.offset, 0x400);
	assert_int_equal(c.start, 0x400);
	assert_true(c.same);
}

/* Of another maker or kind, or without end: no copy. */
static void not_of_this_kind(void **state)
{
	struct romcopy c;

	(void)state;
	put_chain(0, 0x2204);
	romimage_put(p + 0x800, &(struct romimage){0x00, 1, true, 0x8086, 0x2204});
	romimage_put(p + 0xc00, &(struct romimage){0x03, 1, true, 0x10de, 0x2204});
	romimage_put(p + 0x1000, &(struct romimage){0x00, 1, false, 0x10de, 0x2204});
	examine();
	assert_false(romcopy_next(file, &rom, 0, &c));
	romimage_put(p + 0x1000, &(struct romimage){0x00, 1, true, 0x10de, 0x2206});
	examine();
	assert_true(romcopy_next(file, &rom, 0, &c));
	assert_int_equal(c.offset, 0x1000);
	assert_false(c.same);
}

/* The first chain has no end: nothing is the same as it. */
static void first_one_damaged(void **state)
{
	struct romcopy c;

	(void)state;
	romimage_put(p, &(struct romimage){0x00, 1, false, 0x10de, 0x2204});
	put_chain(0x1000, 0x2204);
	examine();
	assert_int_equal(rom.offset, 0);
	assert_true(romcopy_next(file, &rom, 0, &c));
	assert_int_equal(c.offset, 0x1000);
	assert_false(c.same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(none, blank),
		cmocka_unit_test_setup(mirrors, blank),
		cmocka_unit_test_setup(headers, blank),
		cmocka_unit_test_setup(before, blank),
		cmocka_unit_test_setup(not_of_this_kind, blank),
		cmocka_unit_test_setup(first_one_damaged, blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
