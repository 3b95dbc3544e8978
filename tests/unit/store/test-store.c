// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.h"
#include "tempdir.h"
#include "util/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define STORE "/var/lib/gpurom"
#define IN_STORE "var/lib/gpurom/"

struct bench {
	struct root root;
	struct romstore s;
};

static struct bench bench_open(void **state)
{
	struct bench b = {.root = {.path = *state, .fd = tempdir_open(*state)}};

	assert_int_equal(romstore_open(&b.root, STORE, true, &b.s), 0);
	return b;
}

static void bench_close(struct bench *b)
{
	romstore_close(&b->s);
	close(b->root.fd);
}

/* "<folder>/<sha256 of text><suffix>" in the store. */
static const char *place(const char *folder, const char *text, const char *suffix)
{
	static char path[256];
	char sha256[SHA256_HEX];

	digest_sha256((struct bytes){(const uint8_t *)text, strlen(text)}, sha256);
	snprintf(path, sizeof(path), IN_STORE "%s/%s%s", folder, sha256, suffix);
	return path;
}

static const char *sha_of(const char *text, char buf[SHA256_HEX])
{
	digest_sha256((struct bytes){(const uint8_t *)text, strlen(text)}, buf);
	return buf;
}

static int put(const struct bench *b, const char *text)
{
	char sha256[SHA256_HEX];

	return romstore_put_rom(&b->s, (struct bytes){(const uint8_t *)text, strlen(text)},
				sha_of(text, sha256));
}

static int stat_of(const struct bench *b, const char *path, struct stat *st)
{
	return fstatat(b->root.fd, path, st, AT_SYMLINK_NOFOLLOW);
}

