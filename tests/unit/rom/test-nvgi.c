// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/nvgi.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SIZE = 0x2800, ROM = 0x2600, TOTAL = 0x32c, STATUS = 0x1000, DIRECTORY = 0x2000 };

static void base(uint8_t p[SIZE], uint8_t version)
{
	memset(p, 0xff, SIZE);
	memcpy(p, "NVGI", 4);
	put32(p + 4, (version == 3 ? 0x240000u : 0x100000u) | (unsigned)version << 8 | 0xa5);
	put32(p + 8, TOTAL | 0x80700000u);
	put16(p + 12, 0x1462);
	put16(p + 14, 0x3896);
	put32(p + 0x14, ROM);
	if (version != 3)
		return;
	put32(p + 0x14, 0x10000000);
	put32(p + TOTAL, STATUS);
	memcpy(p + DIRECTORY, "RFRD", 4);
	put32(p + DIRECTORY + 8, ROM);
}

static void versions_1_to_3(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	for (uint8_t v = 1; v <= 3; v++) {
		struct nvgi n = {0};

		base(p, v);
		assert_int_equal(nvgi_read(exact(p, SIZE), &n), 0);
		assert_int_equal(n.version, v);
		assert_int_equal(n.rom, ROM);
		assert_int_equal(n.subvendor, 0x1462);
		assert_int_equal(n.subdevice, 0x3896);
		assert_int_equal(n.fixed_size, v == 3 ? 0x24 : 0x10);
		assert_int_equal(n.total_size, TOTAL);
	}
}

static const struct change {
	const char *name;
	uint8_t version;
	size_t at, n;
	const char *bytes;
	size_t size;
	int want;
} changes[] = {
	{"another file", 1, 0, 1, "M", SIZE, NVGI_E_NONE},
	{"no byte", 1, 0, 0, "", 0, NVGI_E_NONE},
	{"three bytes", 1, 0, 0, "", 3, NVGI_E_NONE},
	{"the name alone", 1, 0, 0, "", 4, NVGI_E_BOUNDS},
	{"up to the subsystem", 1, 0, 0, "", 0x0f, NVGI_E_BOUNDS},
	{"version 0", 1, 5, 1, "\x00", SIZE, NVGI_E_VERSION},
	{"version 4", 1, 5, 1, "\x04", SIZE, NVGI_E_VERSION},
	{"version 255", 1, 5, 1, "\xff", SIZE, NVGI_E_VERSION},
	{"fixed data past the end", 1, 6, 2, "\xff\x7f", SIZE, NVGI_E_BOUNDS},
	{"bit 31 of the size is none", 1, 7, 1, "\x80", SIZE, 0},
	{"offset cut", 1, 0, 0, "", 0x17, NVGI_E_BOUNDS},
	{"offset just there", 1, 0, 0, "", 0x18, NVGI_E_BOUNDS}, /* and what it names is not */
	{"offset at the end", 1, 0x14, 4, "\x00\x28\x00\x00", SIZE, NVGI_E_BOUNDS},
	{"offset in the last word", 1, 0x14, 4, "\xfc\x27\x00\x00", SIZE, 0},
	{"offset ffffffff", 2, 0x14, 4, "\xff\xff\xff\xff", SIZE, NVGI_E_BOUNDS},
	{"offset 2 modulo 4", 2, 0x14, 4, "\x02\x26\x00\x00", SIZE, NVGI_E_ALIGN},
	{"total size past the end", 3, 8, 3, "\xff\xff\x0f", SIZE, NVGI_E_BOUNDS},
	{"status wraps", 3, TOTAL, 4, "\x00\xf0\xff\xff", SIZE, NVGI_E_BOUNDS},
	{"status is the largest", 3, TOTAL, 4, "\xff\xff\xff\xff", SIZE, NVGI_E_BOUNDS},
	{"status past the end", 3, TOTAL, 4, "\x00\x18\x00\x00", SIZE, NVGI_E_BOUNDS},
	{"no directory", 3, DIRECTORY, 1, "r", SIZE, NVGI_E_RFRD},
	{"directory cut", 3, 0, 0, "", DIRECTORY + 11, NVGI_E_BOUNDS},
	{"directory just there", 3, 0, 0, "", DIRECTORY + 12, NVGI_E_BOUNDS},
	{"ROM past the end", 3, DIRECTORY + 8, 4, "\x00\x28\x00\x00", SIZE, NVGI_E_BOUNDS},
	{"ROM unaligned", 3, DIRECTORY + 8, 4, "\x01\x26\x00\x00", SIZE, NVGI_E_ALIGN},
	{"ROM in the header", 3, DIRECTORY + 8, 4, "\x00\x00\x00\x00", SIZE, 0},
};

static void refuses_and_touches_nothing(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		const struct change *t = &changes[i];
		struct nvgi n = {.version = 77};
		int r;

		base(p, t->version);
		memcpy(p + t->at, t->bytes, t->n);
		r = nvgi_read(exact(p, t->size), &n);
		if (r != t->want)
			fail_msg("%s: %d", t->name, r);
		if (r)
			assert_int_equal(n.version, 77);
	}
}

static void every_cut_is_reported(void **state)
{
	uint8_t p[SIZE];
	struct nvgi n;

	(void)state;
	for (uint8_t v = 1; v <= 3; v++) {
		base(p, v);
		for (size_t size = 0; size <= ROM; size++)
			assert_int_not_equal(nvgi_read(exact(p, size), &n), 0);
		assert_int_equal(nvgi_read(exact(p, ROM + 1), &n), 0);
	}
}

/* Over the total size and no byte more, without bit 31 of the second word. */
static void sum(void **state)
{
	static const struct {
		uint32_t total;
		bool has;
	} t[] = {{0x0f, false}, {0x10, true}, {TOTAL, true}, {SIZE, true}, {SIZE + 1, false}};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct nvgi n = {0};
		uint8_t want = 0;

		base(p, 1);
		put32(p + 8, t[k].total);
		for (size_t j = 0; j < t[k].total && j < SIZE; j++)
			want = (uint8_t)(want + p[j]);
		p[7] |= 0x80;
		if (t[k].total < SIZE)
			p[t[k].total] ^= t[k].total >= 0x18 ? 1 : 0;
		assert_int_equal(nvgi_read(exact(p, SIZE), &n), 0);
		assert_int_equal(n.has_sum, t[k].has);
		if (t[k].has)
			assert_int_equal(n.sum, want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sum),
		cmocka_unit_test(versions_1_to_3),
		cmocka_unit_test(refuses_and_touches_nothing),
		cmocka_unit_test(every_cut_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
