// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/file.h"
#include "tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)

static mode_t mode_of(int dir, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

static void read_bounds(void **state)
{
	static const struct {
		size_t n, cap;
		int err;
	} cases[] = {{0, 0, 0},
		     {0, 10, 0},
		     {10, 10, 0},
		     {11, 10, -EFBIG},
		     {1, 0, -EFBIG},
		     {4096, 4096, 0},
		     {4097, 4096, -EFBIG},
		     {4097, 5000, 0},
		     {100000, 1 << 20, 0},
		     {100000, 100000, 0},
		     {100001, 100000, -EFBIG},
		     {3000000, 4000000, 0},
		     {3000000, 3000000, 0},
		     {3000000, 2999999, -EFBIG}};
	int dir = tempdir_open(*state);
	uint8_t *data = malloc(3000000);

	for (size_t i = 0; i < 3000000; i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < 2 * (sizeof(cases) / sizeof(cases[0])); i++) {
		const size_t size = cases[i / 2].n, cap = cases[i / 2].cap;
		uint8_t *got = NULL;
		size_t n = 77;
		int err;

		tempdir_put(dir, "f", data, size);
		/* By growing, and by the size that the file says it has. */
		err = (i % 2 ? file_read : file_read_plain)(dir, "f", cap, &got, &n);
		assert_int_equal(err, cases[i / 2].err);
		if (err) {
			assert_null(got);
			assert_int_equal(n, 77);
			continue;
		}
		assert_int_equal(n, size);
		assert_memory_equal(got, data, n);
		assert_int_equal(got[n], 0);
		free(got);
	}
	free(data);
	close(dir);
}

static void read_refuses(void **state)
{
	int dir = tempdir_open(*state);
	uint8_t *got;
	size_t n;

	assert_int_equal(file_read(dir, "none", 10, &got, &n), -ENOENT);
	assert_int_equal(file_read(dir, ".", 10, &got, &n), -EISDIR);
	/* A file of procfs says that it has no bytes. */
	assert_int_equal(file_read(dir, "/proc/self/stat", 65536, &got, &n), 0);
	assert_true(n > 0);
	free(got);
	close(dir);
}

static void read_regular_refuses(void **state)
{
	int dir = tempdir_open(*state);
	uint8_t *got;
	size_t n;

	tempdir_put_text(dir, "f", "x");
	assert_int_equal(symlinkat("f", dir, "l"), 0);
	assert_int_equal(mkfifoat(dir, "p", 0600), 0);
	assert_int_equal(symlinkat("p", dir, "lp"), 0);
	assert_int_equal(symlinkat("/nowhere", dir, "ln"), 0);
	assert_int_equal(file_read_regular(dir, "l", 10, &got, &n), 0);
	assert_string_equal((char *)got, "x");
	free(got);
	assert_int_equal(file_read_regular(dir, "p", 10, &got, &n), -EINVAL);
	assert_int_equal(file_read_regular(dir, "lp", 10, &got, &n), -EINVAL);
	assert_int_equal(file_read_regular(dir, ".", 10, &got, &n), -EINVAL);
	assert_int_equal(file_read_regular(AT_FDCWD, "/dev/zero", 10, &got, &n), -EINVAL);
	assert_int_equal(file_read_regular(dir, "ln", 10, &got, &n), -ENOENT);
	close(dir);
}

static void read_plain_refuses(void **state)
{
	int dir = tempdir_open(*state);
	uint8_t *got;
	size_t n;

	tempdir_put_text(dir, "f", "x");
	assert_int_equal(symlinkat("f", dir, "l"), 0);
	assert_int_equal(mkfifoat(dir, "p", 0600), 0);
	assert_int_equal(file_read(dir, "l", 10, &got, &n), 0);
	free(got);
	assert_int_equal(file_read_plain(dir, "l", 10, &got, &n), -ELOOP);
	assert_int_equal(file_read_plain(dir, "p", 10, &got, &n), -EINVAL);
	assert_int_equal(file_read_plain(dir, ".", 10, &got, &n), -EINVAL);
	assert_int_equal(file_read_plain(dir, "f", 10, &got, &n), 0);
	assert_string_equal((char *)got, "x");
	free(got);
	close(dir);
}

static void publish_replaces(void **state)
{
	int dir = tempdir_open(*state);

	umask(077);
	assert_int_equal(file_publish(dir, "f", "one", 3, 0644), 0);
	assert_true(tempdir_is(dir, "f", "one"));
	assert_int_equal(mode_of(dir, "f"), 0644);
	assert_int_equal(file_publish(dir, "f", "longer", 6, 0600), 0);
	assert_true(tempdir_is(dir, "f", "longer"));
	assert_int_equal(mode_of(dir, "f"), 0600);
	assert_int_equal(file_publish(dir, "f", "", 0, 0644), 0);
	assert_true(tempdir_is(dir, "f", ""));
	assert_int_equal(tempdir_count(dir, ".", ""), 1);
	close(dir);
}

static void publish_in_folders(void **state)
{
	int dir = tempdir_open(*state);

	assert_int_equal(file_publish(dir, "a/b/f", "x", 1, 0644), -ENOENT);
	assert_int_equal(dir_make(dir, "a/b", 0755), 0);
	assert_int_equal(file_publish(dir, "a/b/f", "x", 1, 0644), 0);
	assert_true(tempdir_is(dir, "a/b/f", "x"));
	assert_int_equal(symlinkat("a/b", dir, "way"), 0);
	assert_int_equal(file_publish(dir, "way/f", "y", 1, 0644), 0);
	assert_true(tempdir_is(dir, "a/b/f", "y"));
	assert_int_equal(file_publish(dir, "a/b/f/g", "x", 1, 0644), -ENOTDIR);
	assert_int_equal(file_publish(dir, "a/b", "x", 1, 0644), -EISDIR);
	assert_int_equal(tempdir_count(dir, "a", ""), 1);
	assert_int_equal(tempdir_count(dir, ".", FILE_TEMP_PREFIX), 0);
	close(dir);
}

static void publish_needs_a_name(void **state)
{
	static const char *const bad[] = {"", ".", "..", "a/", "a/..", "/"};
	int dir = tempdir_open(*state);

	assert_int_equal(dir_make(dir, "a", 0755), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(file_publish(dir, bad[i], "x", 1, 0644), -EINVAL);
	close(dir);
}

/* Old content behind a link planted at the name, or at the temp names, is not written to. */
static void publish_follows_no_link(void **state)
{
	int dir = tempdir_open(*state);
	char temp[40];

	tempdir_put_text(dir, "victim", "old");
	assert_int_equal(symlinkat("victim", dir, "f"), 0);
	for (int i = 0; i < 3; i++) {
		snprintf(temp, sizeof(temp), FILE_TEMP_PREFIX "%ld.%d", (long)getpid(), i);
		assert_int_equal(symlinkat("victim", dir, temp), 0);
	}
	assert_int_equal(file_publish(dir, "f", "new", 3, 0644), 0);
	assert_true(tempdir_is(dir, "f", "new"));
	assert_true(tempdir_is(dir, "victim", "old"));
	assert_int_equal(tempdir_count(dir, ".", FILE_TEMP_PREFIX), 3);
	close(dir);
}

struct job {
	int dir;
	bool new;
};

static int publish_job(void *arg)
{
	const struct job *j = arg;

	return j->new ? file_publish_new(j->dir, "g", "new", 3, 0644)
		      : file_publish(j->dir, "f", "new", 3, 0644);
}

/* Whichever call fails, the name shows the old content or the new one and no temp file is left. */
static void publish_failing(void **state)
{
	static const struct {
		long call;
		int err;
	} cases[] = {{SYS_write, ENOSPC}, {SYS_write, EIO},    {SYS_fchmod, EPERM},
		     {SYS_fsync, EIO},	  {SYS_fsync, EDQUOT}, {SYS_close, EIO},
#ifdef SYS_renameat
		     {SYS_renameat, EIO},
#endif
		     {SYS_openat, EROFS}};
	struct job j = {.dir = tempdir_open(*state)};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tempdir_put_text(j.dir, "f", "old");
		assert_int_equal(tempdir_failing(cases[i].call, cases[i].err, publish_job, &j),
				 -cases[i].err);
		assert_true(tempdir_is(j.dir, "f", "old"));
		assert_int_equal(tempdir_count(j.dir, ".", ""), 1);
	}
	j.new = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
#ifdef SYS_renameat
		if (cases[i].call == SYS_renameat)
			continue;
#endif
		assert_int_equal(tempdir_failing(cases[i].call, cases[i].err, publish_job, &j),
				 -cases[i].err);
		assert_int_equal(tempdir_count(j.dir, ".", ""), 1);
	}
	close(j.dir);
}

