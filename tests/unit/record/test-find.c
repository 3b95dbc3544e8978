// SPDX-License-Identifier: GPL-2.0-or-later
/* Names that the record knows cards by, and the cards of the past. */
#include "record/find.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS                                                                                        \
	{                                                                                          \
		0x10de, 0x2204, 0x1462, 0x3896                                                     \
	}

/* b moved from c to b, and was renumbered twice; a had one of its addresses before. */
static struct record_card d = {
	.path = "d",
	.ids = IDS,
	.paths = &(struct record_name){.name = ""},
	.addresses = &(struct record_name){.next = &(struct record_name){.name = "8"}},
};
static struct record_card b = {
	.next = &d,
	.path = "b",
	.ids = IDS,
	.address = "0000:02:00.0",
	.seen.last_seen = "2022",
	.addresses = &(struct record_name){.name = "0000:05:00.0",
					   .last_seen = "2020",
					   .next = &(struct record_name){.name = "0000:01:00.0",
									 .last_seen = "2018"}},
	.paths = &(struct record_name){.name = "c", .last_seen = "2017"},
	.maybe = {"a", "b"},
};
static struct record_card a = {
	.next = &b,
	.path = "a",
	.ids = IDS,
	.address = "0000:01:00.0",
	.seen = {.last_seen = "2021", .slot = "3", .serial = 0x48b02dfffe010203},
	.addresses = &(struct record_name){.name = "0000:05:00.0", .last_seen = "2019"},
};
static const struct record record = {.cards = &a};

static void a_name_means_the_card_that_had_it_last(void **state)
{
	static const struct {
		const char *name, *except, *path; /* NULL: none */
		enum record_name_kind how;
		const char *until;
		size_t others;
	} cases[] = {
		{"a", NULL, "a", RECORD_NAME_PATH, "2021", 0},
		{"path:a", NULL, "a", RECORD_NAME_PATH, "2021", 0},
		{"a", "a", NULL, RECORD_NAME_PATH, "", 0},
		{"c", NULL, "b", RECORD_NAME_OLD_PATH, "2017", 0},
		{"path:c", NULL, "b", RECORD_NAME_OLD_PATH, "2017", 0},
		{"c", "b", NULL, RECORD_NAME_PATH, "", 0},
		{"02:00.0", NULL, "b", RECORD_NAME_LAST, "2022", 0},
		{"0000:02:00", NULL, "b", RECORD_NAME_LAST, "2022", 0},
		{"02:00.1", NULL, "b", RECORD_NAME_LAST, "2022", 0},
		{"0001:02:00.0", NULL, NULL, RECORD_NAME_PATH, "", 0},
		{"05:00.0", NULL, "b", RECORD_NAME_OLD_ADDRESS, "2020", 1},
		{"05:00.0", "b", "a", RECORD_NAME_OLD_ADDRESS, "2019", 0},
		{"01:00.0", NULL, "a", RECORD_NAME_LAST, "2021", 1},
		{"slot:3", NULL, "a", RECORD_NAME_LAST, "2021", 0},
		{"slot:", NULL, NULL, RECORD_NAME_PATH, "", 0},
		{"slot:4", NULL, NULL, RECORD_NAME_PATH, "", 0},
		{"serial:48-B0-2D-FF-FE-01-02-03", NULL, "a", RECORD_NAME_LAST, "2021", 0},
		{"48-b0-2d-ff-fe-01-02-03", NULL, "a", RECORD_NAME_LAST, "2021", 0},
		{"48-b0-2d-ff-fe-01-02-04", NULL, NULL, RECORD_NAME_PATH, "", 0},
		{"", NULL, NULL, RECORD_NAME_PATH, "", 0},
		{"d", NULL, "d", RECORD_NAME_PATH, "", 0},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct record_card *except =
			cases[i].except ? record_find(&record, cases[i].except) : NULL;
		struct record_named is = {.card = NULL};
		int err = record_named(&record, cases[i].name, except, &is);

		assert_int_equal(err, cases[i].path ? 0 : -ENOENT);
		if (!cases[i].path)
			continue;
		assert_string_equal(is.card->path, cases[i].path);
		assert_int_equal(is.how, cases[i].how);
		assert_string_equal(is.until, cases[i].until);
		assert_int_equal(is.others, cases[i].others);
	}
}

static void who_a_card_may_be(void **state)
{
	(void)state;
	assert_true(record_may_be(&b, "a"));
	assert_true(record_may_be(&b, "b"));
	assert_false(record_may_be(&b, "c"));
	assert_false(record_may_be(&a, "a"));
	assert_null(record_find(&record, "none"));
}

/* b2's card came from c and d; of the two cards that were at a2 before, one has no id. */
#define OTHER                                                                                      \
	{                                                                                          \
		0x10de, 0x2206, 0x1462, 0x3897                                                     \
	}
static struct record_card b2 = {
	.path = "b",
	.id = "bbbbbbbbbbbb",
	.ids = IDS,
	.paths = &(struct record_name){.name = "c", .next = &(struct record_name){.name = "d"}},
};
static struct record_card before[] = {
	{.next = &before[1], .id = "cccccccccccc", .ids = OTHER, .seen.last_seen = "2021"},
	{.next = &before[2], .id = "bbbbbbbbbbbb", .ids = IDS},
	{.ids = OTHER, .seen.serial = 7, .rom = &(struct record_rom){.sha256 = "aa"}},
};
static struct record_card a2 = {
	.next = &b2,
	.path = "a",
	.id = "aaaaaaaaaaaa",
	.ids = IDS,
	.seen.last_seen = "2022",
	.others = &(struct record_rom){.sha256 = "bb"},
	.previous = before,
};
static const struct record past = {.cards = &a2};

static void by_id(void **state)
{
	static const struct {
		const char *id;
		const struct record_card *is, *there;
	} t[] = {
		{"aaaaaaaaaaaa", &a2, NULL},
		/* One that is recorded now comes before one of the past. */
		{"bbbbbbbbbbbb", &b2, NULL},
		{"cccccccccccc", &before[0], &a2},
		{"dddddddddddd", NULL, NULL},
		{"aaaaaaaaaaa", NULL, NULL},
		{"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct record_card *there;

		assert_ptr_equal(record_by_id(&past, t[i].id, &there), t[i].is);
		assert_ptr_equal(there, t[i].there);
	}
}

static void the_past(void **state)
{
	const struct pci_ids is = IDS, other = OTHER;

	(void)state;
	assert_true(record_was_at(&b2, "d"));
	assert_false(record_was_at(&b2, "b"));
	assert_false(record_was_at(&a2, "c"));
	assert_false(record_was_at(NULL, "c"));
	assert_ptr_equal(record_rom_of(&past, &a2, &is, 0, "bb"), a2.others);
	assert_null(record_rom_of(&past, &b2, &is, 0, "bb"));
	/* A previous card's ROM, by its serial number alone. */
	assert_ptr_equal(record_rom_of(&past, NULL, &other, 7, "aa"), before[2].rom);
	assert_null(record_rom_of(&past, NULL, &other, 8, "aa"));
	assert_null(record_rom_of(&past, NULL, &other, 0, "aa"));
	assert_null(record_rom_of(&past, NULL, &is, 7, "aa"));
	assert_null(record_rom_of(&past, NULL, &other, 7, "bb"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_means_the_card_that_had_it_last),
		cmocka_unit_test(who_a_card_may_be),
		cmocka_unit_test(by_id),
		cmocka_unit_test(the_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
