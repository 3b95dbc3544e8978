// SPDX-License-Identifier: GPL-2.0-or-later
/* A ROM file that a person imports, against what the store has: commit_import. */
#include "cmd/import-match.h"
#include "romimage.h"
#include "store/record-file.h"
#include "storebench.h"
#include "tempdir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct record_import from_a_friend = {.file = "friend.rom",
						   .mismatch = {"device", "class"}};

/* The card's own file, staged; what came of it. */
static enum rom_outcome import(struct bench *b, const struct image *rom, enum verdict v,
			       bool replace)
{
	const struct rom_wish wish = {.replace = replace, .import = &from_a_friend};

	bench_stage(b, 0, rom, v);
	strcpy(b->card[0].rom.source, "file");
	assert_int_equal(commit_import(&b->root, b->r.store, &b->card[0], &wish, &result), 0);
	assert_false(result.is_volatile);
	assert_int_equal(result.n, 1);
	return result.card[0].outcome;
}

static void only_a_wish_replaces(void **state)
{
	static const struct {
		enum verdict stored, brought;
		bool same_rom, replace;
		enum rom_outcome outcome;
		bool shows_it, keeps_it;
	} cases[] = {
		{VERDICT_COMPLETE, VERDICT_COMPLETE, true, false, ROM_SAME, true, true},
		{VERDICT_COMPLETE, VERDICT_COMPLETE, true, true, ROM_SAME, true, true},
		{VERDICT_COMPLETE, VERDICT_COMPLETE, false, false, ROM_CHANGED, false, true},
		{VERDICT_USABLE, VERDICT_COMPLETE, false, false, ROM_CHANGED, false, true},
		{VERDICT_COMPLETE, VERDICT_USABLE, false, false, ROM_WORSE, false, false},
		{VERDICT_COMPLETE, VERDICT_COMPLETE, false, true, ROM_REPLACED, true, true},
		{VERDICT_COMPLETE, VERDICT_USABLE, false, true, ROM_REPLACED, true, true},
		{VERDICT_COMPLETE, VERDICT_REJECTED, false, true, ROM_KEPT, false, false},
	};
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct image *brought = cases[i].same_rom ? &a : &z;
		char store[64], at[160];
		struct bench b;

		bench_make(&b, state);
		snprintf(store, sizeof(store), "/var/lib/gpurom/%zu", i);
		strcpy(b.r.store, store);
		bench_first_boot(&b, &a, cases[i].stored);
		assert_int_equal(import(&b, brought, cases[i].brought, cases[i].replace),
				 cases[i].outcome);
		snprintf(at, sizeof(at), IN_STORE "%zu/by-path/" PATH ".rom", i);
		assert_true(file_has(&b, at, cases[i].shows_it ? brought : &a));
		snprintf(at, sizeof(at), IN_STORE "%zu/roms", i);
		assert_int_equal(tempdir_count(b.root.fd, at, ""),
				 cases[i].same_rom || !cases[i].keeps_it ? 1 : 2);
		assert_int_equal(result.published, cases[i].outcome == ROM_REPLACED);
		bench_close(&b);
	}
}

static void a_card_that_no_boot_took(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	b.card[0].state = CARD_LEFT;
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_SKIPPED);
	assert_true(path_shows_nothing(&b, PATH));
	assert_int_equal(import(&b, &a, VERDICT_COMPLETE, false), ROM_NEW);
	assert_true(path_shows(&b, PATH, &a));
	assert_true(record_has(&b, PATH, &a));
	bench_close(&b);
}

static const char *text_of(const cJSON *o, const char *key)
{
	return cJSON_GetStringValue(cJSON_GetObjectItem(o, key));
}

static void the_record_has_the_origin(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	const cJSON *rom, *imported, *mismatch;
	struct bench b;
	cJSON *card;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	assert_int_equal(import(&b, &z, VERDICT_USABLE, true), ROM_REPLACED);
	card = record_read(&b, PATH);
	rom = cJSON_GetObjectItem(card, "rom");
	imported = cJSON_GetObjectItem(rom, "imported");
	mismatch = cJSON_GetObjectItem(imported, "mismatch");
	assert_string_equal(text_of(rom, "source"), "file");
	assert_string_equal(text_of(imported, "file"), "friend.rom");
	assert_string_equal(text_of(imported, "when"), text_of(rom, "first_seen"));
	assert_int_equal(cJSON_GetArraySize(mismatch), 2);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetArrayItem(mismatch, 1)), "class");
	/* The last attempt at the card itself is not this. */
	assert_string_equal(text_of(cJSON_GetObjectItem(card, "reading"), "source"), "sysfs");
	/* The ROM before it was read, and says so still. */
	rom = cJSON_GetArrayItem(cJSON_GetObjectItem(card, "other_roms"), 0);
	assert_string_equal(text_of(rom, "source"), "sysfs");
	assert_null(cJSON_GetObjectItem(rom, "imported"));
	cJSON_Delete(card);
	bench_close(&b);
}