/* A file system that cannot fsync a folder (vfat, 9p) can fsync a file: only the one is forgiven.
 */
static int sync_job(void *arg)
{
	return dir_sync(*(int *)arg);
}

static void sync_of_folders(void **state)
{
	int dir = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct job j = {.dir = dir};

	assert_int_equal(tempdir_failing(SYS_fsync, EINVAL, sync_job, &dir), 0);
	assert_int_equal(tempdir_failing(SYS_fsync, ENOTSUP, sync_job, &dir), 0);
	assert_int_equal(tempdir_failing(SYS_fsync, EIO, sync_job, &dir), -EIO);
	assert_int_equal(tempdir_failing(SYS_fsync, EINVAL, publish_job, &j), -EINVAL);
	assert_false(tempdir_exists(dir, "f"));
	close(dir);
}

/* No room: the write is short first, then fails. */
static void publish_without_room(void **state)
{
	const struct rlimit small = {.rlim_cur = 1000, .rlim_max = RLIM_INFINITY};
	int dir = tempdir_open(*state);
	char big[3000] = {0};
	struct rlimit was;

	assert_int_equal(file_publish(dir, "f", "old", 3, 0644), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(file_publish(dir, "f", big, sizeof(big), 0644), -EFBIG);
	assert_int_equal(file_publish_new(dir, "g", big, sizeof(big), 0644), -EFBIG);
	assert_int_equal(file_publish(dir, "h", big, 1000, 0644), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_true(tempdir_is(dir, "f", "old"));
	assert_false(tempdir_exists(dir, "g"));
	assert_int_equal(tempdir_count(dir, ".", FILE_TEMP_PREFIX), 0);
	close(dir);
}

static void publish_new_refuses(void **state)
{
	int dir = tempdir_open(*state);

	tempdir_put_text(dir, "f", "old");
	assert_int_equal(dir_make(dir, "d", 0755), 0);
	assert_int_equal(symlinkat("nowhere", dir, "l"), 0);
	assert_int_equal(file_publish_new(dir, "f", "new", 3, 0644), -EEXIST);
	assert_int_equal(file_publish_new(dir, "d", "new", 3, 0644), -EEXIST);
	assert_int_equal(file_publish_new(dir, "l", "new", 3, 0644), -EEXIST);
	assert_true(tempdir_is(dir, "f", "old"));
	assert_false(tempdir_exists(dir, "nowhere"));
	assert_int_equal(file_publish_new(dir, "n", "new", 3, 0640), 0);
	assert_true(tempdir_is(dir, "n", "new"));
	assert_int_equal(mode_of(dir, "n"), 0640);
	assert_int_equal(tempdir_count(dir, ".", FILE_TEMP_PREFIX), 0);
	close(dir);
}

static int publish_new_job(void *arg)
{
	int err = file_publish_new(*(int *)arg, "n", "new", 3, 0644);

	return err ? err : file_publish_new(*(int *)arg, "f", "new", 3, 0644);
}

/* vfat has no hard links. */
static void publish_new_without_links(void **state)
{
	int dir = tempdir_open(*state);

	tempdir_put_text(dir, "f", "old");
	assert_int_equal(tempdir_failing(SYS_linkat, EPERM, publish_new_job, &dir), -EEXIST);
	assert_true(tempdir_is(dir, "n", "new"));
	assert_true(tempdir_is(dir, "f", "old"));
	assert_int_equal(tempdir_count(dir, ".", ""), 2);
	close(dir);
}

/* A reader beside a writer sees one content or the other, whole. */
static void readers_see_whole_files(void **state)
{
	enum { SIZE = 30000, ROUNDS = 200 };
	int dir = tempdir_open(*state), status;
	char *data = malloc(SIZE);
	pid_t pid;

	memset(data, 'a', SIZE);
	assert_int_equal(file_publish(dir, "f", data, SIZE, 0644), 0);
	pid = fork();
	if (pid == 0) {
		int err = 0;

		for (int i = 0; i < ROUNDS && !err; i++) {
			memset(data, i & 1 ? 'a' : 'b', SIZE);
			err = file_publish(dir, "f", data, (size_t)(SIZE - (i & 1)), 0644);
		}
		_exit(err ? 1 : 0);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		uint8_t *got;
		size_t n;

		assert_int_equal(file_read(dir, "f", SIZE, &got, &n), 0);
		assert_true(n >= SIZE - 1);
		for (size_t i = 1; i < n; i++)
			assert_int_equal(got[i], got[0]);
		free(got);
	}
	assert_int_equal(status, 0);
	free(data);
	close(dir);
}

static ino_t inode(int dir, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_ino;
}

static void links(void **state)
{
	int dir = tempdir_open(*state);
	char target[FILE_LINK_MAX], deep[FILE_LINK_MAX + 1];
	ino_t first;

	assert_int_equal(link_publish(dir, "l", "one"), 0);
	first = inode(dir, "l");
	assert_int_equal(link_publish(dir, "l", "one"), 0);
	assert_true(inode(dir, "l") == first);
	assert_int_equal(link_publish(dir, "l", "two"), 0);
	assert_int_equal(link_read(dir, "l", target), 0);
	assert_string_equal(target, "two");

	memset(deep, 'x', sizeof(deep));
	deep[FILE_LINK_MAX] = '\0';
	assert_int_equal(symlinkat(deep, dir, "deep"), 0);
	assert_int_equal(link_read(dir, "deep", target), -ENAMETOOLONG);
	deep[FILE_LINK_MAX - 1] = '\0';
	assert_int_equal(link_publish(dir, "deep", deep), 0);
	assert_int_equal(link_read(dir, "deep", target), 0);
	assert_string_equal(target, deep);

	tempdir_put_text(dir, "f", "x");
	assert_int_equal(dir_make(dir, "d", 0755), 0);
	assert_int_equal(link_publish(dir, "f", "one"), -EEXIST);
	assert_int_equal(link_publish(dir, "d", "one"), -EEXIST);
	assert_int_equal(link_read(dir, "f", target), -EINVAL);
	assert_int_equal(link_read(dir, "none", target), -ENOENT);
	assert_true(tempdir_is(dir, "f", "x"));

	assert_int_equal(link_remove(dir, "f"), -EEXIST);
	assert_int_equal(link_remove(dir, "d"), -EEXIST);
	assert_int_equal(link_remove(dir, "none"), 0);
	assert_int_equal(link_remove(dir, "l"), 0);
	assert_false(tempdir_exists(dir, "l"));
	assert_int_equal(tempdir_count(dir, ".", FILE_TEMP_PREFIX), 0);
	close(dir);
}

static void folders(void **state)
{
	int dir = tempdir_open(*state);

	umask(077);
	assert_int_equal(dir_make(dir, "a/b//c/", 0755), 0);
	assert_int_equal(mode_of(dir, "a"), 0755);
	assert_int_equal(mode_of(dir, "a/b/c"), 0755);
	assert_int_equal(dir_make(dir, "a/b", 0700), 0);
	assert_int_equal(mode_of(dir, "a/b"), 0755);
	tempdir_put_text(dir, "a/f", "x");
	assert_int_equal(dir_make(dir, "a/f", 0755), -ENOTDIR);
	assert_int_equal(dir_make(dir, "a/f/g", 0755), -ENOTDIR);
	assert_int_equal(symlinkat("a/b", dir, "l"), 0);
	assert_int_equal(dir_make(dir, "l", 0755), -ENOTDIR);
	assert_int_equal(dir_make(dir, "l/d", 0755), 0);
	assert_true(tempdir_exists(dir, "a/b/d"));
	assert_int_equal(symlinkat("nowhere", dir, "m"), 0);
	assert_true(dir_make(dir, "m/d", 0755) < 0);
	assert_false(tempdir_exists(dir, "nowhere"));
	close(dir);
}

static int folder_job(void *arg)
{
	return dir_make(*(int *)arg, "a/b", 0755);
}

/* A folder whose name is not on the disk for sure is no folder. */
static void folders_failing(void **state)
{
	int dir = tempdir_open(*state);

	assert_int_equal(tempdir_failing(SYS_fsync, EIO, folder_job, &dir), -EIO);
	assert_false(tempdir_exists(dir, "a"));
	assert_int_equal(tempdir_failing(SYS_mkdirat, EROFS, folder_job, &dir), -EROFS);
	assert_int_equal(dir_make(dir, "a/b", 0755), 0);
	assert_int_equal(tempdir_failing(SYS_mkdirat, EROFS, folder_job, &dir), 0);
	close(dir);
}

static void sweeping(void **state)
{
	int dir = tempdir_open(*state), fd;

	tempdir_put_text(dir, FILE_TEMP_PREFIX "1.0", "x");
	tempdir_put_text(dir, FILE_TEMP_PREFIX "2.7", "x");
	tempdir_put_text(dir, ".tmp", "x");
	tempdir_put_text(dir, "f", "x");
	assert_int_equal(symlinkat("f", dir, FILE_TEMP_PREFIX "3.0"), 0);
	fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(dir_sweep(fd), 0);
	assert_int_equal(tempdir_count(dir, ".", ""), 2);
	assert_true(tempdir_is(dir, "f", "x"));
	close(fd);
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(read_bounds),
		WITH_DIR(read_refuses),
		WITH_DIR(read_regular_refuses),
		WITH_DIR(read_plain_refuses),
		WITH_DIR(publish_replaces),
		WITH_DIR(publish_in_folders),
		WITH_DIR(publish_needs_a_name),
		WITH_DIR(publish_follows_no_link),
		WITH_DIR(publish_failing),
		WITH_DIR(sync_of_folders),
		WITH_DIR(publish_without_room),
		WITH_DIR(publish_new_refuses),
		WITH_DIR(publish_new_without_links),
		WITH_DIR(readers_see_whole_files),
		WITH_DIR(links),
		WITH_DIR(folders),
		WITH_DIR(folders_failing),
		WITH_DIR(sweeping),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
