// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/notrom.h"
#include "romimage.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void guesses(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *code;
	} t[] = {
		{"", 0, "empty"},
		{"\xff", 1, "all-ff"},
		{"\xff\xff\xff", 3, "all-ff"},
		{"\0", 1, "all-00"},
		{"\0\0\0\0\0", 5, "all-00"},
		{"\x5a\x5a", 2, "pattern"},
		{"\x11\x00\xdf\xba\x11\x00\xdf\xba", 8, "pattern"},
		{"\x11\x00\xdf\xba\x11\x00\xdf\xba\x11", 9, "pattern"},
		{"\x11\x00\xdf\xba\x11", 5, "pattern"},
		{"\x11\x00\xdf\xba", 4, "no-rom"},
		{"\x11\x00\xdf\xba\x12", 5, "no-rom"},
		{"\x55\xaa", 2, "damaged"},
		{"\x55", 1, "pattern"},
		{"NVGI", 4, "broken-ifr"},
		{"NVG", 3, "no-rom"},
		{"VN\x04", 3, "private-image"},
		{"\x77\xbb\x04", 3, "private-image"},
		{"\x1f\x8b\x08", 3, "archive"},
		{"PK\x03\x04", 4, "archive"},
		{"PK\x05\x06", 4, "no-rom"},
		{"7z\xbc\xaf\x27\x1c", 6, "archive"},
		{"Rar!\x1a", 5, "archive"},
		{"\xfd"
		 "7zXZ\0",
		 6, "archive"},
		{"MZ\x90", 3, "program"},
		{"\x7f"
		 "ELF",
		 4, "program"},
		{"<!DOCTYPE html>", 15, "web-page"},
		{"<html>", 6, "web-page"},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct notrom is = notrom_guess(exact(t[k].bytes, t[k].n));

		if (strcmp(is.code, t[k].code) != 0)
			fail_msg("%zu: %s, not %s", k, is.code, t[k].code);
		assert_true(strlen(is.text) > 10);
	}
}

/* Fifteen parts of sixteen, and a byte less. */
static void mostly_ff(void **state)
{
	uint8_t p[320];

	(void)state;
	memset(p, 0xff, sizeof(p));
	memset(p, 'N', 20);
	p[0] = 'x';
	assert_string_equal(notrom_guess(exact(p, sizeof(p))).code, "mostly-ff");
	p[20] = 'N';
	assert_string_equal(notrom_guess(exact(p, sizeof(p))).code, "no-rom");
}

static void images_that_no_guest_runs(void **state)
{
	uint8_t p[1024];

	(void)state;
	romimage_put(p, &(struct romimage){0xe0, 2, true, 0x10de, 0x2204});
	assert_string_equal(notrom_guess(exact(p, sizeof(p))).code, "private-image");
	put16(p + IMAGE_PCIR + 0x10, 0);
	assert_string_equal(notrom_guess(exact(p, sizeof(p))).code, "damaged");
}

/* Signature and structure of an image that NVIDIA hides, at 0 and behind its header. */
static void images_that_are_hidden(void **state)
{
	static const struct {
		const char *signature, *tag;
		uint8_t code;
		const char *text_part; /* NULL: not hidden */
	} t[] = {
		{"VN", "NPDS", 0x00, "its x86 image has NVIDIA's hidden signature"},
		{"\x77\xbb", "PCIR", 0x00, "system firmware begins 55AA"},
		{"\x77\xbb", "RGIS", 0x03, "its EFI image is switched off"},
		{"VN", "PCIR", 0x03, "its EFI image is switched off"},
		{"VN", "NPDS", 0xe0, NULL},
		{"\x55\xaa", "PCIR", 0x00, NULL},
		{"VM", "NPDS", 0x00, NULL},
		{"VN", "NPDT", 0x00, NULL},
	};
	uint8_t p[2048];

	(void)state;
	for (size_t k = 0; k < 2 * COUNT(t); k++) {
		size_t at = k % 2 ? 0x400 : 0, n = k / 2;
		const char *text;

		memset(p, 0, sizeof(p));
		if (at)
			memcpy(p, "NVGI\0\1\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\4", 22);
		romimage_put(p + at, &(struct romimage){t[n].code, 1, true, 0x10de, 0x2204});
		memcpy(p + at, t[n].signature, 2);
		memcpy(p + at + IMAGE_PCIR, t[n].tag, 4);
		text = notrom_hidden_text(exact(p, sizeof(p)));
		if (!text != !t[n].text_part || (text && !strstr(text, t[n].text_part)))
			fail_msg("%zu at 0x%zx: %s", n, at, text ? text : "not hidden");
		if (text)
			assert_string_equal(notrom_guess(exact(p, sizeof(p))).text, text);
	}
}

static void a_large_file_is_a_mainboards(void **state)
{
	const size_t n = 4u << 20;
	uint8_t *p = calloc(1, n);

	(void)state;
	assert_non_null(p);
	p[0] = 'x';
	assert_string_equal(notrom_guess(exact(p, n - 1)).code, "no-rom");
	assert_null(strstr(notrom_guess(exact(p, n - 1)).text, "mainboard"));
	assert_string_equal(notrom_guess(exact(p, n)).code, "no-rom");
	assert_non_null(strstr(notrom_guess(exact(p, n)).text, "a mainboard's firmware"));
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(guesses),
		cmocka_unit_test(mostly_ff),
		cmocka_unit_test(images_that_no_guest_runs),
		cmocka_unit_test(images_that_are_hidden),
		cmocka_unit_test(a_large_file_is_a_mainboards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
