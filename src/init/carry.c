// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/carry.h"

#include "init/folder.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN "run"
#define NAME "gpurom"
#define UNFINISHED ".gpurom.new"
#define CARRY_LOOK_MS 20	 /* between two looks at /run where the kernel tells of no mount */
#define CARRY_FILE_MAX 0x4000000 /* four times what is the longest ROM (rom/rom.h) */

struct carry {
	const struct root *root;
	int from;      /* the folder that is carried */
	dev_t covered; /* the file system that it is on */
	int mounts;    /* readable when a mount comes or goes; -1 none */
};

/* --- copying -----------------------------------------------------------------------------------
 */

static int copy_file(int from, int to, const char *name, mode_t mode)
{
	uint8_t *data;
	size_t n;
	int r = file_read_plain(from, name, CARRY_FILE_MAX, &data, &n);

	if (r < 0)
		return r;
	r = file_publish_new(to, name, data, n, mode);
	free(data);
	return r;
}

static folder_fn copy_one;

static int copy_folder(int from, int to, const char *name, mode_t mode)
{
	int a = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), b, r;

	if (a < 0)
		return -errno;
	r = mkdirat(to, name, mode) < 0 ? -errno : 0;
	b = r < 0 ? -1 : openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r == 0)
		r = b < 0 || fchmod(b, mode) < 0 ? -errno : folder_each(a, b, copy_one);
	if (b >= 0)
		close(b);
	close(a);
	return r;
}

/* Folders and files: there is nothing else in /run/gpurom before commit. */
static int copy_one(int from, int to, const char *name, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return copy_folder(from, to, name, st->st_mode & 07777);
	return S_ISREG(st->st_mode) ? copy_file(from, to, name, st->st_mode & 07777) : 0;
}

/* What a copy that failed has left: /run may be full because of it. */
static void remove_folder(int at, const char *name)
{
	DIR *d = dir_open(at, name, O_NOFOLLOW);
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
		    unlinkat(dirfd(d), e->d_name, 0) < 0)
			remove_folder(dirfd(d), e->d_name);
	if (d)
		closedir(d);
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

/* Units look for the folder's name: it is there when all that is in it is. */
static int copy_to(const struct carry *c, int run)
{
	struct stat st;
	int to, r;

	if (file_is_there(run, NAME))
		return -EEXIST;
	if (fstat(c->from, &st) < 0 || mkdirat(run, UNFINISHED, 0700) < 0)
		return -errno;
	to = openat(run, UNFINISHED, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = to < 0 ? -errno : folder_each(c->from, to, copy_one);
	if (r == 0 &&
	    (fchmod(to, st.st_mode & 07777) < 0 || renameat(run, UNFINISHED, run, NAME) < 0))
		r = -errno;
	if (to >= 0)
		close(to);
	if (r < 0)
		remove_folder(run, UNFINISHED);
	return r;
}

/* --- waiting -----------------------------------------------------------------------------------
 */

/* The folder that covers ours, or -1. */
static int covering(const struct carry *c)
{
	int run = openat(c->root->fd, RUN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (run >= 0 && (fstat(run, &st) < 0 || st.st_dev == c->covered)) {
		close(run);
		return -1;
	}
	return run;
}

static _Noreturn void carry(struct carry *c)
{
	const unsigned long long until = deadline_now_us() + 1000ull * CARRY_MS;
	struct pollfd p = {.fd = c->mounts, .events = POLLPRI};
	int run, r;

	while ((run = covering(c)) < 0 && deadline_left_ms(until))
		(void)poll(&p, 1, CARRY_LOOK_MS);
	if (run < 0)
		_exit(0); /* nothing covers it: it is where it belongs */
	r = copy_to(c, run);
	if (r < 0)
		log_warn(c->root, "init: /" ROOT_RUN ": cannot be copied into the new /run: %s",
			 strerror(-r));
	_exit(0);
}

int carry_begin(const struct root *root)
{
	struct carry c = {.root = root};
	struct stat st;
	pid_t child;
	int r = 0;

	c.from = openat(root->fd, ROOT_RUN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c.from < 0)
		return errno == ENOENT ? 0 : -errno;
	/* Before /proc is taken away: an open file of it goes on telling. */
	c.mounts = openat(root->fd, "proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (fstat(c.from, &st) < 0) {
		r = -errno;
	} else {
		c.covered = st.st_dev;
		child = fork();
		if (child == 0) {
			for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
				close(fd); /* the console is the next init's */
			standardfiles_open();
			carry(&c);
		}
		r = child < 0 ? -errno : 0;
	}
	if (c.mounts >= 0)
		close(c.mounts);
	close(c.from);
	return r;
}
