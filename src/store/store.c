// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/store.h"

#include "sys/file.h"
#include "util/sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE_FOLDER_MODE 0755 /* libvirt's QEMU is not root */
#define STORE_MODE 0644
#define LOCK_NAME ".lock"
#define NAME_BUF (PCI_PATH_MAX + 8) /* a name and ".rom" */
#define TARGET_HEAD "../roms/"

static const char *const folders[] = {"roms", "raw", "by-path", "by-id"};

static const char *links_folder(enum romstore_links where)
{
	return where == STORE_BY_ID ? "by-id" : "by-path";
}

static int folder_open(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd >= 0 ? fd : -errno;
}

static int folders_make(int fd)
{
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int err = dir_make(fd, folders[i], STORE_FOLDER_MODE);

		if (err)
			return err;
	}
	return 0;
}

int romstore_open(const struct root *root, const char *path, bool create, struct romstore *ret)
{
	size_t n = strlen(path);
	const char *below;
	struct romstore s;
	int err;

	/* A '/' at the end would make the kernel follow a link there. */
	while (n && path[n - 1] == '/')
		n--;
	if (*path != '/' || !n)
		return -EINVAL;
	if (n >= sizeof(s.path))
		return -ENAMETOOLONG;
	memcpy(s.path, path, n);
	s.path[n] = '\0';
	below = s.path + strspn(s.path, "/");
	err = create ? dir_make(root->fd, below, STORE_FOLDER_MODE) : 0;
	if (err)
		return err;
	s.fd = folder_open(root->fd, below);
	if (s.fd < 0)
		return s.fd;
	err = create ? folders_make(s.fd) : 0;
	if (err) {
		close(s.fd);
		return err;
	}
	*ret = s;
	return 0;
}

void romstore_close(struct romstore *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

static void sweep(const struct romstore *s)
{
	dir_sweep(s->fd);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		int fd = folder_open(s->fd, folders[i]);

		if (fd >= 0) {
			dir_sweep(fd);
			close(fd);
		}
	}
}

int romstore_lock(const struct romstore *s, unsigned ms)
{
	int fd = file_lock(s->fd, LOCK_NAME, ms);

	if (fd >= 0)
		sweep(s);
	return fd;
}

/* text is the lower-case hex of a SHA-256, and then tail. */
static bool is_digest(const char *text, const char *tail)
{
	return strspn(text, "0123456789abcdef") == SHA256_HEX - 1 &&
	       strcmp(text + SHA256_HEX - 1, tail) == 0;
}

bool romstore_digest_in(const char *name, const char *suffix, char ret_sha256[SHA256_HEX])
{
	if (!is_digest(name, suffix))
		return false;
	memcpy(ret_sha256, name, SHA256_HEX - 1);
	ret_sha256[SHA256_HEX - 1] = '\0';
	return true;
}

static int file_name(const char *sha256, const char *suffix, char buf[NAME_BUF])
{
	if (!is_digest(sha256, ""))
		return -EINVAL;
	snprintf(buf, NAME_BUF, "%s%s", sha256, suffix);
	return 0;
}

/* The bytes at folder/name where they have the digest; -EBADMSG for whatever else is there. */
static int get_verified(int folder, const char *name, const char *sha256, uint8_t **ret,
			size_t *ret_n)
{
	char is[SHA256_HEX];
	uint8_t *data;
	size_t n;
	int err = file_read_plain(folder, name, ROM_FILE_MAX, &data, &n);

	if (err == -ELOOP || err == -EINVAL || err == -EFBIG)
		return -EBADMSG;
	if (err)
		return err;
	digest_sha256((struct bytes){data, n}, is);
	if (strcmp(is, sha256) != 0) {
		free(data);
		return -EBADMSG;
	}
	*ret = data;
	*ret_n = n;
	return 0;
}

static int put_in(int folder, const char *name, struct bytes b, const char *sha256)
{
	uint8_t *there;
	size_t n;
	int err = get_verified(folder, name, sha256, &there, &n);

	if (!err) {
		/* Its writer may have died before the name was on the disk. */
		free(there);
		return dir_sync(folder);
	}
	if (err != -ENOENT && err != -EBADMSG)
		return err;
	return file_publish(folder, name, b.p, b.n, STORE_MODE);
}

