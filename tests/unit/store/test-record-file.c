// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/remap.h"
#include "record/update.h"
#include "store/record-file.h"
#include "sys/file.h"
#include "tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define SHA_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define PATH "pci0000-uid0-01.0-00.0"
#define CARD "{\"ids\":\"10de:2204\",\"subsystem\":\"1462:3892\"}"

/* publish needs a folder that can be fsynced: not O_PATH. */
static int open_dir(void **state)
{
	int dir = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(dir >= 0);
	return dir;
}

static struct record_rom rom_of(const char *sha256)
{
	struct record_rom r = {.raw_sha256 = SHA_C,
			       .size = 131072,
			       .verdict = VERDICT_COMPLETE,
			       .source = "sysfs",
			       .version = "94.02.26.40.99",
			       .has_efi = true};

	strcpy(r.sha256, sha256);
	return r;
}

static struct record_news news_of(uint16_t device, const struct record_rom *rom)
{
	return (struct record_news){
		.path = PATH,
		.addr = {0, 1, 0, 0},
		.ids = {0x10de, device, 0x1462, 0x3892},
		.seen = {.state = "bound",
			 .class = 0x030000,
			 .function = {{.ids = {0x10de, 0x1aef}, .class = 0x040300},
				      {.number = 1, .ids = {0x10de, device}, .class = 0x030000}},
			 .n_functions = 2,
			 .reading = {.there = true,
				     .tried = true,
				     .source = "sysfs",
				     .outcome = "read"},
			 .last_seen = "2026-01-31T12:00:00Z",
			 .last_boot = "boot-1"},
		.rom = rom,
		.by_id = "10de-2204-1462-3892",
		.identity_text = ""};
}

static void at(struct record_news *news, const char *when, const char *boot)
{
	strcpy(news->seen.last_seen, when);
	strcpy(news->seen.last_boot, boot);
}

static void load_ok(int dir, struct record *r)
{
	assert_int_equal(record_load(dir, r), 0);
}

/* What a consumer of the file sees. */
static cJSON *file_card(int dir, const char *path)
{
	char *text = tempdir_text(dir, RECORD_FILE);
	cJSON *o = cJSON_Parse(text), *card;

	assert_non_null(o);
	assert_int_equal(cJSON_GetObjectItem(o, "version")->valueint, RECORD_VERSION);
	card = cJSON_DetachItemFromObject(cJSON_GetObjectItem(o, "cards"), path);
	cJSON_Delete(o);
	free(text);
	return card;
}

static const char *text_at(const cJSON *o, const char *key)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(o, key));

	return text ? text : "(none)";
}

static void fresh(void **state)
{
	int dir = open_dir(state);
	struct record_rom rom = rom_of(SHA_A);
	struct record_news news = news_of(0x2204, &rom);
	struct record_card got;
	struct record r;
	struct stat st;
	cJSON *o;

	load_ok(dir, &r);
	assert_null(record_find(&r, PATH));
	assert_int_equal(record_update(&r, &news), 0);
	assert_int_equal(record_save(dir, &r), 0);
	record_free(&r);
	assert_int_equal(fstatat(dir, RECORD_FILE, &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);

	load_ok(dir, &r);
	got = *record_find(&r, PATH);
	assert_int_equal(got.ids.device, 0x2204);
	assert_int_equal(got.ids.subdevice, 0x3892);
	assert_string_equal(got.by_id, "10de-2204-1462-3892");
	assert_string_equal(got.rom->sha256, SHA_A);
	assert_string_equal(got.rom->raw_sha256, SHA_C);
	assert_int_equal(got.rom->size, 131072);
	assert_int_equal(got.rom->verdict, VERDICT_COMPLETE);
	assert_string_equal(got.rom->source, "sysfs");
	assert_string_equal(got.rom->version, "94.02.26.40.99");
	assert_true(got.rom->has_efi);
	assert_string_equal(got.rom->first_seen, "2026-01-31T12:00:00Z");
	record_free(&r);

	o = file_card(dir, PATH);
	assert_string_equal(text_at(o, "address"), "0000:01:00.0");
	assert_string_equal(text_at(o, "state"), "bound");
	assert_string_equal(text_at(o, "class"), "030000");
	assert_string_equal(text_at(o, "first_seen"), "2026-01-31T12:00:00Z");
	assert_string_equal(text_at(o, "last_boot"), "boot-1");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "functions")), 2);
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "reading"), "outcome"), "read");
	cJSON_Delete(o);
	close(dir);
}

