// SPDX-License-Identifier: GPL-2.0-or-later
/* Which ROM each card's links show, boot after boot. */
#include "store/record-file.h"
#include "storebench.h"
#include "tempdir.h"
#include "util/sha256.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What a later boot reads of a card whose ROM is stored, and what the links show then. */
static void the_first_trusted_stays(void **state)
{
	static const struct {
		enum verdict first, later;
		bool same_rom;
		enum rom_outcome outcome;
		size_t roms, raws;
	} cases[] = {
		{VERDICT_COMPLETE, VERDICT_COMPLETE, true, ROM_SAME, 1, 1},
		{VERDICT_COMPLETE, VERDICT_COMPLETE, false, ROM_CHANGED, 2, 1},
		{VERDICT_USABLE, VERDICT_COMPLETE, false, ROM_CHANGED, 2, 1},
		{VERDICT_USABLE, VERDICT_USABLE, false, ROM_CHANGED, 2, 1},
		{VERDICT_COMPLETE, VERDICT_USABLE, false, ROM_WORSE, 1, 0},
		{VERDICT_COMPLETE, VERDICT_REJECTED, false, ROM_KEPT, 1, 0},
		{VERDICT_USABLE, VERDICT_REJECTED, false, ROM_KEPT, 1, 0},
	};
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);

	for (size_t i = 0; i < COUNT(cases); i++) {
		char store[64];
		struct bench b;

		bench_make(&b, state);
		snprintf(store, sizeof(store), "/var/lib/gpurom/%zu", i);
		strcpy(b.r.store, store);
		bench_first_boot(&b, &a, cases[i].first);
		bench_stage(&b, 0, cases[i].same_rom ? &a : &z, cases[i].later);
		bench_stage_raw(&b, 0, "and what stood before it");
		assert_outcome(&b, 0, cases[i].outcome);
		assert_int_equal(result.kept, 1);
		snprintf(store, sizeof(store), IN_STORE "%zu/roms", i);
		assert_int_equal(tempdir_count(b.root.fd, store, ""), cases[i].roms);
		snprintf(store, sizeof(store), IN_STORE "%zu/raw", i);
		assert_int_equal(tempdir_count(b.root.fd, store, ""), cases[i].raws);
		snprintf(store, sizeof(store), IN_STORE "%zu/by-path/" PATH ".rom", i);
		assert_true(file_has(&b, store, &a));
		snprintf(store, sizeof(store), IN_STORE "%zu/by-id", i);
		assert_int_equal(tempdir_count(b.root.fd, store, ""), 1);
		bench_close(&b);
	}
}

static void a_changed_rom_is_kept_beside(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;
	cJSON *card;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	for (int again = 0; again < 2; again++) {
		bench_stage(&b, 0, &z, VERDICT_COMPLETE);
		assert_outcome(&b, 0, ROM_CHANGED);
		assert_string_equal(result.card[0].shown.version, "94.02.26.40.01");
		assert_string_equal(result.card[0].beside.version, "94.02.26.40.02");
		assert_true(result.card[0].shown.first_seen[0]);
		assert_true(store_has(&b, &z));
		assert_true(path_shows(&b, PATH, &a));
		assert_true(record_has(&b, PATH, &a));
		card = record_read(&b, PATH);
		assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "other_roms")), 1);
		cJSON_Delete(card);
		bench_boot(&b, "boot-3\n");
	}
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_SAME);
	bench_close(&b);
}

static void nothing_read_changes_nothing(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	assert_outcome(&b, 0, ROM_NONE);
	assert_int_equal(result.none, 1);
	assert_true(path_shows_nothing(&b, PATH));
	assert_int_equal(count_roms(&b), 0);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_KEPT);
	assert_true(path_shows(&b, PATH, &a));
	assert_true(record_has(&b, PATH, &a));
	bench_close(&b);
}

/* Not even where a report names a staged romfile for it. The raw bytes are kept while the card has
 * no better ROM. */
