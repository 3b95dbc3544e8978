// SPDX-License-Identifier: GPL-2.0-or-later
/* A person's word on who a card is, in the record. */
#include "record/remap.h"
#include "recordtext.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define IDS "'ids':'10de:2204','subsystem':'1462:3896'"
#define OTHER "'ids':'10de:2206','subsystem':'1462:3896'"

static const struct pci_ids model = {0x10de, 0x2204, 0x1462, 0x3896};

static void is(const struct record *r, const char *path, const char *member, const char *want)
{
	char *text = record_says(r, path, member);

	assert_string_equal(text, want);
	free(text);
}

/* From a to b; what comes of it. */
static enum record_remapped remap(struct record *r, const char *from, const char *to,
				  bool from_here)
{
	const struct record_remap m = {.from = from,
				       .to = to,
				       .ids = model,
				       .addr = {0, 9, 0, 0},
				       .from_here = from_here,
				       .from_addr = {0, 8, 0, 0},
				       .when = "now"};
	enum record_remapped how;

	assert_int_equal(record_remap(r, &m, &how), 0);
	return how;
}

static void a_newcomer_is_taken_in(void **state)
{
	struct record r = record_of(
		"'a':{" IDS ",'address':'0000:01:00.0','last_seen':'1','last_boot':'x','slot':'1',"
		"'rom':{'sha256':'" SHA(
			"a") "'},'serial':'s','identity':'missing','later':7},"
			     "'b':{" IDS
			     ",'address':'0000:09:00.0','last_seen':'2','last_boot':'y',"
			     "'rom':{'sha256':'" SHA("b") "','pinned':{}},'other_roms':[{'sha256':'" SHA(
				     "a") "'}],"
					  "'by_id':'n','identity':'ambiguous','maybe':['a','c'],'previous':[{'old':1}]}");

	(void)state;
	assert_int_equal(remap(&r, "a", "b", false), RECORD_MOVED);
	is(&r, "a", NULL, "null");
	is(&r, "b", "rom", "{'sha256':'" SHA("a") "'}");
	is(&r, "b", "other_roms", "[{'sha256':'" SHA("b") "'}]");
	is(&r, "b", "address", "'0000:09:00.0'");
	is(&r, "b", "addresses", "[{'address':'0000:01:00.0','last_seen':'1','last_boot':'x'}]");
	is(&r, "b", "paths", "[{'path':'a','last_seen':'1'}]");
	is(&r, "b", "last_seen", "'2'");
	is(&r, "b", "last_boot", "'y'");
	is(&r, "b", "slot", "null");
	is(&r, "b", "serial", "'s'");
	is(&r, "b", "identity", "'same'");
	is(&r, "b", "identity_text", "'remapped from a'");
	is(&r, "b", "maybe", "null");
	is(&r, "b", "later", "7");
	is(&r, "b", "by_id", "'n'");
	is(&r, "b", "previous", "[{'old':1}]");
	record_free(&r);
}

/* Its own ROM is pinned where the card that it is had none. */
static void a_newcomers_rom_where_there_was_none(void **state)
{
	struct record r =
		record_of("'a':{" IDS ",'rom':null},"
			  "'b':{" IDS ",'rom':{'sha256':'" SHA("b") "'},'identity':'new'}");

	(void)state;
	remap(&r, "a", "b", false);
	is(&r, "b", "rom", "{'sha256':'" SHA("b") "'}");
	is(&r, "b", "previous", "null");
	record_free(&r);
}

static void an_older_card_becomes_previous(void **state)
{
	struct record r = record_of("'a':{" IDS ",'n':1},'b':{" IDS ",'n':2,'identity':'same'}");

	(void)state;
	assert_int_equal(remap(&r, "a", "b", false), RECORD_MOVED);
	is(&r, "b", "n", "1");
	is(&r, "b", "previous", "[{" IDS ",'n':2,'identity':'same'}]");
	record_free(&r);
}