static void update(int dir, const struct record_news *news)
{
	struct record r;

	load_ok(dir, &r);
	assert_int_equal(record_update(&r, news), 0);
	assert_int_equal(record_save(dir, &r), 0);
	record_free(&r);
}

/* A reading whose ROM could not be stored, and is by the next commit: then a ROM names it. */
static void a_raw_of_a_rom_is_named_once(void **state)
{
	int dir = open_dir(state);
	struct record_rom rom = rom_of(SHA_A);
	struct record_news news = news_of(0x2204, NULL);
	char gone[SHA256_HEX] = "";
	cJSON *o;

	news.raw = SHA_C;
	news.ret_raw_gone = gone;
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "raws")), 1);
	cJSON_Delete(o);

	news.rom = &rom;
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_null(cJSON_GetObjectItem(o, "raws"));
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "rom"), "raw_sha256"), SHA_C);
	assert_string_equal(gone, "");
	cJSON_Delete(o);
	close(dir);
}

/* The same news of the same boot, however late: the file is not even written. */
static void same_boot_changes_nothing(void **state)
{
	int dir = open_dir(state);
	struct record_rom rom = rom_of(SHA_A), other = rom_of(SHA_B);
	struct record_news news = news_of(0x2204, &rom);
	struct stat first, second;
	cJSON *o;

	news.beside = &other;
	update(dir, &news);
	assert_int_equal(fstatat(dir, RECORD_FILE, &first, 0), 0);
	at(&news, "2026-01-31T13:00:00Z", "boot-1");
	update(dir, &news);
	assert_int_equal(fstatat(dir, RECORD_FILE, &second, 0), 0);
	assert_true(first.st_ino == second.st_ino);
	at(&news, "2026-01-31T13:00:00Z", "boot-2");
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_string_equal(text_at(o, "first_seen"), "2026-01-31T12:00:00Z");
	assert_string_equal(text_at(o, "last_seen"), "2026-01-31T13:00:00Z");
	assert_string_equal(text_at(o, "last_boot"), "boot-2");
	cJSON_Delete(o);
	close(dir);
}

static size_t others(const cJSON *card)
{
	return (size_t)cJSON_GetArraySize(cJSON_GetObjectItem(card, "other_roms"));
}

/* A ROM moves between `rom` and `other_roms` with all that is known of it; none is forgotten. */
static void roms_move(void **state)
{
	int dir = open_dir(state);
	struct record_rom a = rom_of(SHA_A), b = rom_of(SHA_B);
	struct record_news news = news_of(0x2204, &a);
	cJSON *o;

	news.beside = &b;
	update(dir, &news);
	at(&news, "2026-02-01T00:00:00Z", "boot-1");
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_int_equal(others(o), 1);
	cJSON_Delete(o);

	news.rom = &b;
	news.beside = NULL;
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "rom"), "sha256"), SHA_B);
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "rom"), "first_seen"),
			    "2026-01-31T12:00:00Z");
	assert_int_equal(others(o), 1);
	assert_string_equal(
		text_at(cJSON_GetArrayItem(cJSON_GetObjectItem(o, "other_roms"), 0), "sha256"),
		SHA_A);
	cJSON_Delete(o);

	/* Nothing to show now: what was pinned is still known. */
	news.rom = NULL;
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "rom"), "sha256"), SHA_B);
	assert_int_equal(others(o), 1);
	cJSON_Delete(o);
	close(dir);
}

static void replaced_cards_stay_known(void **state)
{
	int dir = open_dir(state);
	struct record_rom a = rom_of(SHA_A), b = rom_of(SHA_B);
	struct record_news news = news_of(0x2204, &a);
	const cJSON *previous;
	cJSON *o;

	update(dir, &news);
	news = news_of(0x1b80, NULL);
	news.replaced = true;
	news.by_id = "";
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_string_equal(text_at(o, "ids"), "10de:1b80");
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(o, "rom")));
	assert_string_equal(text_at(o, "by_id"), "(none)");
	cJSON_Delete(o);

	news = news_of(0x128b, &b);
	news.replaced = true;
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "rom"), "sha256"), SHA_B);
	previous = cJSON_GetObjectItem(o, "previous");
	assert_int_equal(cJSON_GetArraySize(previous), 2);
	assert_string_equal(text_at(cJSON_GetArrayItem(previous, 0), "ids"), "10de:1b80");
	assert_string_equal(text_at(cJSON_GetArrayItem(previous, 1), "ids"), "10de:2204");
	assert_string_equal(
		text_at(cJSON_GetObjectItem(cJSON_GetArrayItem(previous, 1), "rom"), "sha256"),
		SHA_A);
	assert_null(cJSON_GetObjectItem(cJSON_GetArrayItem(previous, 0), "previous"));
	cJSON_Delete(o);
	close(dir);
}

