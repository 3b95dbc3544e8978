// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/udevd.h"

#include "sys/file.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* systemd's control sockets, up to version 261 and from 262; eudev has the first one too. */
static bool has_socket(const struct root *root)
{
	return faccessat(root->fd, "run/udev/control", F_OK, 0) == 0 ||
	       faccessat(root->fd, "run/udev/io.systemd.Udev", F_OK, 0) == 0;
}

/* stat: "PID (NAME) STATE ..." (proc_pid_stat(5)). The initramfs's daemon stays there after its end
 * until systemd, once it runs, waits for it. */
static bool is_running(const char *stat, const char *name)
{
	const char *at = strstr(stat, name);

	return at && !strchr("ZX", at[strlen(name)]);
}

static bool is_udevd(int proc, const char *pid)
{
	char path[32], stat[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%.20s/stat", pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, stat, sizeof(stat) - 1);
	if (fd >= 0)
		close(fd);
	stat[n > 0 ? n : 0] = '\0';
	return is_running(stat, "(systemd-udevd) ") || is_running(stat, "(udevd) ");
}

bool udevd_runs(const struct root *root)
{
	DIR *d = has_socket(root) ? dir_open(root->fd, ROOT_PROC, 0) : NULL;
	bool found = false;
	struct dirent *e;

	while (d && !found && (e = readdir(d)))
		found = isdigit((unsigned char)e->d_name[0]) && is_udevd(dirfd(d), e->d_name);
	if (d)
		closedir(d);
	return found;
}
