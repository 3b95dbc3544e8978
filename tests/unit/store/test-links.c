// SPDX-License-Identifier: GPL-2.0-or-later
/* Which links of places the record explains, and which are dropped. */
#include "recordtext.h"
#include "store/links.h"
#include "tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/* 159 characters: longer ones are cut to them. */
#define TEN "pci0000-0-"
#define LONGEST TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "pci0000-0"

static void put_link(const struct romstore *s, const char *path, const char *sha256)
{
	char name[PCI_PATH_MAX + 16], target[SHA256_HEX + 16];

	snprintf(name, sizeof(name), "by-path/%s.rom", path);
	snprintf(target, sizeof(target), "../roms/%s.rom", sha256);
	assert_int_equal(symlinkat(target, s->fd, name), 0);
}

static bool drop_keeps(const struct romstore *s, const char *cards_text, const char *path,
		       const char *sha256)
{
	struct record r = record_of(cards_text);
	char is[SHA256_HEX];
	bool kept;

	put_link(s, path, sha256);
	assert_int_equal(recordlinks_drop(s, &r, NULL, NULL), 0);
	kept = romstore_linked(s, STORE_BY_PATH, path, is) == 0;
	assert_int_equal(romstore_unlink(s, STORE_BY_PATH, path), 0);
	record_free(&r);
	return kept;
}

/* Each link alone; the cards are found in whatever order the file has them. */
static void what_is_not_explained_is_dropped(void **state)
{
	static const char turned[] = "'c':{" IDS ",'rom':{'sha256':'" SHA(
		"3") "'}},"
		     "'b':{" IDS ",'paths':[{'path':'a'}],'rom':{'sha256':'" SHA("1") "'}},"
										      "'aa':{" IDS
										      "}";
	static const char twins[] =
		"'" LONGEST "1':{" IDS
		",'rom':{'sha256':'" SHA("4") "'}},"
					      "'" LONGEST "2':{" IDS
					      ",'rom':{'sha256':'" SHA("5") "'}}";
	static const struct {
		const char *cards, *path, *sha256;
		bool kept;
	} cases[] = {
		{cards, "b", SHA("1"), true},	   {cards, "b", SHA("2"), false},
		{cards, "c", SHA("3"), true},	   {cards, "a", SHA("2"), true},
		{cards, "d", SHA("1"), false},	   {turned, "aa", SHA("1"), false},
		{turned, "b", SHA("1"), true},	   {turned, "c", SHA("3"), true},
		{turned, "c", SHA("1"), false},	   {turned, "a", SHA("1"), true},
		{"", "a", SHA("1"), false},	   {twins, LONGEST, SHA("4"), true},
		{twins, LONGEST, SHA("5"), false},
	};
	const struct root root = {.path = *state, .fd = tempdir_open(*state)};
	struct romstore s;

	assert_int_equal(strlen(LONGEST), PCI_PATH_MAX - 1);
	assert_int_equal(romstore_open(&root, "/s", true, &s), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(drop_keeps(&s, cases[i].cards, cases[i].path, cases[i].sha256),
				 cases[i].kept);
	romstore_close(&s);
	close(root.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_place_is_of_who_is_there_or_left_it),
		cmocka_unit_test_setup_teardown(what_is_not_explained_is_dropped, tempdir_make,
						tempdir_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