static void a_rejected_reading_is_no_romfile(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	bench_make(&b, state);
	bench_stage(&b, 0, &z, VERDICT_REJECTED);
	bench_stage_raw(&b, 0, "FFFF");
	assert_outcome(&b, 0, ROM_NONE);
	assert_int_equal(count_roms(&b), 0);
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 1);
	assert_true(path_shows_nothing(&b, PATH));
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "by-id", ""), 0);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_stage(&b, 0, &z, VERDICT_REJECTED);
	bench_stage_raw(&b, 0, "FFFE");
	assert_outcome(&b, 0, ROM_KEPT);
	assert_int_equal(count_roms(&b), 1);
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 1);
	bench_close(&b);
}

static void a_staged_file_is_verified(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	char path[160];
	struct bench b;

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.rom", b.card[0].rom.sha256);
	tempdir_put(b.root.fd, path, z.b, ROM_SIZE);
	assert_outcome(&b, 0, ROM_NONE);
	assert_non_null(strstr(result.card[0].trouble, "damaged"));
	assert_int_equal(count_roms(&b), 0);
	assert_int_equal(unlinkat(b.root.fd, path, 0), 0);
	assert_outcome(&b, 0, ROM_NONE);
	assert_true(result.card[0].trouble[0]);
	/* A link in the staging folder is not followed either. */
	tempdir_put(b.root.fd, "elsewhere", a.b, ROM_SIZE);
	assert_int_equal(symlinkat("../../../elsewhere", b.root.fd, path), 0);
	assert_outcome(&b, 0, ROM_NONE);
	assert_int_equal(count_roms(&b), 0);
	/* What is stored already needs no staged file. */
	assert_int_equal(unlinkat(b.root.fd, path, 0), 0);
	tempdir_put(b.root.fd, rom_path(&a), a.b, ROM_SIZE);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(path_shows(&b, PATH, &a));
	bench_close(&b);
}

/* Another card in the slot: by its device, or by its board alone. */
static void a_replaced_card_gets_its_own(void **state)
{
	static const struct {
		uint16_t device, sub;
	} cases[] = {{0x2206, 0x3892}, {0x2204, 0x4444}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct image a = image_of(0x2204, 1), z = image_of(cases[i].device, 2);
		char id[64];
		struct bench b;

		bench_make(&b, state);
		bench_first_boot(&b, &a, VERDICT_COMPLETE);
		bench_set_card(&b, 0, PATH, cases[i].device, cases[i].sub);
		bench_stage(&b, 0, &z, VERDICT_USABLE);
		assert_outcome(&b, 0, ROM_NEW);
		assert_true(result.card[0].replaced);
		assert_true(path_shows(&b, PATH, &z));
		assert_true(record_has(&b, PATH, &z));
		assert_true(store_has(&b, &a));
		assert_true(file_has(&b, IN_STORE "by-id/10de-2204-1462-3892.rom", &a));
		snprintf(id, sizeof(id), IN_STORE "by-id/10de-%04x-1462-%04x.rom", cases[i].device,
			 cases[i].sub);
		assert_true(file_has(&b, id, &z));
		assert_outcome(&b, 0, ROM_SAME);
		assert_false(result.card[0].replaced);
		/* The next case finds this card in the slot. */
		bench_boot(&b, "boot-3\n");
		bench_set_card(&b, 0, PATH, 0x2204, 0x3892);
		bench_stage(&b, 0, &a, VERDICT_COMPLETE);
		assert_outcome(&b, 0, ROM_NEW);
		assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
		assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-path/" PATH ".rom", 0), 0);
		bench_close(&b);
	}
}

/* The old card's ROM must not be offered for the new one, though its ids would fit. */
static void a_replaced_card_without_rom_gets_none(void **state)
{
	struct image a = image_of(0x2204, 1);
	char file[STORE_FILE_MAX];
	struct bench b;
	cJSON *card;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_set_card(&b, 0, PATH, 0x2204, 0x4444);
	assert_outcome(&b, 0, ROM_NONE);
	assert_true(result.card[0].replaced);
	assert_true(path_shows_nothing(&b, PATH));
	assert_int_equal(romstore_find(&b.root, STORE, PATH, file), -ENOENT);
	assert_true(store_has(&b, &a));
	card = record_read(&b, PATH);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "previous")), 1);
	cJSON_Delete(card);
	assert_outcome(&b, 0, ROM_NONE);
	bench_close(&b);
}

