// SPDX-License-Identifier: GPL-2.0-or-later
/* Cards that come, move and go from boot to boot: what commit writes into the record, links and
 * texts. */
#include "store/record-file.h"
#include "storebench.h"
#include "tempdir.h"
#include "util/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define SN1 0x48b02dfffe010203ull
#define SN2 0x48b02dfffe010204ull
#define NEW_PATH "pci0000-uid0-07.0-00.0"
#define NEW_PATH2 "pci0000-uid0-08.0-00.0"

/* An empty bus, so that a card that the report does not have is missing. */
static void with_bus(struct bench *b, void **state)
{
	bench_make(b, state);
	tempdir_put_text(b->root.fd, "sys/bus/pci/devices/.keep", "");
	assert_int_equal(unlinkat(b->root.fd, "sys/bus/pci/devices/.keep", 0), 0);
}

static void at_bus(struct bench *b, size_t i, uint8_t bus)
{
	b->card[i].card.addr.bus = b->card[i].card.fn[0].addr.bus = bus;
}

static void assert_identity(size_t i, enum identity want)
{
	assert_string_equal(identity_word(result.card[i].identity), identity_word(want));
}

static void assert_text(size_t i, const char *part)
{
	if (!strstr(result.card[i].identity_text, part))
		fail_msg("\"%s\" not in: %s", part, result.card[i].identity_text);
}

static void commit_to_store(const struct bench *b)
{
	assert_int_equal(bench_commit(b), 0);
	assert_false(result.is_volatile);
}

static const char *text_in(const cJSON *o, const char *list, int i, const char *key)
{
	const cJSON *at = cJSON_GetArrayItem(cJSON_GetObjectItem(o, list), i);
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(at, key));

	return text ? text : "(none)";
}

static void assert_record_identity(const struct bench *b, const char *path, const char *word)
{
	cJSON *card = record_read(b, path);
	const char *is = cJSON_GetStringValue(cJSON_GetObjectItem(card, "identity"));

	assert_string_equal(is ? is : "(none)", word);
	cJSON_Delete(card);
}

static bool is_recorded(const struct bench *b, const char *path)
{
	cJSON *card = record_read(b, path);

	cJSON_Delete(card);
	return card != NULL;
}

static void renumbered(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	cJSON *card;

	with_bus(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	assert_identity(0, IDENTITY_NEW);
	at_bus(&b, 0, 9);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_RENUMBERED);
	assert_text(0, "it was 0000:01:00 until 2");
	assert_true(path_shows(&b, PATH, &a));
	assert_record_identity(&b, PATH, "renumbered");
	/* Another commit in the same boot says the same. */
	commit_to_store(&b);
	assert_identity(0, IDENTITY_RENUMBERED);
	assert_text(0, "it was 0000:01:00 until 2");
	card = record_read(&b, PATH);
	assert_string_equal(text_in(card, "addresses", 0, "address"), "0000:01:00.0");
	assert_string_equal(text_in(card, "addresses", 0, "last_boot"), "boot-1");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "addresses")), 1);
	cJSON_Delete(card);
	bench_boot(&b, "boot-3\n");
	commit_to_store(&b);
	assert_identity(0, IDENTITY_SAME);
	bench_boot(&b, "boot-4\n");
	at_bus(&b, 0, 1);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_RENUMBERED);
	card = record_read(&b, PATH);
	assert_string_equal(text_in(card, "addresses", 0, "address"), "0000:09:00.0");
	cJSON_Delete(card);
	bench_close(&b);
}

/* Its ROM moves with it, although it could not be read this time: the serial number is proof. */
static void moved_with_serial(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	cJSON *card;

	with_bus(&b, state);
	b.card[0].card.serial = SN1;
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_set_card(&b, 0, NEW_PATH, 0x2204, 0x3892);
	b.card[0].card.serial = SN1;
	commit_to_store(&b);
	assert_identity(0, IDENTITY_MOVED);
	assert_text(0, "it was at " PATH " until 2");
	assert_text(0, "its serial number says so");
	assert_int_equal(result.card[0].outcome, ROM_KEPT);
	assert_true(path_shows(&b, NEW_PATH, &a));
	assert_true(path_shows(&b, PATH, &a)); /* no other card is there */
	assert_false(is_recorded(&b, PATH));
	assert_true(record_has(&b, NEW_PATH, &a));
	card = record_read(&b, NEW_PATH);
	assert_string_equal(text_in(card, "paths", 0, "path"), PATH);
	cJSON_Delete(card);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_MOVED);
	bench_close(&b);
}

