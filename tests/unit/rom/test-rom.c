// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/rom.h"
#include "romimage.h"

#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* x86 and EFI of one block each: the smallest chain that has both. */
enum { CHAIN = 0x400, SIZE = 0x2000, PCIR = IMAGE_PCIR };

static struct rom rom; /* of the last examine() */

static void put_chain(uint8_t *p, uint16_t device)
{
	romimage_put(p, &(struct romimage){0x00, 1, false, 0x10de, device});
	romimage_put(p + 0x200, &(struct romimage){0x03, 1, true, 0x10de, device});
}

static void put_nvgi(uint8_t *p, unsigned long at)
{
	memset(p, 0xff, 0x200);
	memcpy(p, "NVGI", 4);
	put32(p + 4, 0x00100100);
	put32(p + 0x14, at);
}

static struct bytes examine(const uint8_t *p, size_t n)
{
	struct bytes b = exact(p, n);

	rom_examine(b, &rom);
	assert_int_equal(rom.size, n);
	return b;
}

static void expect(enum rom_found found_by, size_t offset, uint16_t device)
{
	assert_int_equal(rom.found_by, found_by);
	assert_int_equal(rom.offset, offset);
	assert_true(rom_complete(&rom));
	assert_int_equal(rom.chain.n, 2);
	assert_int_equal(rom.chain.image[0].device, device);
	assert_int_equal(rom.x86, 0);
	assert_int_equal(rom.efi, 1);
}

static void plain(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	put_chain(p, 1);
	examine(p, CHAIN);
	expect(ROM_FOUND_PLAIN, 0, 1);
	assert_string_equal(rom_found_text(&rom), "none");
	assert_true(rom.x86_checksum_ok);
	p[0x1fe]++;
	examine(p, CHAIN);
	assert_false(rom.x86_checksum_ok);
	assert_false(rom.x86_boot_checksum_ok);
}

static void by_header(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	memset(p, 0, SIZE);
	put_nvgi(p, 0xe00);
	put_chain(p + 0x600, 1);
	put_chain(p + 0xe00, 2);
	examine(p, SIZE);
	expect(ROM_FOUND_NVGI, 0xe00, 2);
	assert_string_equal(rom_found_text(&rom), "NVGI v1");
	p[5] = 2;
	examine(p, SIZE);
	assert_string_equal(rom_found_text(&rom), "NVGI v2");
}

/* Each of these makes the header's offset useless; the first whole chain is found instead. */
static void by_scan(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
	} t[] = {
		{"no header", 0, 'n'},
		{"a version to come", 5, 4},
		{"points past the end", 0x16, 1},
		{"points at nothing", 0x15, 0x04},
		{"type e0 there", 0xe00 + PCIR + 0x14, 0xe0},
		{"no PCIR there", 0xe00 + PCIR, 'p'},
		{"no signature there", 0xe00, 0},
		{"length 0 there", 0xe00 + PCIR + 0x10, 0},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		memset(p, 0, SIZE);
		put_nvgi(p, 0xe00);
		put_chain(p + 0x600, 1);
		put_chain(p + 0xe00, 2);
		p[t[k].at] = t[k].byte;
		examine(p, SIZE);
		expect(ROM_FOUND_SCAN, 0x600, 1);
		assert_string_equal(rom_found_text(&rom), "scan");
	}
}

/* What the scan skips. */
static void scan_skips(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		uint8_t byte;
	} t[] = {
		{"type e0", PCIR + 0x14, 0xe0},
		{"another vendor", PCIR + 0x04, 0xdf},
		{"vendor 0 and x86", PCIR + 0x04, 0},
		{"pointer past the end", 0x19, 0xff},
		{"a chain that is cut", PCIR + 0x10, 0xff},
		{"a chain that leads nowhere", 0x200, 0},
	};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		memset(p, 0, SIZE);
		put_chain(p + 0x600, 1);
		put_chain(p + 0xe00, 2);
		p[0x600 + t[k].at] = t[k].byte;
		if (t[k].at == PCIR + 0x04 && t[k].byte == 0)
			p[0x600 + PCIR + 0x05] = 0;
		p[0x800] = t[k].at == 0x200 ? 0 : p[0x800];
		/* Only the first image is damaged: the EFI image must not be taken for a start. */
		p[0x800 + PCIR + 0x04] = 0xdf;
		examine(p, SIZE);
		if (rom.found_by != ROM_FOUND_SCAN || rom.offset != 0xe00)
			fail_msg("%s: 0x%zx", t[k].name, rom.offset);
	}
}

