// SPDX-License-Identifier: GPL-2.0-or-later
/* Each verdict, from the recorded and the present cards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/identity.h"

#include <string.h>

#define MAX 6
#define NONE IDENTITY_NONE
#define ROM_A "aaaa"
#define ROM_B "bbbb"
#define ROM_C "cccc"
#define SN1 0x48b02dfffe010203ull
#define SN2 0x48b02dfffe010204ull

/* A card of model 10de:`device`, at bus `bus`. */
#define CARD(p, b, d, s, r)                                                                        \
	{                                                                                          \
		.path = (p), .addr = {0, (b), 0, 0}, .ids = {0x10de, (d), 0x1462, 1},              \
		.serial = (s), .rom = (r)                                                          \
	}

struct scene {
	struct identity_card recorded[MAX], present[MAX];
	struct identity_match match[MAX];
	size_t holder[MAX];
	size_t n_recorded, n;
};

static size_t count(const struct identity_card *c)
{
	size_t n = 0;

	while (n < MAX && c[n].path)
		n++;
	return n;
}

static void play(struct scene *s)
{
	s->n_recorded = count(s->recorded);
	s->n = count(s->present);
	identity_match(s->recorded, s->n_recorded, s->present, s->n, s->match, s->holder);
}

/* Of present card p: this verdict, and it is recorded card `was`. */
static void is(const struct scene *s, size_t p, enum identity verdict, size_t was)
{
	assert_string_equal(identity_word(s->match[p].verdict), identity_word(verdict));
	assert_int_equal(s->match[p].was, was);
	if (was != NONE)
		assert_int_equal(s->holder[was], p);
	assert_int_equal(s->match[p].n_maybe > 0, verdict == IDENTITY_AMBIGUOUS);
}

static void first_boot(void **state)
{
	struct scene s = {
		.present = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, SN1, "")}};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_NEW, NONE);
	is(&s, 1, IDENTITY_NEW, NONE);
	assert_false(s.match[0].displaces);
}

static void same_and_renumbered(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, 0, ROM_A),
			     CARD("c", 3, 0x2204, SN1, ROM_A)},
		.present = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 3, 0x2204, 0, ""),
			    CARD("c", 4, 0x2204, SN1, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
	is(&s, 1, IDENTITY_RENUMBERED, 1);
	is(&s, 2, IDENTITY_RENUMBERED, 2);
}

/* A record of a time when no serial number was read, or a card that lost its extended space. */
static void one_side_without_serial(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, SN2, ROM_A)},
		.present = {CARD("a", 1, 0x2204, SN1, ROM_A), CARD("b", 2, 0x2204, 0, ROM_A)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
	is(&s, 1, IDENTITY_SAME, 1);
}

static void missing(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2206, 0, ROM_B)},
		.present = {CARD("b", 2, 0x2206, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 1);
	assert_int_equal(s.holder[0], NONE);
}

static void moved_by_serial(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, SN1, ROM_A), CARD("b", 2, 0x2204, SN2, ROM_A)},
		.present = {CARD("c", 1, 0x2204, SN1, ""), CARD("b", 2, 0x2204, SN2, ROM_A)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_MOVED, 0);
	is(&s, 1, IDENTITY_SAME, 1);
	assert_false(s.match[0].displaces);
}

static void swapped_with_serials(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, SN1, ROM_A), CARD("b", 2, 0x2204, SN2, ROM_B)},
		.present = {CARD("a", 1, 0x2204, SN2, ROM_B), CARD("b", 2, 0x2204, SN1, ROM_A)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_MOVED, 1);
	is(&s, 1, IDENTITY_MOVED, 0);
	assert_false(s.match[0].displaces || s.match[1].displaces);
}

/* The one moved in, the one before is gone. */
static void takes_anothers_place(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, SN1, ROM_A), CARD("b", 2, 0x2206, 0, ROM_B)},
		.present = {CARD("b", 2, 0x2204, SN1, ROM_A)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_MOVED, 0);
	assert_true(s.match[0].displaces);
	assert_int_equal(s.holder[1], NONE);
}