/* A card is recognised by the ROM in its flash, not by the one that a person has its links show. */
static void moved_with_a_persons_rom(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct record_import import = {.file = "z.rom"};
	const struct rom_wish wish = {.replace = true, .import = &import};
	struct bench b;

	with_bus(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_stage(&b, 0, &z, VERDICT_COMPLETE);
	assert_int_equal(commit_import(&b.root, STORE, &b.card[0], &wish, &result), 0);
	assert_true(path_shows(&b, PATH, &z));
	bench_boot(&b, "boot-3\n");
	bench_set_card(&b, 0, NEW_PATH, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_MOVED);
	assert_true(path_shows(&b, NEW_PATH, &z) && record_has(&b, NEW_PATH, &z));
	/* One whose flash has the person's ROM is another card. */
	bench_boot(&b, "boot-4\n");
	bench_set_card(&b, 0, NEW_PATH2, 0x2204, 0x3892);
	bench_stage(&b, 0, &z, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_NEW);
	bench_close(&b);
}

/* The next card at a path does not get the link of the one that left, even if the model is the
 * same. */
static void the_place_left_is_taken(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;

	with_bus(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_set_card(&b, 0, NEW_PATH, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_MOVED);
	assert_text(0, "the only card that it can be");

	bench_boot(&b, "boot-3\n");
	bench_set_card(&b, 1, PATH, 0x2204, 0x3892);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_SAME);
	assert_identity(1, IDENTITY_NEW);
	assert_int_equal(result.card[1].outcome, ROM_NONE);
	assert_true(path_shows_nothing(&b, PATH));
	assert_true(path_shows(&b, NEW_PATH, &a));
	bench_boot(&b, "boot-4\n");
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_int_equal(result.card[1].outcome, ROM_NEW);
	assert_true(path_shows(&b, PATH, &z));
	bench_close(&b);
}

static void link_shows(const struct bench *b, const char *path, const struct image *rom)
{
	char sha256[SHA256_HEX];
	struct romstore s;

	digest_sha256(bytes_of(rom), sha256);
	assert_int_equal(romstore_open(&b->root, STORE, false, &s), 0);
	assert_int_equal(romstore_link(&s, STORE_BY_PATH, path, sha256), 0);
	romstore_close(&s);
}

/* Card 0, with ROM a, moves from PATH to NEW_PATH, and another card is at PATH. */
static void move_and_replace(struct bench *b, const struct image *a, const struct image *y,
			     bool serials)
{
	b->card[0].card.serial = serials ? SN1 : 0;
	bench_first_boot(b, a, VERDICT_COMPLETE);
	bench_set_card(b, 0, NEW_PATH, 0x2204, 0x3892);
	b->card[0].card.serial = serials ? SN1 : 0;
	bench_stage(b, 0, a, VERDICT_COMPLETE);
	commit_to_store(b);
	assert_identity(0, IDENTITY_MOVED);
	assert_true(path_shows(b, PATH, a));
	bench_boot(b, "boot-3\n");
	bench_set_card(b, 0, NEW_PATH, serials ? 0x2204 : 0x2206, 0x3892);
	b->card[0].card.serial = serials ? SN2 : 0;
	bench_stage(b, 0, y, VERDICT_COMPLETE);
	commit_to_store(b);
	assert_identity(0, IDENTITY_REPLACED);
}

/* The link at a path that a card left is removed when the card is gone, and the next card there
 * gets its own. */
static void the_link_of_a_card_that_is_gone(void **state, bool serials)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 3);
	struct image y = image_of(serials ? 0x2204 : 0x2206, 2);
	struct bench b;

	with_bus(&b, state);
	move_and_replace(&b, &a, &y, serials);
	assert_true(path_shows_nothing(&b, PATH) && store_has(&b, &a));
	assert_int_equal(result.n_dropped, 1);
	assert_string_equal(result.dropped[0], PATH);
	bench_boot(&b, "boot-4\n");
	bench_set_card(&b, 1, PATH, 0x2204, 0x3892);
	b.card[1].card.serial = serials ? SN2 + 1 : 0;
	commit_to_store(&b);
	assert_int_equal(result.card[1].outcome, ROM_NONE);
	bench_boot(&b, "boot-5\n");
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_int_equal(result.card[1].outcome, ROM_NEW);
	assert_true(path_shows(&b, PATH, &z) && path_shows(&b, NEW_PATH, &y));
	assert_int_equal(result.n_dropped, 0);
	bench_close(&b);
}

