// SPDX-License-Identifier: GPL-2.0-or-later
/* The answer of the jailed parser, taken as an enemy's. */
#include "rom/rules.h"
#include "romimage.h"
#include "sources/judge.h"
#include "tempdir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { SECOND = 0x400, SIZE = 0x800 };

static const struct pci_ids card = {0x10de, 0x2204, 0x1462, 0x3896};
static struct judged j; /* of the last one judged */

static struct bytes sound(void)
{
	static uint8_t p[SIZE];

	romimage_put(p, &(struct romimage){0x00, 2, false, 0x10de, 0x2204});
	romimage_put(p + SECOND, &(struct romimage){0x03, 2, true, 0x10de, 0x2204});
	return exact(p, sizeof(p));
}

static void by_the_rules(void **state)
{
	const struct verdict_facts facts = {.ids = &card};
	const struct pci_ids other = {0x10de, 0x2206, 0, 0};
	struct bytes b = sound(), keep;
	struct rom rom;

	(void)state;
	judge(b, &facts, &j);
	assert_int_equal(j.verdict, VERDICT_COMPLETE);
	assert_int_equal(j.findings.n, 0);
	rom_examine(b, &rom);
	assert_memory_equal(&j.rom.chain, &rom.chain, sizeof(rom.chain));
	keep = judge_keep(b, &j, ROM_TRIM_CHAIN);
	assert_ptr_equal(keep.p, b.p);
	assert_int_equal(keep.n, SIZE);
	judge(b, &(struct verdict_facts){.ids = &other}, &j);
	assert_int_equal(j.verdict, VERDICT_REJECTED);
	assert_string_equal(verdict_reason(&j.findings)->code, "wrong-device");
	assert_int_equal(judge_keep(b, &j, ROM_TRIM_CHAIN).n, 0);
}

static void nothing_at_all(void **state)
{
	(void)state;
	judge((struct bytes){NULL, 0}, &(struct verdict_facts){0}, &j);
	assert_int_equal(j.verdict, VERDICT_REJECTED);
	assert_string_equal(verdict_reason(&j.findings)->code, "empty");
}

static int without_processes(void *arg)
{
	(void)arg;
	judge(sound(), &(struct verdict_facts){0}, &j);
	return j.verdict == VERDICT_REJECTED && j.findings.n == 1 &&
			       strcmp(j.findings.f[0].code, "not-judged") == 0
		       ? 0
		       : -EIO;
}

/* A lie, and what must become of it. */
static void lie_verdict(void)
{
	memset(&j.verdict, 0x7f, sizeof(j.verdict));
}
static void lie_complete(void)
{
	j.rom.chain.stop = OPROM_E_CUT;
}
static void lie_nothing(void)
{
	j.rom.found_by = ROM_FOUND_NOTHING;
}
static void lie_found(void)
{
	memset(&j.rom.found_by, 0xee, sizeof(j.rom.found_by));
}
static void lie_images(void)
{
	j.rom.chain.n = OPROM_IMAGES_MAX + 1;
}
static void lie_stop(void)
{
	memset(&j.rom.chain.stop, 0x55, sizeof(j.rom.chain.stop));
}
static void lie_x86(void)
{
	j.rom.x86 = j.rom.chain.n;
}
static void lie_efi(void)
{
	j.rom.efi = SIZE_MAX - 1;
}
static void lie_size(void)
{
	j.rom.size++;
}
static void lie_offset(void)
{
	j.rom.offset = SIZE + 1;
}
static void lie_length(void)
{
	j.rom.chain.length = SIZE_MAX;
}
static void lie_findings(void)
{
	j.findings.n = FINDINGS_MAX + 1;
}
static void lie_severity(void)
{
	j.findings.n = 1;
	memset(&j.findings.f[0].severity, 0x33, sizeof(j.findings.f[0].severity));
}