/* FIPS 180-2, appendix B. */
static void digests(void **state)
{
	char hex[SHA256_HEX];

	(void)state;
	digest_sha256((struct bytes){(const uint8_t *)"abc", 3}, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_sha256((struct bytes){NULL, 0}, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void opens(void **state)
{
	static const struct {
		const char *path, *named;
		int err;
	} cases[] = {
		{"/a/b/", "/a/b", 0},	{"/a/b", "/a/b", 0},	 {"//a//c", "//a//c", 0},
		{"a/b", NULL, -EINVAL}, {"", NULL, -EINVAL},	 {"/", NULL, -EINVAL},
		{"///", NULL, -EINVAL}, {"/f", NULL, -ENOTDIR},	 {"/f/d", NULL, -ENOTDIR},
		{"/l", NULL, -ENOTDIR}, {"/l/", NULL, -ENOTDIR},
	};
	struct root root = {.path = *state, .fd = tempdir_open(*state)};
	char longest[CONFIG_STORE_MAX + 1] = "/";
	struct romstore s;

	tempdir_put_text(root.fd, "f", "x");
	tempdir_put_text(root.fd, "elsewhere/f", "x");
	assert_int_equal(symlinkat("elsewhere", root.fd, "l"), 0);
	assert_int_equal(romstore_open(&root, "/a/b", false, &s), -ENOENT);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(romstore_open(&root, cases[i].path, true, &s), cases[i].err);
		if (cases[i].err)
			continue;
		assert_string_equal(s.path, cases[i].named);
		assert_int_equal(tempdir_count(s.fd, ".", ""), 4);
		romstore_close(&s);
		assert_int_equal(romstore_open(&root, cases[i].path, false, &s), 0);
		romstore_close(&s);
	}
	assert_int_equal(tempdir_count(root.fd, "elsewhere", ""), 1);
	memset(longest + 1, 'x', CONFIG_STORE_MAX - 1);
	assert_int_equal(romstore_open(&root, longest, true, &s), -ENAMETOOLONG);
	longest[CONFIG_STORE_MAX - 1] = '\0';
	assert_int_equal(romstore_open(&root, longest, true, &s), 0);
	romstore_close(&s);
	close(root.fd);
}

/* A link in the place of one of its folders is never followed, made or not. */
static void planted_folders(void **state)
{
	static const char *const folders[] = {"roms", "raw", "by-path", "by-id"};
	struct bench b = bench_open(state);
	struct romstore s;
	char path[64];

	tempdir_put_text(b.root.fd, "elsewhere/f", "x");
	for (size_t i = 0; i < COUNT(folders); i++) {
		snprintf(path, sizeof(path), IN_STORE "%s", folders[i]);
		assert_int_equal(unlinkat(b.root.fd, path, AT_REMOVEDIR), 0);
		assert_int_equal(symlinkat("../../../elsewhere", b.root.fd, path), 0);
		assert_int_equal(romstore_open(&b.root, STORE, true, &s), -ENOTDIR);
		assert_int_equal(unlinkat(b.root.fd, path, 0), 0);
		assert_int_equal(romstore_open(&b.root, STORE, true, &s), 0);
		romstore_close(&s);
	}
	assert_int_equal(unlinkat(b.root.fd, IN_STORE "roms", AT_REMOVEDIR), 0);
	assert_int_equal(symlinkat("../../../elsewhere", b.root.fd, IN_STORE "roms"), 0);
	assert_int_equal(put(&b, "rom"), -ENOTDIR);
	assert_int_equal(tempdir_count(b.root.fd, "elsewhere", ""), 1);
	bench_close(&b);
}

static void puts_once(void **state)
{
	struct bench b = bench_open(state);
	struct stat first, second;
	char sha256[SHA256_HEX];

	umask(077);
	assert_int_equal(put(&b, "rom"), 0);
	assert_true(tempdir_is(b.root.fd, place("roms", "rom", ".rom"), "rom"));
	assert_int_equal(stat_of(&b, place("roms", "rom", ".rom"), &first), 0);
	assert_int_equal(first.st_mode, S_IFREG | 0644);
	assert_int_equal(put(&b, "rom"), 0);
	assert_int_equal(stat_of(&b, place("roms", "rom", ".rom"), &second), 0);
	assert_true(first.st_ino == second.st_ino);
	assert_int_equal(romstore_put_raw(&b.s, (struct bytes){(const uint8_t *)"raw", 3},
					  sha_of("raw", sha256)),
			 0);
	assert_true(tempdir_is(b.root.fd, place("raw", "raw", ".bin"), "raw"));
	assert_int_equal(stat_of(&b, IN_STORE "roms", &first), 0);
	assert_int_equal(first.st_mode, S_IFDIR | 0755);
	bench_close(&b);
}

static void puts_only_what_is_named(void **state)
{
	struct bench b = bench_open(state);
	const struct bytes rom = {(const uint8_t *)"rom", 3};
	char sha256[SHA256_HEX];

	assert_int_equal(romstore_put_rom(&b.s, rom, sha_of("other", sha256)), -EBADMSG);
	assert_int_equal(romstore_put_rom(&b.s, (struct bytes){NULL, 0}, sha_of("", sha256)),
			 -EBADMSG);
	assert_int_equal(romstore_put_rom(&b.s, rom, "../../../../etc/passwd"), -EINVAL);
	assert_int_equal(romstore_put_rom(&b.s, rom, ""), -EINVAL);
	sha_of("rom", sha256);
	sha256[0] = (char)(sha256[0] == 'A' ? 'B' : 'A');
	assert_int_equal(romstore_put_rom(&b.s, rom, sha256), -EINVAL);
	assert_int_equal(tempdir_count(b.s.fd, "roms", ""), 0);
	bench_close(&b);
}

/* Whatever else is at a romfile's name is replaced; what it leads to is not touched. */
static void puts_over_what_is_not_whole(void **state)
{
	struct bench b = bench_open(state);
	const char *at = place("roms", "rom", ".rom");
	struct stat st;

	tempdir_put_text(b.root.fd, at, "ro");
	assert_int_equal(put(&b, "rom"), 0);
	assert_true(tempdir_is(b.root.fd, at, "rom"));
	tempdir_put_text(b.root.fd, at, "");
	assert_int_equal(put(&b, "rom"), 0);
	assert_true(tempdir_is(b.root.fd, at, "rom"));

	tempdir_put_text(b.root.fd, "victim", "rom");
	assert_int_equal(unlinkat(b.root.fd, at, 0), 0);
	assert_int_equal(symlinkat("../../../../victim", b.root.fd, at), 0);
	assert_int_equal(put(&b, "rom"), 0);
	assert_int_equal(stat_of(&b, at, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(unlinkat(b.root.fd, at, 0), 0);
	assert_int_equal(mkfifoat(b.root.fd, at, 0600), 0);
	assert_int_equal(put(&b, "rom"), 0);
	assert_true(tempdir_is(b.root.fd, at, "rom"));
	assert_int_equal(unlinkat(b.root.fd, at, 0), 0);
	assert_int_equal(mkdirat(b.root.fd, at, 0755), 0);
	assert_int_equal(put(&b, "rom"), -EISDIR);
	bench_close(&b);
}

static void gets_what_is_whole(void **state)
{
	struct bench b = bench_open(state);
	const char *at = place("roms", "rom", ".rom");
	char sha256[SHA256_HEX];
	uint8_t *data;
	size_t n;

	sha_of("rom", sha256);
	assert_int_equal(romstore_get_rom(&b.s, sha256, &data, &n), -ENOENT);
	assert_int_equal(romstore_get_rom(&b.s, "..", &data, &n), -EINVAL);
	assert_int_equal(put(&b, "rom"), 0);
	assert_int_equal(romstore_get_rom(&b.s, sha256, &data, &n), 0);
	assert_int_equal(n, 3);
	free(data);
	tempdir_put_text(b.root.fd, at, "rot");
	assert_int_equal(romstore_get_rom(&b.s, sha256, &data, &n), -EBADMSG);
	tempdir_put_text(b.root.fd, "elsewhere", "rom");
	assert_int_equal(unlinkat(b.root.fd, at, 0), 0);
	assert_int_equal(symlinkat("../../../../elsewhere", b.root.fd, at), 0);
	assert_int_equal(romstore_get_rom(&b.s, sha256, &data, &n), -EBADMSG);
	bench_close(&b);
}

static void link_names(void **state)
{
	static const struct {
		const char *name;
		int err;
	} cases[] = {{"pci0000-uid0-01.0-00.0", 0},
		     {"a_b", 0},
		     {"10de-2204-1462-3892-2", 0},
		     {"", -EINVAL},
		     {".", -EINVAL},
		     {"..", -EINVAL},
		     {".hidden", -EINVAL},
		     {"a/b", -EINVAL},
		     {"../a", -EINVAL},
		     {"Upper", -EINVAL},
		     {"a b", -EINVAL},
		     {"a,b", -EINVAL},
		     {"a'b", -EINVAL},
		     {"a\n", -EINVAL},
		     {"a\xc3\xa9", -EINVAL}};
	struct bench b = bench_open(state);
	char sha256[SHA256_HEX], got[SHA256_HEX], name[PCI_PATH_MAX + 1];

	assert_int_equal(put(&b, "rom"), 0);
	sha_of("rom", sha256);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, cases[i].name, sha256),
				 cases[i].err);
		assert_int_equal(romstore_linked(&b.s, STORE_BY_PATH, cases[i].name, got),
				 cases[i].err);
		assert_int_equal(romstore_unlink(&b.s, STORE_BY_PATH, cases[i].name), cases[i].err);
	}
	memset(name, 'n', sizeof(name));
	name[PCI_PATH_MAX] = '\0';
	assert_int_equal(romstore_link(&b.s, STORE_BY_ID, name, sha256), -EINVAL);
	name[PCI_PATH_MAX - 1] = '\0';
	assert_int_equal(romstore_link(&b.s, STORE_BY_ID, name, sha256), 0);
	bench_close(&b);
}

static void links(void **state)
{
	struct bench b = bench_open(state);
	char one[SHA256_HEX], two[SHA256_HEX], got[SHA256_HEX];

	sha_of("one", one);
	sha_of("two", two);
	assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "p", one), -ENOENT);
	tempdir_put_text(b.root.fd, place("roms", "one", ".rom"), "");
	assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "p", one), -ENOENT);
	assert_int_equal(romstore_linked(&b.s, STORE_BY_PATH, "p", got), -ENOENT);
	assert_int_equal(put(&b, "one"), 0);
	assert_int_equal(put(&b, "two"), 0);
	assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "p", one), 0);
	assert_true(tempdir_is(b.root.fd, IN_STORE "by-path/p.rom", "one"));
	assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "p", two), 0);
	assert_true(tempdir_is(b.root.fd, IN_STORE "by-path/p.rom", "two"));
	assert_int_equal(romstore_linked(&b.s, STORE_BY_PATH, "p", got), 0);
	assert_string_equal(got, two);
	assert_int_equal(romstore_link(&b.s, STORE_BY_ID, "i", one), 0);
	assert_true(tempdir_is(b.root.fd, IN_STORE "by-id/i.rom", "one"));
	assert_int_equal(romstore_unlink(&b.s, STORE_BY_PATH, "p"), 0);
	assert_int_equal(romstore_unlink(&b.s, STORE_BY_PATH, "p"), 0);
	assert_false(tempdir_exists(b.root.fd, IN_STORE "by-path/p.rom"));
	assert_true(tempdir_is(b.root.fd, place("roms", "two", ".rom"), "two"));
	bench_close(&b);
}