static void gone_by_its_serial_number(void **state)
{
	the_link_of_a_card_that_is_gone(state, true);
}

static void gone_by_its_model(void **state)
{
	the_link_of_a_card_that_is_gone(state, false);
}

/* An older gpurom left a link: it is only for the card that has that ROM in the record, which its
 * serial number proves. */
static void a_leftover_of_an_older_store(void **state)
{
	static const struct {
		uint64_t serial;
		bool read, itself;
	} cases[] = {{SN1, false, true},
		     {SN2 + 1, false, false},
		     {0, false, false},
		     {SN2 + 1, true, false}};
	struct image a = image_of(0x2204, 1), y = image_of(0x2204, 2), z = image_of(0x2204, 3);
	struct bench b;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		with_bus(&b, state);
		if (i)
			assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
		if (i && !path_shows_nothing(&b, PATH))
			assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-path/" PATH ".rom", 0),
					 0);
		move_and_replace(&b, &a, &y, true);
		link_shows(&b, PATH, &a);
		bench_boot(&b, "boot-4\n");
		bench_set_card(&b, 1, PATH, 0x2204, 0x3892);
		b.card[1].card.serial = cases[i].serial;
		if (cases[i].read)
			bench_stage(&b, 1, &z, VERDICT_COMPLETE);
		commit_to_store(&b);
		assert_identity(1, IDENTITY_NEW);
		assert_int_equal(result.card[1].outcome, cases[i].itself ? ROM_KEPT
							 : cases[i].read ? ROM_NEW
									 : ROM_NONE);
		assert_int_equal(path_shows(&b, PATH, &a), cases[i].itself);
		if (cases[i].itself)
			assert_true(record_has(&b, PATH, &a));
		bench_close(&b);
	}
}

/* A writer that died may have changed the link of a card that is not present now. */
static void the_link_of_a_card_that_is_not_here(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.r.n = 1;
	link_shows(&b, PATH2, &a);
	link_shows(&b, NEW_PATH, &a);
	commit_to_store(&b);
	assert_true(path_shows(&b, PATH2, &z) && path_shows_nothing(&b, NEW_PATH));
	/* A link that a corrupt record, put aside, may explain stays. */
	tempdir_put_text(b.root.fd, IN_STORE RECORD_FILE ".corrupt-1", "{");
	link_shows(&b, NEW_PATH, &a);
	commit_to_store(&b);
	assert_true(path_shows(&b, NEW_PATH, &a));
	bench_close(&b);
}

static void swapped_with_serials(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2204, 0x3892);
	b.card[0].card.serial = SN1;
	b.card[1].card.serial = SN2;
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.card[0].card.serial = SN2;
	b.card[1].card.serial = SN1;
	commit_to_store(&b);
	assert_identity(0, IDENTITY_MOVED);
	assert_identity(1, IDENTITY_MOVED);
	assert_true(path_shows(&b, PATH, &z) && record_has(&b, PATH, &z));
	assert_true(path_shows(&b, PATH2, &a) && record_has(&b, PATH2, &a));
	bench_close(&b);
}

/* Twins of one model: each has the other's ROM now. */
static void swapped_without(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;
	cJSON *card;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2204, 0x3892);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_stage(&b, 0, &z, VERDICT_COMPLETE);
	bench_stage(&b, 1, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_AMBIGUOUS);
	assert_identity(1, IDENTITY_AMBIGUOUS);
	assert_text(0, "gpurom remap " PATH2 " " PATH "'");
	assert_text(0, "gpurom remap " PATH " " PATH "'");
	assert_true(path_shows(&b, PATH, &a) && path_shows(&b, PATH2, &z));
	card = record_read(&b, PATH);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "maybe")), 2);
	assert_string_equal(text_in(card, "other_roms", 0, "source"), "sysfs");
	cJSON_Delete(card);
	/* It stays ambiguous, in this boot and the next. */
	commit_to_store(&b);
	assert_identity(0, IDENTITY_AMBIGUOUS);
	bench_boot(&b, "boot-3\n");
	commit_to_store(&b);
	assert_identity(0, IDENTITY_AMBIGUOUS);
	/* They are swapped back. */
	bench_boot(&b, "boot-4\n");
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_SAME);
	assert_identity(1, IDENTITY_SAME);
	card = record_read(&b, PATH);
	assert_null(cJSON_GetObjectItem(card, "maybe"));
	cJSON_Delete(card);
	assert_true(path_shows(&b, PATH, &a) && path_shows(&b, PATH2, &z));
	bench_close(&b);
}