/* An id is of one card, for ever; one that an older gpurom left without gets one. */
static void ids_are_for_ever(void **state)
{
	int dir = open_dir(state);
	struct record_news news = news_of(0x2204, NULL);
	struct record_card first, later;
	cJSON *o, *old;
	struct record r;

	update(dir, &news);
	at(&news, "2026-02-01T00:00:00Z", "boot-2");
	load_ok(dir, &r);
	first = *record_find(&r, PATH);
	assert_true(card_id_is_valid(first.id));
	assert_int_equal(record_update(&r, &news), 0);
	later = *record_find(&r, PATH);
	assert_string_equal(later.id, first.id);
	assert_int_equal(record_save(dir, &r), 0);
	record_free(&r);

	news = news_of(0x1b80, NULL);
	at(&news, "2026-02-01T00:00:01Z", "boot-2");
	news.replaced = true;
	update(dir, &news);
	o = file_card(dir, PATH);
	assert_true(card_id_is_valid(text_at(o, "id")));
	assert_string_not_equal(text_at(o, "id"), first.id);
	old = cJSON_GetArrayItem(cJSON_GetObjectItem(o, "previous"), 0);
	assert_string_equal(text_at(old, "id"), first.id);
	cJSON_Delete(o);
	close(dir);
}

/* A commit that is made again, at another time of day, gives the same; who stands there next in the
 * same boot has another, whether the first went into the past or elsewhere. */
static void ids_of_one_boot(void **state)
{
	int dir = open_dir(state);
	struct record_news news = news_of(0x2204, NULL);
	struct record_card first, again, next;
	struct record r, other;

	load_ok(dir, &r);
	load_ok(dir, &other);
	assert_int_equal(record_update(&r, &news), 0);
	first = *record_find(&r, PATH);
	at(&news, "2026-01-31T12:00:01Z", "boot-1");
	assert_int_equal(record_update(&other, &news), 0);
	again = *record_find(&other, PATH);
	assert_string_equal(again.id, first.id);
	record_free(&other);

	news.ids.device = 0x1b80;
	news.replaced = true;
	assert_int_equal(record_update(&r, &news), 0);
	next = *record_find(&r, PATH);
	assert_string_not_equal(next.id, first.id);
	assert_int_equal(record_move(&r, &(struct record_move){PATH, PATH "-elsewhere"}, 1), 0);
	news.ids.device = 0x2204;
	news.replaced = false;
	assert_int_equal(record_update(&r, &news), 0);
	again = *record_find(&r, PATH);
	assert_string_not_equal(again.id, next.id);
	assert_string_not_equal(again.id, first.id);
	record_free(&r);
	close(dir);
}

/* A forgotten card's place is another's later: not even then the same id. */
static void ids_without_a_boot(void **state)
{
	int dir = open_dir(state);
	struct record_news news = news_of(0x2204, NULL);
	struct record_card first, next;
	struct record r;

	at(&news, "2026-01-31T12:00:00Z", "");
	load_ok(dir, &r);
	assert_int_equal(record_update(&r, &news), 0);
	first = *record_find(&r, PATH);
	record_free(&r);
	load_ok(dir, &r);
	at(&news, "2027-01-31T12:00:00Z", "");
	assert_int_equal(record_update(&r, &news), 0);
	next = *record_find(&r, PATH);
	assert_true(card_id_is_valid(next.id));
	assert_string_not_equal(next.id, first.id);
	record_free(&r);
	close(dir);
}

static void an_id_that_is_none(void **state)
{
	static const char text[] = "{\"version\":2,\"cards\":{\"" PATH
				   "\":{\"id\":\"0123456789AB\",\"ids\":\"10de:2204\","
				   "\"subsystem\":\"1462:3892\"}}}";
	struct record_news news = news_of(0x2204, NULL);
	struct record_card got;
	struct record r;

	(void)state;
	assert_int_equal(record_parse((uint8_t *)strdup(text), strlen(text), &r), 0);
	got = *record_find(&r, PATH);
	assert_string_equal(got.id, "");
	assert_int_equal(record_update(&r, &news), 0);
	got = *record_find(&r, PATH);
	assert_true(card_id_is_valid(got.id));
	record_free(&r);
}

