// SPDX-License-Identifier: GPL-2.0-or-later
/* The store as a whole: what a commit leaves, and what it does where it cannot. */
#include "store/record-file.h"
#include "storebench.h"
#include "tempdir.h"
#include "util/sha256.h"

#include <errno.h>
#include <fcntl.h>
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

static void stores_what_was_read(void **state)
{
	struct image a = image_of(0x2204, 1);
	char file[STORE_FILE_MAX];
	struct stat st;
	struct bench b;

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage_raw(&b, 0, "NVGI and then the ROM");
	assert_outcome(&b, 0, ROM_NEW);
	assert_string_equal(result.store, STORE);
	assert_int_equal(result.published, 1);
	assert_int_equal(result.kept + result.none, 0);
	assert_string_equal(result.card[0].by_id, "10de-2204-1462-3892");
	assert_string_equal(result.card[0].trouble, "");
	assert_false(result.card[0].replaced);
	assert_true(store_has(&b, &a));
	assert_true(path_shows(&b, PATH, &a));
	assert_true(file_has(&b, IN_STORE "by-id/10de-2204-1462-3892.rom", &a));
	assert_true(record_has(&b, PATH, &a));
	assert_int_equal(tempdir_count(b.root.fd, IN_STORE "raw", ""), 1);
	assert_int_equal(fstatat(b.root.fd, rom_path(&a), &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(romstore_find(&b.root, STORE, PATH, file), 0);
	assert_string_equal(file, STORE "/by-path/" PATH ".rom");
	bench_close(&b);
}

static void twice_in_a_boot_is_once(void **state)
{
	struct image a = image_of(0x2204, 1);
	ino_t before[4];
	struct bench b;

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_NEW);
	before[0] = inode_of(&b, IN_STORE RECORD_FILE);
	before[1] = inode_of(&b, rom_path(&a));
	before[2] = inode_of(&b, IN_STORE "by-path/" PATH ".rom");
	before[3] = inode_of(&b, IN_STORE "by-id/10de-2204-1462-3892.rom");
	assert_outcome(&b, 0, ROM_SAME);
	assert_true(before[0] == inode_of(&b, IN_STORE RECORD_FILE));
	assert_true(before[1] == inode_of(&b, rom_path(&a)));
	assert_true(before[2] == inode_of(&b, IN_STORE "by-path/" PATH ".rom"));
	assert_true(before[3] == inode_of(&b, IN_STORE "by-id/10de-2204-1462-3892.rom"));
	assert_int_equal(count_roms(&b), 1);

	/* The next boot reads the same: only when the card was seen last is new. */
	bench_boot(&b, "boot-2\n");
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_SAME);
	assert_int_equal(result.kept, 1);
	assert_false(before[0] == inode_of(&b, IN_STORE RECORD_FILE));
	assert_true(before[1] == inode_of(&b, rom_path(&a)));
	bench_close(&b);
}

static void what_it_cannot_name(void **state)
{
	static const char *const bad[] = {"", "../../etc/cron.d/x", "A", ".x"};
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	for (size_t i = 0; i < COUNT(bad); i++) {
		strcpy(b.card[0].card.path, bad[i]);
		assert_outcome(&b, 0, ROM_SKIPPED);
		assert_true(result.card[0].trouble[0]);
	}
	/* Two cards of one name: which is which would be a guess. */
	bench_set_card(&b, 0, PATH, 0x2204, 0x3892);
	bench_set_card(&b, 1, PATH, 0x2206, 0x3892);
	bench_set_card(&b, 2, PATH2, 0x2204, 0x3892);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	bench_stage(&b, 1, &a, VERDICT_COMPLETE);
	bench_stage(&b, 2, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 2, ROM_NEW);
	assert_int_equal(result.card[0].outcome, ROM_SKIPPED);
	assert_int_equal(result.card[1].outcome, ROM_SKIPPED);
	assert_true(path_shows_nothing(&b, PATH));
	assert_true(path_shows(&b, PATH2, &a));
	/* Cards that were left are no cards of ours. */
	b.card[1].state = CARD_LEFT;
	b.card[2].state = CARD_LEFT;
	assert_outcome(&b, 0, ROM_NEW);
	assert_int_equal(result.card[1].outcome, ROM_SKIPPED);
	assert_string_equal(result.card[1].trouble, "");
	assert_int_equal(result.published + result.kept + result.none, 1);
	bench_close(&b);
}