static void every_path_is_new(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_set_card(&b, 0, NEW_PATH, 0x2204, 0x3892);
	bench_set_card(&b, 1, NEW_PATH2, 0x2206, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_AMBIGUOUS);
	assert_identity(1, IDENTITY_AMBIGUOUS);
	assert_text(0, "every card has a new path");
	assert_text(0, "may be the card of " PATH ": 'gpurom remap " PATH " " NEW_PATH "'");
	/* No link is changed, and no card gets a ROM that was not read from it. */
	assert_true(path_shows(&b, PATH, &a) && path_shows(&b, PATH2, &z));
	assert_true(path_shows(&b, NEW_PATH, &a));
	assert_true(path_shows_nothing(&b, NEW_PATH2));
	assert_int_equal(result.n_missing, 2);
	assert_record_identity(&b, PATH, "missing");
	bench_boot(&b, "boot-3\n");
	commit_to_store(&b);
	assert_identity(0, IDENTITY_AMBIGUOUS);
	/* The old firmware again: the cards are where they were. */
	bench_boot(&b, "boot-4\n");
	bench_set_card(&b, 0, PATH, 0x2204, 0x3892);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_SAME);
	assert_identity(1, IDENTITY_SAME);
	bench_close(&b);
}

static void replaced_by_its_like(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2204, 2);
	struct bench b;
	cJSON *card;

	with_bus(&b, state);
	b.card[0].card.serial = SN1;
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.card[0].card.serial = SN2;
	bench_stage(&b, 0, &z, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_REPLACED);
	assert_text(0, "10de:2204, until 2");
	assert_true(result.card[0].replaced);
	assert_true(path_shows(&b, PATH, &z) && record_has(&b, PATH, &z) && store_has(&b, &a));
	card = record_read(&b, PATH);
	assert_string_equal(text_in(card, "previous", 0, "serial"), "48-b0-2d-ff-fe-01-02-03");
	cJSON_Delete(card);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_REPLACED);
	assert_false(result.card[0].replaced);
	bench_close(&b);
}

/* A card whose ROM cannot be read does not get the ROM of another of its model. */
static void replaced_by_its_like_without_rom(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	with_bus(&b, state);
	b.card[0].card.serial = SN1;
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.card[0].card.serial = SN2;
	commit_to_store(&b);
	assert_identity(0, IDENTITY_REPLACED);
	assert_int_equal(result.card[0].outcome, ROM_NONE);
	assert_true(path_shows_nothing(&b, PATH));
	bench_close(&b);
}

/* A card in D3cold, whose serial number cannot be read, and later can. */
static void a_serial_number_that_cannot_be_read(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;
	cJSON *card;

	with_bus(&b, state);
	b.card[0].card.serial = SN1;
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.card[0].card.serial = 0;
	commit_to_store(&b);
	assert_identity(0, IDENTITY_SAME);
	card = record_read(&b, PATH);
	assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(card, "serial")),
			    "48-b0-2d-ff-fe-01-02-03");
	cJSON_Delete(card);
	bench_close(&b);
}

static void missing_and_back(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2);
	struct bench b;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.r.n = 1;
	commit_to_store(&b);
	assert_int_equal(result.n_missing, 1);
	assert_string_equal(result.missing[0].path, PATH2);
	assert_int_equal(result.missing[0].ids.device, 0x2206);
	assert_int_equal(result.missing[0].addr.bus, 2);
	assert_int_equal(result.missing[0].last_seen[0], '2');
	assert_record_identity(&b, PATH2, "missing");
	assert_true(path_shows(&b, PATH2, &z) && record_has(&b, PATH2, &z));
	bench_boot(&b, "boot-3\n");
	b.r.n = 2;
	commit_to_store(&b);
	assert_identity(1, IDENTITY_SAME);
	assert_int_equal(result.n_missing, 0);
	assert_record_identity(&b, PATH2, "same");
	bench_close(&b);
}

