/* Which of a card's ROMs is pinned. */
#include "record/pin.h"
#include "recordtext.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS "'ids':'10de:2204','subsystem':'1462:3896'"
#define MIXED "aaaaaaab" SHA_16("a") SHA_16("a") SHA_16("a") "aaaaaaaa"

static const char cards[] = "'x':{" IDS ",'rom':{'sha256':'" SHA(
	"a") "','first_seen':'2020','pinned':{'when':'2020',"
	     "'by':'first'}},'other_roms':[{'sha256':'" SHA(
		     "b") "','first_seen':'2021'},"
			  "{'sha256':'" MIXED
			  "','imported':{'file':'f','mismatch':['device']},'first_seen':'2023'}],"
			  "'reading':{'sha256':'" SHA("b") "'},'previous':[{" IDS
							   ",'rom':{'sha256':'" SHA(
								   "c") "'}}]},"
									"'y':{" IDS ",'rom':null}";

static void a_rom_by_its_first_digits(void **state)
{
	static const struct {
		const char *path, *head;
		int err;
		const char *sha256;
		bool shown, misfit;
	} cases[] = {
		{"x", "bbbbbb", 0, SHA("b"), false, false},
		{"x", SHA("a"), 0, SHA("a"), true, false},
		{"x", "aaaaaaab", 0, MIXED, false, true},
		{"x", "aaaaaa", -ENOTUNIQ, NULL, false, false},
		{"x", "cccccc", -ENOENT, NULL, false, false},
		{"y", "bbbbbb", -ENOENT, NULL, false, false},
		{"z", "bbbbbb", -ENOENT, NULL, false, false},
	};
	struct record r = record_of(cards);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct record_choice c;

		assert_int_equal(record_choose(&r, cases[i].path, cases[i].head, &c), cases[i].err);
		if (cases[i].err)
			continue;
		assert_string_equal(c.rom.sha256, cases[i].sha256);
		assert_int_equal(c.shown, cases[i].shown);
		assert_int_equal(c.misfit, cases[i].misfit);
		assert_false(c.by_person);
	}
	assert_string_equal(record_last_read(&r, "x"), SHA("b"));
	assert_string_equal(record_last_read(&r, "y"), "");
	record_free(&r);
}

static void the_pinned_one_and_the_others_change_places(void **state)
{
	struct record r = record_of(cards);
	struct record_choice c;
	char *is;

	(void)state;
	assert_int_equal(record_pin(&r, "x", SHA("c"), "", "2022"), -ENOENT);
	assert_int_equal(record_pin(&r, "z", SHA("a"), "", "2022"), -ENOENT);
	assert_int_equal(record_pin(&r, "x", SHA("b"), "name", "2022"), 0);
	is = record_shown(&r, "x", "rom");
	assert_string_equal(is, "{'sha256':'" SHA("b") "','first_seen':'2021','pinned':{'when':"
						       "'2022','by':'person'}}");
	free(is);
	is = record_shown(&r, "x", "other_roms");
	assert_non_null(strstr(is, "{'sha256':'" SHA("a") "','first_seen':'2020'}]"));
	free(is);
	is = record_shown(&r, "x", "by_id");
	assert_string_equal(is, "'name'");
	free(is);
	assert_int_equal(record_choose(&r, "x", "bbbbbb", &c), 0);
	assert_true(c.shown && c.by_person);
	record_free(&r);
}

static void a_persons_word_settles_what_was_known(void **state)
{
	struct record r = record_of(cards);

	(void)state;
	assert_false(record_settled(&r, "x", SHA("b")));
	assert_int_equal(record_pin(&r, "x", SHA("a"), "", "2022"), 0);
	assert_true(record_settled(&r, "x", SHA("b")));
	assert_false(record_settled(&r, "x", MIXED)); /* of 2023 */
	assert_false(record_settled(&r, "x", SHA("d")));
	assert_false(record_settled(&r, "y", SHA("b")));
	record_free(&r);
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
