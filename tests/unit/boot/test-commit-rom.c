/* Whose ROM is whose, boot after boot. */
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
		first_boot(&b, &a, cases[i].first);
		reads(&b, 0, cases[i].same_rom ? &a : &z, cases[i].later);
		reads_raw(&b, 0, "and what stood before it");
		outcome_is(&b, 0, cases[i].outcome);
		assert_int_equal(result.kept, 1);
		snprintf(store, sizeof(store), IN_STORE "%zu/roms", i);
		assert_int_equal(tempdir_count(b.root.fd, store, ""), cases[i].roms);
		snprintf(store, sizeof(store), IN_STORE "%zu/raw", i);
		assert_int_equal(tempdir_count(b.root.fd, store, ""), cases[i].raws);
		snprintf(store, sizeof(store), IN_STORE "%zu/by-path/" PATH ".rom", i);
		assert_true(holds(&b, store, &a));
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
	first_boot(&b, &a, VERDICT_COMPLETE);
	for (int again = 0; again < 2; again++) {
		reads(&b, 0, &z, VERDICT_COMPLETE);
		outcome_is(&b, 0, ROM_CHANGED);
		assert_string_equal(result.card[0].shown.version, "94.02.26.40.01");
		assert_string_equal(result.card[0].beside.version, "94.02.26.40.02");
		assert_true(result.card[0].shown.first_seen[0]);
		assert_true(keeps(&b, &z));
		assert_true(shows(&b, PATH, &a));
		assert_true(records(&b, PATH, &a));
		card = recorded(&b, PATH);
		assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "other_roms")), 1);
		cJSON_Delete(card);
		boot(&b, "boot-3\n");
	}
	reads(&b, 0, &a, VERDICT_COMPLETE);
	outcome_is(&b, 0, ROM_SAME);
	bench_close(&b);
}

static void nothing_read_changes_nothing(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	outcome_is(&b, 0, ROM_NONE);
	assert_int_equal(result.none, 1);
	assert_true(shows_nothing(&b, PATH));
	assert_int_equal(roms(&b), 0);
	first_boot(&b, &a, VERDICT_COMPLETE);
	outcome_is(&b, 0, ROM_KEPT);
	assert_true(shows(&b, PATH, &a));
	assert_true(records(&b, PATH, &a));
	bench_close(&b);
}

/* Not even where a report names a staged romfile for it. The raw bytes are kept as evidence as
 * long as nothing better is known of the card. */
static void a_rejected_reading_is_no_romfile(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	bench_make(&b, state);
	reads(&b, 0, &z, VERDICT_REJECTED);
	reads_raw(&b, 0, "FFFF");
	outcome_is(&b, 0, ROM_NONE);
	assert_int_equal(roms(&b), 0);
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 1);
	assert_true(shows_nothing(&b, PATH));
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "by-id", ""), 0);
	first_boot(&b, &a, VERDICT_COMPLETE);
	reads(&b, 0, &z, VERDICT_REJECTED);
	reads_raw(&b, 0, "FFFE");
	outcome_is(&b, 0, ROM_KEPT);
	assert_int_equal(roms(&b), 1);
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 1);
	bench_close(&b);
}

static void a_staged_file_is_verified(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	char path[160];
	struct bench b;

	bench_make(&b, state);
	reads(&b, 0, &a, VERDICT_COMPLETE);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.rom", b.card[0].rom.sha256);
	tempdir_put(b.root.fd, path, z.b, ROM_SIZE);
	outcome_is(&b, 0, ROM_NONE);
	assert_non_null(strstr(result.card[0].trouble, "damaged"));
	assert_int_equal(roms(&b), 0);
	assert_int_equal(unlinkat(b.root.fd, path, 0), 0);
	outcome_is(&b, 0, ROM_NONE);
	assert_true(result.card[0].trouble[0]);
	/* A link planted there is not followed either. */
	tempdir_put(b.root.fd, "elsewhere", a.b, ROM_SIZE);
	assert_int_equal(symlinkat("../../../elsewhere", b.root.fd, path), 0);
	outcome_is(&b, 0, ROM_NONE);
	assert_int_equal(roms(&b), 0);
	/* What is stored already needs no staged file. */
	assert_int_equal(unlinkat(b.root.fd, path, 0), 0);
	tempdir_put(b.root.fd, rom_path(&a), a.b, ROM_SIZE);
	outcome_is(&b, 0, ROM_NEW);
	assert_true(shows(&b, PATH, &a));
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
		first_boot(&b, &a, VERDICT_COMPLETE);
		card_is(&b, 0, PATH, cases[i].device, cases[i].sub);
		reads(&b, 0, &z, VERDICT_USABLE);
		outcome_is(&b, 0, ROM_NEW);
		assert_true(result.card[0].replaced);
		assert_true(shows(&b, PATH, &z));
		assert_true(records(&b, PATH, &z));
		assert_true(keeps(&b, &a));
		assert_true(holds(&b, IN_STORE "by-id/10de-2204-1462-3892.rom", &a));
		snprintf(id, sizeof(id), IN_STORE "by-id/10de-%04x-1462-%04x.rom", cases[i].device,
			 cases[i].sub);
		assert_true(holds(&b, id, &z));
		outcome_is(&b, 0, ROM_SAME);
		assert_false(result.card[0].replaced);
		/* The next case finds this card in the slot. */
		boot(&b, "boot-3\n");
		card_is(&b, 0, PATH, 0x2204, 0x3892);
		reads(&b, 0, &a, VERDICT_COMPLETE);
		outcome_is(&b, 0, ROM_NEW);
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
	first_boot(&b, &a, VERDICT_COMPLETE);
	card_is(&b, 0, PATH, 0x2204, 0x4444);
	outcome_is(&b, 0, ROM_NONE);
	assert_true(result.card[0].replaced);
	assert_true(shows_nothing(&b, PATH));
	assert_int_equal(romstore_find(&b.root, STORE, PATH, file), -ENOENT);
	assert_true(keeps(&b, &a));
	card = recorded(&b, PATH);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "previous")), 1);
	cJSON_Delete(card);
	outcome_is(&b, 0, ROM_NONE);
	bench_close(&b);
}