/* A boot that reads the card's own ROM: kept beside, once, and what a person wanted is shown. */
static void a_boot_does_not_undo_it(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;
	cJSON *card;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	(void)import(&b, &z, VERDICT_COMPLETE, true);
	for (int again = 0; again < 2; again++) {
		bench_boot(&b, "boot-3\n");
		bench_stage(&b, 0, &a, VERDICT_COMPLETE);
		assert_outcome(&b, 0, ROM_CHANGED);
		assert_true(path_shows(&b, PATH, &z));
		card = record_read(&b, PATH);
		assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "other_roms")), 1);
		assert_non_null(cJSON_GetObjectItem(cJSON_GetObjectItem(card, "rom"), "imported"));
		cJSON_Delete(card);
	}
	bench_close(&b);
}

static void a_second_time_nothing_changes(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	ino_t record;

	bench_make(&b, state);
	assert_int_equal(import(&b, &a, VERDICT_COMPLETE, false), ROM_NEW);
	record = inode_of(&b, IN_STORE RECORD_FILE);
	assert_int_equal(import(&b, &a, VERDICT_COMPLETE, false), ROM_SAME);
	assert_int_equal(import(&b, &a, VERDICT_COMPLETE, true), ROM_SAME);
	assert_true(record == inode_of(&b, IN_STORE RECORD_FILE));
	bench_close(&b);
}

static void another_cards_rom_is_not_in_the_way(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_set_card(&b, 0, PATH, 0x2206, 0x3892);
	assert_int_equal(import(&b, &z, VERDICT_USABLE, false), ROM_NEW);
	assert_true(result.card[0].replaced);
	assert_true(path_shows(&b, PATH, &z));
	assert_true(store_has(&b, &a));
	bench_close(&b);
}

static void words_of_what_may_differ(void **state)
{
	static const struct {
		const char *list;
		bool good;
		unsigned set;
	} cases[] = {
		{"vendor", true, IMPORT_VENDOR},
		{"class,device", true, IMPORT_CLASS | IMPORT_DEVICE},
		{"vendor,device,subsystem,class", true, 15},
		{"device,device", true, IMPORT_DEVICE},
		{"", false, 99},
		{"vendor,", false, 99},
		{",vendor", false, 99},
		{"vendors", false, 99},
		{"vend", false, 99},
		{"all", false, 99},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned set = 99;

		assert_int_equal(import_fields_parse(cases[i].list, &set), cases[i].good);
		assert_int_equal(set, cases[i].set);
	}
}

/* A ROM of 10de:2204, for cards that are that, or are not. */
static void what_differs_is_reported_and_allowed(void **state)
{
	static const struct {
		uint16_t vendor, device;
		unsigned allowed, differs;
		enum verdict v;
	} cases[] = {
		{0x10de, 0x2204, 0, 0, VERDICT_COMPLETE},
		{0x10de, 0x2204, 15, 0, VERDICT_COMPLETE},
		{0x10de, 0x2206, 0, IMPORT_DEVICE, VERDICT_REJECTED},
		{0x10de, 0x2206, IMPORT_VENDOR, IMPORT_DEVICE, VERDICT_REJECTED},
		{0x10de, 0x2206, IMPORT_DEVICE, IMPORT_DEVICE, VERDICT_USABLE},
		{0x1002, 0x2204, IMPORT_DEVICE, IMPORT_VENDOR, VERDICT_REJECTED},
		{0x1002, 0x2204, IMPORT_VENDOR, IMPORT_VENDOR, VERDICT_USABLE},
		{0x1002, 0x2206, IMPORT_VENDOR, IMPORT_VENDOR | IMPORT_DEVICE, VERDICT_REJECTED},
		{0x1002, 0x2206, 3, IMPORT_VENDOR | IMPORT_DEVICE, VERDICT_USABLE},
	};
	struct image rom = image_of(0x2204, 1);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct pci_fn f = {.ids = {cases[i].vendor, cases[i].device, 0x1462, 0x3892},
				   .class = 0x030000};
		struct import_match match;

		import_match_judge(bytes_of(&rom), &f, cases[i].allowed, &match);
		assert_int_equal(match.differs, cases[i].differs);
		assert_int_equal(match.judged.verdict, cases[i].v);
		assert_int_equal(match.text[0][0] != 0, (cases[i].differs & IMPORT_VENDOR) != 0);
		assert_int_equal(match.text[1][0] != 0, (cases[i].differs & IMPORT_DEVICE) != 0);
	}
}

/* A ROM that is not whole is rejected, whatever is allowed. */
static void nothing_allows_half_a_rom(void **state)
{
	struct image rom = image_of(0x2206, 1);
	struct pci_fn f = {.ids = {0x10de, 0x2204, 0x1462, 0x3892}, .class = 0x030000};
	struct bytes b = bytes_of(&rom);
	struct import_match match;

	(void)state;
	for (b.n = 0; b.n < ROM_SIZE; b.n += 64) {
		import_match_judge(b, &f, 15, &match);
		assert_int_equal(match.judged.verdict, VERDICT_REJECTED);
	}
	import_match_judge(bytes_of(&rom), &f, 15, &match);
	assert_int_equal(match.judged.verdict, VERDICT_USABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(only_a_wish_replaces),
		WITH_DIR(a_card_that_no_boot_took),
		WITH_DIR(the_record_has_the_origin),
		WITH_DIR(a_boot_does_not_undo_it),
		WITH_DIR(a_second_time_nothing_changes),
		WITH_DIR(another_cards_rom_is_not_in_the_way),
		cmocka_unit_test(words_of_what_may_differ),
		cmocka_unit_test(what_differs_is_reported_and_allowed),
		cmocka_unit_test(nothing_allows_half_a_rom),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
