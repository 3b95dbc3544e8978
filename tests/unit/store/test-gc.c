// SPDX-License-Identifier: GPL-2.0-or-later
/* What the store needs, and what nothing in it refers to. */
#include "store/gc.h"
#include "store/record-file.h"
#include "tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define A_UPPER "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define AT "var/lib/gpurom/"

static void a_digest_is_found_in_any_text(void **state)
{
	static const struct {
		const char *text;
		bool a, b;
	} cases[] = {
		{"", false, false},
		{A, true, false},
		{A_UPPER, true, false},
		{"../roms/" A ".rom", true, false},
		{A B, true, true},
		{"00" A "ff", true, false},
		{A " and " B, true, true},
		{"123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false, false},
		{"0123456789abcdef0123456789abcdef-0123456789abcdef0123456789abcdef", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct digestset s = {0};

		assert_int_equal(digestset_add(&s, cases[i].text, strlen(cases[i].text)), 0);
		assert_int_equal(digestset_has(&s, A), cases[i].a);
		assert_int_equal(digestset_has(&s, B), cases[i].b);
		digestset_free(&s);
	}
}

static void many_are_kept_apart(void **state)
{
	struct digestset s = {0};
	char text[SHA256_HEX];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "%064x", i * 2);
		assert_int_equal(digestset_add(&s, text, strlen(text)), 0);
		assert_true(digestset_has(&s, text));
	}
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(text, sizeof(text), "%064x", i);
		assert_int_equal(digestset_has(&s, text), i % 2 == 0);
	}
	digestset_free(&s);
}

struct place {
	struct root root;
	struct romstore s;
	struct record r;
	struct storegc g;
};

/* text: of cards.json, NULL none. */
static void place_make(struct place *p, void **state, const char *text)
{
	*p = (struct place){.root = {.path = *state, .fd = tempdir_open(*state)}};
	assert_int_equal(romstore_open(&p->root, "/var/lib/gpurom", true, &p->s), 0);
	if (text)
		tempdir_put_text(p->root.fd, AT RECORD_FILE, text);
	assert_int_equal(record_load(p->s.fd, &p->r), 0);
}

static void place_close(struct place *p)
{
	storegc_free(&p->g);
	record_free(&p->r);
	romstore_close(&p->s);
	close(p->root.fd);
}

static void find(struct place *p)
{
	storegc_free(&p->g);
	assert_int_equal(storegc_find(&p->s, &p->r, &p->g), 0);
}

#define EMPTY "{\"version\":1,\"cards\":{}}"

static void only_what_is_not_named(void **state)
{
	struct place p;
	size_t removed;

	place_make(
		&p, state,
		"{\"version\":1,\"cards\":{\"x\":{\"ids\":\"10de:2204\",\"subsystem\":\"1462:3892\","
		"\"deep\":[[{\"" A "\":1}]]}}}");
	tempdir_put_text(p.root.fd, AT "roms/" A ".rom", "needed");
	tempdir_put_text(p.root.fd, AT "roms/" B ".rom", "four");
	tempdir_put_text(p.root.fd, AT "raw/" B ".bin", "five!");
	tempdir_put_text(p.root.fd, AT "raw/" B ".rom", "not ours");
	find(&p);
	assert_int_equal(p.g.refusal, STOREGC_ALLOWED);
	assert_int_equal(p.g.n, 2);
	assert_int_equal(p.g.bytes, 9);
	assert_string_equal(p.g.file[0].name, "raw/" B ".bin");
	assert_string_equal(p.g.file[1].name, "roms/" B ".rom");
	assert_true(tempdir_exists(p.root.fd, AT "roms/" B ".rom"));
	assert_int_equal(storegc_remove(&p.s, &p.g, &removed), 0);
	assert_int_equal(removed, 2);
	assert_int_equal(tempdir_count(p.root.fd, AT "roms", ""), 1);
	assert_int_equal(tempdir_count(p.root.fd, AT "raw", ""), 1);
	find(&p);
	assert_int_equal(p.g.n, 0);
	place_close(&p);
}

static void without_a_record_nothing_is_known(void **state)
{
	struct place p;

	place_make(&p, state, NULL);
	find(&p);
	assert_int_equal(p.g.refusal, STOREGC_ALLOWED);
	tempdir_put_text(p.root.fd, AT "roms/" B ".rom", "x");
	find(&p);
	assert_int_equal(p.g.refusal, STOREGC_NO_RECORD);
	tempdir_put_text(p.root.fd, AT RECORD_FILE, EMPTY);
	find(&p);
	assert_int_equal(p.g.refusal, STOREGC_ALLOWED);
	tempdir_put_text(p.root.fd, AT RECORD_FILE ".corrupt-12", "");
	find(&p);
	assert_int_equal(p.g.refusal, STOREGC_CORRUPT);
	assert_string_equal(p.g.aside, RECORD_FILE ".corrupt-12");
	place_close(&p);
}

static int find_arg(void *arg)
{
	struct place *p = arg;

	return storegc_find(&p->s, &p->r, &p->g);
}

static int remove_arg(void *arg)
{
	struct place *p = arg;
	size_t removed;

	return storegc_remove(&p->s, &p->g, &removed);
}

/* A folder or a link that cannot be read could name any of them. */
static void trouble_finds_nothing(void **state)
{
	struct place p;

	place_make(&p, state, EMPTY);
	tempdir_put_text(p.root.fd, AT "roms/" B ".rom", "x");
	assert_int_equal(symlinkat("../roms/" A ".rom", p.s.fd, "by-path/x.rom"), 0);
	assert_int_equal(tempdir_failing(SYS_getdents64, EIO, find_arg, &p), -EIO);
	assert_int_equal(tempdir_failing(SYS_readlinkat, EIO, find_arg, &p), -EIO);
	assert_int_equal(tempdir_failing(SYS_openat, EACCES, find_arg, &p), -EACCES);
	assert_int_equal(unlinkat(p.s.fd, "by-id", AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("by-path", p.s.fd, "by-id"), 0);
	assert_true(find_arg(&p) < 0);
	place_close(&p);
}

static void trouble_is_told(void **state)
{
	struct place p;

	place_make(&p, state, EMPTY);
	tempdir_put_text(p.root.fd, AT "roms/" B ".rom", "x");
	find(&p);
	assert_int_equal(tempdir_failing(SYS_unlinkat, EROFS, remove_arg, &p), -EROFS);
	assert_true(tempdir_exists(p.root.fd, AT "roms/" B ".rom"));
	assert_int_equal(tempdir_failing(SYS_fsync, EIO, remove_arg, &p), -EIO);
	place_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_digest_is_found_in_any_text),
		cmocka_unit_test(many_are_kept_apart),
		WITH_DIR(only_what_is_not_named),
		WITH_DIR(without_a_record_nothing_is_known),
		WITH_DIR(trouble_finds_nothing),
		WITH_DIR(trouble_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
