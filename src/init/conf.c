// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/conf.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int put_all(int from, int to);

/* The image's own folder may be a link to another. */
static int put_folder(int from, int to, const char *name)
{
	int a = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), b, r;

	if (a < 0)
		return -errno;
	(void)mkdirat(to, name, 0755);
	b = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = b < 0 ? -errno : put_all(a, b);
	if (b >= 0)
		close(b);
	close(a);
	return r;
}

static int put_all(int from, int to)
{
	DIR *d = dir_open(from, ".", 0);
	const struct dirent *e;
	struct stat st;
	int r = 0;

	if (!d)
		return -errno;
	while (r == 0 && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (fstatat(from, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			r = -errno;
		else if (S_ISDIR(st.st_mode))
			r = put_folder(from, to, e->d_name);
		else if (linkat(from, e->d_name, to, e->d_name, 0) < 0 && errno != EEXIST)
			r = -errno;
	}
	closedir(d);
	return r;
}

int conf_put(const struct root *root)
{
	int from = openat(root->fd, CONF_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), to, r;

	if (from < 0)
		return errno == ENOENT ? 0 : -errno;
	to = openat(root->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = to < 0 ? -errno : put_all(from, to);
	if (to >= 0)
		close(to);
	close(from);
	return r;
}
