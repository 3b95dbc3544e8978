// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/folder.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int folder_each(int from, int to, folder_fn *fn)
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
		else
			r = fn(from, to, e->d_name, &st);
	}
	closedir(d);
	return r;
}
