// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/setupdata.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { ROM = 48, ROM_SIZE = 6, SIZE = ROM + ROM_SIZE };

/* 0001:42:1f.7, 10de:2204, with a ROM of six bytes. */
static void put_node(uint8_t p[SIZE])
{
	memset(p, 0, SIZE);
	put16(p, 0x10de);
	put16(p + 2, 0x2204);
	memset(p + 4, 0xee, 4); /* padding: anything */
	put32(p + 8, ROM_SIZE);
	put32(p + 16, 1);
	put32(p + 24, 0x42);
	put32(p + 32, 0x1f);
	put32(p + 40, 7);
	memcpy(p + ROM, "\x55\xaa rom", ROM_SIZE);
}

static void every_field(void **state)
{
	uint8_t p[SIZE];
	struct setupdata s;
	struct bytes b;

	(void)state;
	put_node(p);
	put32(p + 20, 0x80000000);
	put32(p + 28, 2);
	put32(p + 36, 3);
	put32(p + 44, 4);
	b = exact(p, SIZE);
	assert_true(setupdata_read(b, &s));
	assert_int_equal(s.vendor, 0x10de);
	assert_int_equal(s.device, 0x2204);
	assert_int_equal(s.segment, 0x8000000000000001);
	assert_int_equal(s.bus, 0x200000042);
	assert_int_equal(s.dev, 0x30000001f);
	assert_int_equal(s.fn, 0x400000007);
	assert_ptr_equal(s.rom.p, b.p + ROM);
	assert_int_equal(s.rom.n, ROM_SIZE);
}

/* The length counts only if there are so many bytes. */
static void lengths(void **state)
{
	static const struct {
		unsigned long low, high;
		bool want;
	} t[] = {
		{0, 0, true},
		{1, 0, true},
		{ROM_SIZE - 1, 0, true},
		{ROM_SIZE, 0, true},
		{ROM_SIZE + 1, 0, false},
		{SIZE, 0, false},
		{0xffffffff, 0, false},
		{ROM_SIZE, 1, false},
		{0xffffffff - ROM + 1, 0xffffffff, false}, /* with the header's size: 0 */
		{0xffffffff, 0xffffffff, false},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct setupdata s = {.vendor = 7};

		put_node(p);
		put32(p + 8, t[k].low);
		put32(p + 12, t[k].high);
		assert_int_equal(setupdata_read(exact(p, SIZE), &s), t[k].want);
		assert_int_equal(s.vendor, t[k].want ? 0x10de : 7);
		assert_int_equal(s.rom.n, t[k].want ? t[k].low : 0);
	}
}

static void every_cut(void **state)
{
	uint8_t p[SIZE];
	struct setupdata s;

	(void)state;
	put_node(p);
	for (size_t n = 0; n < SIZE; n++)
		assert_false(setupdata_read(exact(p, n), &s));
	put32(p + 8, 0);
	for (size_t n = 0; n <= SIZE; n++)
		assert_int_equal(setupdata_read(exact(p, n), &s), n >= ROM);
}

static void whose_it_is(void **state)
{
	static const struct {
		struct pci_addr addr;
		struct pci_ids ids;
		bool want;
	} t[] = {
		{{1, 0x42, 0x1f, 7}, {0x10de, 0x2204, 0x1462, 0x3896}, true},
		{{1, 0x42, 0x1f, 7}, {0x10de, 0x2204, 0, 0}, true},
		{{0, 0x42, 0x1f, 7}, {0x10de, 0x2204, 0, 0}, false},
		{{1, 0x43, 0x1f, 7}, {0x10de, 0x2204, 0, 0}, false},
		{{1, 0x42, 0x1e, 7}, {0x10de, 0x2204, 0, 0}, false},
		{{1, 0x42, 0x1f, 6}, {0x10de, 0x2204, 0, 0}, false},
		{{1, 0x42, 0x1f, 7}, {0x1002, 0x2204, 0, 0}, false},
		{{1, 0x42, 0x1f, 7}, {0x10de, 0x2206, 0, 0}, false},
	};
	static const size_t upper_half[] = {20, 28, 36, 44};
	uint8_t p[SIZE];
	struct setupdata s;

	(void)state;
	put_node(p);
	assert_true(setupdata_read(exact(p, SIZE), &s));
	for (size_t k = 0; k < COUNT(t); k++)
		assert_int_equal(setupdata_matches(&s, t[k].addr, &t[k].ids), t[k].want);
	/* No part of an address that is too large is cut down to one that fits. */
	for (size_t k = 0; k < COUNT(upper_half); k++) {
		put_node(p);
		put32(p + upper_half[k], 1);
		assert_true(setupdata_read(exact(p, SIZE), &s));
		assert_false(setupdata_matches(&s, t[0].addr, &t[0].ids));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field),
		cmocka_unit_test(lengths),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(whose_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
