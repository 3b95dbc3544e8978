// SPDX-License-Identifier: GPL-2.0-or-later
/* Readings of a flash that may answer differently each time. */
#include "rom/rules.h"
#include "romimage.h"
#include "sources/attempt.h"
#include "sys/deadline.h"

#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SECOND = 0x400, SIZE = 0x800, PASSES = 4, IN_X86 = 0x300, IN_EFI = 0x700 };

static const struct pci_ids card = {0x10de, 0x2204, 0x1462, 0x3896};

/* What `rom` gives at each opening; NULL: an I/O error. */
struct flash {
	const uint8_t *pass[PASSES];
	unsigned at; /* openings so far */
	size_t size; /* of each pass; 0: SIZE */
};

static ssize_t flash_read(void *ctx, const char *path, char *buf, size_t size, off_t off)
{
	const struct flash *f = ctx;
	const uint8_t *p = f->at ? f->pass[f->at - 1] : NULL;
	size_t from = (size_t)off, whole = f->size ? f->size : SIZE;

	if (!strstr(path, "/rom"))
		return -ENOENT;
	if (!p)
		return -EIO;
	if (from >= whole)
		return 0;
	if (size > whole - from)
		size = whole - from;
	memcpy(buf, p + from, size);
	return (ssize_t)size;
}

static int flash_write(void *ctx, const char *path, const char *text)
{
	struct flash *f = ctx;

	if (strstr(path, "/rom") && strcmp(text, "1\n") == 0) {
		assert_true(f->at < PASSES);
		f->at++;
	}
	return 0;
}

/* A whole ROM, and the same with some bytes changed. */
static uint8_t good[SIZE], edited[SIZE], bad_a[SIZE], bad_b[SIZE], bad_c[SIZE], efi_bad[SIZE],
	pair_a[SIZE], pair_b[SIZE];

static void variant(uint8_t to[SIZE], size_t at, uint8_t up, uint8_t down)
{
	memcpy(to, good, SIZE);
	to[at] = (uint8_t)(to[at] + up);
	to[at + 1] = (uint8_t)(to[at + 1] - down);
}

static int make_flashes(void **state)
{
	(void)state;
	romimage_put(good, &(struct romimage){0x00, 2, false, 0x10de, 0x2204});
	romimage_put(good + SECOND, &(struct romimage){0x03, 2, true, 0x10de, 0x2204});
	variant(bad_a, IN_X86, 1, 0);
	variant(bad_b, IN_X86, 2, 0);
	variant(bad_c, IN_X86, 3, 0);
	variant(efi_bad, IN_EFI, 1, 0);
	/* Sums that hold though bytes are wrong. */
	variant(pair_a, IN_X86, 1, 1);
	variant(pair_b, IN_EFI, 1, 1);
	return 0;
}

static struct reading got;
static struct rom_attempt report;

static int attempt_for(struct flash *f, const struct pci_ids *ids, enum rom_trim trim)
{
	const struct attr_ops k = {.read = flash_read, .write = flash_write, .ctx = f};
	const struct source_job job = {.k = &k,
				       .addr = {0, 1, 0, 0},
				       .ids = *ids,
				       .until_us = deadline_now_us() + 60000000};
	const struct verdict_facts facts = {.ids = ids, .kernel_walked = true};

	reading_none(&got);
	report = (struct rom_attempt){0};
	return attempt_read(SOURCE_SYSFS, &job, &facts, trim, &report, &got);
}

static int attempt(struct flash *f)
{
	return attempt_for(f, &card, ROM_TRIM_CHAIN);
}

