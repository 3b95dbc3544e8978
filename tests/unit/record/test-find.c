/* Names that the record knows cards by. */
#include "record/find.h"
#include "recordtext.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS "'ids':'10de:2204','subsystem':'1462:3896'"

/* b moved from c to b, and was renumbered twice; a had one of its addresses before. */
static const char cards[] =
	"'a':{" IDS ",'address':'0000:01:00.0','last_seen':'2021','slot':'3',"
	"'serial':'48-b0-2d-ff-fe-01-02-03','addresses':[{'address':'0000:05:00.0','last_seen':"
	"'2019'}]},"
	"'b':{" IDS ",'address':'0000:02:00.0','last_seen':'2022','addresses':["
	"{'address':'0000:05:00.0','last_seen':'2020'},{'address':'0000:01:00.0','last_seen':'2018'}],"
	"'paths':[{'path':'c','last_seen':'2017'}],'maybe':['a','b']},"
	"'d':{" IDS ",'paths':[7],'addresses':[7,{'address':8}]}";

static void a_name_means_the_card_that_had_it_last(void **state)
{
	static const struct {
		const char *name, *except, *path; /* NULL: none */
		enum record_name how;
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
	struct record r = record_of(cards);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct record_named is = {.path = NULL};
		int err = record_named(&r, cases[i].name, cases[i].except, &is);

		assert_int_equal(err, cases[i].path ? 0 : -ENOENT);
		if (!cases[i].path)
			continue;
		assert_string_equal(is.path, cases[i].path);
		assert_int_equal(is.how, cases[i].how);
		assert_string_equal(is.until, cases[i].until);
		assert_int_equal(is.others, cases[i].others);
	}
	record_free(&r);
}

static void who_a_card_may_be(void **state)
{
	struct record r = record_of(cards);

	(void)state;
	assert_true(record_may_be(&r, "b", "a"));
	assert_true(record_may_be(&r, "b", "b"));
	assert_false(record_may_be(&r, "b", "c"));
	assert_false(record_may_be(&r, "a", "a"));
	assert_false(record_may_be(&r, "none", "a"));
	assert_null(record_object(&r, "none"));
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_means_the_card_that_had_it_last),
		cmocka_unit_test(who_a_card_may_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
