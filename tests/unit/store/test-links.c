/* Which links of places the record explains. */
#include "recordtext.h"
#include "store/links.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS "'ids':'10de:2204','subsystem':'1462:3896'"

/* b came from a; c is where it always was. */
static const char cards[] = "'b':{" IDS ",'paths':[{'path':'a'}],'rom':{'sha256':'" SHA(
	"1") "'},'other_roms':[{'sha256':'" SHA("2") "'}]},"
						     "'c':{" IDS
						     ",'rom':{'sha256':'" SHA("3") "'}}";

static void a_place_is_of_who_is_there_or_left_it(void **state)
{
	static const struct {
		const char *path, *sha256;
		bool explained;
	} cases[] = {
		{"b", SHA("1"), true},	{"b", SHA("2"), false}, {"c", SHA("3"), true},
		{"a", SHA("1"), true},	{"a", SHA("2"), true},	{"a", SHA("3"), false},
		{"d", SHA("1"), false},
	};
	struct record r = record_of(cards);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(recordlinks_explained(&r, cases[i].path, cases[i].sha256),
				 cases[i].explained);
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_of_who_is_there_or_left_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