static void scan_takes_efi_without_ids(void **state)
{
	uint8_t p[SIZE] = {0};

	(void)state;
	romimage_put(p + 0x400, &(struct romimage){0x03, 1, true, 0, 0});
	examine(p, SIZE);
	assert_int_equal(rom.found_by, ROM_FOUND_SCAN);
	assert_int_equal(rom.offset, 0x400);
	assert_int_equal(rom.x86, SIZE_MAX);
	assert_int_equal(rom.efi, 0);
}

static void scan_goes_by_blocks(void **state)
{
	uint8_t p[SIZE] = {0};

	(void)state;
	put_chain(p + 0x612, 1);
	examine(p, SIZE);
	assert_int_equal(rom.found_by, ROM_FOUND_NOTHING);
	assert_null(rom_found_text(&rom));
	/* The last place where a chain can be. */
	memset(p, 0, SIZE);
	put_chain(p + SIZE - CHAIN, 1);
	examine(p, SIZE);
	expect(ROM_FOUND_SCAN, SIZE - CHAIN, 1);
	examine(p, SIZE - 1);
	assert_int_equal(rom.found_by, ROM_FOUND_NOTHING);
}

/* Multiples of 4 count if no block begins a whole chain, before or behind. */
static void scan_between_blocks(void **state)
{
	static const size_t at[] = {4, 0x1c, 0x604};
	uint8_t p[SIZE];

	(void)state;
	for (size_t k = 0; k < COUNT(at); k++) {
		memset(p, 0, SIZE);
		put_chain(p + at[k], 1);
		examine(p, SIZE);
		expect(ROM_FOUND_SCAN, at[k], 1);
		put_chain(p + 0xe00, 2);
		examine(p, SIZE);
		expect(ROM_FOUND_SCAN, 0xe00, 2);
	}
	/* An EFI image alone is what is left where bytes were lost. */
	memset(p, 0, SIZE);
	romimage_put(p + 0x404, &(struct romimage){0x03, 1, true, 0x10de, 0x2204});
	examine(p, SIZE);
	assert_int_equal(rom.found_by, ROM_FOUND_NOTHING);
	/* The last place. */
	memset(p, 0, SIZE);
	put_chain(p + SIZE - CHAIN - 4, 1);
	examine(p, SIZE - 4);
	expect(ROM_FOUND_SCAN, SIZE - CHAIN - 4, 1);
	examine(p, SIZE - 5);
	assert_int_equal(rom.found_by, ROM_FOUND_NOTHING);
}

#define HEADERS_STEP 0x30u /* six signatures, then their six pointers, all to one PCIR */
#define HEADERS_PART 0x8000u

/* Fills p with n headers of images that are too long. Returns the bytes. */
static size_t put_headers(uint8_t *p, size_t n)
{
	size_t part = 0;

	for (; n > 0; part += HEADERS_PART) {
		size_t pcir = HEADERS_PART - 0x20;

		memcpy(p + part + pcir, "PCIR\xde\x10\x04\x22", 8);
		put16(p + part + pcir + 0x10, 0xffff);
		for (size_t at = 0; n > 0 && at + HEADERS_STEP <= pcir; at += HEADERS_STEP)
			for (size_t k = 0; n > 0 && k < HEADERS_STEP / 2; k += 4, n--) {
				memcpy(p + part + at + k, "\x55\xaa", 2);
				put16(p + part + at + k + 0x18, (uint16_t)(pcir - at - k));
			}
	}
	return part;
}

/* A file of nothing but headers must not take long: after so many chains the search ends. */
static void scan_ends(void **state)
{
	static uint8_t p[16 * HEADERS_PART];
	size_t end;

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		memset(p, 0, sizeof(p));
		end = put_headers(p + 4, ROM_WALKS_MAX - 1 + more) + 4;
		put_chain(p + end, 1);
		examine(p, end + CHAIN);
		if (more)
			assert_int_equal(rom.found_by, ROM_FOUND_NOTHING);
		else
			expect(ROM_FOUND_SCAN, end, 1);
	}
}

static void no_rom_gives_no_facts(void **state)
{
	uint8_t p[SIZE];

	(void)state;
	memset(p, 0, SIZE);
	put_chain(p + 0x600, 1);
	p[0x600 + 0x200 + PCIR + 0x15] = 0; /* not the last: seen by the scan, not taken */
	p[0x800 + PCIR] = 'x';
	examine(p, SIZE);
	assert_int_equal(rom.found_by, ROM_FOUND_NOTHING);
	assert_int_equal(rom.chain.n, 0);
	assert_int_equal(rom.offset, 0);
	assert_int_equal(rom.x86, SIZE_MAX);
	assert_int_equal(rom.efi, SIZE_MAX);
	assert_false(rom_complete(&rom));
}