/* The record is lost: the link stays where its ROM fits this card, and is removed where it fits
 * another. A commit that died between the links and the record leaves a link that the record does
 * not explain: it is removed; its romfile stays, and is shown once it is read again. */
static void a_link_without_record(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	assert_outcome(&b, 0, ROM_KEPT);
	assert_true(path_shows(&b, PATH, &a));
	assert_true(record_has(&b, PATH, &a));

	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	bench_set_card(&b, 0, PATH, 0x2206, 0x3892);
	assert_outcome(&b, 0, ROM_NONE);
	assert_true(path_shows_nothing(&b, PATH));

	/* The record has the former card; the link is the new one's already. */
	bench_set_card(&b, 0, PATH, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_NEW);
	tempdir_put(b.root.fd, rom_path(&z), z.b, ROM_SIZE);
	{
		struct romstore s;
		char sha256[SHA256_HEX];

		digest_sha256(bytes_of(&z), sha256);
		assert_int_equal(romstore_open(&b.root, STORE, false, &s), 0);
		assert_int_equal(romstore_link(&s, STORE_BY_PATH, PATH, sha256), 0);
		romstore_close(&s);
	}
	bench_boot(&b, "boot-3\n");
	bench_set_card(&b, 0, PATH, 0x2206, 0x3892);
	assert_outcome(&b, 0, ROM_NONE);
	assert_true(result.card[0].replaced);
	assert_true(path_shows_nothing(&b, PATH));
	assert_true(store_has(&b, &z));
	bench_boot(&b, "boot-4\n");
	bench_stage(&b, 0, &z, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(path_shows(&b, PATH, &z));
	assert_true(record_has(&b, PATH, &z));
	bench_close(&b);
}

/* The same ROM is read again: the record gets its source and version from this reading. */
static void a_link_without_record_read_again(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	cJSON *card, *rom;

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage_raw(&b, 0, "longer than its ROM");
	assert_outcome(&b, 0, ROM_NEW);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	assert_outcome(&b, 0, ROM_SAME);
	card = record_read(&b, PATH);
	rom = cJSON_GetObjectItem(card, "rom");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(rom, "source")),
			    b.card[0].rom.source);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(rom, "raw_sha256")),
			    b.card[0].rom.raw_sha256);
	cJSON_Delete(card);
	bench_close(&b);
}

/* A raw reading that cannot be stored is reported; the ROM is stored all the same. */
static void a_staged_reading_that_is_damaged(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	char path[160];

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage_raw(&b, 0, "longer than its ROM");
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.bin", b.card[0].rom.raw_sha256);
	tempdir_put(b.root.fd, path, "other", 5);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(path_shows(&b, PATH, &a));
	assert_non_null(strstr(result.card[0].trouble, "staged reading"));
	assert_non_null(strstr(result.card[0].trouble, "damaged"));
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 0);
	bench_close(&b);
}

static size_t raws(const struct bench *b)
{
	return tempdir_count(b->root.fd, IN_STORE "raw", "");
}

/* Each boot reads other bytes from a card that gives no ROM, or the same ROM with other bytes
 * around it: the newest few readings stay. */
static void raw_readings_do_not_pile_up(void **state)
{
	struct image a = image_of(0x2204, 1);
	char raw[32], id[16];
	struct bench b;

	bench_make(&b, state);
	for (unsigned i = 0; i < 7; i++) {
		snprintf(id, sizeof(id), "boot-%u\n", i + 1);
		snprintf(raw, sizeof(raw), "rubbish %u", i);
		bench_boot(&b, id);
		bench_stage_raw(&b, 0, raw);
		assert_outcome(&b, 0, ROM_NONE);
		assert_int_equal(raws(&b), i < RECORD_RAWS_MAX ? i + 1 : RECORD_RAWS_MAX);
		assert_int_equal(result.card[0].raw_gone[0] != 0, i >= RECORD_RAWS_MAX);
		/* The same bytes again are no new reading. */
		assert_outcome(&b, 0, ROM_NONE);
		assert_int_equal(raws(&b), i < RECORD_RAWS_MAX ? i + 1 : RECORD_RAWS_MAX);
	}
	for (unsigned i = 0; i < 7; i++) {
		snprintf(id, sizeof(id), "boot-%u\n", i + 10);
		snprintf(raw, sizeof(raw), "a ROM and %u", i);
		bench_boot(&b, id);
		bench_stage(&b, 0, &a, VERDICT_COMPLETE);
		bench_stage_raw(&b, 0, raw);
		assert_outcome(&b, 0, i ? ROM_SAME : ROM_NEW);
		assert_int_equal(raws(&b), RECORD_RAWS_MAX + 1);
	}
	bench_close(&b);
}