static void foreign_links_are_left_alone(void **state)
{
	static const char *const foreign[] = {
		"/etc/passwd",
		"../roms/x.rom",
		"../raw/x",
		"../roms/"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.bin",
		"roms/"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.rom",
		"../mine/"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.rom"};
	struct bench b = bench_open(state);
	char sha256[SHA256_HEX], file[STORE_FILE_MAX], got[SHA256_HEX];

	assert_int_equal(put(&b, "rom"), 0);
	sha_of("rom", sha256);
	tempdir_put_text(b.root.fd, IN_STORE "by-path/f.rom", "mine");
	assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "f", sha256), -EEXIST);
	assert_int_equal(romstore_unlink(&b.s, STORE_BY_PATH, "f"), -EEXIST);
	assert_true(tempdir_is(b.root.fd, IN_STORE "by-path/f.rom", "mine"));
	assert_int_equal(romstore_find(&b.root, STORE, "f", file), -ENOENT);
	for (size_t i = 0; i < COUNT(foreign); i++) {
		assert_int_equal(symlinkat(foreign[i], b.root.fd, IN_STORE "by-path/l.rom"), 0);
		assert_int_equal(romstore_linked(&b.s, STORE_BY_PATH, "l", got), -EEXIST);
		assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "l", sha256), -EEXIST);
		assert_int_equal(romstore_unlink(&b.s, STORE_BY_PATH, "l"), -EEXIST);
		assert_int_equal(romstore_find(&b.root, STORE, "l", file), -ENOENT);
		assert_int_equal(unlinkat(b.root.fd, IN_STORE "by-path/l.rom", 0), 0);
	}
	bench_close(&b);
}