/* What another version of gpurom wrote of a card, of others and of the whole stays, in place. */
static void unknown_fields_stay(void **state)
{
	int dir = open_dir(state);
	struct record_rom a = rom_of(SHA_A);
	struct record_news news = news_of(0x2204, &a);
	char *now;
	cJSON *o;

	tempdir_put_text(dir, RECORD_FILE,
			 "{\"version\":1,\"host\":{\"a\":[1,2.5,null]},\"cards\":{"
			 "\"other\":{\"ids\":\"1002:73bf\",\"subsystem\":\"1002:0001\",\"x\":1},"
			 "\"" PATH "\":{\"serial\":\"2d-b0-48\",\"ids\":\"10de:2204\","
			 "\"subsystem\":\"1462:3892\",\"rom\":{\"sha256\":\"" SHA_A
			 "\",\"note\":\"mine\"},\"addresses\":[\"0000:02:00.0\"]}}}");
	update(dir, &news);
	now = tempdir_text(dir, RECORD_FILE);
	assert_non_null(strstr(now, "2.5"));
	assert_non_null(strstr(now, "73bf"));
	/* `serial` was first and still is: rewriting does not shuffle. */
	assert_true(strstr(now, "serial") < strstr(now, "10de:2204"));
	free(now);
	o = file_card(dir, PATH);
	assert_string_equal(text_at(o, "serial"), "2d-b0-48");
	assert_string_equal(text_at(cJSON_GetObjectItem(o, "rom"), "note"), "mine");
	assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(o, "addresses")), 1);
	assert_string_equal(text_at(o, "address"), "0000:01:00.0");
	cJSON_Delete(o);
	close(dir);
}

#define IDS "'ids':'10de:2204','subsystem':'1462:3892'"

/* Each with ' for ". */
static const char *const odd[] = {
	"{'cards':{},'version':2}",
	"{'version':1,'cards':{'p':{" IDS "}}}",
	/* unknown keys, at every level; values that this version does not have */
	"{'new':{'a':[1,2.5,null]},'version':2,'cards':{'p':{'x':1," IDS
	",'state':'asleep','identity':"
	"'cloned','identity_text':'','rom':{'y':[],'sha256':'" SHA_A
	"','size':512,'verdict':'usable',"
	"'pinned':{'by':'nobody','z':{}},'imported':{'file':'f','mismatch':['colour',7],'w':0}},"
	"'other_roms':[{'v':true,'sha256':'" SHA_B
	"'}],'functions':[{'u':1,'function':0,'ids':'1:2'}],"
	"'addresses':[{'t':1,'address':'0000:01:00.0'}],'paths':[{'s':'','path':'q'}],'maybe':['q'],"
	"'reading':{'tried':true,'r':1,'verdict':'perfect'},'raws':['" SHA_C "'],'previous':[{" IDS
	",'q':2,'rom':{'p':1},'previous':[{" IDS ",'o':3}]}]}},'later':7}",
	/* in another order */
	"{'cards':{'b':{'previous':[],'last_boot':'','last_seen':'1','rom':null,'id':'0123456789ab',"
	"'subsystem':'1462:3892','ids':'10de:2204','other_roms':[],'maybe':[],'paths':[]},'a':{" IDS
	"}},'version':2}",
	/* values of another kind, where none is asked for */
	"{'version':2,'cards':{'p':{'id':'XYZ'," IDS
	",'state':7,'class':null,'functions':{},'slot':[],"
	"'acpi_path':1,'smbios_slot':{},'serial':'none','address':'somewhere','raws':'x','reading':{"
	"'tried':'yes','sha256':'no'},'addresses':[7,{'address':8}],'paths':[null],'maybe':[7,'q'],"
	"'other_roms':[7,{'sha256':8},{'size':-1}],'previous':[7,{},{'ids':8,'rom':9}],'rom':{'size':1,"
	"'pinned':7,'imported':[],'first_boot':3}}}}",
	/* longer than is asked for */
	"{'version':2,'cards':{'p':{" IDS ",'last_seen':'" SHA_A SHA_A "','last_boot':'" SHA_A SHA_A
	"','by_id':'" SHA_A SHA_A "','state':'" SHA_A
	"','maybe':['1','2','3','4','5','6','7','8','9'],"
	"'raws':['" SHA_A "','" SHA_B "','" SHA_C "','x'],'slot':'" SHA_A
	"','paths':[{'path':'" SHA_A SHA_A SHA_A "'}]},'" SHA_A SHA_A SHA_A "':{" IDS "}}}",
};

