// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/file.h"

#include "sys/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define READ_FIRST 4096 /* sysfs and procfs report no size */
#define TEMP_NAME_MAX 40
#define LOCK_STEP_MS 20

/* Opens the folder of path's last part; *ret_name is that part. */
static int parent_open(int dirfd, const char *path, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	int fd;

	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return -EINVAL;
	if (!slash) {
		fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	} else {
		char *folder = strndup(path, (size_t)(slash - path) + 1);

		if (!folder)
			return -ENOMEM;
		fd = openat(dirfd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		free(folder);
	}
	if (fd < 0)
		return -errno;
	*ret_name = name;
	return fd;
}

static ssize_t read_some(int fd, uint8_t *to, size_t n)
{
	ssize_t got;

	do
		got = read(fd, to, n);
	while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : got;
}

/* size: that the file says it has. */
static int read_open(int fd, size_t size, size_t cap, uint8_t **ret, size_t *ret_n)
{
	size_t n = 0, first = size < READ_FIRST ? READ_FIRST : size;
	size_t room = cap < first ? cap : first;
	/* One byte more than cap: it shows that a file is too long, and holds the NUL. */
	uint8_t *buf = memory_new(room + 1), *more;
	ssize_t got = 1;

	while (buf && got > 0 && n <= cap) {
		if (n == room + 1) {
			room = room > cap / 2 ? cap : room * 2;
			more = realloc(buf, room + 1);
			if (!more)
				free(buf);
			buf = more;
			continue;
		}
		got = read_some(fd, buf + n, room + 1 - n);
		n += got > 0 ? (size_t)got : 0;
	}
	if (!buf)
		return -ENOMEM;
	if (got < 0 || n > cap) {
		free(buf);
		return got < 0 ? (int)got : -EFBIG;
	}
	buf[n] = 0;
	*ret = buf;
	*ret_n = n;
	return 0;
}

int file_read(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int err;

	if (fd < 0)
		return -errno;
	err = read_open(fd, 0, cap, ret, ret_n);
	close(fd);
	return err;
}

static int read_regular(int dirfd, const char *path, int flags, size_t cap, uint8_t **ret,
			size_t *ret_n)
{
	/* O_NONBLOCK: opening a planted FIFO must not wait for a writer. */
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	struct stat st;
	int err;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		err = -errno;
	else if (!S_ISREG(st.st_mode))
		err = -EINVAL;
	else
		err = read_open(fd, (size_t)st.st_size, cap, ret, ret_n);
	close(fd);
	return err;
}

int file_read_regular(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n)
{
	return read_regular(dirfd, path, 0, cap, ret, ret_n);
}

int file_read_plain(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n)
{
	return read_regular(dirfd, path, O_NOFOLLOW, cap, ret, ret_n);
}

static int write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -errno;
		if (put == 0)
			return -EIO;
		p += put;
		n -= (size_t)put;
	}
	return 0;
}

static const char *temp_name(unsigned n, char buf[TEMP_NAME_MAX])
{
	snprintf(buf, TEMP_NAME_MAX, FILE_TEMP_PREFIX "%ld.%u", (long)getpid(), n);
	return buf;
}

/* A new file of our own in dir; another process with our pid may have left names before a crash. */
static int temp_open(int dir, char name[TEMP_NAME_MAX])
{
	for (unsigned i = 0; i < FILE_TEMP_TRIES; i++) {
		int fd = openat(dir, temp_name(i, name),
				O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

		if (fd >= 0 || (errno != EEXIST && errno != EINTR))
			return fd >= 0 ? fd : -errno;
	}
	return -EEXIST;
}

static int temp_write(int dir, const void *data, size_t n, mode_t mode, char name[TEMP_NAME_MAX])
{
	int fd = temp_open(dir, name);
	int err;

	if (fd < 0)
		return fd;
	err = write_all(fd, data, n);
	if (!err && fchmod(fd, mode) < 0)
		err = -errno;
	if (!err && fsync(fd) < 0)
		err = -errno;
	/* Even with EINTR Linux has freed the descriptor; NFS reports write errors here. */
	if (close(fd) < 0 && !err && errno != EINTR)
		err = -errno;
	if (err)
		unlinkat(dir, name, 0);
	return err;
}

static int lock_wait(int fd, unsigned ms)
{
	const struct timespec step = {.tv_nsec = LOCK_STEP_MS * 1000000L};

	for (unsigned waited = 0;; waited += LOCK_STEP_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno == ENOLCK || errno == ENOTSUP)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -errno;
		if (waited >= ms)
			return -EBUSY;
		nanosleep(&step, NULL);
	}
}

int file_lock(int dirfd, const char *path, unsigned ms)
{
	int fd =
		openat(dirfd, path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	int err;

	if (fd < 0)
		return -errno;
	err = lock_wait(fd, ms);
	if (!err)
		return fd;
	close(fd);
	return err;
}

void file_unlock(int lock)
{
	if (lock < 0)
		return;
	(void)flock(lock, LOCK_UN);
	close(lock);
}

int dir_sync(int fd)
{
	if (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP)
		return -errno;
	return 0;
}

static int temp_rename(int dir, const char *temp, const char *name)
{
	if (renameat(dir, temp, dir, name) < 0) {
		int err = -errno;

		unlinkat(dir, temp, 0);
		return err;
	}
	return dir_sync(dir);
}

/* A hard link is the portable rename that does not replace; file systems without hard links
 * (vfat: EPERM) get the check and then the rename. */
static int temp_rename_new(int dir, const char *temp, const char *name)
{
	struct stat st;
	int err = 0;

	if (linkat(dir, temp, dir, name, 0) < 0)
		err = -errno;
	if (err == -EPERM || err == -ENOTSUP || err == -ENOSYS) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT)
			return temp_rename(dir, temp, name);
		err = -EEXIST;
	}
	unlinkat(dir, temp, 0);
	return err ? err : dir_sync(dir);
}

