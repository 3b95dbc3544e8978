// SPDX-License-Identifier: GPL-2.0-or-later
/* Which of a card's ROMs is pinned. */
#include "record/pin.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define A "aaaaaaaaaaaa"
#define B "bbbbbbbbbbbb"
#define MIXED "aaaaaaabaaaa"

/* A is shown, and B was read last. */
struct card {
	struct record_rom a, b, mixed;
	struct record_card card;
};

static void make(struct card *c)
{
	*c = (struct card){.a = {.sha256 = A,
				 .first_seen = "2020",
				 .pinned = {.there = true, .when = "2020", .by = "first"}},
			   .b = {.sha256 = B, .first_seen = "2021", .next = &c->mixed},
			   .mixed = {.sha256 = MIXED, .first_seen = "2023"},
			   .card = {.rom = &c->a, .others = &c->b}};
}

static void a_rom_by_its_first_digits(void **state)
{
	static const struct {
		const char *head, *sha256;
		int err;
	} cases[] = {
		{"bbbbbb", B, 0},	   {A, A, 0},
		{"aaaaaaab", MIXED, 0},	   {"aaaaaa", NULL, -ENOTUNIQ},
		{"cccccc", NULL, -ENOENT},
	};
	struct record_card none = {.path = "y"};
	struct record_rom *rom;
	struct card c;

	(void)state;
	make(&c);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(record_choose(&c.card, cases[i].head, &rom), cases[i].err);
		if (!cases[i].err)
			assert_string_equal(rom->sha256, cases[i].sha256);
	}
	assert_int_equal(record_choose(&none, "bbbbbb", &rom), -ENOENT);
}

static void the_pinned_one_and_the_others_change_places(void **state)
{
	struct card c;

	(void)state;
	make(&c);
	record_pin(&c.card, &c.b, "name", "2022");
	assert_ptr_equal(c.card.rom, &c.b);
	assert_string_equal(c.b.pinned.when, "2022");
	assert_string_equal(c.b.pinned.by, "person");
	assert_true(c.b.pinned.there && !c.b.next);
	assert_ptr_equal(c.card.others, &c.mixed);
	assert_ptr_equal(c.mixed.next, &c.a);
	assert_true(!c.a.pinned.there && !c.a.next);
	assert_string_equal(c.card.by_id, "name");
	record_pin(&c.card, &c.b, "", "2023");
	assert_ptr_equal(c.card.rom, &c.b);
	assert_string_equal(c.b.pinned.when, "2023");
	assert_string_equal(c.card.by_id, "name");
}

static void a_persons_word_settles_what_was_known(void **state)
{
	struct card c;

	(void)state;
	make(&c);
	assert_false(record_settled(&c.card, B));
	record_pin(&c.card, &c.a, "", "2022");
	assert_true(record_settled(&c.card, B));
	assert_false(record_settled(&c.card, MIXED)); /* of 2023 */
	assert_false(record_settled(&c.card, "dddddddddddd"));
	assert_false(record_settled(NULL, B));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rom_by_its_first_digits),
		cmocka_unit_test(the_pinned_one_and_the_others_change_places),
		cmocka_unit_test(a_persons_word_settles_what_was_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