static void serial_that_is_none(void **state)
{
	struct scene twice = {
		.recorded = {CARD("a", 1, 0x2204, SN1, ROM_A), CARD("b", 2, 0x2204, SN1, ROM_A)},
		.present = {CARD("a", 1, 0x2204, SN1, ROM_A), CARD("c", 2, 0x2204, SN1, ROM_A)},
	};
	struct scene of_another_model = {
		.recorded = {CARD("a", 1, 0x2204, SN1, ROM_A)},
		.present = {CARD("b", 1, 0x2206, SN1, ROM_B)},
	};

	(void)state;
	play(&twice);
	is(&twice, 0, IDENTITY_SAME, 0);
	is(&twice, 1, IDENTITY_MOVED, 1); /* by the ROM: the only one it can be */
	play(&of_another_model);
	is(&of_another_model, 0, IDENTITY_NEW, NONE);
}

static void replaced(void **state)
{
	struct scene model = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A)},
		.present = {CARD("a", 1, 0x2206, 0, ROM_B)},
	};
	struct scene serial = {
		.recorded = {CARD("a", 1, 0x2204, SN1, ROM_A)},
		.present = {CARD("a", 1, 0x2204, SN2, ROM_A)},
	};

	(void)state;
	play(&model);
	is(&model, 0, IDENTITY_REPLACED, NONE);
	assert_true(model.match[0].displaces);
	play(&serial);
	is(&serial, 0, IDENTITY_REPLACED, NONE);
}

/* Another board of the model with another flash, or the same board flashed: nobody can tell. */
static void other_rom_at_its_place(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A)},
		.present = {CARD("a", 1, 0x2204, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
}

static void moved_by_rom(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, 0, ROM_B)},
		.present = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("c", 3, 0x2204, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
	is(&s, 1, IDENTITY_MOVED, 1);
	/* It has another ROM than the one that is gone: new. */
	s.present[1].rom = ROM_C;
	play(&s);
	is(&s, 1, IDENTITY_NEW, NONE);
	/* It may be that one, but its ROM could not be read: none is handed over by guess. */
	s.present[1].rom = "";
	play(&s);
	is(&s, 1, IDENTITY_AMBIGUOUS, NONE);
	assert_int_equal(s.match[1].maybe[0], 1);
	assert_false(s.match[1].all_left);
	/* There is none to hand over. */
	s.recorded[1].rom = "";
	play(&s);
	is(&s, 1, IDENTITY_MOVED, 1);
}

static void two_for_one_place(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A)},
		.present = {CARD("b", 1, 0x2204, 0, ROM_A), CARD("c", 2, 0x2204, 0, ROM_A)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_AMBIGUOUS, NONE);
	is(&s, 1, IDENTITY_AMBIGUOUS, NONE);
	assert_int_equal(s.holder[0], NONE);
}

static void twins_moved(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, 0, ROM_A),
			     CARD("z", 9, 0x1db4, 0, ROM_C)},
		.present = {CARD("c", 1, 0x2204, 0, ROM_A), CARD("d", 2, 0x2204, 0, ROM_A),
			    CARD("z", 9, 0x1db4, 0, ROM_C)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_AMBIGUOUS, NONE);
	is(&s, 1, IDENTITY_AMBIGUOUS, NONE);
	assert_int_equal(s.match[0].n_maybe, 2);
	is(&s, 2, IDENTITY_SAME, 2);
}

static void twins_swapped(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, 0, ROM_B)},
		.present = {CARD("a", 1, 0x2204, 0, ROM_B), CARD("b", 2, 0x2204, 0, ROM_A)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_AMBIGUOUS, 0);
	is(&s, 1, IDENTITY_AMBIGUOUS, 1);
	assert_int_equal(s.match[0].n_maybe, 2);
	assert_int_equal(s.match[0].maybe[0], 1);
	assert_int_equal(s.match[0].maybe[1], 0);
	/* Equal ROMs: whichever it is, nothing would be different. */
	s.recorded[1].rom = s.present[0].rom = s.present[1].rom = ROM_A;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
	is(&s, 1, IDENTITY_SAME, 1);
}

/* The twin's place is empty now: did it move here, or was this one flashed with its ROM? */
static void twin_in_anothers_place(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, 0, ROM_B)},
		.present = {CARD("a", 1, 0x2204, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_AMBIGUOUS, 0);
	assert_int_equal(s.holder[1], NONE);
	/* It has had this ROM before. */
	s.present[0].rom_known = true;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
}

static void flashed_like_its_twin(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2204, 0, ROM_B)},
		.present = {CARD("a", 1, 0x2204, 0, ROM_B), CARD("b", 2, 0x2204, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_SAME, 0);
	is(&s, 1, IDENTITY_SAME, 1);
}

