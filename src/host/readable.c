// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/readable.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ACCESS_ACL "system.posix_acl_access"

static bool may(const struct root *root, const char *path, mode_t need, unsigned *ret_mode)
{
	int fd = openat(root->fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	bool ret;

	if (fd < 0)
		return true;
	ret = fstat(fd, &st) < 0 || st.st_mode & need || fgetxattr(fd, ACCESS_ACL, NULL, 0) > 0;
	if (!ret)
		*ret_mode = st.st_mode & 07777;
	close(fd);
	return ret;
}

bool readable_find(const struct root *root, const char *path, bool is_file, struct unreadable *ret)
{
	for (size_t n = 1; n <= strlen(path); n++) {
		const mode_t need = path[n] || !is_file ? S_IXOTH : S_IROTH;

		if (path[n] && path[n] != '/')
			continue;
		snprintf(ret->path, sizeof(ret->path), "%.*s", (int)n, path);
		ret->lacks = need == S_IXOTH ? "x" : "r";
		if (!may(root, ret->path + 1, need, &ret->mode))
			return true;
	}
	return false;
}
