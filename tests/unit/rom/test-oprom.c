// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/oprom.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PCIR IMAGE_PCIR

/* Two images of two blocks: x86, then EFI, which is the last. */
enum { SECOND = 0x400, WHOLE = 0x800 };

static void base(uint8_t p[WHOLE])
{
	romimage_put(p, &(struct romimage){0x00, 2, false, 0x10de, 0x2204});
	romimage_put(p + SECOND, &(struct romimage){0x03, 2, true, 0x10de, 0x2204});
}

static void walks_a_whole_chain(void **state)
{
	static struct oprom_chain c;
	uint8_t p[WHOLE];

	(void)state;
	base(p);
	oprom_walk(exact(p, WHOLE), &c);
	assert_int_equal(c.stop, OPROM_END);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.length, WHOLE);
	assert_int_equal(c.image[0].offset, 0);
	assert_int_equal(c.image[0].length, 0x400);
	assert_int_equal(c.image[0].pcir, PCIR);
	assert_int_equal(c.image[0].pcir_length, 0x18);
	assert_int_equal(c.image[0].vendor, 0x10de);
	assert_int_equal(c.image[0].device, 0x2204);
	assert_int_equal(c.image[0].class, 0x030000);
	assert_int_equal(c.image[0].size_blocks, 2);
	assert_false(oprom_last(&c.image[0]));
	assert_int_equal(c.image[1].offset, SECOND);
	assert_int_equal(c.image[1].code, OPROM_CODE_EFI);
	assert_true(oprom_last(&c.image[1]));
}

/* One change to the base, and why the walk stops then. */
static const struct change {
	const char *name;
	size_t at, n;
	const char *bytes;
	enum oprom_stop stop;
	size_t images;
} changes[] = {
	{"no signature", 0, 2, "\xaa\x55", OPROM_E_SIGNATURE, 0},
	{"half a signature", 1, 1, "\xff", OPROM_E_SIGNATURE, 0},
	{"no signature in the second", SECOND, 1, "\x56", OPROM_E_SIGNATURE, 1},
	{"pointer 0", 0x18, 2, "\0\0", OPROM_E_PCIR, 0},
	{"pointer ffff", 0x18, 2, "\xff\xff", OPROM_E_PCIR, 0},
	{"pointer at the last byte", 0x18, 2, "\xff\x07", OPROM_E_PCIR, 0},
	{"pointer to where PCIR just does not fit", 0x18, 2, "\xe9\x07", OPROM_E_PCIR, 0},
	{"pointer into the next image", 0x18, 2, "\x60\x04", OPROM_E_PCIR, 0},
	{"no PCIR", PCIR, 4, "NPDS", OPROM_E_PCIR, 0},
	{"length 0", PCIR + 0x10, 2, "\0\0", OPROM_E_LENGTH, 0},
	{"second length 0", SECOND + PCIR + 0x10, 2, "\0\0", OPROM_E_LENGTH, 1},
	{"length up to the end", PCIR + 0x10, 1, "\x04", OPROM_E_SHORT, 1},
	{"length past the end", PCIR + 0x10, 1, "\x05", OPROM_E_CUT, 0},
	{"length ffff", PCIR + 0x10, 2, "\xff\xff", OPROM_E_CUT, 0},
	{"second length past the end", SECOND + PCIR + 0x10, 1, "\x03", OPROM_E_CUT, 1},
	{"last on the first", PCIR + 0x15, 1, "\x80", OPROM_END, 1},
	{"other bits beside the last", PCIR + 0x15, 1, "\xff", OPROM_END, 1},
	{"other bits alone", SECOND + PCIR + 0x15, 1, "\x7f", OPROM_E_SHORT, 2},
	{"a type that nobody knows", PCIR + 0x14, 1, "\xe0", OPROM_END, 2},
	{"structure length 0", PCIR + 0x0a, 2, "\0\0", OPROM_END, 2},
	{"structure length ffff", PCIR + 0x0a, 2, "\xff\xff", OPROM_END, 2},
};

static void stops_where_it_is_broken(void **state)
{
	static struct oprom_chain c;
	uint8_t p[WHOLE];

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *t = &changes[i];

		base(p);
		memcpy(p + t->at, t->bytes, t->n);
		oprom_walk(exact(p, WHOLE), &c);
		if (c.stop != t->stop || c.n != t->images)
			fail_msg("%s: stop %d after %zu", t->name, c.stop, c.n);
	}
}