/* As record_save prints it: an older version's is this one's, and else nothing is another. */
static char *printed(const char *text)
{
	cJSON *o = cJSON_Parse(text);
	char *all, *ret;

	assert_non_null(o);
	assert_true(cJSON_ReplaceItemInObjectCaseSensitive(o, "version",
							   cJSON_CreateNumber(RECORD_VERSION)));
	all = cJSON_Print(o);
	assert_true(asprintf(&ret, "%s\n", all) > 0);
	cJSON_free(all);
	cJSON_Delete(o);
	return ret;
}

static void is_saved_as_it_was(int dir, const char *text)
{
	char *want, *is;
	struct record r;

	tempdir_put_text(dir, RECORD_FILE, text);
	if (record_load(dir, &r) < 0)
		return;
	assert_int_equal(record_save(dir, &r), 0);
	record_free(&r);
	want = printed(text);
	is = tempdir_text(dir, RECORD_FILE);
	assert_string_equal(is, want);
	free(want);
	free(is);
}

static void what_is_loaded_is_saved(void **state)
{
	int dir = open_dir(state);
	char *text;
	glob_t all;

	for (size_t i = 0; i < COUNT(odd); i++) {
		struct record r;

		text = strdup(odd[i]);
		for (char *c = text; *c; c++)
			if (*c == '\'')
				*c = '"';
		assert_int_equal(record_parse((uint8_t *)strdup(text), strlen(text), &r), 0);
		record_free(&r);
		is_saved_as_it_was(dir, text);
		free(text);
	}
	assert_int_equal(glob("tests/hostile/fuzz/*/cards/*", 0, NULL, &all), 0);
	for (size_t i = 0; i < all.gl_pathc; i++) {
		text = tempdir_text(AT_FDCWD, all.gl_pathv[i]);
		is_saved_as_it_was(dir, text);
		free(text);
	}
	globfree(&all);
	close(dir);
}

static void versions_and_damage(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
		{"{\"version\":1,\"cards\":{}}", 0},
		{"{\"version\":1,\"cards\":{\"p\":" CARD "}}", 0},
		{"{\"version\":2,\"cards\":{}}", 0},
		{"{\"version\":3,\"cards\":{}}", -ENOTSUP},
		{"{\"version\":4000000000,\"what\":\"ever\"}", -ENOTSUP},
		{"", -EBADMSG},
		{"null", -EBADMSG},
		{"[]", -EBADMSG},
		{"{", -EBADMSG},
		{"{}", -EBADMSG},
		{"{\"version\":1}", -EBADMSG},
		{"{\"version\":0,\"cards\":{}}", -EBADMSG},
		{"{\"version\":-1,\"cards\":{}}", -EBADMSG},
		{"{\"version\":\"1\",\"cards\":{}}", -EBADMSG},
		{"{\"version\":1,\"cards\":[]}", -EBADMSG},
		{"{\"version\":1,\"cards\":null}", -EBADMSG},
		{"{\"version\":1,\"cards\":{}} trailing", -EBADMSG},
		{"{\"version\":1,\"cards\":{\"p\":7}}", -EBADMSG},
		/* a key that occurs twice, however deep; under two keys it may */
		{"{\"version\":2,\"cards\":{},\"cards\":{}}", -EBADMSG},
		{"{\"version\":2,\"cards\":{\"p\":" CARD ",\"p\":" CARD "}}", -EBADMSG},
		{"{\"version\":2,\"cards\":{},\"x\":[{\"a\":[{\"b\":1,\"c\":2,\"b\":1}]}]}",
		 -EBADMSG},
		{"{\"version\":2,\"cards\":{},\"x\":[{\"a\":1},{\"a\":1,\"A\":1}]}", 0},
		{"{\"version\":1,\"cards\":{\"p\":{}}}", -EBADMSG},
		{"{\"version\":1,\"cards\":{\"p\":{\"ids\":\"10de:2204\",\"subsystem\":\"1462:"
		 "3892\",\"rom\":{\"sha256\":\"../x\"}}}}",
		 -EBADMSG},
		{"{\"version\":1,\"cards\":{\"p\":{\"ids\":\"10de:2204\",\"subsystem\":\"1462:"
		 "3892\",\"other_roms\":{}}}}",
		 -EBADMSG},
	};
	int dir = open_dir(state);

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct record r;

		tempdir_put_text(dir, RECORD_FILE, cases[i].text);
		if (record_load(dir, &r) != cases[i].err)
			fail_msg("%s", cases[i].text);
		if (!cases[i].err)
			record_free(&r);
		assert_true(tempdir_is(dir, RECORD_FILE, cases[i].text));
	}
	close(dir);
}

