/* Cards of the record by their id, and those of the past. */
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
#define OTHER "'ids':'10de:2206','subsystem':'1462:3897'"

/* b's card came from c and d; of the two that stood at a before one has no id. */
static const char cards[] =
	"'a':{" IDS ",'id':'aaaaaaaaaaaa','last_seen':'2022','previous':[{" OTHER
	",'id':'cccccccccccc','last_seen':'2021'},{" IDS ",'id':'bbbbbbbbbbbb'},7,{" OTHER "}]},"
	"'b':{" IDS ",'id':'bbbbbbbbbbbb','paths':[{'path':'c'},{'path':'d'},7]},"
	"'e':{" IDS ",'paths':[7],'previous':[7]},"
	"'f':{" IDS ",'previous':[]}";

static void by_id(void **state)
{
	static const struct {
		const char *id, *path; /* NULL: none */
		bool previous;
		uint16_t device;
		const char *last_seen;
	} t[] = {
		{"aaaaaaaaaaaa", "a", false, 0x2204, "2022"},
		/* One that is recorded now comes before one of the past. */
		{"bbbbbbbbbbbb", "b", false, 0x2204, ""},
		{"cccccccccccc", "a", true, 0x2206, "2021"},
		{"dddddddddddd", NULL, false, 0, ""},
		{"aaaaaaaaaaa", NULL, false, 0, ""},
		{"", NULL, false, 0, ""},
	};
	struct record r = record_of(cards);

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct record_bearer b;

		assert_int_equal(record_by_id(&r, t[i].id, &b), t[i].path ? 0 : -ENOENT);
		if (!t[i].path)
			continue;
		assert_string_equal(b.path, t[i].path);
		assert_int_equal(b.previous, t[i].previous);
		assert_int_equal(b.ids.device, t[i].device);
		assert_string_equal(b.last_seen, t[i].last_seen);
	}
	record_free(&r);
}

static void the_past(void **state)
{
	struct record r = record_of(cards);
	struct record_bearer b;

	(void)state;
	assert_int_equal(record_before(&r, "a", &b), 0);
	assert_int_equal(b.ids.subdevice, 0x3897);
	assert_true(b.previous);
	assert_int_equal(record_before(&r, "b", &b), -ENOENT);
	assert_int_equal(record_before(&r, "e", &b), -ENOENT);
	assert_int_equal(record_before(&r, "f", &b), -ENOENT);
	assert_int_equal(record_before(&r, "x", &b), -ENOENT);
	assert_string_equal(record_came_from(&r, "b"), "c");
	assert_string_equal(record_came_from(&r, "a"), "");
	assert_string_equal(record_came_from(&r, "e"), "");
	assert_string_equal(record_came_from(&r, "x"), "");
	assert_true(record_had_path(&r, "b", "d"));
	assert_false(record_had_path(&r, "b", "b"));
	assert_false(record_had_path(&r, "a", "c"));
	assert_false(record_had_path(&r, "x", "c"));
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_id),
		cmocka_unit_test(the_past),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