static void foreign_files_are_left_alone(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	tempdir_put_text(b.root.fd, IN_STORE "by-path/" PATH ".rom", "the admin's");
	tempdir_put_text(b.root.fd, IN_STORE "by-id/10de-2204-1462-3892.rom", "the admin's");
	tempdir_put_text(b.root.fd, IN_STORE "roms/README", "the admin's");
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(result.card[0].foreign);
	assert_true(result.card[0].trouble[0]);
	assert_true(tempdir_is(b.root.fd, IN_STORE "by-path/" PATH ".rom", "the admin's"));
	assert_true(tempdir_is(b.root.fd, IN_STORE "by-id/10de-2204-1462-3892.rom", "the admin's"));
	assert_true(file_has(&b, IN_STORE "by-id/10de-2204-1462-3892-2.rom", &a));
	assert_true(store_has(&b, &a));
	bench_close(&b);
}

static void a_corrupt_record_is_put_aside(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	tempdir_put_text(b.root.fd, IN_STORE RECORD_FILE, "{\"version\":1,");
	assert_outcome(&b, 0, ROM_KEPT);
	assert_string_equal(result.set_aside, RECORD_FILE ".corrupt-1");
	assert_true(tempdir_is(b.root.fd, IN_STORE RECORD_FILE ".corrupt-1", "{\"version\":1,"));
	assert_true(path_shows(&b, PATH, &a));
	assert_true(record_has(&b, PATH, &a));
	assert_outcome(&b, 0, ROM_KEPT);
	assert_string_equal(result.set_aside, "");
	bench_close(&b);
}

static void a_newer_record_is_refused(void **state)
{
	static const char newer[] = "{\"version\":3,\"cards\":[\"of another shape\"]}";
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	tempdir_put_text(b.root.fd, IN_STORE RECORD_FILE, newer);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_int_equal(bench_commit(&b), 0);
	assert_true(result.is_volatile);
	assert_int_equal(result.why, -ENOTSUP);
	assert_true(tempdir_is(b.root.fd, IN_STORE RECORD_FILE, newer));
	assert_int_equal(count_roms(&b), 0);
	assert_true(path_shows_nothing(&b, PATH));
	assert_true(file_has(&b, IN_VOLATILE "by-path/" PATH ".rom", &a));
	bench_close(&b);
}

/* No store to be had: the same layout under /run, until there is one. */
static void a_store_that_cannot_be_made(void **state)
{
	static const char *const store[] = {STORE, "/var/lib/l", "no/root", "", "/"};
	static const int why[] = {-ENOTDIR, -ENOTDIR, -EINVAL, -EINVAL, -EINVAL};
	struct image a = image_of(0x2204, 1);
	char file[STORE_FILE_MAX];
	struct bench b;

	bench_make(&b, state);
	tempdir_put_text(b.root.fd, "var/lib/gpurom", "in the way");
	assert_int_equal(symlinkat("../../elsewhere", b.root.fd, "var/lib/l"), 0);
	tempdir_put_text(b.root.fd, "elsewhere/f", "x");
	for (size_t i = COUNT(store); i-- > 0;) {
		bench_boot(&b, "boot\n");
		strcpy(b.r.store, store[i]);
		bench_stage(&b, 0, &a, VERDICT_COMPLETE);
		assert_int_equal(bench_commit(&b), 0);
		assert_true(result.is_volatile);
		assert_int_equal(result.why, why[i]);
		assert_string_equal(result.store, STORE_VOLATILE);
		assert_true(file_has(&b, IN_VOLATILE "by-path/" PATH ".rom", &a));
		assert_true(tempdir_exists(b.root.fd, IN_VOLATILE RECORD_FILE));
		assert_int_equal(romstore_find(&b.root, STORE, PATH, file), 0);
		assert_string_equal(file, STORE_VOLATILE "/by-path/" PATH ".rom");
	}
	assert_int_equal(tempdir_count(b.root.fd, "elsewhere", ""), 1);
	assert_int_equal(unlinkat(b.root.fd, "var/lib/gpurom", 0), 0);
	assert_outcome(&b, 0, ROM_NEW);
	assert_true(path_shows(&b, PATH, &a));
	assert_int_equal(romstore_find(&b.root, STORE, PATH, file), 0);
	assert_string_equal(file, STORE "/by-path/" PATH ".rom");
	bench_close(&b);
}