static void put_aside(void **state)
{
	int dir = open_dir(state);
	char name[RECORD_ASIDE_MAX];
	struct record r;

	tempdir_put_text(dir, RECORD_FILE, "one");
	assert_int_equal(record_set_aside(dir, name, &r), 0);
	assert_string_equal(name, RECORD_FILE ".corrupt-1");
	assert_int_equal(record_save(dir, &r), 0);
	record_free(&r);
	load_ok(dir, &r);
	record_free(&r);
	tempdir_put_text(dir, RECORD_FILE, "two");
	assert_int_equal(record_set_aside(dir, name, &r), 0);
	assert_string_equal(name, RECORD_FILE ".corrupt-2");
	record_free(&r);
	assert_true(tempdir_is(dir, RECORD_FILE ".corrupt-1", "one"));
	assert_true(tempdir_is(dir, RECORD_FILE ".corrupt-2", "two"));
	assert_int_equal(record_set_aside(dir, name, &r), -ENOENT);
	/* A link in its place is put aside too, and what it leads to stays as it is. */
	tempdir_put_text(dir, "victim", "three");
	assert_int_equal(symlinkat("victim", dir, RECORD_FILE), 0);
	assert_int_equal(record_load(dir, &r), -EBADMSG);
	assert_int_equal(record_set_aside(dir, name, &r), 0);
	assert_int_equal(record_save(dir, &r), 0);
	record_free(&r);
	assert_true(tempdir_is(dir, "victim", "three"));
	close(dir);
}

static int save_job(void *arg)
{
	struct record_news news = news_of(0x1b80, NULL);
	struct record r;
	int dir = *(int *)arg, err = record_load(dir, &r);

	if (!err)
		err = record_update(&r, &news);
	if (!err)
		err = record_save(dir, &r);
	record_free(&r);
	return err;
}

static void failing_saves_leave_the_old(void **state)
{
	static const struct {
		long call;
		int err;
	} cases[] = {{SYS_write, ENOSPC}, {SYS_fsync, EIO}, {SYS_fchmod, EPERM}};
	int dir = open_dir(state);
	char *before;

	tempdir_put_text(dir, RECORD_FILE, "{\"version\":1,\"cards\":{\"p\":" CARD "}}");
	before = tempdir_text(dir, RECORD_FILE);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(tempdir_failing(cases[i].call, cases[i].err, save_job, &dir),
				 -cases[i].err);
		assert_true(tempdir_is(dir, RECORD_FILE, before));
		assert_int_equal(tempdir_count(dir, ".", ""), 1);
	}
	assert_int_equal(save_job(&dir), 0);
	assert_false(tempdir_is(dir, RECORD_FILE, before));
	free(before);
	close(dir);
}

static void nothing(struct record_card *c)
{
	(void)c;
}

static void grow_shown(struct record_card *c)
{
	c->rom->size = 7;
}

static void grow_second(struct record_card *c)
{
	c->others->next->size = 7;
}

static void drop_first(struct record_card *c)
{
	c->others = c->others->next;
}

static void drop_last(struct record_card *c)
{
	c->others->next = NULL;
}

static void drop_both(struct record_card *c)
{
	c->others = NULL;
}

static void turn_others(struct record_card *c)
{
	struct record_rom *second = c->others->next;

	second->next = c->others;
	c->others->next = NULL;
	c->others = second;
}

static void repeat_first(struct record_card *c)
{
	static struct record_rom more;

	more = *c->others;
	c->others->next->next = &more;
	more.next = NULL;
}

static void repeat_first_alone(struct record_card *c)
{
	repeat_first(c);
	c->others->next = c->others->next->next;
}

static void show_none(struct record_card *c)
{
	c->rom = NULL;
}

