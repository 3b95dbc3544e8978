// SPDX-License-Identifier: GPL-2.0-or-later
/* What was published is on the disk: whoever puts a name into a folder of the store syncs that
 * folder once the name is there, and also where it was there already, since whoever put it there
 * may have died before that. The program's fsync is watched: a folder counts only while the name is
 * in it. */
#include "record/record.h"
#include "store/record-file.h"
#include "store/store.h"
#include "sys/file.h"
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
#define STORE "/store"

static struct {
	const char *folder, *name; /* the end of the folder's path, and a name in it */
	bool gone;		   /* the name is to be gone, not there */
	unsigned synced;	   /* times that the folder was, with the name as it is to be */
} watch;

static bool ends_with(const char *text, const char *tail)
{
	size_t n = strlen(text), t = strlen(tail);

	return n >= t && strcmp(text + n - t, tail) == 0;
}

int fsync(int fd)
{
	char link[40], path[512];
	ssize_t n;
	struct stat st;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	if (watch.name && ends_with(path, watch.folder))
		watch.synced +=
			(fstatat(fd, watch.name, &st, AT_SYMLINK_NOFOLLOW) == 0) != watch.gone;
	return (int)syscall(SYS_fsync, fd);
}

static void look_for(const char *folder, const char *name, bool gone)
{
	watch.folder = folder;
	watch.name = name;
	watch.gone = gone;
	watch.synced = 0;
}

/* err: of what was to put the name there. */
static void is_durable(int err, const char *what)
{
	if (err || !watch.synced)
		fail_msg("%s: %s", what, err ? strerror(-err) : "its folder is not synced");
	watch.name = NULL;
}

static void files(void **state)
{
	int dir = tempdir_open(*state);

	assert_int_equal(dir_make(dir, "d", 0755), 0);
	look_for("/d", "f", false);
	is_durable(file_publish(dir, "d/f", "one", 3, 0644), "a file");
	look_for("/d", "new", false);
	is_durable(file_publish_new(dir, "d/new", "one", 3, 0644), "a new file");
	look_for("/d", "e", false);
	is_durable(dir_make(dir, "d/e", 0755), "a folder");
	close(dir);
}

static void links(void **state)
{
	int dir = tempdir_open(*state);

	assert_int_equal(dir_make(dir, "d", 0755), 0);
	look_for("/d", "l", false);
	is_durable(link_publish(dir, "d/l", "one"), "a link");
	look_for("/d", "l", true);
	is_durable(link_remove(dir, "d/l"), "a link that goes");
	close(dir);
}

struct bench {
	struct root root;
	struct romstore s;
	char sha256[SHA256_HEX], name[SHA256_HEX + 4];
};

static struct bench bench_open(void **state)
{
	struct bench b = {.root.fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};

	assert_true(b.root.fd >= 0);
	assert_int_equal(romstore_open(&b.root, STORE, true, &b.s), 0);
	digest_sha256((struct bytes){(const uint8_t *)"rom", 3}, b.sha256);
	snprintf(b.name, sizeof(b.name), "%s.rom", b.sha256);
	return b;
}

static int put(const struct bench *b)
{
	return romstore_put_rom(&b->s, (struct bytes){(const uint8_t *)"rom", 3}, b->sha256);
}

static void roms(void **state)
{
	struct bench b = bench_open(state);

	look_for("/roms", b.name, false);
	is_durable(put(&b), "a romfile");
	look_for("/roms", b.name, false);
	is_durable(put(&b), "a romfile that is there");
	look_for("/by-path", "p.rom", false);
	is_durable(romstore_link(&b.s, STORE_BY_PATH, "p", b.sha256), "its link");
	look_for("/by-path", "p.rom", false);
	is_durable(romstore_link(&b.s, STORE_BY_PATH, "p", b.sha256), "its link that is there");
	look_for("/by-path", "p.rom", true);
	is_durable(romstore_unlink(&b.s, STORE_BY_PATH, "p"), "its link that goes");
	romstore_close(&b.s);
	root_close(&b.root);
}

static int load_and_save(int store)
{
	struct record r;
	int err = record_load(store, &r);

	if (err)
		return err;
	err = record_save(store, &r);
	record_free(&r);
	return err;
}

static void records(void **state)
{
	struct bench b = bench_open(state);

	look_for(STORE, RECORD_FILE, false);
	is_durable(load_and_save(b.s.fd), "a record");
	look_for(STORE, RECORD_FILE, false);
	is_durable(load_and_save(b.s.fd), "an unchanged record");
	tempdir_put_text(b.s.fd, RECORD_FILE, "{\"version\":1,\"cards\":{}}");
	look_for(STORE, RECORD_OLDER_FILE, false);
	is_durable(load_and_save(b.s.fd), "a record of an older form, kept");
	romstore_close(&b.s);
	root_close(&b.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(files),
		WITH_DIR(links),
		WITH_DIR(roms),
		WITH_DIR(records),
	};

	return cmocka_run_group_tests_name("durable", tests, NULL, NULL);
}