/* A twin has the same reading, and keeps it longer. */
static void a_raw_reading_that_another_card_has(void **state)
{
	char raw[32], id[16];
	struct bench b;

	bench_make(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2204, 0x3892);
	for (unsigned i = 0; i <= RECORD_RAWS_MAX; i++) {
		snprintf(id, sizeof(id), "boot-%u\n", i + 1);
		snprintf(raw, sizeof(raw), "rubbish %u", i);
		bench_boot(&b, id);
		bench_stage_raw(&b, 0, raw);
		if (!i)
			bench_stage_raw(&b, 1, raw);
		assert_outcome(&b, 0, ROM_NONE);
	}
	assert_int_equal(raws(&b), RECORD_RAWS_MAX + 1);
	assert_string_equal(result.card[0].raw_gone, "");
	bench_close(&b);
}

/* A stored romfile is damaged: the same reading replaces it, else it is not shown. The record keeps
 * the card's first ROM. */
static void a_damaged_romfile(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	tempdir_put_text(b.root.fd, rom_path(&a), "bit rot");
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(path_shows(&b, PATH, &a));

	tempdir_put_text(b.root.fd, rom_path(&a), "bit rot");
	bench_boot(&b, "boot-3\n");
	assert_outcome(&b, 0, ROM_NONE);
	assert_true(path_shows_nothing(&b, PATH));
	assert_true(record_has(&b, PATH, &a));

	bench_boot(&b, "boot-4\n");
	bench_stage(&b, 0, &z, VERDICT_USABLE);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(path_shows(&b, PATH, &z));
	assert_true(record_has(&b, PATH, &z));
	bench_close(&b);
}

static void twins(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;

	bench_make(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage(&b, 1, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 1, ROM_NEW);
	assert_int_equal(result.published, 2);
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "by-id", ""), 1);
	assert_true(path_shows(&b, PATH, &a));
	assert_true(path_shows(&b, PATH2, &a));
	bench_close(&b);

	/* Different ROMs: a name each, and the same names when the bus is renumbered. */
	bench_make(&b, state);
	strcpy(b.r.store, STORE "/second");
	bench_set_card(&b, 1, PATH2, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	assert_outcome(&b, 1, ROM_NEW);
	assert_string_equal(result.card[1].by_id, "10de-2204-1462-3892-2");
	bench_boot(&b, "boot-2\n");
	bench_set_card(&b, 0, PATH2, 0x2204, 0x3892);
	bench_set_card(&b, 1, PATH, 0x2204, 0x3892);
	bench_stage(&b, 0, &z, VERDICT_COMPLETE);
	bench_stage(&b, 1, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_SAME);
	assert_string_equal(result.card[0].by_id, "10de-2204-1462-3892-2");
	assert_string_equal(result.card[1].by_id, "10de-2204-1462-3892");
	assert_true(file_has(&b, IN_STORE "second/by-id/10de-2204-1462-3892.rom", &a));
	assert_true(file_has(&b, IN_STORE "second/by-id/10de-2204-1462-3892-2.rom", &z));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(the_first_trusted_stays),
		WITH_DIR(a_changed_rom_is_kept_beside),
		WITH_DIR(nothing_read_changes_nothing),
		WITH_DIR(a_rejected_reading_is_no_romfile),
		WITH_DIR(a_staged_file_is_verified),
		WITH_DIR(a_replaced_card_gets_its_own),
		WITH_DIR(a_replaced_card_without_rom_gets_none),
		WITH_DIR(a_link_without_record),
		WITH_DIR(a_link_without_record_read_again),
		WITH_DIR(a_staged_reading_that_is_damaged),
		WITH_DIR(raw_readings_do_not_pile_up),
		WITH_DIR(a_raw_reading_that_another_card_has),
		WITH_DIR(a_damaged_romfile),
		WITH_DIR(twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