/* A record that is lost: the link is taken for the card's where its ROM is this card's, and away
 * where it is another's. A commit that died between the links and the record leaves a link that
 * nothing explains: away; its romfile stays, and is shown once it is read again. */
static void a_link_without_record(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	bench_make(&b, state);
	first_boot(&b, &a, VERDICT_COMPLETE);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	outcome_is(&b, 0, ROM_KEPT);
	assert_true(shows(&b, PATH, &a));
	assert_true(records(&b, PATH, &a));

	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	card_is(&b, 0, PATH, 0x2206, 0x3892);
	outcome_is(&b, 0, ROM_NONE);
	assert_true(shows_nothing(&b, PATH));

	/* The record has the card before; the link is the new one's already. */
	card_is(&b, 0, PATH, 0x2204, 0x3892);
	reads(&b, 0, &a, VERDICT_COMPLETE);
	outcome_is(&b, 0, ROM_NEW);
	tempdir_put(b.root.fd, rom_path(&z), z.b, ROM_SIZE);
	{
		struct romstore s;
		char sha256[SHA256_HEX];

		digest_sha256(bytes_of(&z), sha256);
		assert_int_equal(romstore_open(&b.root, STORE, false, &s), 0);
		assert_int_equal(romstore_link(&s, STORE_BY_PATH, PATH, sha256), 0);
		romstore_close(&s);
	}
	boot(&b, "boot-3\n");
	card_is(&b, 0, PATH, 0x2206, 0x3892);
	outcome_is(&b, 0, ROM_NONE);
	assert_true(result.card[0].replaced);
	assert_true(shows_nothing(&b, PATH));
	assert_true(keeps(&b, &z));
	boot(&b, "boot-4\n");
	reads(&b, 0, &z, VERDICT_COMPLETE);
	outcome_is(&b, 0, ROM_NEW);
	assert_true(shows(&b, PATH, &z));
	assert_true(records(&b, PATH, &z));
	bench_close(&b);
}

/* The same ROM is read again: what the record says of it is of this reading, not of the link. */
static void a_link_without_record_read_again(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	cJSON *card, *rom;

	bench_make(&b, state);
	reads(&b, 0, &a, VERDICT_COMPLETE);
	reads_raw(&b, 0, "longer than its ROM");
	outcome_is(&b, 0, ROM_NEW);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	outcome_is(&b, 0, ROM_SAME);
	card = recorded(&b, PATH);
	rom = cJSON_GetObjectItem(card, "rom");
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(rom, "source")),
			    b.card[0].rom.source);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(rom, "raw_sha256")),
			    b.card[0].rom.raw_sha256);
	cJSON_Delete(card);
	bench_close(&b);
}

/* What could not be kept beside the ROM is told, and does not keep the ROM from the store. */
static void a_staged_reading_that_is_damaged(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	char path[160];

	bench_make(&b, state);
	reads(&b, 0, &a, VERDICT_COMPLETE);
	reads_raw(&b, 0, "longer than its ROM");
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.bin", b.card[0].rom.raw_sha256);
	tempdir_put(b.root.fd, path, "other", 5);
	outcome_is(&b, 0, ROM_NEW);
	assert_true(shows(&b, PATH, &a));
	assert_non_null(strstr(result.card[0].trouble, "staged reading"));
	assert_non_null(strstr(result.card[0].trouble, "damaged"));
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 0);
	bench_close(&b);
}

static size_t raws(const struct bench *b)
{
	return tempdir_count(b->root.fd, IN_STORE "raw", "");
}

/* Each boot reads something else of a card that gives no ROM, or the same ROM with other bytes
 * around it: the newest few stay. */