static void finds(void **state)
{
	struct bench b = bench_open(state);
	char sha256[SHA256_HEX], file[STORE_FILE_MAX] = "untouched";
	struct romstore v;

	assert_int_equal(romstore_find(&b.root, STORE, "p", file), -ENOENT);
	assert_int_equal(romstore_find(&b.root, STORE, "../p", file), -ENOENT);
	assert_string_equal(file, "untouched");
	assert_int_equal(put(&b, "rom"), 0);
	assert_int_equal(romstore_link(&b.s, STORE_BY_PATH, "p", sha_of("rom", sha256)), 0);
	assert_int_equal(romstore_find(&b.root, STORE "/", "p", file), 0);
	assert_string_equal(file, STORE "/by-path/p.rom");

	/* Commit writes there what it could not write in the configured store. */
	assert_int_equal(romstore_open(&b.root, STORE_VOLATILE, true, &v), 0);
	assert_int_equal(romstore_find(&b.root, STORE, "p", file), 0);
	assert_string_equal(file, STORE "/by-path/p.rom");
	assert_int_equal(romstore_put_rom(&v, (struct bytes){(const uint8_t *)"rom", 3}, sha256),
			 0);
	assert_int_equal(romstore_link(&v, STORE_BY_PATH, "p", sha256), 0);
	assert_int_equal(romstore_find(&b.root, STORE, "p", file), 0);
	assert_string_equal(file, STORE_VOLATILE "/by-path/p.rom");
	assert_int_equal(romstore_unlink(&v, STORE_BY_PATH, "p"), 0);
	romstore_close(&v);

	tempdir_put_text(b.root.fd, place("roms", "rom", ".rom"), "");
	assert_int_equal(romstore_find(&b.root, STORE, "p", file), -ENOENT);
	assert_int_equal(unlinkat(b.root.fd, place("roms", "rom", ".rom"), 0), 0);
	assert_int_equal(romstore_find(&b.root, STORE, "p", file), -ENOENT);
	bench_close(&b);
}

