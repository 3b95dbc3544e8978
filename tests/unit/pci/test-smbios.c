// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/smbios.h"
#include "romimage.h"

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELDS 0x11 /* of SMBIOS 2.6 */
#define STRUCTURE_MAX 512

/* Writes a slot at 0002:41:1f.7 whose name is its first string. The strings follow, with the NULs
 * that the compiler adds and one more. Returns the size. */
static size_t put_slot(uint8_t p[STRUCTURE_MAX], size_t fields, const char *strings, size_t n)
{
	memset(p, 0, STRUCTURE_MAX);
	p[0] = 9;
	p[1] = (uint8_t)fields;
	put16(p + 2, 0x1234);
	p[4] = 1;
	put16(p + 0x0d, 2);
	p[0x0f] = 0x41;
	p[0x10] = 0xff;
	memcpy(p + fields, strings, n);
	return fields + n + 1;
}
#define PUT(p, fields, strings) put_slot(p, fields, strings, sizeof(strings))

static void a_slot(void **state)
{
	static const size_t fields[] = {FIELDS, 0x13, 0x18, 0xff};
	uint8_t p[STRUCTURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(fields); i++) {
		size_t n = PUT(p, fields[i], "PCIEX16_1\0other"), off = 0;
		struct smbios_slot slot;
		struct bytes s;

		assert_true(smbios_next(exact(p, n), &off, &s));
		assert_int_equal(off, n);
		assert_int_equal(s.n, n);
		assert_true(smbios_slot(s, &slot));
		assert_int_equal(pci_addr_cmp(slot.addr, (struct pci_addr){2, 0x41, 0x1f, 7}), 0);
		assert_string_equal(slot.name, "PCIEX16_1");
	}
}

/* A structure that is cut anywhere is not found, and smbios_slot refuses it, too. */
static void truncated(void **state)
{
	uint8_t p[STRUCTURE_MAX];
	size_t n = PUT(p, FIELDS, "A slot");

	(void)state;
	for (size_t cut = 0; cut < n; cut++) {
		struct smbios_slot slot = {.name = "before"};
		struct bytes s = {NULL, 7};
		size_t off = 0;

		assert_false(smbios_next(exact(p, cut), &off, &s));
		assert_int_equal(off, 0);
		assert_int_equal(s.n, 7);
		/* smbios_slot itself needs only the NUL of the one string. */
		if (cut < n - 1) {
			assert_false(smbios_slot(exact(p, cut), &slot));
			assert_string_equal(slot.name, "before");
		}
	}
}

static void no_slot(void **state)
{
	static const struct {
		size_t at;
		uint8_t v[4];
		size_t n;
		bool slot;
	} t[] = {
		{0, {9}, 1, true},
		{0, {8}, 1, false},
		{0, {10}, 1, false},
		/* Before 2.6 there is no address. */
		{1, {0x10}, 1, false},
		{1, {0x0d}, 1, false},
		{1, {3}, 1, false},
		{1, {0}, 1, false},
		/* Longer than what is there. */
		{1, {0xff}, 1, false},
		/* No string, and one that is not there. */
		{4, {0}, 1, false},
		{4, {2}, 1, true},
		{4, {3}, 1, false},
		{4, {255}, 1, false},
		/* No address. */
		{0x0d, {0xff, 0xff, 0xff, 0xff}, 4, false},
		{0x0d, {0xff, 0xff}, 2, false},
		{0x0d, {0x00, 0x00, 0xff, 0xff}, 4, false},
		{0x0d, {0x00, 0x00, 0xff, 0x00}, 4, true},
		{0x0d, {0x00, 0x00, 0x00, 0xff}, 4, true},
		{0x0d, {0xff, 0x00, 0x00, 0x00}, 4, true},
		{0x0d, {0x00, 0x00, 0x00, 0x00}, 4, true},
	};
	uint8_t p[STRUCTURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t n = PUT(p, FIELDS, "one\0two");
		struct smbios_slot slot = {.name = "before"};

		memcpy(p + t[i].at, t[i].v, t[i].n);
		if (smbios_slot(exact(p, n), &slot) != t[i].slot)
			fail_msg("case %zu", i);
		if (!t[i].slot)
			assert_string_equal(slot.name, "before");
	}
}

static void strings_end_at_an_empty_one(void **state)
{
	static const char strings[] = "\0two\0three";
	struct smbios_slot slot;
	uint8_t p[STRUCTURE_MAX];
	size_t n = put_slot(p, FIELDS, strings, sizeof(strings));

	(void)state;
	p[4] = 2;
	assert_false(smbios_slot(exact(p, n), &slot));
	p[4] = 1;
	assert_false(smbios_slot(exact(p, n), &slot));
}

