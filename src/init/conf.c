// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/conf.h"

#include "init/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static folder_fn put_one;

/* The image's own folder may be a link to another. */
static int put_folder(int from, int to, const char *name)
{
	int a = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), b, r;

	if (a < 0)
		return -errno;
	(void)mkdirat(to, name, 0755);
	b = openat(to, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = b < 0 ? -errno : folder_each(a, b, put_one);
	if (b >= 0)
		close(b);
	close(a);
	return r;
}

static int put_one(int from, int to, const char *name, const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return put_folder(from, to, name);
	return linkat(from, name, to, name, 0) < 0 && errno != EEXIST ? -errno : 0;
}

int conf_put(const struct root *root)
{
	int from = openat(root->fd, CONF_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), to, r;

	if (from < 0)
		return errno == ENOENT ? 0 : -errno;
	to = openat(root->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = to < 0 ? -errno : folder_each(from, to, put_one);
	if (to >= 0)
		close(to);
	close(from);
	return r;
}