static void show_second(struct record_card *c)
{
	record_show(c, c->others->next);
}

static void pin_shown(struct record_card *c)
{
	c->rom->pinned = (struct record_pinned){.there = true, .by = "first"};
}

static void take_back(struct record_card *c)
{
	c->previous->seen.serial = 0x123456789abcdef0;
}

/* Whatever changes in it, and however deep: the rest, and what another version wrote, stays. */
static void one_change_is_written(void **state)
{
#define OLD_ROM(sha, more) "{\"sha256\":\"" sha "\",\"x\":1" more "}"
#define SHOWN(rom) ",\"rom\":" rom
#define A(more) OLD_ROM(SHA_A, more)
#define B(more) OLD_ROM(SHA_B, more)
#define C(more) OLD_ROM(SHA_C, more)
	static const struct {
		void (*edit)(struct record_card *c);
		const char *rom, *others, *previous;
	} cases[] = {
		{nothing, SHOWN(A("")), "[" B("") "," C("") "]", ""},
		{grow_shown, SHOWN(A(",\"size\":7")), "[" B("") "," C("") "]", ""},
		{grow_second, SHOWN(A("")), "[" B("") "," C(",\"size\":7") "]", ""},
		{drop_first, SHOWN(A("")), "[" C("") "]", ""},
		{drop_last, SHOWN(A("")), "[" B("") "]", ""},
		{drop_both, SHOWN(A("")), "[]", ""},
		{turn_others, SHOWN(A("")), "[" C("") "," B("") "]", ""},
		{repeat_first, SHOWN(A("")), "[" B("") "," C("") "," B("") "]", ""},
		{repeat_first_alone, SHOWN(A("")), "[" B("") "," B("") "]", ""},
		{show_none, "", "[" B("") "," C("") "]", ""},
		{show_second, SHOWN(C("")), "[" B("") "," A("") "]", ""},
		{pin_shown, SHOWN(A(",\"pinned\":{\"when\":\"\",\"by\":\"first\"}")),
		 "[" B("") "," C("") "]", ""},
		{take_back, SHOWN(A("")), "[" B("") "," C("") "]",
		 ",\"serial\":\"12-34-56-78-9a-bc-de-f0\""},
	};
	static const char form[] = "{\"version\":2,\"cards\":{\"p\":{\"ids\":\"10de:2204\","
				   "\"subsystem\":\"1462:3892\",\"new\":[2]%s"
				   ",\"other_roms\":%s,\"previous\":[{\"ids\":\"10de:1b80\","
				   "\"subsystem\":\"1462:3892\",\"y\":null%s}]},\"q\":" CARD "}}";
	char before[1000], after[1000], *text, *is;
	int dir = open_dir(state);
	struct record r;
	cJSON *o;

	snprintf(before, sizeof(before), form, cases[0].rom, cases[0].others, "");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(after, sizeof(after), form, cases[i].rom, cases[i].others,
			 cases[i].previous);
		tempdir_put(dir, RECORD_FILE, before, strlen(before));
		load_ok(dir, &r);
		cases[i].edit(r.cards);
		assert_int_equal(record_save(dir, &r), 0);
		record_free(&r);
		text = tempdir_text(dir, RECORD_FILE);
		o = cJSON_Parse(text);
		is = cJSON_PrintUnformatted(o);
		assert_string_equal(is, after);
		free(is);
		cJSON_Delete(o);
		free(text);
	}
	close(dir);
}

static unsigned mallocs_left;
static bool is_scarce;

__typeof__(malloc) __real_malloc, __wrap_malloc;

static void *scarce_malloc(size_t n)
{
	if (mallocs_left) {
		mallocs_left--;
		return __real_malloc(n);
	}
	errno = ENOMEM;
	return NULL;
}

/* In the place of malloc, see tests/tests.mk. */
void *__wrap_malloc(size_t n)
{
	return is_scarce ? scarce_malloc(n) : __real_malloc(n);
}

/* more: behind the last card. */
static void put_cards(int dir, unsigned cards, const char *more)
{
	static const char card[] = CARD;
	const size_t cap = (cards + 1) * (sizeof(card) + 32);
	char *text = malloc(cap);
	size_t n = (size_t)snprintf(text, cap, "{\"version\":1,\"cards\":{");

	for (unsigned i = 0; i < cards; i++)
		n += (size_t)snprintf(text + n, cap - n, "%s\"pci0000-%u\":%s", i ? "," : "", i,
				      card);
	n += (size_t)snprintf(text + n, cap - n, "%s}}", more);
	assert_true(n < cap);
	tempdir_put(dir, RECORD_FILE, text, n);
	free(text);
}