static void lies_are_rejected(void **state)
{
	static const struct {
		const char *name;
		void (*lie)(void);
	} t[] = {
		{"verdict", lie_verdict},   {"complete", lie_complete}, {"nothing", lie_nothing},
		{"found_by", lie_found},    {"images", lie_images},	{"stop", lie_stop},
		{"x86", lie_x86},	    {"efi", lie_efi},		{"size", lie_size},
		{"offset", lie_offset},	    {"length", lie_length},	{"findings", lie_findings},
		{"severity", lie_severity},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		judge(sound(), &(struct verdict_facts){.ids = &card}, &j);
		assert_int_equal(j.verdict, VERDICT_COMPLETE);
		t[i].lie();
		judge_check(SIZE, &(struct verdict_facts){0}, &j);
		if (j.verdict != VERDICT_REJECTED || j.findings.n != 1 ||
		    strcmp(j.findings.f[0].code, "parser-stopped") != 0)
			fail_msg("%s: verdict %d, %zu findings", t[i].name, (int)j.verdict,
				 j.findings.n);
		assert_int_equal(j.rom.chain.n, 0);
	}
}

/* A terminal's escapes and texts without an end do no harm, and change no verdict. */
static void texts_are_cleaned(void **state)
{
	(void)state;
	judge(sound(), &(struct verdict_facts){.ids = &card}, &j);
	memset(j.rom.version, 'v', sizeof(j.rom.version));
	memset(j.rom.sign_on, '\x1b', sizeof(j.rom.sign_on));
	findings_add(&j.findings, "note", FINDING_NOTE,
		     "a\tb\x9b"
		     "c");
	memset(j.findings.f[0].code, 'c', sizeof(j.findings.f[0].code));
	memset(&j.rom.x86_checksum_ok, 0x40, 1);
	judge_check(SIZE, &(struct verdict_facts){0}, &j);
	assert_int_equal(j.verdict, VERDICT_COMPLETE);
	assert_int_equal(strlen(j.rom.version), sizeof(j.rom.version) - 1);
	assert_int_equal(strspn(j.rom.sign_on, "?"), sizeof(j.rom.sign_on) - 1);
	assert_string_equal(j.findings.f[0].text, "a?b?c");
	assert_int_equal(strlen(j.findings.f[0].code), sizeof(j.findings.f[0].code) - 1);
	assert_true(j.rom.x86_checksum_ok == true);
}

/* What firmware leaves of a ROM it ran: nothing to publish, unless it is wanted. */
static void a_shadow(void **state)
{
	const struct verdict_facts shadow = {.ids = &card, .shadow = true};
	const struct verdict_facts wanted = {.ids = &card, .shadow = true, .shadow_wanted = true};
	uint8_t p[SECOND];
	struct bytes part, keep;

	(void)state;
	memcpy(p, sound().p, sizeof(p));
	part = exact(p, sizeof(p));
	judge(part, &shadow, &j);
	assert_int_equal(j.verdict, VERDICT_REJECTED);
	assert_string_equal(verdict_reason(&j.findings)->code, "shadow");
	judge(part, &wanted, &j);
	assert_int_equal(j.verdict, VERDICT_USABLE);
	keep = judge_keep(part, &j, ROM_TRIM_CHAIN);
	assert_ptr_equal(keep.p, part.p);
	assert_int_equal(keep.n, SECOND);
	/* Wanted or not, half an image is none. */
	part = exact(p, SECOND - 0x200);
	judge(part, &wanted, &j);
	assert_int_equal(j.verdict, VERDICT_REJECTED);
	assert_int_equal(judge_keep(part, &j, ROM_TRIM_CHAIN).n, 0);
}

static void no_process(void **state)
{
	(void)state;
	assert_int_equal(tempdir_failing(SYS_clone, EAGAIN, without_processes, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_rules),	     cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(lies_are_rejected), cmocka_unit_test(texts_are_cleaned),
		cmocka_unit_test(a_shadow),	     cmocka_unit_test(no_process),
	};

	return cmocka_run_group_tests_name("judge", tests, NULL, NULL);
}