/* A store that can be read and not written serves the cards that it knows; only what it does not
 * show right goes to /run. */
static void a_store_that_cannot_be_written(void **state)
{
	struct image a = image_of(0x2204, 1), z = image_of(0x2206, 2), y = image_of(0x1b80, 3);
	char file[STORE_FILE_MAX], sha256[SHA256_HEX], target[SHA256_HEX + 16];
	struct bench b;

	bench_make(&b, state);
	bench_set_card(&b, 1, PATH2, 0x2206, 0x3892);
	bench_set_card(&b, 2, "third", 0x2204, 0x1111);
	bench_set_card(&b, 3, "fourth", 0x2204, 0x1111);
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_stage(&b, 2, &a, VERDICT_COMPLETE);
	bench_stage(&b, 3, &a, VERDICT_COMPLETE);
	bench_first_boot(&b, &a, VERDICT_COMPLETE);
	/* By hand, the link of one card to the ROM of another. */
	digest_sha256(bytes_of(&a), sha256);
	snprintf(target, sizeof(target), "../roms/%s.rom", sha256);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-path/" PATH2 ".rom", 0), 0);
	assert_int_equal(symlinkat(target, b.root.fd, IN_STORE "by-path/" PATH2 ".rom"), 0);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE "raw", AT_REMOVEDIR), 0);
	tempdir_put_text(b.root.fd, IN_STORE "raw", "in the way");
	bench_stage(&b, 1, &z, VERDICT_COMPLETE);
	bench_set_card(&b, 2, "third", 0x1b80, 0x1111);
	bench_set_card(&b, 3, "fourth", 0x1b80, 0x1111);
	bench_stage(&b, 2, &y, VERDICT_COMPLETE);

	assert_int_equal(bench_commit(&b), 0);
	assert_true(result.is_volatile);
	assert_int_equal(result.why, -ENOTDIR);
	assert_int_equal(result.card[0].outcome, ROM_KEPT);
	assert_int_equal(result.card[1].outcome, ROM_NEW);
	assert_int_equal(result.card[2].outcome, ROM_NEW);
	assert_int_equal(result.card[3].outcome, ROM_NONE);
	assert_true(result.card[2].trouble[0]);
	assert_true(result.card[3].trouble[0]);
	assert_int_equal(romstore_find(&b.root, STORE, PATH, file), 0);
	assert_string_equal(file, STORE "/by-path/" PATH ".rom");
	assert_int_equal(romstore_find(&b.root, STORE, "third", file), 0);
	assert_string_equal(file, STORE_VOLATILE "/by-path/third.rom");
	assert_int_equal(tempdir_count(b.root.fd, IN_VOLATILE "by-path", ""), 2);
	bench_close(&b);
}

static int commit_job(void *arg)
{
	return bench_commit(arg);
}

