// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/vbios.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* NPDE at 0x80; BIT at 0xc0, its data from 0x140. */
enum { SIZE = 0x400, NPDE = 0x80, BIT = 0xc0, B = 0x140, I = 0x160, S = 0x1c0 };
enum { SIGN_ON = 0x200, VERSION = 0x280 };

static void put_text(uint8_t *p, const char *text)
{
	memcpy(p, text, strlen(text));
}

static void base(uint8_t p[SIZE])
{
	romimage_put(p, &(struct romimage){0x00, 2, true, 0x10de, 0x2204});
	put_text(p + 0x38, "09/02/20");
	put32(p + 0x54, 0x27103842);
	memcpy(p + BIT,
	       "\xff\xb8"
	       "BIT\0\0\1\x0c\x06\x03",
	       11);
	romimage_sum(p + BIT, 12);
	memcpy(p + BIT + 12, "B\2\x10\0\x40\1", 6);
	memcpy(p + BIT + 18, "i\2\x40\0\x60\1", 6);
	memcpy(p + BIT + 24, "S\2\x18\0\xc0\1", 6);
	put32(p + B, 0x94022640);
	p[B + 4] = 0x99;
	put32(p + I, 0x94022640);
	p[I + 4] = 0x01;
	put_text(p + I + 0x0f, "08/25/20");
	put_text(p + I + 0x30, "2000G1320030");
	put16(p + S, SIGN_ON);
	p[S + 2] = 0x50;
	put16(p + S + 3, VERSION);
	p[S + 5] = 0x20;
	put_text(p + SIGN_ON, "PG132 SKU 30 VGA BIOS \r\n MSINV389MH.103\r\n");
	put_text(p + VERSION, "Version 94.02.26.40.99 \r\n");
}

static void put_npde(uint8_t *p, unsigned length, unsigned long ids)
{
	put_text(p + NPDE, "NPDE");
	put16(p + NPDE + 4, 0x0101);
	put16(p + NPDE + 6, length);
	put32(p + NPDE + 0x10, ids);
}

static struct vbios read(const uint8_t *p)
{
	struct oprom_image i;
	struct bytes b = exact(p, SIZE);
	struct vbios v;

	assert_int_equal(oprom_image_at(b, 0, &i), OPROM_END);
	vbios_read(b, &i, &v);
	return v;
}

static void reads_everything(void **state)
{
	uint8_t p[SIZE];
	struct vbios v;

	(void)state;
	base(p);
	v = read(p);
	assert_string_equal(v.version, "94.02.26.40.99");
	assert_string_equal(v.version_said, "94.02.26.40.99");
	assert_string_equal(v.sign_on, "PG132 SKU 30 VGA BIOS MSINV389MH.103");
	assert_string_equal(v.date, "09/02/20");
	assert_string_equal(v.build_date, "08/25/20");
	assert_string_equal(v.board, "2000G1320030");
	assert_true(v.has_subsystem);
	assert_int_equal(v.subvendor, 0x3842);
	assert_int_equal(v.subdevice, 0x2710);
}

/* Token B, else the text, else token i; all zero is no version. */
static void version_falls_back(void **state)
{
	static const struct {
		bool b, s, i;
		const char *want;
	} t[] = {
		{true, true, true, "11.11.11.11.11"},
		{true, false, false, "11.11.11.11.11"},
		{false, true, true, "22.22.22.22.22"},
		{false, false, true, "33.33.33.33.33"},
		{false, false, false, ""},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		memset(p + B, t[k].b ? 0x11 : 0, 5);
		memset(p + I, t[k].i ? 0x33 : 0, 5);
		memset(p + VERSION, 0, 0x20);
		if (t[k].s)
			put_text(p + VERSION, "Version 22.22.22.22.22\r\n");
		assert_string_equal(read(p).version, t[k].want);
	}
}

