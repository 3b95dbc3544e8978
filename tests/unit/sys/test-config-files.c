// SPDX-License-Identifier: GPL-2.0-or-later
/* The digest of the configuration's files: the same wherever the same files are, another one for
 * each change that could matter. */
#include "sys/config-files.h"

#include "tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)

static void digest(int fd, const char *cmdline, char ret[SHA256_HEX])
{
	static struct config c;
	static struct complaints bad;
	struct root root = {"", fd};

	config_files_load(&root, cmdline, false, &c, &bad);
	assert_int_equal(strlen(c.files_digest), SHA256_HEX - 1);
	memcpy(ret, c.files_digest, SHA256_HEX);
}

/* Sets was to the digest as it is now, and says whether it was another one. */
static bool changed(int fd, char was[SHA256_HEX])
{
	char now[SHA256_HEX];
	bool differs;

	digest(fd, "", now);
	differs = strcmp(now, was) != 0;
	memcpy(was, now, sizeof(now));
	return differs;
}

static void each_change_of_a_file_counts(void **state)
{
	int fd = tempdir_open(*state);
	char was[SHA256_HEX];

	digest(fd, "", was);
	tempdir_put_text(fd, ROOT_CONF, "timeout=7\n");
	assert_true(changed(fd, was));
	tempdir_put_text(fd, ROOT_CONF, "timeout=8\n");
	assert_true(changed(fd, was));
	tempdir_put_text(fd, ROOT_CONF_DIR "/10-a.conf", "");
	assert_true(changed(fd, was));
	assert_int_equal(renameat(fd, ROOT_CONF_DIR "/10-a.conf", fd, ROOT_CONF_DIR "/20-a.conf"),
			 0);
	assert_true(changed(fd, was));
	tempdir_put_text(fd, ROOT_CONF_DIR "/30-b.conf", "timeout=9\n");
	assert_true(changed(fd, was));
	tempdir_put_text(fd, ROOT_CONF_VENDOR, "timeout=8\n");
	assert_true(changed(fd, was));
	assert_int_equal(unlinkat(fd, ROOT_CONF, 0), 0);
	assert_true(changed(fd, was));
	close(fd);
}

/* A folder in the place of a file is what the hooks put into an image for what they cannot copy. */
static void what_cannot_be_used_counts_as_such(void **state)
{
	int fd = tempdir_open(*state);
	char was[SHA256_HEX], fifo[SHA256_HEX];

	tempdir_put_text(fd, ROOT_CONF, "");
	digest(fd, "", was);
	assert_int_equal(unlinkat(fd, ROOT_CONF, 0), 0);
	assert_int_equal(mkfifoat(fd, ROOT_CONF, 0600), 0);
	assert_true(changed(fd, was));
	memcpy(fifo, was, sizeof(was));
	assert_int_equal(unlinkat(fd, ROOT_CONF, 0), 0);
	assert_true(changed(fd, was));
	assert_int_equal(mkdirat(fd, ROOT_CONF, 0700), 0);
	assert_true(changed(fd, was));
	assert_string_equal(was, fifo);
	close(fd);
}

static void nothing_else_counts(void **state)
{
	int fd = tempdir_open(*state);
	char was[SHA256_HEX], with[SHA256_HEX];

	tempdir_put_text(fd, ROOT_CONF, "timeout=7\n");
	digest(fd, "", was);
	digest(fd, "gpurom.timeout=9 gpurom.nonsense", with);
	assert_string_equal(with, was);
	tempdir_put_text(fd, ROOT_CONF_DIR "/note.txt", "timeout=9\n");
	tempdir_put_text(fd, ROOT_CONF_DIR "/.hidden.conf", "timeout=9\n");
	assert_false(changed(fd, was));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {WITH_DIR(each_change_of_a_file_counts),
					   WITH_DIR(what_cannot_be_used_counts_as_such),
					   WITH_DIR(nothing_else_counts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