/* A record that there is no memory for is not a corrupt one, which would be put aside. */
static void no_memory_is_no_damage(void **state)
{
	int dir = open_dir(state), err = -ENOMEM;
	struct record r;

	put_cards(dir, 40, ""); /* whose record needs memory several times */
	for (unsigned n = 0; n < 100 && err == -ENOMEM; n++) {
		mallocs_left = n;
		is_scarce = true;
		err = record_load(dir, &r);
		is_scarce = false;
		assert_true(n > 2 || err == -ENOMEM);
	}
	assert_int_equal(err, 0);
	record_free(&r);
	close(dir);
}

/* Whose memory is taken at once. */
static void a_large_record(void **state)
{
	const unsigned cards = 4000;
	const struct record_card *c;
	int dir = open_dir(state);
	unsigned n = 0;
	char path[32];
	struct record r;

	put_cards(dir, cards, "");
	load_ok(dir, &r);
	for (c = r.cards; c; c = c->next, n++) {
		snprintf(path, sizeof(path), "pci0000-%u", n);
		assert_string_equal(c->path, path);
		assert_int_equal(c->ids.device, 0x2204);
		assert_int_equal(c->ids.subdevice, 0x3892);
		assert_int_equal(c->identity_text[0], 0);
	}
	assert_int_equal(n, cards);
	record_free(&r);
	assert_null(r.cards);
	close(dir);
}

/* Few keys and many are compared in two ways. */
static void no_card_is_there_twice(void **state)
{
	static const char *const twin[] = {",\"pci0000-0\":" CARD, ",\"pci0000-17\":" CARD};
	int dir = open_dir(state);
	struct record r;

	for (unsigned cards = 18; cards < 50; cards++) {
		for (size_t i = 0; i < 2; i++) {
			put_cards(dir, cards, twin[i]);
			assert_int_equal(record_load(dir, &r), -EBADMSG);
		}
		put_cards(dir, cards, "");
		load_ok(dir, &r);
		record_free(&r);
	}
	close(dir);
}

/* Nor is a part of a record saved. */
static void no_memory_leaves_the_old(void **state)
{
	cJSON_Hooks scarce = {scarce_malloc, free};
	static const char text[] = "{\"version\":1,\"cards\":{\"" PATH "\":" CARD "}}";
	struct record_rom rom = rom_of(SHA_A);
	struct record_news news = news_of(0x2204, &rom);
	int dir = open_dir(state), err = -ENOMEM;
	struct record r;

	tempdir_put(dir, RECORD_FILE, text, strlen(text));
	load_ok(dir, &r);
	assert_int_equal(record_update(&r, &news), 0);
	cJSON_InitHooks(&scarce);
	for (unsigned n = 0; n < 400 && err == -ENOMEM; n++) {
		assert_true(tempdir_is(dir, RECORD_FILE, text));
		mallocs_left = n;
		err = record_save(dir, &r);
		assert_true(n > 50 || err == -ENOMEM);
	}
	cJSON_InitHooks(NULL);
	assert_int_equal(err, 0);
	r.failed = true; /* an edit ran out of memory */
	assert_int_equal(record_save(dir, &r), -ENOMEM);
	record_free(&r);
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(fresh),
		WITH_DIR(same_boot_changes_nothing),
		WITH_DIR(a_raw_of_a_rom_is_named_once),
		WITH_DIR(roms_move),
		WITH_DIR(replaced_cards_stay_known),
		WITH_DIR(ids_are_for_ever),
		WITH_DIR(ids_of_one_boot),
		WITH_DIR(ids_without_a_boot),
		cmocka_unit_test(an_id_that_is_none),
		WITH_DIR(unknown_fields_stay),
		WITH_DIR(what_is_loaded_is_saved),
		WITH_DIR(versions_and_damage),
		WITH_DIR(put_aside),
		WITH_DIR(one_change_is_written),
		WITH_DIR(no_memory_is_no_damage),
		WITH_DIR(a_large_record),
		WITH_DIR(no_card_is_there_twice),
		WITH_DIR(no_memory_leaves_the_old),
		WITH_DIR(failing_saves_leave_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