/* A trimmed file must have the whole structure that describes it. */
static void the_structure_lies_in_its_image(void **state)
{
	struct oprom_image i;
	uint8_t p[WHOLE];

	(void)state;
	for (size_t at = SECOND - OPROM_PCIR_SIZE - 1; at <= SECOND; at++) {
		bool whole = at + OPROM_PCIR_SIZE <= SECOND;

		base(p);
		memmove(p + at, p + PCIR, OPROM_PCIR_SIZE);
		p[0x18] = (uint8_t)at;
		p[0x19] = (uint8_t)(at >> 8);
		assert_int_equal(oprom_image_at(exact(p, WHOLE), 0, &i),
				 whole ? OPROM_END : OPROM_E_PCIR);
	}
}

static void cut_image_is_described(void **state)
{
	static struct oprom_chain c;
	uint8_t p[WHOLE];

	(void)state;
	base(p);
	oprom_walk(exact(p, WHOLE - 1), &c);
	assert_int_equal(c.stop, OPROM_E_CUT);
	assert_int_equal(c.cut.offset, SECOND);
	assert_int_equal(c.cut.length, 0x400);
	assert_int_equal(c.cut.code, OPROM_CODE_EFI);
	assert_int_equal(c.length, SECOND);
}

/* Wherever the bytes end: a result, nothing read behind them, and no chain called complete. */
static void every_cut_is_reported(void **state)
{
	static struct oprom_chain c;
	uint8_t p[WHOLE];

	(void)state;
	base(p);
	for (size_t n = 0; n < WHOLE; n++) {
		oprom_walk(exact(p, n), &c);
		assert_int_not_equal(c.stop, OPROM_END);
		assert_int_equal(c.n, n >= SECOND ? 1 : 0);
		assert_true(c.length <= n);
	}
}

/* The shortest bytes that hold a header, and one less. */
static void header_limits(void **state)
{
	struct oprom_image i = {.offset = 77};
	uint8_t p[WHOLE];

	(void)state;
	base(p);
	assert_int_equal(oprom_image_at(exact(p, 1), 0, &i), OPROM_E_SIGNATURE);
	assert_int_equal(oprom_image_at(exact(p, OPROM_HEADER_SIZE - 1), 0, &i), OPROM_E_PCIR);
	assert_int_equal(oprom_image_at(exact(p, OPROM_HEADER_SIZE), 0, &i), OPROM_E_PCIR);
	assert_int_equal(oprom_image_at(exact(p, PCIR + OPROM_PCIR_SIZE - 1), 0, &i), OPROM_E_PCIR);
	assert_int_equal(oprom_image_at(exact(p, WHOLE), WHOLE, &i), OPROM_E_SHORT);
	assert_int_equal(oprom_image_at(exact(p, WHOLE), SIZE_MAX, &i), OPROM_E_SHORT);
	assert_int_equal(oprom_image_at((struct bytes){NULL, 0}, 0, &i), OPROM_E_SHORT);
	assert_int_equal(i.offset, 77);
	assert_int_equal(oprom_image_at(exact(p, PCIR + OPROM_PCIR_SIZE), 0, &i), OPROM_END);
	assert_int_equal(i.offset, 0);
}

static void as_many_images_as_the_cap(void **state)
{
	static uint8_t p[(OPROM_IMAGES_MAX + 1) * OPROM_BLOCK];
	static struct oprom_chain c;

	(void)state;
	for (size_t n = OPROM_IMAGES_MAX; n <= OPROM_IMAGES_MAX + 1; n++) {
		for (size_t k = 0; k < n; k++)
			romimage_put(p + k * OPROM_BLOCK,
				     &(struct romimage){0, 1, k == n - 1, 0x10de, 0x2204});
		oprom_walk(exact(p, n * OPROM_BLOCK), &c);
		assert_int_equal(c.n, OPROM_IMAGES_MAX);
		assert_int_equal(c.stop, n == OPROM_IMAGES_MAX ? OPROM_END : OPROM_E_MANY);
	}
}

