// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/efi.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SIZE = 0x800 };

/* A boot driver for X64, packed, its body from 0x80 to the end. */
static void base(uint8_t p[SIZE])
{
	uint32_t x = 1;

	romimage_put(p, &(struct romimage){0x03, SIZE / 512, true, 0x10de, 0x2204});
	p[0x0c] = 1;
	put32(p + 0x80, SIZE - 0x88);
	for (size_t i = 0x88; i < SIZE; i++, x = x * 1664525 + 1013904223)
		p[i] = (uint8_t)(x >> 24);
}

static const struct change {
	const char *name;
	size_t at, n;
	const char *bytes;
	const char *fault; /* a part of it; NULL for none */
} changes[] = {
	{"as it is", 0, 0, "", NULL},
	{"runtime driver", 0x08, 1, "\x0c", NULL},
	{"AArch64", 0x0a, 2, "\x64\xaa", NULL},
	{"not packed", 0x0c, 1, "\0", NULL},
	{"signature", 0x04, 1, "\xf2", "signature"},
	{"signature's high half", 0x06, 1, "\x01", "signature"},
	{"application", 0x08, 1, "\x0a", "no EFI driver"},
	{"driver of a kind to come", 0x08, 1, "\x0d", "no EFI driver"},
	{"machine", 0x0a, 1, "\x65", "machine"},
	{"compression", 0x0c, 1, "\x02", "compression"},
	{"size over", 0x02, 1, "\x05", "longer than it is"},
	{"size ffff", 0x02, 2, "\xff\xff", "longer than it is"},
	{"size 0", 0x02, 1, "\x00", "outside"},
	{"body 0", 0x16, 2, "\0\0", "outside"},
	{"body at the end", 0x16, 2, "\x00\x08", "outside"},
	{"body ffff", 0x16, 2, "\xff\xff", "outside"},
	{"packed one byte less", 0x80, 1, "\x77", NULL},
	{"packed one byte more", 0x80, 1, "\x79", "cut off"},
	{"packed without end", 0x80, 4, "\xff\xff\xff\xff", "cut off"},
	{"packed head cut", 0x16, 2, "\xf9\x07", "cut off"},
};

static void faults(void **state)
{
	struct efi_header h;
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(changes); k++) {
		const struct change *t = &changes[k];
		const char *fault;

		base(p);
		memcpy(p + t->at, t->bytes, t->n);
		assert_true(efi_header_read(exact(p, SIZE), &h));
		fault = efi_fault(exact(p, SIZE), &h);
		if (!fault != !t->fault || (fault && !strstr(fault, t->fault)))
			fail_msg("%s: %s", t->name, fault ? fault : "none");
	}
}

static void too_short_for_a_header(void **state)
{
	struct efi_header h = {.machine = 77};
	uint8_t p[SIZE];

	(void)state;
	base(p);
	for (size_t n = 0; n < 0x1a; n++)
		assert_false(efi_header_read(exact(p, n), &h));
	assert_int_equal(h.machine, 77);
	assert_true(efi_header_read(exact(p, 0x1a), &h));
	assert_int_equal(h.machine, 0x8664);
	assert_non_null(efi_fault(exact(p, 0x1a), &h));
}

/* n equal bytes at `at`, and a body that ends 16 bytes before its image. */
static const char *fault_with(size_t at, size_t n, int byte, uint8_t compression)
{
	struct efi_header h;
	uint8_t p[SIZE];

	base(p);
	p[0x0c] = compression;
	put32(p + 0x80, SIZE - 0x88 - 16);
	memset(p + at, byte, n);
	p[at - 1] = p[at + n] = (uint8_t)(byte ^ 1);
	assert_true(efi_header_read(exact(p, SIZE), &h));
	return efi_fault(exact(p, SIZE), &h);
}

static void gaps(void **state)
{
	const size_t end = SIZE - 16;

	(void)state;
	assert_null(fault_with(0x200, 511, 0xff, 1));
	assert_non_null(strstr(fault_with(0x200, 512, 0xff, 1), "gap"));
	assert_non_null(strstr(fault_with(0x200, 512, 0x00, 1), "gap"));
	assert_non_null(strstr(fault_with(0x89, 512, 0x00, 1), "gap"));
	assert_non_null(strstr(fault_with(end - 512, 512, 0xff, 1), "gap"));
	assert_null(fault_with(end - 511, 512, 0xff, 1)); /* the padding's */
	assert_null(fault_with(0x200, 512, 0xff, 0));	  /* a program may have that */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(faults),
		cmocka_unit_test(gaps),
		cmocka_unit_test(too_short_for_a_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