static void trims(void **state)
{
	uint8_t p[SIZE];
	struct bytes b, t = {NULL, 77};

	(void)state;
	memset(p, 0xff, SIZE);
	put_nvgi(p, 0x600);
	put_chain(p + 0x600, 1);
	b = examine(p, SIZE);
	assert_int_equal(rom_trimmed(b, &rom, ROM_TRIM_CHAIN, &t), 0);
	assert_ptr_equal(t.p, b.p + 0x600);
	assert_int_equal(t.n, CHAIN);
	assert_int_equal(rom_trimmed(b, &rom, ROM_TRIM_HEAD, &t), 0);
	assert_ptr_equal(t.p, b.p + 0x600);
	assert_int_equal(t.n, SIZE - 0x600);
}

static void trims_nothing_incomplete(void **state)
{
	uint8_t p[SIZE];
	struct bytes b, t = {NULL, 77};

	(void)state;
	put_chain(p, 1);
	for (size_t n = 0; n < CHAIN; n++) {
		b = examine(p, n);
		assert_int_equal(rom_trimmed(b, &rom, ROM_TRIM_CHAIN, &t), -ENODATA);
		assert_int_equal(rom_trimmed(b, &rom, ROM_TRIM_HEAD, &t), -ENODATA);
	}
	p[0x200 + PCIR + 0x15] = 0x7f;
	b = examine(p, CHAIN);
	assert_int_equal(rom_trimmed(b, &rom, ROM_TRIM_CHAIN, &t), -ENODATA);
	assert_int_equal(t.n, 77);
}

/* The trimmed bytes are a ROM of their own, with the same facts. */
static void trimming_is_idempotent(void **state)
{
	static struct rom again;
	uint8_t p[SIZE];
	struct bytes b, t, u;

	(void)state;
	memset(p, 0, SIZE);
	put_chain(p + 0x800, 1);
	b = examine(p, SIZE);
	assert_int_equal(rom_trimmed(b, &rom, ROM_TRIM_CHAIN, &t), 0);
	rom_examine(t, &again);
	assert_int_equal(again.found_by, ROM_FOUND_PLAIN);
	assert_int_equal(rom_trimmed(t, &again, ROM_TRIM_CHAIN, &u), 0);
	assert_ptr_equal(u.p, t.p);
	assert_int_equal(u.n, t.n);
	assert_memory_equal(&again.chain, &rom.chain, sizeof(rom.chain));
}

/* The version of the first EFI image that has one. */
static void gop_version(void **state)
{
	uint8_t p[0x600];

	(void)state;
	romimage_put(p, &(struct romimage){0x00, 1, false, 0x10de, 1});
	romimage_put(p + 0x200, &(struct romimage){0x03, 1, false, 0x10de, 1});
	romimage_put(p + 0x400, &(struct romimage){0x03, 1, true, 0x10de, 1});
	examine(p, sizeof(p));
	assert_int_equal(rom.gop, 0);
	memcpy(p + 0x480, "NPDE\x00\x01\x10\x00\x01\x00\x80\x00\x08\x00\x06\x00", 16);
	examine(p, sizeof(p));
	assert_int_equal(rom.gop, 0x60008);
	memcpy(p + 0x280, "NPDE\x00\x01\x10\x00\x01\x00\x00\x00\x33\x00\x01\x00", 16);
	examine(p, sizeof(p));
	assert_int_equal(rom.gop, 0x10033);
}

static void other_makers_have_no_facts(void **state)
{
	uint8_t p[CHAIN];

	(void)state;
	put_chain(p, 0x67df);
	put16(p + PCIR + 4, 0x1002);
	put32(p + 0x54, 0x27103842);
	examine(p, CHAIN);
	assert_int_equal(rom.found_by, ROM_FOUND_PLAIN);
	assert_true(rom_complete(&rom));
	assert_false(rom.has_subsystem);
	assert_string_equal(rom.version, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain),
		cmocka_unit_test(by_header),
		cmocka_unit_test(by_scan),
		cmocka_unit_test(scan_skips),
		cmocka_unit_test(scan_takes_efi_without_ids),
		cmocka_unit_test(scan_goes_by_blocks),
		cmocka_unit_test(scan_between_blocks),
		cmocka_unit_test(scan_ends),
		cmocka_unit_test(no_rom_gives_no_facts),
		cmocka_unit_test(trims),
		cmocka_unit_test(trims_nothing_incomplete),
		cmocka_unit_test(trimming_is_idempotent),
		cmocka_unit_test(gop_version),
		cmocka_unit_test(other_makers_have_no_facts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