static void raw_readings_do_not_pile_up(void **state)
{
	struct image a = image_of(0x2204, 1);
	char raw[32], id[16];
	struct bench b;

	bench_make(&b, state);
	for (unsigned i = 0; i < 7; i++) {
		snprintf(id, sizeof(id), "boot-%u\n", i + 1);
		snprintf(raw, sizeof(raw), "rubbish %u", i);
		boot(&b, id);
		reads_raw(&b, 0, raw);
		outcome_is(&b, 0, ROM_NONE);
		assert_int_equal(raws(&b), i < RECORD_RAWS_MAX ? i + 1 : RECORD_RAWS_MAX);
		assert_int_equal(result.card[0].raw_gone[0] != 0, i >= RECORD_RAWS_MAX);
		/* The same again is no other. */
		outcome_is(&b, 0, ROM_NONE);
		assert_int_equal(raws(&b), i < RECORD_RAWS_MAX ? i + 1 : RECORD_RAWS_MAX);
	}
	for (unsigned i = 0; i < 7; i++) {
		snprintf(id, sizeof(id), "boot-%u\n", i + 10);
		snprintf(raw, sizeof(raw), "a ROM and %u", i);
		boot(&b, id);
		reads(&b, 0, &a, VERDICT_COMPLETE);
		reads_raw(&b, 0, raw);
		outcome_is(&b, 0, i ? ROM_SAME : ROM_NEW);
		assert_int_equal(raws(&b), RECORD_RAWS_MAX + 1);
	}
	bench_close(&b);
}

/* A twin has the same rubbish, and keeps it longer. */
static void a_raw_reading_that_another_card_has(void **state)
{
	char raw[32], id[16];
	struct bench b;

	bench_make(&b, state);
	card_is(&b, 1, PATH2, 0x2204, 0x3892);
	for (unsigned i = 0; i <= RECORD_RAWS_MAX; i++) {
		snprintf(id, sizeof(id), "boot-%u\n", i + 1);
		snprintf(raw, sizeof(raw), "rubbish %u", i);
		boot(&b, id);
		reads_raw(&b, 0, raw);
		if (!i)
			reads_raw(&b, 1, raw);
		outcome_is(&b, 0, ROM_NONE);
	}
	assert_int_equal(raws(&b), RECORD_RAWS_MAX + 1);
	assert_string_equal(result.card[0].raw_gone, "");
	bench_close(&b);
}

/* A stored romfile that has lost its bytes: made good by the same reading, else not shown; but
 * what the card's first ROM was stays known. */
static void a_damaged_romfile(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;

	bench_make(&b, state);
	first_boot(&b, &a, VERDICT_COMPLETE);
	tempdir_put_text(b.root.fd, rom_path(&a), "bit rot");
	reads(&b, 0, &a, VERDICT_COMPLETE);
	outcome_is(&b, 0, ROM_NEW);
	assert_true(shows(&b, PATH, &a));

	tempdir_put_text(b.root.fd, rom_path(&a), "bit rot");
	boot(&b, "boot-3\n");
	outcome_is(&b, 0, ROM_NONE);
	assert_true(shows_nothing(&b, PATH));
	assert_true(records(&b, PATH, &a));

	boot(&b, "boot-4\n");
	reads(&b, 0, &z, VERDICT_USABLE);
	outcome_is(&b, 0, ROM_NEW);
	assert_true(shows(&b, PATH, &z));
	assert_true(records(&b, PATH, &z));
	bench_close(&b);
}

static void twins(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;

	bench_make(&b, state);
	card_is(&b, 1, PATH2, 0x2204, 0x3892);
	reads(&b, 0, &a, VERDICT_COMPLETE);
	reads(&b, 1, &a, VERDICT_COMPLETE);
	outcome_is(&b, 1, ROM_NEW);
	assert_int_equal(result.published, 2);
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "by-id", ""), 1);
	assert_true(shows(&b, PATH, &a));
	assert_true(shows(&b, PATH2, &a));
	bench_close(&b);

	/* Different ROMs: a name each, and the same ones when the bus is numbered anew. */
	bench_make(&b, state);
	strcpy(b.r.store, STORE "/second");
	card_is(&b, 1, PATH2, 0x2204, 0x3892);
	reads(&b, 0, &a, VERDICT_COMPLETE);
	reads(&b, 1, &z, VERDICT_COMPLETE);
	outcome_is(&b, 1, ROM_NEW);
	assert_string_equal(result.card[1].by_id, "10de-2204-1462-3892-2");
	boot(&b, "boot-2\n");
	card_is(&b, 0, PATH2, 0x2204, 0x3892);
	card_is(&b, 1, PATH, 0x2204, 0x3892);
	reads(&b, 0, &z, VERDICT_COMPLETE);
	reads(&b, 1, &a, VERDICT_COMPLETE);
	outcome_is(&b, 0, ROM_SAME);
	assert_string_equal(result.card[0].by_id, "10de-2204-1462-3892-2");
	assert_string_equal(result.card[1].by_id, "10de-2204-1462-3892");
	assert_true(holds(&b, IN_STORE "second/by-id/10de-2204-1462-3892.rom", &a));
	assert_true(holds(&b, IN_STORE "second/by-id/10de-2204-1462-3892-2.rom", &z));
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