/* The longest store and the longest name fit what find gives back. */
static void finds_the_longest(void **state)
{
	struct root root = {.path = *state, .fd = tempdir_open(*state)};
	char store[CONFIG_STORE_MAX] = "/", name[PCI_PATH_MAX], file[STORE_FILE_MAX];
	char sha256[SHA256_HEX];
	struct romstore s;

	memset(store + 1, 's', sizeof(store) - 2);
	store[sizeof(store) - 1] = '\0';
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(romstore_open(&root, store, true, &s), 0);
	assert_int_equal(romstore_put_rom(&s, (struct bytes){(const uint8_t *)"rom", 3},
					  sha_of("rom", sha256)),
			 0);
	assert_int_equal(romstore_link(&s, STORE_BY_PATH, name, sha256), 0);
	assert_int_equal(romstore_find(&root, store, name, file), 0);
	assert_string_equal(file + strlen(file) - 4, ".rom");
	assert_true(tempdir_is(root.fd, file + 1, "rom"));
	romstore_close(&s);
	close(root.fd);
}

static void locks(void **state)
{
	struct bench b = bench_open(state);
	struct stat st;
	int lock, status;
	pid_t pid;

	tempdir_put_text(b.root.fd, IN_STORE ".tmp.1.0", "left over");
	tempdir_put_text(b.root.fd, IN_STORE "roms/.tmp.1.0", "left over");
	tempdir_put_text(b.root.fd, IN_STORE "notes", "the admin's");
	lock = romstore_lock(&b.s, 0);
	assert_true(lock >= 0);
	assert_int_equal(tempdir_count(b.s.fd, ".", ".tmp."), 0);
	assert_int_equal(tempdir_count(b.s.fd, "roms", ""), 0);
	assert_true(tempdir_is(b.root.fd, IN_STORE "notes", "the admin's"));
	pid = fork();
	if (pid == 0)
		_exit(-romstore_lock(&b.s, 60));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), EBUSY);
	close(lock);
	lock = romstore_lock(&b.s, 0);
	assert_true(lock >= 0);
	close(lock);
	assert_int_equal(stat_of(&b, IN_STORE ".lock", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	bench_close(&b);
}

/* A writer that ends within the time is waited for; a link planted as the lock is not followed. */
static void locks_waiting(void **state)
{
	struct bench b = bench_open(state);
	int lock, ready[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		lock = romstore_lock(&b.s, 0);
		if (write(ready[1], "x", 1) == 1)
			usleep(150000);
		_exit(lock < 0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(romstore_lock(&b.s, 0), -EBUSY);
	lock = romstore_lock(&b.s, 20000);
	assert_true(lock >= 0);
	close(lock);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(unlinkat(b.root.fd, IN_STORE ".lock", 0), 0);
	assert_int_equal(symlinkat("victim", b.root.fd, IN_STORE ".lock"), 0);
	assert_int_equal(romstore_lock(&b.s, 0), -ELOOP);
	assert_false(tempdir_exists(b.root.fd, IN_STORE "victim"));
	close(ready[0]);
	close(ready[1]);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(digests),
		WITH_DIR(opens),
		WITH_DIR(planted_folders),
		WITH_DIR(puts_once),
		WITH_DIR(puts_only_what_is_named),
		WITH_DIR(puts_over_what_is_not_whole),
		WITH_DIR(gets_what_is_whole),
		WITH_DIR(link_names),
		WITH_DIR(links),
		WITH_DIR(foreign_links_are_left_alone),
		WITH_DIR(finds),
		WITH_DIR(finds_the_longest),
		WITH_DIR(locks),
		WITH_DIR(locks_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