static void two_change_places(void **state)
{
	struct record r = record_of(
		"'a':{" IDS
		",'n':1,'id':'one','state':'p','maybe':['b','a'],'previous':[{'of':'a'}]},"
		"'b':{" IDS ",'n':2,'state':'q','maybe':['a','b']},"
		"'c':{" IDS ",'maybe':['a','b','d']}");

	(void)state;
	assert_int_equal(remap(&r, "a", "b", true), RECORD_EXCHANGED);
	is(&r, "a", "n", "2");
	is(&r, "b", "n", "1");
	is(&r, "b", "id", "'one'");
	is(&r, "a", "state", "'p'");
	is(&r, "b", "state", "'q'");
	is(&r, "a", "address", "'0000:08:00.0'");
	is(&r, "b", "address", "'0000:09:00.0'");
	is(&r, "a", "maybe", "null");
	is(&r, "b", "maybe", "null");
	is(&r, "c", "maybe", "['d']");
	is(&r, "c", "identity_text", "'may be the card of d: 'gpurom remap d c' settles it'");
	record_free(&r);
}

static void itself(void **state)
{
	struct record r = record_of("'a':{" IDS ",'n':1,'maybe':['b','a'],'identity':'ambiguous'},"
				    "'b':{" IDS ",'maybe':['a','b'],'identity':'ambiguous'},"
				    "'c':{" IDS ",'maybe':['a'],'identity':'ambiguous'}");

	(void)state;
	assert_int_equal(remap(&r, "a", "a", true), RECORD_ITSELF);
	is(&r, "a", NULL, "{" IDS ",'n':1,'identity':'same','identity_text':''}");
	is(&r, "b", NULL, "{" IDS ",'identity':'same','identity_text':''}");
	is(&r, "c", NULL, "{" IDS ",'identity':'new','identity_text':''}");
	record_free(&r);
}

static void one_that_was_displaced(void **state)
{
	struct record r =
		record_of("'a':{" OTHER ",'n':2,'previous':[{" OTHER ",'n':0},{" IDS ",'n':1}]}");

	(void)state;
	assert_int_equal(remap(&r, "a", "b", false), RECORD_MOVED);
	is(&r, "a", NULL, "{" OTHER ",'n':2,'previous':[{" OTHER ",'n':0}]}");
	is(&r, "b", "n", "1");
	is(&r, "b", "last_seen", "'now'");
	record_free(&r);
}

static void no_card_of_these_ids(void **state)
{
	struct record r = record_of("'a':{" OTHER "}");
	struct record_remap m = {.from = "a", .to = "b", .ids = model, .when = ""};
	enum record_remapped how;

	(void)state;
	assert_int_equal(record_remap(&r, &m, &how), -ENOENT);
	m.to = "a";
	assert_int_equal(record_remap(&r, &m, &how), -ENOENT);
	m.from = "c";
	m.to = "b";
	assert_int_equal(record_remap(&r, &m, &how), -ENOENT);
	is(&r, "a", NULL, "{" OTHER "}");
	record_free(&r);
}

static void a_forgotten_card_is_nobodys_candidate(void **state)
{
	struct record r = record_of("'a':{" IDS "},'b':{" IDS ",'maybe':['a']}");

	(void)state;
	assert_int_equal(record_forget(&r, "c"), -ENOENT);
	assert_int_equal(record_forget(&r, "a"), 0);
	is(&r, "a", NULL, "null");
	is(&r, "b", "maybe", "null");
	is(&r, "b", "identity", "'new'");
	record_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_newcomer_is_taken_in),
		cmocka_unit_test(a_newcomers_rom_where_there_was_none),
		cmocka_unit_test(an_older_card_becomes_previous),
		cmocka_unit_test(two_change_places),
		cmocka_unit_test(itself),
		cmocka_unit_test(one_that_was_displaced),
		cmocka_unit_test(no_card_of_these_ids),
		cmocka_unit_test(a_forgotten_card_is_nobodys_candidate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