static void names(void **state)
{
	static const struct {
		const char *text, *name; /* NULL: no slot */
	} t[] = {
		{"J6B2", "J6B2"},
		{"  CPU1 SLOT 2 PCI-E 4.0 X16   ", "CPU1 SLOT 2 PCI-E 4.0 X16"},
		{"\x1b[2J\x07", "?[2J?"},
		{"line\nfeed\ttab\r", "line?feed?tab?"},
		{"Gro\xc3\x9f \xff\x80\x7f", "Gro?? ???"},
		{"~ \"\\<>&", "~ \"\\<>&"},
		{" ", NULL},
		{"     ", NULL},
	};
	uint8_t p[STRUCTURE_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t n = put_slot(p, FIELDS, t[i].text, strlen(t[i].text) + 1);
		struct smbios_slot slot;
		bool is = smbios_slot(exact(p, n), &slot);

		if (is != (t[i].name != NULL))
			fail_msg("'%s'", t[i].text);
		if (is)
			assert_string_equal(slot.name, t[i].name);
	}
}

static void name_at_and_past_its_limit(void **state)
{
	char text[SMBIOS_NAME_MAX + 1], want[SMBIOS_NAME_MAX + 1];
	struct smbios_slot slot;
	uint8_t p[STRUCTURE_MAX];

	(void)state;
	for (size_t len = SMBIOS_NAME_MAX - 1; len <= SMBIOS_NAME_MAX; len++) {
		memset(text, 'x', len);
		text[len] = '\0';
		memcpy(want, text, sizeof(want));
		want[SMBIOS_NAME_MAX - 1] = '\0';
		assert_true(smbios_slot(exact(p, put_slot(p, FIELDS, text, len + 1)), &slot));
		assert_string_equal(slot.name, want);
	}
	/* Cut behind a blank. */
	text[SMBIOS_NAME_MAX - 2] = ' ';
	want[SMBIOS_NAME_MAX - 2] = '\0';
	assert_true(smbios_slot(exact(p, put_slot(p, FIELDS, text, SMBIOS_NAME_MAX + 1)), &slot));
	assert_string_equal(slot.name, want);
}

/* Three structures and the end: two slots, and between them one without strings. */
static void a_table(void **state)
{
	static const uint8_t plain[] = {1, 6, 0, 0, 7, 7, 0, 0}, end[] = {127, 4, 0, 0, 0, 0};
	uint8_t one[STRUCTURE_MAX], two[STRUCTURE_MAX], table[2 * STRUCTURE_MAX];
	size_t n1 = PUT(one, FIELDS, "one"), n2 = PUT(two, 0x18, "two"), n = 0, off = 0, size;
	struct smbios_slot slot;
	struct bytes t, s;

	(void)state;
	memcpy(table, one, n1);
	memcpy(table + (n += n1), plain, sizeof(plain));
	memcpy(table + (n += sizeof(plain)), two, n2);
	memcpy(table + (n += n2), end, sizeof(end));
	size = n + sizeof(end);
	memcpy(table + size, one, n1);
	t = exact(table, size + n1);
	assert_true(smbios_next(t, &off, &s) && smbios_slot(s, &slot));
	assert_string_equal(slot.name, "one");
	assert_true(smbios_next(t, &off, &s) && !smbios_slot(s, &slot));
	assert_int_equal(s.n, sizeof(plain));
	assert_true(smbios_next(t, &off, &s) && smbios_slot(s, &slot));
	assert_string_equal(slot.name, "two");
	/* Nothing is read behind the end. */
	assert_false(smbios_next(t, &off, &s));
	assert_int_equal(off, n);
}

/* A length that would not move on, bytes that are all alike, and strings without an end. */
static void no_table(void **state)
{
	static const uint8_t t[][8] = {
		{9, 0, 0, 0, 0, 0, 0, 0},
		{9, 3, 0, 0, 0, 0, 0, 0},
		{9, 8, 0, 0, 0, 0, 0, 0},
		{9, 255, 0, 0, 0, 0, 0, 0},
		{255, 255, 255, 255, 255, 255, 255, 255},
		{9, 4, 0, 0, 'a', 0, 'b', 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		size_t off = 0;
		struct bytes s;

		assert_false(smbios_next(exact(t[i], sizeof(t[i])), &off, &s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot),  cmocka_unit_test(truncated),
		cmocka_unit_test(no_slot), cmocka_unit_test(strings_end_at_an_empty_one),
		cmocka_unit_test(names),   cmocka_unit_test(name_at_and_past_its_limit),
		cmocka_unit_test(a_table), cmocka_unit_test(no_table),
	};

	return cmocka_run_group_tests_name("smbios", tests, NULL, NULL);
}
