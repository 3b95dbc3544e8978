// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/map.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { BLOCK = 0x200, SIZE = 0x4000 };

static uint8_t p[SIZE];
static struct rommap map;

static void put_x86(size_t at, size_t blocks, bool last)
{
	romimage_put(p + at, &(struct romimage){0x00, blocks, last, 0x10de, 0x2204});
}

static void put_efi(size_t at, size_t blocks)
{
	romimage_put(p + at, &(struct romimage){0x03, blocks, true, 0x10de, 0x2204});
}

static void put_private(size_t at, size_t blocks)
{
	romimage_put(p + at, &(struct romimage){0xe0, blocks, true, 0x10de, 0x2204});
	memcpy(p + at, "VN", 2);
	memcpy(p + at + IMAGE_PCIR, "NPDS", 4);
}

static int blank(void **state)
{
	(void)state;
	memset(p, 0xff, SIZE);
	return 0;
}

/* Of n bytes of p; each segment begins where the one before ends, and the last one at the end. */
static void cut(size_t n)
{
	static struct rom rom;
	struct bytes file = exact(p, n);
	size_t at = 0;

	rom_examine(file, &rom);
	memset(&map, 0xee, sizeof(map));
	rommap_make(file, &rom, &map);
	assert_int_equal(map.size, n);
	assert_in_range(map.n, n ? 1 : 0, ROMMAP_SEGMENTS_MAX);
	for (size_t k = 0; k < map.n; k++) {
		assert_int_equal(map.s[k].offset, at);
		assert_int_not_equal(map.s[k].length, 0);
		at += map.s[k].length;
	}
	assert_int_equal(at, n);
}

static void expect(const struct rommap_segment *want, size_t n)
{
	for (size_t k = 0; k < n && k < map.n; k++)
		if (map.s[k].offset != want[k].offset || map.s[k].kind != want[k].kind)
			fail_msg("%zu: 0x%zx %s", k, map.s[k].offset, rommap_text(map.s[k].kind));
	assert_int_equal(map.n, n);
}

#define EXPECT(...)                                                                                \
	do {                                                                                       \
		static const struct rommap_segment want[] = {__VA_ARGS__};                         \
		expect(want, COUNT(want));                                                         \
	} while (0)

static void a_flash(void **state)
{
	(void)state;
	memcpy(p, "NVGI", 4);
	put32(p + 4, 0x00100100);
	put32(p + 0x14, 0x800);
	put_x86(0x800, 2, false);
	put_efi(0xc00, 2);
	put_private(0x1000, 1);
	memset(p + 0x2000, 0, 0x1000);
	memset(p + 0x3000, 0x5a, 0x10);
	cut(SIZE);
	EXPECT({0, 0, ROMMAP_HEADER}, {0x18, 0, ROMMAP_FF}, {0x800, 0, ROMMAP_X86},
	       {0xc00, 0, ROMMAP_EFI}, {0x1000, 0, ROMMAP_PRIVATE}, {0x1200, 0, ROMMAP_FF},
	       {0x2000, 0, ROMMAP_ZERO}, {0x3000, 0, ROMMAP_DATA}, {0x3010, 0, ROMMAP_FF});
}

/* A private image within the x86 image, which continues behind it. */
static void nested(void **state)
{
	(void)state;
	put_x86(0, 4, false);
	memcpy(p + 0x80, "NPDE\x01\x01\x0c\0\x01\0\0\x01", 12);
	put_private(0x200, 1);
	put_efi(0x800, 1);
	cut(0xa00);
	EXPECT({0, 0, ROMMAP_X86}, {0x200, 0, ROMMAP_PRIVATE}, {0x400, 0, ROMMAP_X86},
	       {0x800, 0, ROMMAP_EFI});
}

static void copies(void **state)
{
	(void)state;
	put_x86(0, 1, true);
	memcpy(p + 0x800, "NV", 2);
	put_x86(0x1000, 1, true);
	put_private(0x1200, 1);
	put_x86(0x2000, 1, true);
	cut(0x2400);
	EXPECT({0, 0, ROMMAP_X86}, {0x200, 0, ROMMAP_FF}, {0x800, 0, ROMMAP_DATA},
	       {0x802, 0, ROMMAP_FF}, {0x1000, 0, ROMMAP_COPY}, {0x1400, 0, ROMMAP_FF},
	       {0x2000, 0, ROMMAP_COPY}, {0x2200, 0, ROMMAP_FF});
}

static void cut_and_other_images(void **state)
{
	(void)state;
	put_x86(0, 1, false);
	romimage_put(p + 0x200, &(struct romimage){0x01, 1, false, 0x10de, 0x2204});
	put_efi(0x400, 4);
	cut(0x600);
	EXPECT({0, 0, ROMMAP_X86}, {0x200, 0, ROMMAP_IMAGE}, {0x400, 0, ROMMAP_EFI});
}