static void device_lists(void **state)
{
	static const struct {
		const char *name;
		uint8_t revision;
		unsigned list; /* offset from PCIR */
		uint16_t entries[3];
		uint16_t device;
		bool want;
	} t[] = {
		{"its own id", 0, 0, {0}, 0x2204, true},
		{"another", 0, 0, {0}, 0x2205, false},
		{"listed", 3, 0x1c, {0x1111, 0x2205, 0}, 0x2205, true},
		{"not listed", 3, 0x1c, {0x1111, 0x2222, 0}, 0x2205, false},
		{"behind the end of the list", 3, 0x1c, {0x1111, 0, 0x2205}, 0x2205, false},
		{"revision 0 has none", 0, 0x1c, {0x2205, 0, 0}, 0x2205, false},
		{"list in the image's last bytes",
		 3,
		 0x39a,
		 {0x1111, 0x2222, 0x2205},
		 0x2205,
		 true},
		{"list past the image", 3, 0x3a0, {0}, 0x2205, false},
		{"list far outside", 3, 0xffff, {0}, 0x2205, false},
		{"id 0 is in no list", 3, 0x1c, {0x1111, 0, 0}, 0, false},
	};
	struct oprom_image i;
	uint8_t p[WHOLE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		p[PCIR + 0x0c] = t[k].revision;
		put16(p + PCIR + 0x08, t[k].list);
		for (size_t e = 0; e < 3 && t[k].entries[0]; e++)
			put16(p + PCIR + t[k].list + 2 * e, t[k].entries[e]);
		assert_int_equal(oprom_image_at(exact(p, WHOLE), 0, &i), OPROM_END);
		if (oprom_fits(exact(p, WHOLE), &i, 0x10de, t[k].device) != t[k].want)
			fail_msg("%s", t[k].name);
		assert_false(oprom_fits(exact(p, WHOLE), &i, 0x1002, t[k].device));
	}
}

/* A list without end is read up to OPROM_DEVICES_MAX entries. */
static void device_list_limit(void **state)
{
	static uint8_t p[8 * OPROM_BLOCK];
	struct oprom_image i;

	(void)state;
	for (size_t entry = OPROM_DEVICES_MAX - 1; entry <= OPROM_DEVICES_MAX; entry++) {
		romimage_put(p, &(struct romimage){0, 8, true, 0x10de, 0x2204});
		p[PCIR + 0x0c] = 3;
		put16(p + PCIR + 0x08, 0x1c);
		for (size_t k = 0; k <= OPROM_DEVICES_MAX; k++)
			put16(p + PCIR + 0x1c + 2 * k, k == entry ? 0x2205 : 0x1111);
		assert_int_equal(oprom_image_at(exact(p, sizeof(p)), 0, &i), OPROM_END);
		assert_int_equal(oprom_fits(exact(p, sizeof(p)), &i, 0x10de, 0x2205),
				 entry < OPROM_DEVICES_MAX);
	}
}

static void checksums(void **state)
{
	static const struct {
		const char *name;
		uint8_t size_blocks, add_end, add_first_block;
		bool whole, boot;
	} t[] = {
		{"both", 2, 0, 0, true, true},
		{"neither", 2, 1, 0, false, false},
		{"whole alone", 1, 0, 1, true, false},
		{"boot part alone", 1, 1, 0, false, true},
		{"size byte 0", 0, 0, 0, true, false},
		{"size byte past the end", 5, 0, 0, true, false},
	};
	struct oprom_image i;
	uint8_t p[WHOLE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		p[2] = t[k].size_blocks;
		romimage_sum(p, 0x200);
		p[0x1ff] = (uint8_t)(p[0x1ff] + t[k].add_first_block);
		romimage_sum(p, 0x400);
		p[0x3ff] = (uint8_t)(p[0x3ff] + t[k].add_end);
		assert_int_equal(oprom_image_at(exact(p, WHOLE), 0, &i), OPROM_END);
		if (oprom_checksum_ok(exact(p, WHOLE), &i) != t[k].whole ||
		    oprom_boot_checksum_ok(exact(p, WHOLE), &i) != t[k].boot)
			fail_msg("%s", t[k].name);
	}
	assert_int_equal(oprom_image_at(exact(p, WHOLE), 0, &i), OPROM_END);
	assert_false(oprom_checksum_ok(exact(p, 0x3ff), &i));
}

static void words_for_everything(void **state)
{
	(void)state;
	for (int s = OPROM_END; s <= OPROM_E_MANY; s++)
		assert_true(strlen(oprom_stop_text((enum oprom_stop)s)) > 5);
	assert_string_equal(oprom_code_text(0x00), "x86");
	assert_string_equal(oprom_code_text(0x03), "EFI");
	assert_string_equal(oprom_code_text(0x42), "other");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(walks_a_whole_chain),
		cmocka_unit_test(stops_where_it_is_broken),
		cmocka_unit_test(the_structure_lies_in_its_image),
		cmocka_unit_test(cut_image_is_described),
		cmocka_unit_test(every_cut_is_reported),
		cmocka_unit_test(header_limits),
		cmocka_unit_test(as_many_images_as_the_cap),
		cmocka_unit_test(device_lists),
		cmocka_unit_test(device_list_limit),
		cmocka_unit_test(checksums),
		cmocka_unit_test(words_for_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
