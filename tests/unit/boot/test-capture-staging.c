// SPDX-License-Identifier: GPL-2.0-or-later
/* A reading that is staged stays so, whatever becomes of a later try. */
#include "boot/capture.h"
#include "tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)

static bool staged(int dir, const char *sha256, const char *suffix)
{
	char path[128];

	snprintf(path, sizeof(path), ROOT_STAGED "/%s.%s", sha256, suffix);
	return *sha256 && tempdir_exists(dir, path);
}

static void what_is_staged_stays(void **state)
{
	static uint8_t bytes[] = "a ROM and what follows it", other[] = "another";
	const struct root root = {.path = *state, .fd = tempdir_open(*state)};
	struct reading r = {.raw = {.bytes = bytes, .n = sizeof(bytes)}, .keep = {bytes, 5}};
	struct rom_reading reading = {0};
	char rom[SHA256_HEX], raw[SHA256_HEX];

	tempdir_put_text(root.fd, ROOT_STAGED "/x", "");
	staging_put(&root, &r, &reading);
	assert_true(staged(root.fd, reading.sha256, "rom"));
	assert_true(staged(root.fd, reading.raw_sha256, "bin"));
	assert_int_equal(reading.rom_size, 5);
	strcpy(rom, reading.sha256);
	strcpy(raw, reading.raw_sha256);

	/* From now on nothing can be written. */
	assert_int_equal(renameat(root.fd, ROOT_STAGED, root.fd, "elsewhere"), 0);
	staging_put(&root, &r, &reading);
	assert_string_equal(reading.sha256, rom);
	assert_string_equal(reading.raw_sha256, raw);
	assert_int_equal(reading.rom_size, 5);
	/* Another one cannot be staged, and no digest says that it is. */
	r = (struct reading){.raw = {.bytes = other, .n = 7}, .keep = {other, 7}};
	staging_put(&root, &r, &reading);
	assert_string_equal(reading.sha256, "");
	assert_string_equal(reading.raw_sha256, "");
	assert_int_equal(reading.rom_size, 0);
	close(root.fd);
}

static void nothing_is_nothing(void **state)
{
	const struct root root = {.path = *state, .fd = tempdir_open(*state)};
	struct rom_reading reading = {.sha256 = "x", .rom_size = 3};
	struct reading r;

	reading_none(&r);
	staging_put(&root, &r, &reading);
	assert_string_equal(reading.sha256, "");
	assert_string_equal(reading.raw_sha256, "");
	assert_int_equal(reading.rom_size, 0);
	close(root.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(what_is_staged_stays),
		WITH_DIR(nothing_is_nothing),
	};

	return cmocka_run_group_tests_name("staging", tests, NULL, NULL);
}