static int publish(int dirfd, const char *path, const void *data, size_t n, mode_t mode, bool new)
{
	char temp[TEMP_NAME_MAX];
	const char *name;
	int dir = parent_open(dirfd, path, &name);
	int err;

	if (dir < 0)
		return dir;
	err = temp_write(dir, data, n, mode, temp);
	if (!err)
		err = new ? temp_rename_new(dir, temp, name) : temp_rename(dir, temp, name);
	close(dir);
	return err;
}

int file_publish(int dirfd, const char *path, const void *data, size_t n, mode_t mode)
{
	return publish(dirfd, path, data, n, mode, false);
}

int file_publish_new(int dirfd, const char *path, const void *data, size_t n, mode_t mode)
{
	return publish(dirfd, path, data, n, mode, true);
}

int link_read(int dirfd, const char *path, char ret[FILE_LINK_MAX])
{
	char buf[FILE_LINK_MAX];
	ssize_t n = readlinkat(dirfd, path, buf, sizeof(buf));

	if (n < 0)
		return -errno;
	if ((size_t)n >= sizeof(buf))
		return -ENAMETOOLONG;
	memcpy(ret, buf, (size_t)n);
	ret[n] = '\0';
	return 0;
}

static int temp_symlink(int dir, const char *target, char name[TEMP_NAME_MAX])
{
	for (unsigned i = 0; i < FILE_TEMP_TRIES; i++) {
		if (symlinkat(target, dir, temp_name(i, name)) == 0)
			return 0;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

static int link_replace(int dir, const char *name, const char *target)
{
	char now[FILE_LINK_MAX], temp[TEMP_NAME_MAX];
	int err = link_read(dir, name, now);

	if (!err && strcmp(now, target) == 0)
		return 0;
	if (err == -EINVAL)
		return -EEXIST;
	if (err && err != -ENOENT && err != -ENAMETOOLONG)
		return err;
	err = temp_symlink(dir, target, temp);
	return err ? err : temp_rename(dir, temp, name);
}

int link_publish(int dirfd, const char *path, const char *target)
{
	const char *name;
	int dir = parent_open(dirfd, path, &name);
	int err;

	if (dir < 0)
		return dir;
	err = link_replace(dir, name, target);
	close(dir);
	return err;
}

int link_remove(int dirfd, const char *path)
{
	char now[FILE_LINK_MAX];
	const char *name;
	int dir = parent_open(dirfd, path, &name);
	int err;

	if (dir < 0)
		return dir;
	err = link_read(dir, name, now);
	if (err == -EINVAL)
		err = -EEXIST;
	else if (err == -ENOENT)
		err = 0;
	else if (!err || err == -ENAMETOOLONG)
		err = unlinkat(dir, name, 0) < 0 ? -errno : dir_sync(dir);
	close(dir);
	return err;
}

/* Opens one folder below parent, made durably where it is new. Returns its descriptor. */
static int dir_step(int parent, const char *name, mode_t mode, bool last)
{
	int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | (last ? O_NOFOLLOW : 0);
	int fd, err;

	if (mkdirat(parent, name, mode) == 0) {
		err = fchmodat(parent, name, mode, 0) < 0 ? -errno : dir_sync(parent);
		if (err) {
			unlinkat(parent, name, AT_REMOVEDIR);
			return err;
		}
	} else if (errno != EEXIST) {
		/* A read-only file system says EROFS even of a folder that exists. */
		err = -errno;
		fd = openat(parent, name, flags);
		return fd >= 0 ? fd : err;
	}
	fd = openat(parent, name, flags);
	return fd >= 0 ? fd : -errno;
}

int dir_make(int dirfd, const char *path, mode_t mode)
{
	char *copy = strdup(path), *rest = copy, *part, *next;
	int fd, below;

	if (!copy)
		return -ENOMEM;
	fd = openat(dirfd, *path == '/' ? "/" : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		fd = -errno;
	for (part = strtok_r(copy, "/", &rest); part && fd >= 0; part = next) {
		next = strtok_r(NULL, "/", &rest);
		below = dir_step(fd, part, mode, !next);
		close(fd);
		fd = below;
	}
	free(copy);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

DIR *dir_open(int dirfd, const char *path, int flags)
{
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	int err = errno;

	if (!d && fd >= 0)
		close(fd);
	errno = err;
	return d;
}

int dir_sweep(int fd)
{
	DIR *dir = dir_open(fd, ".", 0);
	const struct dirent *e;
	int err = 0;

	if (!dir)
		return -errno;
	while ((e = readdir(dir)))
		if (strncmp(e->d_name, FILE_TEMP_PREFIX, strlen(FILE_TEMP_PREFIX)) == 0 &&
		    unlinkat(fd, e->d_name, 0) < 0 && errno != ENOENT)
			err = -errno;
	closedir(dir);
	return err;
}

void standardfiles_open(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

bool file_is_there(int dirfd, const char *path)
{
	return faccessat(dirfd, path, F_OK, 0) == 0;
}