static void passes(void **state)
{
	const struct {
		const char *name;
		struct flash flash;
		unsigned reads;
		enum verdict verdict;
		const uint8_t *want; /* NULL: nothing may be published */
		const char *flaky;   /* in its finding; NULL: there is none */
		const char *outcome;
	} t[] = {
		{"whole at once", {{good}, 0, 0}, 1, VERDICT_COMPLETE, good, NULL, "read"},
		{"wrong, and always so",
		 {{bad_a, bad_a}, 0, 0},
		 2,
		 VERDICT_USABLE,
		 bad_a,
		 NULL,
		 "read twice, the same"},
		{"an EFI image with a sum",
		 {{efi_bad, efi_bad}, 0, 0},
		 2,
		 VERDICT_COMPLETE,
		 efi_bad,
		 NULL,
		 "read twice, the same"},
		{"wrong once",
		 {{bad_a, good, good}, 0, 0},
		 3,
		 VERDICT_COMPLETE,
		 good,
		 "at 0x300",
		 "read 3 times, two the same; 1 bytes differ, at 0x300"},
		{"wrong in the middle",
		 {{bad_a, good, bad_a}, 0, 0},
		 3,
		 VERDICT_USABLE,
		 bad_a,
		 "two of 3",
		 "read 3 times, two the same; 1 bytes differ, at 0x300"},
		{"never the same",
		 {{bad_a, bad_b, bad_c}, 0, 0},
		 3,
		 VERDICT_REJECTED,
		 NULL,
		 "none can be trusted",
		 "read 3 times, no two the same; 1 bytes differ, at 0x300"},
		{"whole at last",
		 {{bad_a, bad_b, good}, 0, 0},
		 3,
		 VERDICT_USABLE,
		 good,
		 "this one alone is whole",
		 "read 3 times, no two the same; 1 bytes differ, at 0x300"},
		{"whole twice, and not the same",
		 {{bad_a, pair_a, pair_b}, 0, 0},
		 3,
		 VERDICT_REJECTED,
		 NULL,
		 "none can be trusted",
		 "read 3 times, no two the same; 1 bytes differ, at 0x301"},
		{"gone after the first",
		 {{bad_a, NULL}, 0, 0},
		 2,
		 VERDICT_USABLE,
		 bad_a,
		 NULL,
		 "read"},
		{"gone after the second",
		 {{bad_a, bad_b, NULL}, 0, 0},
		 3,
		 VERDICT_REJECTED,
		 NULL,
		 "no two of 2",
		 "read 2 times, no two the same; 1 bytes differ, at 0x300"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct flash f = t[i].flash;
		const struct finding *flaky = NULL;

		assert_int_equal(attempt(&f), 0);
		for (size_t k = 0; k < got.judged.findings.n; k++)
			if (strcmp(got.judged.findings.f[k].code, "flaky") == 0)
				flaky = &got.judged.findings.f[k];
		if (f.at != t[i].reads || got.judged.verdict != t[i].verdict ||
		    report.verdict != t[i].verdict || !flaky != !t[i].flaky ||
		    strcmp(report.outcome, t[i].outcome) != 0 || report.size != SIZE)
			fail_msg("%s: %u reads, verdict %d, '%s', %s", t[i].name, f.at,
				 (int)got.judged.verdict, report.outcome,
				 flaky ? flaky->text : "not flaky");
		if (flaky && !strstr(flaky->text, t[i].flaky))
			fail_msg("%s: %s", t[i].name, flaky->text);
		assert_int_equal(got.keep.n, t[i].want ? SIZE : 0);
		if (t[i].want)
			assert_memory_equal(got.keep.p, t[i].want, SIZE);
		assert_int_equal(got.raw.n, SIZE);
		reading_free(&got);
	}
}

static void many_differences(void **state)
{
	struct flash f = {{bad_a, edited, edited}, 0, 0};

	(void)state;
	memcpy(edited, good, SIZE);
	for (size_t i = 0; i < 6; i++)
		edited[0x200 + 2 * i]++;
	assert_int_equal(attempt(&f), 0);
	assert_string_equal(report.outcome, "read 3 times, two the same; 7 bytes differ, at 0x200, "
					    "0x202, 0x204, 0x206 and on");
	reading_free(&got);
}

/* Writes the x86 image again, changed, with its sum right. */
static void change_x86(uint8_t p[SIZE], size_t at, const char *bytes, size_t n)
{
	memcpy(p + at, bytes, n);
	romimage_sum(p, SECOND);
}

/* Read once is what sums prove and no finding puts in doubt. */
static void doubts(void **state)
{
	enum { TAIL = 0x200, EFI = 0x600, PCIR = IMAGE_PCIR };
	static uint8_t p[SIZE + TAIL];
	static const struct {
		const char *name, *bytes; /* a change to the x86 image */
		size_t at, n;
		size_t size;	    /* read */
		bool two_efi;	    /* the EFI image is two: the first has no right sum */
		bool whole_sum_bad; /* of the x86 image; that over its size byte is right */
		enum rom_trim trim;
		unsigned reads;
		enum verdict verdict;
		const char *reason;
	} t[] = {
		{"whole", "", 0, 0, SIZE, false, false, ROM_TRIM_CHAIN, 1, VERDICT_COMPLETE, ""},
		{"made for another subsystem", "\x62\x14\x01\x02", 0x54, 4, SIZE, false, false,
		 ROM_TRIM_CHAIN, 1, VERDICT_USABLE, "subsystem-differs"},
		{"of no display", "\x02", PCIR + 0x0f, 1, SIZE, false, false, ROM_TRIM_CHAIN, 1,
		 VERDICT_USABLE, "not-display"},
		{"of no card", "\0\0\0\0", PCIR + 4, 4, SIZE, false, false, ROM_TRIM_CHAIN, 1,
		 VERDICT_COMPLETE, ""},
		{"an image in the middle without a sum", "", 0, 0, SIZE, true, false,
		 ROM_TRIM_CHAIN, 2, VERDICT_COMPLETE, ""},
		{"a sum over half of the image", "", 0, 0, SIZE, false, true, ROM_TRIM_CHAIN, 2,
		 VERDICT_COMPLETE, "long-checksum"},
		{"a tail that is dropped", "", 0, 0, SIZE + TAIL, false, false, ROM_TRIM_CHAIN, 1,
		 VERDICT_COMPLETE, "tail"},
		{"a tail that is kept", "", 0, 0, SIZE + TAIL, false, false, ROM_TRIM_HEAD, 2,
		 VERDICT_COMPLETE, "tail"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct flash f = {{p, p, p}, 0, t[i].size};
		const struct finding *reason;

		memcpy(p, good, SIZE);
		memset(p + SIZE, 0x5a, TAIL);
		if (t[i].n)
			change_x86(p, t[i].at, t[i].bytes, t[i].n);
		if (t[i].two_efi) {
			romimage_put(p + SECOND,
				     &(struct romimage){0x03, 1, false, 0x10de, 0x2204});
			p[EFI - 1]++;
			romimage_put(p + EFI, &(struct romimage){0x03, 1, true, 0x10de, 0x2204});
		}
		if (t[i].whole_sum_bad) {
			p[2] = 1;
			romimage_sum(p, SECOND / 2);
			p[SECOND - 1]++;
		}
		assert_int_equal(attempt_for(&f, &card, t[i].trim), 0);
		reason = verdict_reason(&got.judged.findings);
		if (f.at != t[i].reads || got.judged.verdict != t[i].verdict ||
		    strcmp(reason ? reason->code : "", t[i].reason) != 0)
			fail_msg("%s: %u reads, verdict %d, %s", t[i].name, f.at,
				 (int)got.judged.verdict, reason ? reason->text : "no finding");
		reading_free(&got);
	}
}

/* --- real ROMs, where they lie beside the checkout (tests/cli/realroms.bats) -------------------
 */

#define REAL_MAX (16u << 20)

static size_t load(const char *folder, const char *name, uint8_t *buf)
{
	char path[512];
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (f) {
		n = fread(buf, 1, REAL_MAX, f);
		fclose(f);
	}
	return n;
}

/* What the kernel gives of a card with this flash: the images, from the first to the last. The ids
 * are those that the ROM is made for. */
static void as_a_card(uint8_t *file, size_t n, struct flash *f, struct pci_ids *ids)
{
	static struct rom rom;

	rom_examine((struct bytes){file, n}, &rom);
	*f = (struct flash){.size = n};
	*ids = (struct pci_ids){.subvendor = rom.subvendor, .subdevice = rom.subdevice};
	if (rom_complete(&rom)) {
		file += rom.offset;
		f->size = rom.chain.length;
	}
	if (rom.chain.n) {
		ids->vendor = rom.chain.image[0].vendor;
		ids->device = rom.chain.image[0].device;
	}
	for (size_t i = 0; i < PASSES; i++)
		f->pass[i] = file;
}

static const char *why_again(void)
{
	return verdict_is_final(got.judged.verdict, &got.judged.findings)
		       ? "an image does not sum to 0"
		       : verdict_reason(&got.judged.findings)->code;
}

static void real_roms(void **state)
{
	const char *folder = getenv("GPUROM_ROMS") ? getenv("GPUROM_ROMS") : "../shared/roms";
	uint8_t *file = malloc(REAL_MAX);
	size_t roms = 0, again = 0;
	DIR *d = opendir(folder);
	const struct dirent *e;

	(void)state;
	assert_non_null(file);
	while (d && (e = readdir(d))) {
		struct pci_ids ids;
		struct flash f;
		size_t n = strstr(e->d_name, ".rom") ? load(folder, e->d_name, file) : 0;

		if (!n)
			continue;
		as_a_card(file, n, &f, &ids);
		(void)attempt_for(&f, &ids, ROM_TRIM_CHAIN);
		roms++;
		again += f.at > 1;
		if (f.at > 1)
			print_message("%s: %s\n", e->d_name, why_again());
		reading_free(&got);
	}
	if (d)
		closedir(d);
	free(file);
	if (roms != 64)
		skip();
	print_message("%zu of %zu ROMs are read a second time\n", again, roms);
	assert_int_equal(again, 8);
}

static void nothing(void **state)
{
	struct flash f = {{NULL}, 0, 0};

	(void)state;
	assert_int_equal(attempt(&f), -EIO);
	assert_int_equal(report.size, 0);
	assert_non_null(strstr(report.outcome, "no option ROM behind the ROM BAR"));
	assert_null(got.raw.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes),    cmocka_unit_test(many_differences),
		cmocka_unit_test(nothing),   cmocka_unit_test(doubts),
		cmocka_unit_test(real_roms),
	};

	return cmocka_run_group_tests_name("attempt", tests, make_flashes, NULL);
}