static int put(const struct romstore *s, const char *folder, const char *suffix, struct bytes b,
	       const char *sha256)
{
	char name[NAME_BUF], is[SHA256_HEX];
	int fd, err = file_name(sha256, suffix, name);

	if (err)
		return err;
	digest_sha256(b, is);
	if (strcmp(is, sha256) != 0 || !b.n)
		return -EBADMSG;
	fd = folder_open(s->fd, folder);
	if (fd < 0)
		return fd;
	err = put_in(fd, name, b, sha256);
	close(fd);
	return err;
}

int romstore_put_rom(const struct romstore *s, struct bytes rom, const char *sha256)
{
	return put(s, "roms", ".rom", rom, sha256);
}

int romstore_put_raw(const struct romstore *s, struct bytes raw, const char *sha256)
{
	return put(s, "raw", ".bin", raw, sha256);
}

static int get_from(const struct romstore *s, const char *folder, const char *suffix,
		    const char *sha256, uint8_t **ret, size_t *ret_n)
{
	char name[NAME_BUF];
	int fd, err = file_name(sha256, suffix, name);

	if (err)
		return err;
	fd = folder_open(s->fd, folder);
	if (fd < 0)
		return fd;
	err = get_verified(fd, name, sha256, ret, ret_n);
	close(fd);
	return err;
}

int romstore_get_rom(const struct romstore *s, const char *sha256, uint8_t **ret, size_t *ret_n)
{
	return get_from(s, "roms", ".rom", sha256, ret, ret_n);
}

int romstore_get_raw(const struct romstore *s, const char *sha256, uint8_t **ret, size_t *ret_n)
{
	return get_from(s, "raw", ".bin", sha256, ret, ret_n);
}

static int folder_read(const struct romstore *s, const char *folder, DIR **ret)
{
	int fd = folder_open(s->fd, folder);

	if (fd < 0)
		return fd;
	*ret = fdopendir(fd);
	if (!*ret)
		close(fd);
	return *ret ? 0 : -ENOMEM;
}

int romstore_each_rom(const struct romstore *s, void (*fn)(void *ctx, const char *sha256),
		      void *ctx)
{
	char sha256[SHA256_HEX];
	const struct dirent *e;
	DIR *dir;
	int err = folder_read(s, "roms", &dir);

	if (err)
		return err;
	while ((e = readdir(dir)))
		if (romstore_digest_in(e->d_name, ".rom", sha256))
			fn(ctx, sha256);
	closedir(dir);
	return 0;
}

/* Returns 0 where there is a file with bytes in it, not a link to one. */
static int check_rom_there(const struct romstore *s, const char *sha256)
{
	char name[NAME_BUF];
	struct stat st;
	int fd, err = file_name(sha256, ".rom", name);

	if (err)
		return err;
	fd = folder_open(s->fd, "roms");
	if (fd < 0)
		return fd;
	err = fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
	if (!err && (!S_ISREG(st.st_mode) || st.st_size == 0))
		err = -ENOENT;
	close(fd);
	return err;
}