/* The host keeps it now: it is present, and its record stays as it was. */
static void left_to_the_host(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	b.card[0].state = CARD_LEFT;
	commit_to_store(&b);
	assert_int_equal(result.n_missing, 0);
	assert_record_identity(&b, PATH, "new");
	assert_true(path_shows(&b, PATH, &a));
	bench_close(&b);
}

/* While a bus cannot be read no card is called missing. */
static void buses_that_cannot_be_read(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_set_card(&b, 0, NEW_PATH, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_AMBIGUOUS);
	assert_int_equal(result.n_missing, 0);
	assert_true(is_recorded(&b, PATH));
	bench_close(&b);
}

/* The record is lost: every ROM gets a card again, and twins share what fits both. */
static void a_record_is_rebuilt(void **state)
{
	struct image a = image_of(0x2204, 1), a2 = image_of(0x2204, 2), z = image_of(0x2206, 3);
	char sha256[SHA256_HEX];
	struct bench b;
	cJSON *card;

	with_bus(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	bench_stage(&b, 0, &a2, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_int_equal(result.card[0].outcome, ROM_CHANGED);
	bench_boot(&b, "boot-3\n");
	tempdir_put_text(b.root.fd, IN_STORE RECORD_FILE, "{\"version\":2,");
	commit_to_store(&b);
	assert_string_equal(result.set_aside, RECORD_FILE ".corrupt-1");
	assert_true(path_shows(&b, PATH, &a) && record_has(&b, PATH, &a));
	assert_true(path_shows(&b, PATH2, &z) && record_has(&b, PATH2, &z));
	card = record_read(&b, PATH);
	digest_sha256(bytes_of(&a2), sha256);
	assert_string_equal(text_in(card, "other_roms", 0, "sha256"), sha256);
	assert_string_equal(text_in(card, "other_roms", 0, "source"), "store");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "other_roms")), 1);
	cJSON_Delete(card);
	card = record_read(&b, PATH2);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(card, "other_roms")), 0);
	cJSON_Delete(card);
	bench_close(&b);
}

static void an_older_record(void **state)
{
	static const char v1[] =
		"{\"version\":1,\"cards\":{\"" PATH "\":{\"address\":\"0000:07:00.0\",\"ids\":"
		"\"10de:2204\",\"subsystem\":\"1462:3892\",\"rom\":null,\"last_seen\":\"2026-01-"
		"31T12:59:59Z\",\"last_boot\":\"boot-0\"}}}";
	struct image a = image_of(0x2204, 1);
	struct bench b;

	with_bus(&b, state);
	tempdir_put_text(b.root.fd, IN_STORE RECORD_FILE, v1);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	commit_to_store(&b);
	assert_identity(0, IDENTITY_RENUMBERED);
	assert_text(0, "it was 0000:07:00 until 2026-01-31T12:59:59Z");
	assert_true(record_has(&b, PATH, &a));
	assert_true(tempdir_is(b.root.fd, IN_STORE RECORD_OLDER_FILE, v1));
	bench_close(&b);
}

/* The store has the card, although it cannot be written: its identity is reported all the same. */
static void a_store_that_can_only_be_read(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	with_bus(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE "raw", AT_REMOVEDIR), 0);
	tempdir_put_text(b.root.fd, IN_STORE "raw", "in the way");
	at_bus(&b, 0, 9);
	assert_int_equal(bench_commit(&b), 0);
	assert_true(result.is_volatile);
	assert_identity(0, IDENTITY_RENUMBERED);
	assert_int_equal(result.card[0].outcome, ROM_KEPT);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(renumbered),
		WITH_DIR(moved_with_serial),
		WITH_DIR(moved_with_a_persons_rom),
		WITH_DIR(the_place_left_is_taken),
		WITH_DIR(gone_by_its_serial_number),
		WITH_DIR(gone_by_its_model),
		WITH_DIR(a_leftover_of_an_older_store),
		WITH_DIR(the_link_of_a_card_that_is_not_here),
		WITH_DIR(swapped_with_serials),
		WITH_DIR(swapped_without),
		WITH_DIR(every_path_is_new),
		WITH_DIR(replaced_by_its_like),
		WITH_DIR(replaced_by_its_like_without_rom),
		WITH_DIR(a_serial_number_that_cannot_be_read),
		WITH_DIR(missing_and_back),
		WITH_DIR(left_to_the_host),
		WITH_DIR(buses_that_cannot_be_read),
		WITH_DIR(a_record_is_rebuilt),
		WITH_DIR(an_older_record),
		WITH_DIR(a_store_that_can_only_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