/* Whichever call fails for good, the old state is whole, and a later commit finishes. */
static void failing_calls(void **state)
{
	static const struct {
		long call;
		int err;
	} cases[] = {
		{SYS_write, ENOSPC}, {SYS_write, EIO},	   {SYS_fsync, EIO},
		{SYS_fchmod, EPERM}, {SYS_symlinkat, EIO}, {SYS_mkdirat, EROFS},
#ifdef SYS_renameat
		{SYS_renameat, EIO},
#endif
	};
	struct image a = image_of(0x2204, 1), z = image_of(0x1b80, 2);

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *before;
		struct bench b;

		bench_make(&b, state);
		bench_stage(&b, 0, &a, VERDICT_COMPLETE);
		assert_int_equal(bench_commit(&b), 0);
		before = tempdir_text(b.root.fd, IN_STORE RECORD_FILE);
		bench_boot(&b, "boot-2\n");
		bench_set_card(&b, 0, PATH, 0x1b80, 0x3892);
		bench_stage(&b, 0, &z, VERDICT_COMPLETE);
		if (cases[i].call != SYS_mkdirat) {
			assert_int_equal(
				tempdir_failing(cases[i].call, cases[i].err, commit_job, &b),
				-cases[i].err);
			assert_true(tempdir_is(b.root.fd, IN_STORE RECORD_FILE, before));
			assert_true(path_shows(&b, PATH, &a));
			assert_int_equal(tempdir_count(b.root.fd, IN_STORE "roms", ".tmp."), 0);
			assert_int_equal(tempdir_count(b.root.fd, IN_STORE, ".tmp."), 0);
		} else {
			/* Its folders are there: a store needs no more of them. */
			assert_int_equal(
				tempdir_failing(cases[i].call, cases[i].err, commit_job, &b), 0);
		}
		assert_int_equal(bench_commit(&b), 0);
		assert_true(path_shows(&b, PATH, &z));
		assert_true(record_has(&b, PATH, &z));
		assert_true(store_has(&b, &a));
		free(before);
		assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
		assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-path/" PATH ".rom", 0), 0);
		assert_int_equal(unlinkat(b.root.fd, rom_path(&z), 0), 0);
		assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-id/10de-1b80-1462-3892.rom", 0),
				 0);
		bench_close(&b);
	}
}

static int why_job(void *arg)
{
	int err = bench_commit(arg);

	return err ? err : result.why;
}

/* A disk that cannot be read is no reason to hold that nothing is there: nothing is changed. */
static void unreadable_files(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct bench b;

	bench_make(&b, state);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_outcome(&b, 0, ROM_NEW);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE RECORD_FILE, 0), 0);
	bench_boot(&b, "boot-2\n");
	assert_int_equal(tempdir_failing(SYS_read, EIO, why_job, &b), -EIO);
	assert_true(path_shows(&b, PATH, &a));
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-path/" PATH ".rom", 0), 0);
	assert_int_equal(tempdir_failing(SYS_read, EIO, why_job, &b), -EIO);
	assert_false(tempdir_exists(b.root.fd, IN_STORE RECORD_FILE));
	assert_outcome(&b, 0, ROM_NEW);
	bench_close(&b);
}

/* Another gpurom at work is no store that cannot be written: what was read stays staged for a later
 * commit, and no second store comes to be under /run. Sleeping is made to take no time. */
static void a_store_that_is_locked(void **state)
{
	struct image a = image_of(0x2204, 1);
	struct romstore other;
	struct bench b;
	int lock;

	bench_make(&b, state);
	assert_int_equal(romstore_open(&b.root, STORE, true, &other), 0);
	lock = romstore_lock(&other, 0);
	assert_true(lock >= 0);
	bench_stage(&b, 0, &a, VERDICT_COMPLETE);
	assert_int_equal(tempdir_failing(SYS_clock_nanosleep, EINTR, commit_job, &b), -EBUSY);
	assert_false(tempdir_exists(b.root.fd, IN_VOLATILE));
	assert_int_equal(count_roms(&b), 0);
	close(lock);
	romstore_close(&other);
	assert_outcome(&b, 0, ROM_NEW);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(stores_what_was_read),
		WITH_DIR(twice_in_a_boot_is_once),
		WITH_DIR(what_it_cannot_name),
		WITH_DIR(foreign_files_are_left_alone),
		WITH_DIR(a_corrupt_record_is_put_aside),
		WITH_DIR(a_newer_record_is_refused),
		WITH_DIR(a_store_that_cannot_be_made),
		WITH_DIR(a_store_that_cannot_be_written),
		WITH_DIR(a_store_that_is_locked),
		WITH_DIR(unreadable_files),
		WITH_DIR(failing_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