static int link_name(const char *name, char buf[NAME_BUF])
{
	if (!*name || *name == '.' || strlen(name) >= PCI_PATH_MAX ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
		return -EINVAL;
	snprintf(buf, NAME_BUF, "%s.rom", name);
	return 0;
}

int romstore_open_links(const struct romstore *s, enum romstore_links where)
{
	return folder_open(s->fd, links_folder(where));
}

/* The folder of links, open, and the link's name in it. */
static int links_open(const struct romstore *s, enum romstore_links where, const char *name,
		      char buf[NAME_BUF])
{
	int err = link_name(name, buf);

	return err ? err : romstore_open_links(s, where);
}

static int read_link(int folder, const char *link, char ret_sha256[SHA256_HEX])
{
	const size_t head = strlen(TARGET_HEAD);
	char target[FILE_LINK_MAX];
	int err = link_read(folder, link, target);

	if (err == -EINVAL || err == -ENAMETOOLONG)
		return -EEXIST;
	if (err)
		return err;
	if (strncmp(target, TARGET_HEAD, head) != 0 ||
	    !romstore_digest_in(target + head, ".rom", ret_sha256))
		return -EEXIST;
	return 0;
}

int romstore_linked(const struct romstore *s, enum romstore_links where, const char *name,
		    char ret_sha256[SHA256_HEX])
{
	char link[NAME_BUF];
	int err, fd = links_open(s, where, name, link);

	if (fd < 0)
		return fd;
	err = read_link(fd, link, ret_sha256);
	close(fd);
	return err;
}

int romstore_linked_in(int links, const char *name, char ret_sha256[SHA256_HEX])
{
	char link[NAME_BUF];
	int err = link_name(name, link);

	return err ? err : read_link(links, link, ret_sha256);
}

int romstore_link(const struct romstore *s, enum romstore_links where, const char *name,
		  const char *sha256)
{
	char link[NAME_BUF], now[SHA256_HEX], target[NAME_BUF];
	int fd, err = check_rom_there(s, sha256);

	if (err)
		return err;
	fd = links_open(s, where, name, link);
	if (fd < 0)
		return fd;
	err = read_link(fd, link, now);
	if (!err || err == -ENOENT) {
		snprintf(target, sizeof(target), TARGET_HEAD "%s.rom", sha256);
		err = link_publish(fd, link, target);
	}
	if (!err)
		err = dir_sync(fd); /* also where it was there: see put_in */
	close(fd);
	return err;
}

int romstore_unlink(const struct romstore *s, enum romstore_links where, const char *name)
{
	char link[NAME_BUF], now[SHA256_HEX];
	int err, fd = links_open(s, where, name, link);

	if (fd < 0)
		return fd;
	err = read_link(fd, link, now);
	if (!err)
		err = link_remove(fd, link);
	close(fd);
	return err == -ENOENT ? 0 : err;
}

int romstore_each_link(const struct romstore *s, enum romstore_links where,
		       int (*fn)(void *ctx, const char *name, const char *sha256), void *ctx)
{
	char name[NAME_BUF], sha256[SHA256_HEX];
	const struct dirent *e;
	DIR *dir;
	int err = folder_read(s, links_folder(where), &dir);

	if (err)
		return err;
	while (!err && (e = readdir(dir))) {
		const size_t n = strlen(e->d_name), tail = strlen(".rom");

		if (n <= tail || n >= NAME_BUF || strcmp(e->d_name + n - tail, ".rom") != 0)
			continue;
		snprintf(name, sizeof(name), "%.*s", (int)(n - tail), e->d_name);
		if (romstore_linked_in(dirfd(dir), name, sha256) == 0)
			err = fn(ctx, name, sha256);
	}
	closedir(dir);
	return err;
}

int romstore_drop_raw(const struct romstore *s, const char *sha256)
{
	char name[NAME_BUF];
	int fd, err = file_name(sha256, ".bin", name);

	if (err)
		return err;
	fd = folder_open(s->fd, "raw");
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	if (unlinkat(fd, name, 0) < 0)
		err = errno == ENOENT ? 0 : -errno;
	close(fd);
	return err;
}

static int find_in(const struct root *root, const char *store, const char *path_name,
		   char ret[STORE_FILE_MAX])
{
	char sha256[SHA256_HEX];
	struct romstore s;
	int err = romstore_open(root, store, false, &s);

	if (err)
		return err;
	err = romstore_linked(&s, STORE_BY_PATH, path_name, sha256);
	if (!err)
		err = check_rom_there(&s, sha256);
	if (!err)
		snprintf(ret, STORE_FILE_MAX, "%s/by-path/%s.rom", s.path, path_name);
	romstore_close(&s);
	return err;
}

int romstore_find(const struct root *root, const char *store, const char *path_name,
		  char ret[STORE_FILE_MAX])
{
	if (find_in(root, STORE_VOLATILE, path_name, ret) == 0 ||
	    find_in(root, store, path_name, ret) == 0)
		return 0;
	return -ENOENT;
}