static void no_rom(void **state)
{
	(void)state;
	cut(0);
	assert_int_equal(map.n, 0);
	cut(1);
	EXPECT({0, 0, ROMMAP_FF});
	memcpy(p, "MZ", 2);
	cut(0x201);
	EXPECT({0, 0, ROMMAP_DATA});
	cut(0x202);
	EXPECT({0, 0, ROMMAP_DATA}, {2, 0, ROMMAP_FF});
}

static void many_runs(void **state)
{
	static uint8_t striped[ROMMAP_SEGMENTS_MAX * 0x400];
	static struct rom rom;
	size_t at = 0;

	(void)state;
	for (size_t k = 0; k < sizeof(striped); k++)
		striped[k] = k & 0x200 ? 0xff : 0x5a;
	rom_examine((struct bytes){striped, sizeof(striped)}, &rom);
	rommap_make((struct bytes){striped, sizeof(striped)}, &rom, &map);
	for (size_t k = 0; k < map.n; k++)
		at += map.s[k].length;
	assert_int_equal(at, sizeof(striped));
	assert_in_range(map.n, 1, ROMMAP_SEGMENTS_MAX);
}

static void bars(void **state)
{
	static const struct {
		struct rommap_segment s[4];
		size_t n, size;
		const char *bar;
	} t[] = {
		{{{0}}, 0, 0, ""},
		{{{0, 1, ROMMAP_X86}},
		 1,
		 1,
		 "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"},
		{{{0, 0x1000, ROMMAP_X86}, {0x1000, 0x3000, ROMMAP_EFI}},
		 2,
		 0x4000,
		 "XXXXXXXXXXXXXXXXEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEEE"},
		/* Small ones are seen, in their order. */
		{{{0, 1, ROMMAP_HEADER},
		  {1, 1, ROMMAP_FF},
		  {2, 0xfffffd, ROMMAP_X86},
		  {0xffffff, 1, ROMMAP_DATA}},
		 4,
		 0x1000000,
		 "H.XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX?"},
		/* Cells that are left over go to the segments furthest below their share. */
		{{{0, 1, ROMMAP_X86}, {1, 1, ROMMAP_EFI}, {2, 1, ROMMAP_COPY}},
		 3,
		 3,
		 "XXXXXXXXXXXXXXXXXXXXXXEEEEEEEEEEEEEEEEEEEEECCCCCCCCCCCCCCCCCCCCC"},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		char bar[ROMMAP_CELLS + 1];

		map = (struct rommap){.n = t[k].n, .size = t[k].size};
		memcpy(map.s, t[k].s, sizeof(t[k].s));
		memset(bar, 'x', sizeof(bar));
		rommap_draw(&map, bar);
		assert_string_equal(bar, t[k].bar);
	}
}

/* As many segments as cells, and more. */
static void crowded_bars(void **state)
{
	(void)state;
	for (size_t n = ROMMAP_CELLS; n <= ROMMAP_SEGMENTS_MAX; n *= 2) {
		char bar[ROMMAP_CELLS + 1];

		map = (struct rommap){.n = n, .size = n};
		for (size_t k = 0; k < n; k++)
			map.s[k] = (struct rommap_segment){
				k, 1, k * ROMMAP_CELLS / n % 2 ? ROMMAP_FF : ROMMAP_DATA};
		rommap_draw(&map, bar);
		for (size_t k = 0; k < ROMMAP_CELLS; k++)
			assert_int_equal(bar[k], k % 2 ? '.' : '?');
		assert_int_equal(bar[ROMMAP_CELLS], '\0');
	}
}

static void letters_and_words(void **state)
{
	(void)state;
	for (enum rommap_kind a = 0; a < ROMMAP_KINDS; a++)
		for (enum rommap_kind b = 0; b < a; b++) {
			assert_int_not_equal(rommap_letter(a), rommap_letter(b));
			assert_string_not_equal(rommap_text(a), rommap_text(b));
		}
	assert_string_equal(rommap_text(ROMMAP_HEADER), "header");
	assert_string_equal(rommap_text(ROMMAP_DATA), "data");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_flash, blank),
		cmocka_unit_test_setup(nested, blank),
		cmocka_unit_test_setup(copies, blank),
		cmocka_unit_test_setup(cut_and_other_images, blank),
		cmocka_unit_test_setup(no_rom, blank),
		cmocka_unit_test(many_runs),
		cmocka_unit_test(bars),
		cmocka_unit_test(crowded_bars),
		cmocka_unit_test(letters_and_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
