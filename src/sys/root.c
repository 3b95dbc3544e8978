// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/root.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int root_open(const char *path, struct root *ret)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret = (struct root){.path = path, .fd = fd};
	return 0;
}

void root_close(struct root *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}