/* A firmware update that changes the names of the places. */
static void all_left_their_places(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2206, 0, ROM_B)},
		.present = {CARD("c", 1, 0x2204, 0, ROM_A), CARD("d", 2, 0x2206, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_AMBIGUOUS, NONE);
	is(&s, 1, IDENTITY_AMBIGUOUS, NONE);
	assert_true(s.match[0].all_left && s.match[1].all_left);
	assert_int_equal(s.match[0].n_maybe, 1);
	assert_int_equal(s.match[0].maybe[0], 0);
	/* One of them was gone before: the other alone moved. */
	s.recorded[1].was_missing = true;
	play(&s);
	is(&s, 0, IDENTITY_MOVED, 0);
	is(&s, 1, IDENTITY_MOVED, 1);
	/* A serial number proves it. */
	s.recorded[1].was_missing = false;
	s.recorded[0].serial = s.present[0].serial = SN1;
	play(&s);
	is(&s, 0, IDENTITY_MOVED, 0);
	is(&s, 1, IDENTITY_MOVED, 1);
}

static void replaced_and_moved(void **state)
{
	struct scene s = {
		.recorded = {CARD("a", 1, 0x2204, 0, ROM_A), CARD("b", 2, 0x2206, 0, ROM_B)},
		.present = {CARD("a", 1, 0x2206, 0, ROM_B), CARD("b", 2, 0x1db4, 0, ROM_C),
			    CARD("z", 3, 0x2204, 0, ROM_A)},
	};

	(void)state;
	/* Every recorded card is elsewhere now, without a serial number: nothing is sure. */
	play(&s);
	is(&s, 0, IDENTITY_AMBIGUOUS, NONE);
	assert_true(s.match[0].displaces);
	is(&s, 1, IDENTITY_REPLACED, NONE);
	is(&s, 2, IDENTITY_AMBIGUOUS, NONE);
	s.recorded[2] = s.present[3] = (struct identity_card)CARD("y", 7, 0x1111, 0, "");
	play(&s);
	is(&s, 0, IDENTITY_MOVED, 1);
	is(&s, 1, IDENTITY_NEW, NONE); /* the one that was here is not gone, it is elsewhere */
	is(&s, 2, IDENTITY_MOVED, 0);
}

static void no_path_no_match(void **state)
{
	struct scene s = {
		.recorded = {CARD("", 1, 0x2204, 0, ROM_A)},
		.present = {CARD("", 1, 0x2204, 0, ROM_B)},
	};

	(void)state;
	play(&s);
	is(&s, 0, IDENTITY_NEW, NONE);
}

static void more_twins_than_can_be_listed(void **state)
{
	enum { MANY = 3 * IDENTITY_MAYBE_MAX };
	static char name[MANY][8];
	struct identity_card recorded[MANY], present = CARD("new", 1, 0x2204, 0, ROM_A);
	struct identity_match m;
	size_t holder[MANY];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		name[i][0] = 'p';
		name[i][1] = (char)('a' + i);
		recorded[i] = (struct identity_card)CARD(name[i], 2, 0x2204, 0, ROM_A);
	}
	identity_match(recorded, MANY, &present, 1, &m, holder);
	assert_int_equal(m.verdict, IDENTITY_AMBIGUOUS);
	assert_int_equal(m.n_maybe, IDENTITY_MAYBE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_boot),
		cmocka_unit_test(same_and_renumbered),
		cmocka_unit_test(one_side_without_serial),
		cmocka_unit_test(missing),
		cmocka_unit_test(moved_by_serial),
		cmocka_unit_test(swapped_with_serials),
		cmocka_unit_test(takes_anothers_place),
		cmocka_unit_test(serial_that_is_none),
		cmocka_unit_test(replaced),
		cmocka_unit_test(other_rom_at_its_place),
		cmocka_unit_test(moved_by_rom),
		cmocka_unit_test(two_for_one_place),
		cmocka_unit_test(twins_moved),
		cmocka_unit_test(twins_swapped),
		cmocka_unit_test(twin_in_anothers_place),
		cmocka_unit_test(flashed_like_its_twin),
		cmocka_unit_test(all_left_their_places),
		cmocka_unit_test(replaced_and_moved),
		cmocka_unit_test(no_path_no_match),
		cmocka_unit_test(more_twins_than_can_be_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
