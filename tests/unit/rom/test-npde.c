// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/npde.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* (0x60 + 0x18) rounded up to 16 */
enum { SIZE = 0x400, AT = 0x80, PCIR_LENGTH = IMAGE_PCIR + 0x0a };

static void base(uint8_t p[SIZE], unsigned length)
{
	romimage_put(p, &(struct romimage){0, 2, true, 0x10de, 0x2204});
	memset(p + AT, 0xee, 0x20);
	memcpy(p + AT, "NPDE", 4);
	put16(p + AT + 0x04, 0x0101);
	put16(p + AT + 0x06, length);
	put16(p + AT + 0x08, 0x79);
	p[AT + 0x0a] = 0x80;
	put32(p + AT + 0x0c, 0x60008);
	put16(p + AT + 0x10, 0x1462);
	put16(p + AT + 0x12, 0x3896);
}

static bool read(const uint8_t *p, size_t n, struct npde *ret)
{
	struct oprom_image i;
	struct bytes b = exact(p, n);

	assert_int_equal(oprom_image_at(b, 0, &i), OPROM_END);
	return npde_read(b, &i, ret);
}

/* A field is read only if the structure's own length covers all of it. */
static void length_rules(void **state)
{
	static const struct {
		unsigned length, blocks;
		bool last;
		unsigned gop, subvendor, subdevice;
	} t[] = {
		{0x00, 0, false, 0, 0, 0},
		{0x09, 0, false, 0, 0, 0},
		{0x0a, 0x79, false, 0, 0, 0},
		{0x0b, 0x79, true, 0, 0, 0},
		{0x0c, 0x79, true, 0, 0, 0},
		{0x0f, 0x79, true, 0, 0, 0},
		{0x10, 0x79, true, 0x60008, 0, 0},
		{0x11, 0x79, true, 0x60008, 0, 0},
		{0x12, 0x79, true, 0x60008, 0x1462, 0},
		{0x13, 0x79, true, 0x60008, 0x1462, 0},
		{0x14, 0x79, true, 0x60008, 0x1462, 0x3896},
		{0xffff, 0x79, true, 0x60008, 0x1462, 0x3896},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct npde n;

		base(p, t[k].length);
		assert_true(read(p, SIZE, &n));
		assert_int_equal(n.blocks, t[k].blocks);
		assert_int_equal(n.last, t[k].last);
		assert_int_equal(n.gop, t[k].gop);
		assert_int_equal(n.subvendor, t[k].subvendor);
		assert_int_equal(n.subdevice, t[k].subdevice);
	}
}

static void revisions(void **state)
{
	static const struct {
		unsigned revision;
		bool want;
	} t[] = {{0x00ff, false}, {0x0100, true}, {0x0101, true}, {0x0102, false}, {0, false}};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct npde n = {.blocks = 77};

		base(p, 0x14);
		put16(p + AT + 0x04, t[k].revision);
		assert_int_equal(read(p, SIZE, &n), t[k].want);
		assert_int_equal(n.blocks, t[k].want ? 0x79 : 77);
	}
}

/* Its place follows from the length field of the PCIR. */
static void places(void **state)
{
	static const struct {
		unsigned pcir_length;
		bool want;
	} t[] = {
		{0x10, false}, {0x11, true},  {0x18, true},  {0x1c, true},
		{0x20, true},  {0x21, false}, {0x00, false}, {0xffff, false},
	};
	struct npde n;
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p, 0x14);
		put16(p + PCIR_LENGTH, t[k].pcir_length);
		assert_int_equal(read(p, SIZE, &n), t[k].want);
	}
}

/* The image ends in the structure, or the bytes do before the image does. */
static void every_cut(void **state)
{
	uint8_t p[SIZE];
	struct npde n;

	(void)state;
	base(p, 0x14);
	for (size_t size = AT; size <= AT + 0x14; size++) {
		assert_int_equal(read(p, size, &n), size >= AT + 8);
		if (size < AT + 8)
			continue;
		assert_int_equal(n.subdevice, size >= AT + 0x14 ? 0x3896 : 0);
	}
}

static void beyond_its_image_is_not_its_own(void **state)
{
	uint8_t p[SIZE];
	struct npde n;

	(void)state;
	base(p, 0x14);
	memmove(p + 0x200, p + AT, 0x20);
	put16(p + IMAGE_PCIR + 0x10, 1);
	put16(p + PCIR_LENGTH, 0x200 - IMAGE_PCIR);
	assert_false(read(p, SIZE, &n));
	put16(p + IMAGE_PCIR + 0x10, 2);
	assert_true(read(p, SIZE, &n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(length_rules),
		cmocka_unit_test(revisions),
		cmocka_unit_test(places),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(beyond_its_image_is_not_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