static void subsystem_by_layout(void **state)
{
	static const struct {
		const char *name;
		unsigned length; /* of the NPDE; 0: none */
		unsigned long npde, at54;
		bool has;
		unsigned vendor, device;
	} t[] = {
		{"Kepler: +54", 0, 0, 0x27103842, true, 0x3842, 0x2710},
		{"NPDE too short for it", 0x0c, 0x38961462, 0x27103842, true, 0x3842, 0x2710},
		{"NPDE of zeros", 0x14, 0, 0x27103842, true, 0x3842, 0x2710},
		{"Pascal: NPDE", 0x14, 0x38961462, 0, true, 0x1462, 0x3896},
		{"Turing: NPDE over the tag", 0x14, 0x38961462, 0x44494d50, true, 0x1462, 0x3896},
		{"generic", 0x14, 0x000010de, 0x44494d50, true, 0x10de, 0},
		{"the tag alone", 0, 0, 0x44494d50, false, 0, 0},
		{"zeros alone", 0x14, 0, 0, false, 0, 0},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct vbios v;

		base(p);
		put32(p + 0x54, t[k].at54);
		if (t[k].length)
			put_npde(p, t[k].length, t[k].npde);
		v = read(p);
		if (v.has_subsystem != t[k].has || v.subvendor != t[k].vendor ||
		    v.subdevice != t[k].device)
			fail_msg("%s: %d %04x:%04x", t[k].name, v.has_subsystem, v.subvendor,
				 v.subdevice);
	}
}

static void texts_are_clean(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *want;
	} t[] = {
		{"plain", 5, "plain"},
		{"  two\t\r\n lines  ", 15, "two lines"},
		{"cut\0here", 8, "cut"},
		{"\x1b[31mred\x07", 9, "[31mred"},
		{"caf\xc3\xa9\x7f!", 7, "caf?? !"},
		{"\r\n\t", 3, ""},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		memset(p + SIGN_ON, 0, 0x50);
		memcpy(p + SIGN_ON, t[k].bytes, t[k].n);
		assert_string_equal(read(p).sign_on, t[k].want);
	}
}

/* A text without end stops where its own size, or ours, does. */
static void texts_have_limits(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	for (unsigned size = VBIOS_TEXT_MAX - 3; size <= 255; size++) {
		base(p);
		memset(p + SIGN_ON, 'A', 0x100);
		p[S + 2] = (uint8_t)size;
		assert_int_equal(strlen(read(p).sign_on),
				 size < VBIOS_TEXT_MAX - 2 ? size : VBIOS_TEXT_MAX - 2);
	}
	base(p);
	put16(p + S, SIZE - 4);
	memcpy(p + SIZE - 4, "tail", 4);
	assert_string_equal(read(p).sign_on, "tail");
	put16(p + S, SIZE);
	assert_string_equal(read(p).sign_on, "");
	put16(p + S, 0xffff);
	assert_string_equal(read(p).sign_on, "");
}

static void dates_look_like_dates(void **state)
{
	static const struct {
		const char *text, *want;
	} t[] = {
		{"12/31/99", "12/31/99"}, {"12.31.99", ""}, {"1/31/1999", ""},
		{"AA/BB/CC", ""},	  {"12/31/9", ""},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		memset(p + 0x38, 0, 8);
		memcpy(p + 0x38, t[k].text, strlen(t[k].text) < 8 ? strlen(t[k].text) : 8);
		assert_string_equal(read(p).date, t[k].want);
	}
}

static void board_may_begin_with_nuls(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	base(p);
	memcpy(p + I + 0x30, "\0\0\0\0G1520010", 12);
	assert_string_equal(read(p).board, "G1520010");
	memset(p + I + 0x30, 0, 12);
	assert_string_equal(read(p).board, "");
}

static void no_table_no_facts(void **state)
{
	uint8_t p[SIZE];
	struct vbios v;

	(void)state;
	base(p);
	p[BIT + 11]++;
	v = read(p);
	assert_string_equal(v.version, "");
	assert_string_equal(v.sign_on, "");
	assert_string_equal(v.board, "");
	assert_string_equal(v.date, "09/02/20");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),
		cmocka_unit_test(version_falls_back),
		cmocka_unit_test(subsystem_by_layout),
		cmocka_unit_test(texts_are_clean),
		cmocka_unit_test(texts_have_limits),
		cmocka_unit_test(dates_look_like_dates),
		cmocka_unit_test(board_may_begin_with_nuls),
		cmocka_unit_test(no_table_no_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
